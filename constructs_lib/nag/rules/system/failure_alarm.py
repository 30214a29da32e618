"""The metrics that show failures early."""

from collections.abc import Iterator

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.failures.alarms import Alarms, alarms
from constructs_lib.graph.failures.asynchronous import async_configs, dead_letter_target
from constructs_lib.graph.failures.queues import redrives
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.custom_resources import made_by_cdk
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.mappings import Mapping, mappings
from constructs_lib.graph.invokers.unseen import used_unseen
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed, polled

_QUEUE = frozenset({"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"})
_STREAM = frozenset({"IteratorAge"})
_STREAM_OF_KINESIS = frozenset({"GetRecords.IteratorAgeMilliseconds"})


class FailureAlarm(Rule):
    """A function whose losses and delays no alarm shows."""

    severity = Severity.INFO
    # Most apps that are right in all else would get a finding for each function and mapping.
    opt_in = True
    description = (
        "No alarm shows that failed events of a function do not reach their failure target, or that a mapping falls "
        "behind its queue or stream. It comes to light when the events are lost."
    )
    fix = (
        "CDK: cloudwatch.Alarm on function.metric('DestinationDeliveryFailures'), function.metric('IteratorAge') or "
        "queue.metric_approximate_age_of_oldest_message(). CloudFormation: AWS::CloudWatch::Alarm on "
        "DestinationDeliveryFailures, DeadLetterErrors or IteratorAge (AWS/Lambda), or on "
        "ApproximateAgeOfOldestMessage (AWS/SQS)."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions and mappings."""
        watched = world.once(alarms)
        for function, several in world.once(invocations).items():
            asynchronous = any(
                one.model is InvocationModel.ASYNCHRONOUS and one.service is not services.CLOUDFORMATION
                for one in several
            )
            if not asynchronous or made_by_cdk(world, function) or used_unseen(world, function):
                continue
            metrics = _failure_metrics(world, function)
            if metrics and not watched.watch("AWS/Lambda", function, frozenset({*metrics, "AsyncEventsDropped"})):
                yield self.finding(
                    function,
                    "",
                    f"function {function.label} sends failed events to a failure target, and no alarm shows when one "
                    f"does not arrive there and is lost. Set an alarm on {listed(metrics)}.",
                )
        for mapping in world.once(mappings):
            metric = _missing(world, watched, mapping)
            if metric:
                yield self.finding(
                    mapping.resource,
                    "",
                    f"{polled(mapping)} can fall behind without an alarm that shows it. Set an alarm on {metric}.",
                )


def _failure_metrics(world: World, function: Resource) -> list[str]:
    metrics = []
    if dead_letter_target(world, function).present:
        metrics.append("DeadLetterErrors")
    if any(config.function is function and config.on_failure.present for config in async_configs(world, function)):
        metrics.append("DestinationDeliveryFailures")
    return metrics


def _missing(world: World, watched: Alarms, mapping: Mapping) -> str | None:
    """Return the metric on which an alarm is missing."""
    function, queue, stream = mapping.function, mapping.queue, mapping.source
    if any(one is not None and used_unseen(world, one) for one in (mapping.resource, function, stream)):
        return None
    if mapping.service in ("kinesis", "dynamodb") and function is not None:
        shown = watched.watch("AWS/Lambda", function, _STREAM)
        shown = shown or (stream is not None and watched.watch("AWS/Kinesis", stream, _STREAM_OF_KINESIS))
        return None if shown else f"IteratorAge of function {function.label}"
    if queue is None:
        return None
    redrive = world.once(redrives).get(queue)
    # What fails shows in the dead-letter queue; one outside of the app may be watched there.
    ends = redrive.dead_letter_queue if redrive else None
    unknown = ends is None and not world.properties(queue)["RedrivePolicy"].absent
    shown = unknown or any(watched.watch("AWS/SQS", one, _QUEUE) for one in (queue, ends) if one is not None)
    return None if shown else f"ApproximateAgeOfOldestMessage of queue {queue.label}"
