"""A filter on a queue deletes what does not match it."""

from collections import Counter
from collections.abc import Iterator

from constructs_lib.graph.arn import resource_of
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class QueueFilterDeletes(Rule):
    """A mapping with a filter whose queue has no other consumer for what the filter rejects."""

    severity = Severity.INFO
    description = (
        "The only mapping of a queue has a filter. Messages that the filter rejects are deleted from the queue: they "
        "are not kept for anybody else, and do not go to the dead-letter queue."
    )
    fix = (
        "CDK: filter before the queue, with filter_policy of the SnsSubscription or event_pattern of the Rule. "
        "CloudFormation: FilterPolicy of the AWS::SNS::Subscription or EventPattern of the AWS::Events::Rule, instead "
        "of FilterCriteria."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        consumers = Counter(mapping.queue for mapping in world.once(mappings))
        for pipe in world.of_type("AWS::Pipes::Pipe"):
            consumers[resource_of(world, pipe.template, world.properties(pipe)["Source"].value)] += 1
        for mapping in world.once(mappings):
            filters = mapping.properties.get("FilterCriteria.Filters")
            if (
                mapping.queue is None
                or consumers[mapping.queue] > 1
                or not any(one.present for one in filters.children)
            ):
                continue
            yield self.finding(
                mapping.resource,
                "FilterCriteria",
                f"{polled(mapping)} has a filter: messages that do not match are deleted from queue "
                f"{mapping.queue.label}, which nothing else consumes. If they matter, filter before the queue.",
            )
