"""Permissions that CDK's own grants leave out, or would put where two stacks need each other."""

import json
from typing import cast

from aws_cdk import Annotations, Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

from constructs_lib.target_keys import KEY_USE
from constructs_lib.types import AnyFunction, AnyKey


def require_role(function: AnyFunction, purpose: str) -> None:
    """Raise ``ValueError`` for a function imported without its role, as nothing can be granted to it."""
    if function.role is None:
        raise ValueError(
            f"{function.node.path}: expected a function whose role is known, so that it can be allowed to {purpose}, "
            "got one imported without it; import it with Function.from_function_attributes(function_arn=..., "
            "role=Role.from_role_arn(...), same_environment=True)"
        )


def allow(scope: IConstruct, id: str, function: AnyFunction, *statements: iam.PolicyStatement) -> IConstruct | None:
    """Allow a function to do something to a resource.

    Parameters
    ----------
    scope, id
        Where a policy of its own stands, if the function is of another stack: in the function's stack, the two stacks
        could need each other.

    Returns
    -------
    IConstruct or None
        What holds the policy; ``None`` if the function was imported without its role. The role itself if its policy
        cannot be changed: a warning then says what it lacks.
    """
    if function.role is None:
        return None
    if warn_of_missing(scope, function, *statements):
        return function.role
    if function.stack is Stack.of(scope):
        for statement in statements:
            function.add_to_role_policy(statement)
        return function.role
    return iam.Policy(cast(Construct, scope), id, roles=[function.role], statements=list(statements))


def warn_of_missing(scope: IConstruct, function: AnyFunction, *statements: iam.PolicyStatement) -> bool:
    """Tell whether the policy of a function's role cannot be changed here; if so, warn of what it must allow.

    CDK drops what is granted to a role that was imported with ``mutable=False`` or from another account.
    """
    role = function.role
    if role is None or not _is_immutable(role):
        return False
    missing = Stack.of(scope).resolve([statement.to_statement_json() for statement in statements])
    Annotations.of(scope).add_warning_v2(
        "lambda-invocation-constructs:immutableRole",
        f"the policy of {role.node.path}, the role of {function.node.path}, cannot be changed here; add to it, where "
        f"the role is made, then acknowledge this warning: {json.dumps(missing)}",
    )
    return True


def _is_immutable(role: iam.IRole) -> bool:
    # CDK has no property for it, and answers that it had granted. Its wrapper is known by the ids that it gives.
    name, beside = role.node.id, role.node.scope
    return name.startswith("ImmutableRole") or (
        beside is not None and beside.node.try_find_child(f"MutableRole{name}") is not None
    )


def sending_key_statement(key: AnyKey) -> iam.PolicyStatement:
    """Return what a role needs to use the key of an encrypted queue that it sends to."""
    return iam.PolicyStatement(actions=list(KEY_USE), resources=[key.key_arn])


def allow_sending(grantee: iam.IGrantable, key: AnyKey | None) -> None:
    """Let ``grantee`` use the key of an encrypted queue or topic that it sends to.

    These are the two actions that SQS and SNS ask of a sender (AWS: lambda/kafka-on-failure). CDK's grants for
    dead-letter targets leave them out.
    """
    if key is not None:
        key.grant(grantee, *KEY_USE)


def allow_service_to_send(
    scope: IConstruct, service: iam.ServicePrincipal, key: AnyKey | None, warning: str, loss: str
) -> None:
    """Let a service use the key of an encrypted queue or topic; warn if the policy of the key is out of reach.

    A service has no role: the policy of the key itself must name it (AWS: sns/sns-dead-letter-queues).

    Parameters
    ----------
    scope
        What the warning is shown on.
    warning, loss
        The id of the warning, and what happens without the permission.
    """
    if key is None:
        return
    statement = iam.PolicyStatement(principals=[service], actions=list(KEY_USE), resources=["*"])
    # Not key.grant, which says that it had granted even if it could not.
    if not key.add_to_resource_policy(statement, True).statement_added:
        Annotations.of(scope).add_warning_v2(
            f"lambda-invocation-constructs:{warning}",
            f"the policy of the imported key {key.node.path} cannot be changed here: without this statement there, "
            f"{loss}; add it where the key is made, then acknowledge this warning: "
            f"{json.dumps(Stack.of(scope).resolve(statement.to_statement_json()))}",
        )
