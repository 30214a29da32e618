"""Lambda, EventBridge and Scheduler send failed events to standard queues and topics only."""

from collections.abc import Iterator

from constructs_lib.graph.failures.asynchronous import all_async_configs
from constructs_lib.graph.failures.failure_queues import failure_places
from constructs_lib.graph.failures.fifo import is_fifo
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import Value
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_LOST = "the target never gets an event, and what fails is lost"
_CONSEQUENCES = {
    "AWS::Lambda::Function": _LOST,
    "AWS::Lambda::EventInvokeConfig": f"{_LOST}; only the metric DestinationDeliveryFailures shows it",
    "AWS::Lambda::EventSourceMapping": f"{_LOST}; only the metric DestinationDeliveryFailures shows it",
    "AWS::Events::Rule": "an event that cannot be delivered is lost",
    "AWS::Scheduler::Schedule": "the deployment fails",
}
"""What takes standard targets only, and what becomes of a FIFO one there. facts F4, V19, V20."""


class FifoFailureTarget(Rule):
    """A destination or dead-letter queue that is FIFO where only a standard one works."""

    severity = Severity.ERROR
    description = (
        "A function, its asynchronous configuration, a mapping, an EventBridge rule or a schedule sends events to a "
        "FIFO queue or topic. They support standard ones only, so that the events are lost."
    )
    fix = (
        "CDK: Queue(...) without fifo=True as dead_letter_queue, destination or on_failure. CloudFormation: an "
        "AWS::SQS::Queue or AWS::SNS::Topic without FifoQueue or FifoTopic."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the properties that name such a target."""
        for place in world.once(failure_places):
            if place.resource.type in _CONSEQUENCES:
                yield from self._judged(world, place.resource, place.dotted, place.value)
        for config in world.once(all_async_configs):
            success = config.properties.get("DestinationConfig.OnSuccess.Destination")
            yield from self._judged(world, success.resource, success.dotted, success.value)

    def _judged(self, world: World, resource: Resource, path: str, value: Value) -> Iterator[Finding]:
        if is_fifo(world, resource.template, value):
            yield self.finding(
                resource,
                path,
                f"{resource.label} sends events to a FIFO queue or topic, which is supported for neither dead-letter "
                f"queues nor destinations here: {_CONSEQUENCES[resource.type]}. Use a standard queue or topic.",
            )
