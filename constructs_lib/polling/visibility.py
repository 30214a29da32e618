"""How long SQS hides a message that a function works on: too short, and it is worked on twice."""

from typing import cast

from aws_cdk import Annotations, Duration, Token
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from constructs_lib.facts import VISIBILITY_TIMEOUT_DEFAULT_SECONDS, VISIBILITY_TIMEOUT_FACTOR
from constructs_lib.timeouts import function_timeout_seconds, known_seconds
from constructs_lib.types import AnyFunction


def default_visibility_timeout(pattern: Construct, function: AnyFunction, window: Duration | None) -> Duration:
    """Return the visibility timeout that AWS advises; raise ``ValueError`` if what it depends on is not known."""
    advised = _advised_seconds(function, window)
    if advised is None:
        raise ValueError(
            f"{pattern.node.path}: expected a function whose timeout is known, to hide messages for "
            f"{VISIBILITY_TIMEOUT_FACTOR} times as long, got {function.node.path}, which is imported, or whose timeout "
            "or batching window is a token; pass visibility_timeout="
        )
    return Duration.seconds(advised)


def check_visibility_timeout(
    pattern: Construct, queue: sqs.Queue, function: AnyFunction, window: Duration | None
) -> None:
    """Raise ``ValueError`` if the deployment would fail, warn if it would not but AWS advises more."""
    timeout = function_timeout_seconds(function)
    hidden = cast(sqs.CfnQueue, queue.node.default_child).visibility_timeout
    if hidden is None:
        hidden = VISIBILITY_TIMEOUT_DEFAULT_SECONDS
    if timeout is None or Token.is_unresolved(hidden):
        return
    if hidden < timeout:
        raise ValueError(
            f"{pattern.node.path}: expected a visibility timeout of at least the function's {timeout:g} s, got "
            f"{hidden:g} s on {queue.node.path}, with which the deployment fails; raise the one or lower the other"
        )
    advised = _advised_seconds(function, window)
    if advised is not None and hidden < advised:
        Annotations.of(pattern).add_warning_v2(
            "lambda-invocation-constructs:visibilityTimeout",
            f"messages of {queue.node.path} are hidden for {hidden:g} s; AWS advises {advised:g} s "
            f"({VISIBILITY_TIMEOUT_FACTOR} times the function's timeout, plus the batching window): with less, a "
            "throttled batch appears again while it is still being worked on",
        )


def _advised_seconds(function: AnyFunction, window: Duration | None) -> float | None:
    timeout = function_timeout_seconds(function)
    window_seconds = 0 if window is None else known_seconds(window)
    if timeout is None or window_seconds is None:
        return None
    return timeout * VISIBILITY_TIMEOUT_FACTOR + window_seconds
