"""What is known of a function when the app is built, whatever way it came into the app."""

from typing import cast

from aws_cdk import Duration, Token
from aws_cdk import aws_lambda as lambda_

from constructs_lib.facts import FUNCTION_TIMEOUT_DEFAULT_SECONDS
from constructs_lib.types import AnyFunction


def owned_function(function: AnyFunction) -> lambda_.Function | None:
    """Return the function itself, or the one behind an alias or version; ``None`` if it is imported."""
    if isinstance(function, lambda_.Alias):
        return owned_function(function.version)
    if isinstance(function, lambda_.Version):
        return owned_function(function.lambda_)
    return function if isinstance(function, lambda_.Function) else None


def function_timeout_seconds(function: AnyFunction) -> float | None:
    """Return the function's timeout in seconds; ``None`` if it is imported or a token, and so not known."""
    owned = owned_function(function)
    if owned is None:
        return None
    # The resource, not the construct, knows what an escape hatch has set.
    timeout = cast(lambda_.CfnFunction, owned.node.default_child).timeout
    if timeout is None:
        return FUNCTION_TIMEOUT_DEFAULT_SECONDS
    return None if Token.is_unresolved(timeout) else float(timeout)


def known_seconds(duration: Duration) -> float | None:
    """Return a duration in seconds; ``None`` if it is a token."""
    return None if duration.is_unresolved() else float(duration.to_seconds(integral=False))
