"""One bad record must not take its batch with it."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class StreamBatchIsolation(Rule):
    """A stream mapping that neither splits a batch that fails nor learns which record failed."""

    severity = Severity.WARNING
    description = (
        "A stream mapping neither splits a batch that fails nor lets its function report the record that failed. One "
        "bad record fails its batch again and again, and in the end the good records are given up with it."
    )
    fix = (
        "CDK: KinesisEventSource(..., bisect_batch_on_error=True), or report_batch_item_failures=True. "
        "CloudFormation: BisectBatchOnFunctionError: true, or FunctionResponseTypes: [ReportBatchItemFailures]."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            if mapping.loses_batches:
                yield self.finding(
                    mapping.resource,
                    "BisectBatchOnFunctionError",
                    f"{polled(mapping)} takes up to {mapping.batch_size:g} records at once, and neither splits a batch "
                    "that fails nor learns which record failed: one bad record takes the whole batch with it. Set "
                    "BisectBatchOnFunctionError, which does not use up retries, or ReportBatchItemFailures.",
                )
