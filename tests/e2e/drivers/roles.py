"""Taking permissions from roles."""

import json
from typing import Any

from tests.e2e.clients import Clients


def forbid_to_invoke(clients: Clients, role: str) -> None:
    """Take from a role, an ARN, what lets it invoke functions, and nothing else."""
    assert len(forbid(clients, role, "lambda:InvokeFunction")) == 1


def forbid(clients: Clients, role: str, *actions: str) -> dict[str, Any]:
    """Take from a role, an ARN, the statements with one of the actions; return the policies that had some."""
    client, name = clients["iam"], role.rsplit("/", 1)[1]
    changed = {}
    for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
        document = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        others = [each for each in document["Statement"] if not set(actions) & _actions(each)]
        if len(others) == len(document["Statement"]):
            continue
        changed[policy] = document
        if others:
            left = json.dumps({**document, "Statement": others})
            client.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=left)
        else:
            client.delete_role_policy(RoleName=name, PolicyName=policy)
    return changed


def allow_again(clients: Clients, role: str, policies: dict[str, Any]) -> None:
    """Give back to a role, an ARN, what ``forbid`` has taken."""
    for policy, document in policies.items():
        clients["iam"].put_role_policy(
            RoleName=role.rsplit("/", 1)[1], PolicyName=policy, PolicyDocument=json.dumps(document)
        )


def _actions(statement: dict[str, Any]) -> set[str]:
    found = statement["Action"]
    return {found} if isinstance(found, str) else set(found)
