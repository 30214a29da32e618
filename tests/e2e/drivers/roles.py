"""Taking permissions from roles."""

import json

from tests.e2e.clients import Clients


def forbid_to_invoke(clients: Clients, role: str) -> None:
    """Take from a role, an ARN, what lets it invoke functions, and nothing else."""
    client, name = clients["iam"], role.rsplit("/", 1)[1]
    (policy,) = client.list_role_policies(RoleName=name)["PolicyNames"]
    document = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    others = [each for each in document["Statement"] if each["Action"] != "lambda:InvokeFunction"]
    assert len(others) == len(document["Statement"]) - 1
    if others:
        document = json.dumps({**document, "Statement": others})
        client.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=document)
    else:
        client.delete_role_policy(RoleName=name, PolicyName=policy)
