"""What every event source mapping needs: a role that may poll, and to wait until it may."""

from aws_cdk import Annotations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct, IConstruct

from constructs_lib.acknowledge import acknowledge, acknowledge_no_dead_letter_queue
from constructs_lib.grants import allow
from constructs_lib.timeouts import owned_function
from constructs_lib.types import AnyFunction, AnyKey


def allow_polling(
    pattern: Construct, function: AnyFunction, source: str, statements: list[iam.PolicyStatement]
) -> IConstruct | None:
    """Allow Lambda's poller, which acts as the function, to read a source; return what holds the policy.

    A function imported without its role cannot be allowed anything: a warning says so.
    """
    policy = allow(pattern, "FunctionPolicy", function, *statements)
    if policy is None:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:functionRoleUnknown",
            f"{function.node.path} was imported without its role, so it was not allowed to read "
            f"{source}: allow it where the role is made, then acknowledge this warning",
        )
    return policy


def decrypt(key: AnyKey | None) -> list[iam.PolicyStatement]:
    """Return the statement that lets a poller read what a customer-managed key encrypts; none without a key."""
    if key is None:
        return []
    return [iam.PolicyStatement(actions=["kms:Decrypt"], resources=[key.key_arn])]


def finish_mapping(
    mapping: lambda_.EventSourceMapping | lambda_.CfnEventSourceMapping,
    function: AnyFunction,
    policy: IConstruct | None,
    no_destination: str | None = None,
) -> None:
    """Let a mapping wait for the policy: Lambda refuses one whose function may not read the source yet.

    Parameters
    ----------
    no_destination
        Why the mapping has no on-failure destination, if the source has none.
    """
    owned = owned_function(function)
    if policy is not None and (owned is None or policy is not owned.role):
        mapping.node.add_dependency(policy)  # an owned function waits for its role by itself
    if no_destination is not None:
        acknowledge(mapping, no_destination, "Serverless-LambdaEventSourceMappingDestination")
    acknowledge_no_dead_letter_queue(function, "A mapping invokes synchronously, which never uses such a queue")


def check_timestamp(pattern: Construct, position: lambda_.StartingPosition, timestamp: float | None) -> None:
    """Raise ``ValueError`` if a timestamp is given without ``AT_TIMESTAMP``, or the other way round."""
    at_timestamp = position is lambda_.StartingPosition.AT_TIMESTAMP
    if timestamp is not None and not at_timestamp:
        raise ValueError(
            f"{pattern.node.path}: expected starting_position_timestamp only with AT_TIMESTAMP, got {position.name}; "
            "pass starting_position=StartingPosition.AT_TIMESTAMP as well"
        )
    if timestamp is None and at_timestamp:
        raise ValueError(
            f"{pattern.node.path}: expected starting_position_timestamp for AT_TIMESTAMP, got none; "
            "pass it as Unix time"
        )
