"""A function that is invoked asynchronously needs a failure target."""

from collections.abc import Iterator, Sequence

from constructs_lib.amounts import duration
from constructs_lib.facts import (
    ASYNC_EVENT_AGE_MAX_SECONDS,
    ASYNC_RETRY_ATTEMPTS_DEFAULT,
    InvocationModel,
)
from constructs_lib.graph.failures.asynchronous import async_configs, failure_targets
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.unseen import configured_unseen
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import invoker, listed, qualified

_DELIVERY_TARGETS = ("DeadLetterConfig.Arn", "RedrivePolicy.deadLetterTargetArn")
"""Where a rule, a schedule or a subscription keeps events that it could not deliver."""


class AsyncFailureTarget(Rule):
    """A function that is invoked asynchronously has neither a dead-letter queue nor an on-failure destination."""

    severity = Severity.ERROR
    description = (
        "A function is invoked asynchronously and has no failure target. Lambda retries a failed event at most twice "
        "and keeps it at most six hours; then it is discarded, and nobody learns of it."
    )
    fix = (
        "CDK: Function(..., on_failure=SqsDestination(failures)), or dead_letter_queue=failures. CloudFormation: "
        "AWS::Lambda::EventInvokeConfig with DestinationConfig.OnFailure.Destination, or DeadLetterConfig.TargetArn."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once."""
        for function, several in world.once(invocations).items():
            # The stack waits for a custom resource and reports what it does not hear of.
            lost = [
                one
                for one in several
                if one.model is InvocationModel.ASYNCHRONOUS
                and one.service is not services.CLOUDFORMATION
                and not failure_targets(world, one.target)
            ]
            if not lost or configured_unseen(world, function):
                continue
            names = listed([qualified(function.label, one.qualifier) for one in lost])
            # These show by themselves that they got no result.
            reported = all(one.service in (services.CONFIG, services.CODEPIPELINE) for one in lost)
            yield self.finding(
                function,
                "DeadLetterConfig",
                f"function {names}, invoked asynchronously by {listed([invoker(one) for one in lost])}, has no failure "
                f"target: {_patience(world, lost)}{_misleading(lost)}. Give the function an on-failure destination or "
                "a dead-letter queue.",
                severity=Severity.WARNING if reported else None,
            )


def _patience(world: World, lost: Sequence[Invocation]) -> str:
    """Say how long Lambda tries before it discards an event."""
    retries: float | None = ASYNC_RETRY_ATTEMPTS_DEFAULT
    age: float | None = ASYNC_EVENT_AGE_MAX_SECONDS
    for one in lost:
        for config in async_configs(world, one.function):
            if config.function is one.function and config.applies_to(one.target):
                retries = config.properties["MaximumRetryAttempts"].number(retries)
                age = config.properties["MaximumEventAgeInSeconds"].number(age)
    if retries == 0:
        return "with retries turned off, its first error loses the event"
    if age is not None and age < ASYNC_EVENT_AGE_MAX_SECONDS:
        return f"an event that fails, or waits longer than {duration(age)}, is lost"
    return "an event that keeps failing is lost"


def _misleading(lost: Sequence[Invocation]) -> str:
    """Explain away what looks like protection and is none, and what does not look asynchronous and is."""
    notes = []
    protected = [
        one.resource.label for one in lost if any(one.settings.get(path).present for path in _DELIVERY_TARGETS)
    ]
    if protected:
        notes.append(
            f"the dead-letter queue of {listed(protected)} catches failed delivery only, never failed execution"
        )
    if any(one.service is services.COGNITO for one in lost):
        notes.append("custom sender triggers are asynchronous, unlike the other triggers of a user pool")
    return "".join(f"; {note}" for note in notes)
