"""What a state machine should do when it cannot invoke a function, or waits for it."""

from collections.abc import Iterator
from typing import Any

from constructs_lib.amounts import duration
from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers.custom_resources import is_framework
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.state_machines import FunctionTask, function_tasks
from constructs_lib.graph.invokers.targets import Target
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_TRANSIENT = {
    "States.ALL",
    "States.TaskFailed",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
}
"""What a retrier names that repeats a call Lambda did not take."""
_LIMITS = ("TimeoutSeconds", "TimeoutSecondsPath", "HeartbeatSeconds", "HeartbeatSecondsPath")


class StateMachineErrorHandling(Rule):
    """A task that does not repeat a call Lambda did not take, or that waits too short or without end."""

    severity = Severity.WARNING
    description = (
        "A task of a state machine invokes a function and does not repeat the call when Lambda throttles it or fails; "
        "or it gives up before the function does; or it waits for a task token for up to a year. A passing fault then "
        "fails the execution, or an execution hangs."
    )
    fix = (
        "CDK: LambdaInvoke(...) with its default retry_on_service_exceptions=True, and task_timeout=... above the "
        "timeout of the function. CloudFormation: Retry with ErrorEquals Lambda.ServiceException, "
        "Lambda.AWSLambdaException, Lambda.SdkClientException and Lambda.TooManyRequestsException; TimeoutSeconds."
    )
    source = "https://docs.aws.amazon.com/step-functions/latest/dg/sfn-best-practices.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the tasks, once for each fault."""
        for task in function_tasks(world):
            target = task.call.target
            # The user cannot change the state machine of CDK's provider framework.
            if isinstance(target, Target) and is_framework(world, target.function):
                continue
            for problem in _problems(world, task):
                yield self.finding(
                    task.machine, task.call.place.dotted, f"task {task.name} of {task.machine.label} {problem}"
                )


def _problems(world: World, task: FunctionTask) -> Iterator[str]:
    if not any(_repeats(one) for one in task.retriers):
        yield (
            "does not repeat a call that Lambda throttles or fails: a passing fault fails the execution. Add a retrier "
            "for the exceptions of the Lambda service."
        )
    if task.waits_for_token:
        if not any(name in task.state for name in _LIMITS):
            yield (
                "waits for its task token for up to a year when the function fails to return it. Set TimeoutSeconds or "
                "HeartbeatSeconds."
            )
        return
    limit, target = task.state.get("TimeoutSeconds"), task.call.target
    running = timeout(world, target.function) if isinstance(target, Target) else None
    if task.call.model is not InvocationModel.SYNCHRONOUS or not isinstance(limit, int) or running is None:
        return
    if limit < running:
        yield (
            f"gives up after {duration(limit)}, but the function may run for {duration(running)}: it works on after "
            "the task has failed or is repeated. Set TimeoutSeconds above the timeout of the function."
        )


def _repeats(retrier: Any) -> bool:
    """Say whether a retrier repeats, or may repeat, a call that Lambda did not take."""
    if not isinstance(retrier, dict):
        return True
    names = retrier.get("ErrorEquals")
    if not isinstance(names, list) or retrier.get("MaxAttempts", 1) == 0:
        return not isinstance(names, list)
    return any(not isinstance(one, str) or not one.isascii() or one in _TRANSIENT for one in names)
