"""Ways in which a function cannot be invoked, and how each is mended."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.e2e.clients import Clients
from tests.e2e.deploy import zipped
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.roles import allow_again, forbid
from tests.e2e.stacks import HANDLER

Broken = Callable[[Deployed], AbstractContextManager[None]]
"""Breaks a deployed pattern, and mends it at the end."""


def delete_function(deployed: Deployed) -> None:
    """Delete the function."""
    deployed.clients["lambda"].delete_function(FunctionName=deployed.outputs["Function"])


def revoke_all(deployed: Deployed) -> list[dict[str, Any]]:
    """Take all statements from the policy of the function, and return them."""
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    statements = _statements(deployed)
    assert statements, f"expected {function} to have a policy, found none"
    for statement in statements:
        client.remove_permission(FunctionName=function, StatementId=statement["Sid"])
    return statements


@contextmanager
def revoked(deployed: Deployed) -> Iterator[None]:
    """Let nobody invoke the function who needs its policy for that."""
    statements = revoke_all(deployed)
    yield
    _permit(deployed, statements)


@contextmanager
def deleted(deployed: Deployed) -> Iterator[None]:
    """Let there be no function, and in the end a new one of its name, whose mappings are enabled as one does on AWS."""
    client, function = deployed.clients["lambda"], deployed.outputs["Function"]
    was = client.get_function(FunctionName=function)["Configuration"]
    mappings = client.list_event_source_mappings(FunctionName=function)["EventSourceMappings"]
    statements = _statements(deployed)
    delete_function(deployed)
    yield
    kept = {name: was[name] for name in ("FunctionName", "Runtime", "Role", "Handler", "Timeout", "MemorySize")}
    variables = {"Variables": was["Environment"]["Variables"]}
    client.create_function(**kept, Environment=variables, Code={"ZipFile": zipped(HANDLER)})
    _permit(deployed, statements)
    for mapping in mappings:
        client.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


@contextmanager
def unreadable(deployed: Deployed) -> Iterator[None]:
    """Let the poller, which reads with the role of the function, not read the source."""
    role = deployed.clients["lambda"].get_function(FunctionName=deployed.outputs["Function"])["Configuration"]["Role"]
    reading = ("sqs:ReceiveMessage", "kinesis:GetRecords", "dynamodb:GetRecords")
    taken = forbid(deployed.clients, role, *reading)
    assert taken, f"expected a policy of {role} that lets it read its source, found none"
    yield
    allow_again(deployed.clients, role, taken)


@contextmanager
def calling(clients: Clients, *actions: str) -> Iterator[tuple[Clients, Callable[[], None]]]:
    """Make a caller who may do ``actions``, and what takes that from it."""
    iam, name = clients["iam"], "e2e-caller"
    trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=_policy(trust))["Role"]["Arn"]
    allowed = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    iam.put_role_policy(RoleName=name, PolicyName="allowed", PolicyDocument=_policy(allowed))
    caller = clients.of_role(role)
    yield caller, lambda: iam.delete_role_policy(RoleName=name, PolicyName="allowed")
    caller.close()
    for policy in iam.list_role_policies(RoleName=name)["PolicyNames"]:
        iam.delete_role_policy(RoleName=name, PolicyName=policy)
    iam.delete_role(RoleName=name)


def _statements(deployed: Deployed) -> list[dict[str, Any]]:
    client = deployed.clients["lambda"]
    try:
        policy = json.loads(client.get_policy(FunctionName=deployed.outputs["Function"])["Policy"])
    except client.exceptions.ResourceNotFoundException:
        return []
    return list(policy["Statement"])


def _permit(deployed: Deployed, statements: list[dict[str, Any]]) -> None:
    for statement in statements:
        (sources,) = (found for operator, found in statement["Condition"].items() if operator == "ArnLike")
        deployed.clients["lambda"].add_permission(
            FunctionName=deployed.outputs["Function"],
            StatementId=statement["Sid"],
            Action=statement["Action"],
            Principal=statement["Principal"]["Service"],
            SourceArn=sources["AWS:SourceArn"],
        )


def _policy(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
