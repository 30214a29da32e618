"""The visibility timeout of a queue must leave the function time to retry."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import VISIBILITY_TIMEOUT_DEFAULT_SECONDS, VISIBILITY_TIMEOUT_FACTOR
from constructs_lib.graph.invokers.functions import timeout
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule


class QueueVisibilityTimeout(Rule):
    """A visibility timeout below six times the function's timeout plus the batching window."""

    severity = Severity.WARNING
    description = (
        "The visibility timeout of the queue is shorter than six times the timeout of the function plus the batching "
        "window. Messages of a throttled batch reappear while Lambda still retries it: they are processed twice, and "
        "reach the dead-letter queue early."
    )
    fix = (
        "CDK: Queue(..., visibility_timeout=Duration.seconds(6 * function timeout + batching window)). "
        "CloudFormation: VisibilityTimeout of the queue; or lower Timeout of the function."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues, once for each function that consumes them."""
        for mapping in world.once(mappings):
            if mapping.queue is None or mapping.target is None:
                continue
            function = mapping.target.function
            hidden = world.properties(mapping.queue)["VisibilityTimeout"]
            visible = hidden.number(VISIBILITY_TIMEOUT_DEFAULT_SECONDS)
            window = mapping.properties["MaximumBatchingWindowInSeconds"].number(0)
            running = timeout(world, function)
            if visible is None or window is None or running is None:
                continue
            wanted = VISIBILITY_TIMEOUT_FACTOR * running + window
            if visible >= wanted:
                continue
            # Below the timeout of the function itself, Lambda refuses the mapping.
            refused = visible < running
            consequence = (
                "Lambda refuses the mapping" if refused else "messages of a throttled batch reappear too early"
            )
            yield self.finding(
                mapping.queue,
                hidden.dotted,
                f"queue {mapping.queue.label} hides a message for {duration(visible)}, but function {function.label} "
                f"may run for {duration(running)}"
                + (f" after a batching window of {duration(window)}" if window else "")
                + f": {consequence}. Set the visibility timeout to at least {duration(wanted)}.",
                severity=Severity.ERROR if refused else None,
            )
