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
    resource = cast(lambda_.CfnFunction, owned.node.default_child)
    # A caller that waits for a durable function waits for its whole execution (AWS: lambda/durable-invoking).
    timeout = resource.timeout if resource.durable_config is None else _durable_seconds(resource.durable_config)
    if timeout is None:
        return FUNCTION_TIMEOUT_DEFAULT_SECONDS
    return None if Token.is_unresolved(timeout) else float(timeout)


def is_durable(function: AnyFunction) -> bool:
    """Tell whether a function of this app is durable."""
    owned = owned_function(function)
    return owned is not None and cast(lambda_.CfnFunction, owned.node.default_child).durable_config is not None


def _durable_seconds(config: object) -> float | None:
    seconds = getattr(config, "execution_timeout", None)
    return seconds if isinstance(seconds, int | float) else None


def known_seconds(duration: Duration) -> float | None:
    """Return a duration in seconds; ``None`` if it is a token."""
    return None if duration.is_unresolved() else float(duration.to_seconds(integral=False))
