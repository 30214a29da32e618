"""A function that gets batches should say which records of a batch failed."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import STREAMS, Mapping, mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class PartialBatchResponse(Rule):
    """A mapping with batches of several records whose function does not report which of them failed."""

    severity = Severity.WARNING
    description = (
        "A mapping hands over several records at once, and its function cannot report which of them failed. One bad "
        "record fails the batch: the good ones are processed again, and from a queue can end in the dead-letter queue. "
        "For a stream whose batches are not split either, StreamBatchIsolation says so instead."
    )
    fix = (
        "CDK: SqsEventSource(queue, report_batch_item_failures=True), and return batchItemFailures from the handler; "
        "or batch_size=1. CloudFormation: FunctionResponseTypes: [ReportBatchItemFailures], or BatchSize: 1."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            size = mapping.batch_size
            if (
                not _is_supported(mapping)
                or mapping.loses_batches
                or mapping.reports_failures is not False
                or size is None
                or size <= 1
            ):
                continue
            queued = mapping.service == "sqs"
            consequence = (
                "one bad message returns the whole batch to the queue, good messages included"
                if queued
                else "one bad record makes the function process the good records of its batch again"
            )
            yield self.finding(
                mapping.resource,
                "FunctionResponseTypes",
                f"{polled(mapping)} takes up to {size:g} records at once, and the function does not report which of "
                f"them failed: {consequence}. Set ReportBatchItemFailures, and return batchItemFailures.",
                severity=None if queued else Severity.INFO,
            )


def _is_supported(mapping: Mapping) -> bool:
    # Kafka takes such answers in provisioned mode only (facts Q1).
    provisioned = mapping.service == "kafka" and mapping.properties["ProvisionedPollerConfig"].present
    return provisioned or mapping.service in ("sqs", *STREAMS)
