"""Permissions that CDK's own grants leave out, or would put where two stacks need each other."""

from typing import cast

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from constructs import Construct, IConstruct

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
        What holds the policy; ``None`` if the function was imported without its role.
    """
    if function.role is None:
        return None
    if function.stack is Stack.of(scope):
        for statement in statements:
            function.add_to_role_policy(statement)
        return function.role
    return iam.Policy(cast(Construct, scope), id, roles=[function.role], statements=list(statements))


def allow_sending(grantee: iam.IGrantable, key: AnyKey | None) -> None:
    """Let ``grantee`` use the key of an encrypted queue or topic that it sends to.

    These are the two actions that SQS and SNS ask of a sender (AWS: lambda/kafka-on-failure). CDK's grants for
    dead-letter targets leave them out.
    """
    if key is not None:
        key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey")
