"""A stream mapping must give up on a bad record some day."""

from collections.abc import Iterator

from constructs_lib.facts import STREAM_RECORD_AGE_UNLIMITED, STREAM_RETRIES_UNLIMITED
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule

_BLOCKED = {"kinesis": ("Kinesis", "up to a week"), "dynamodb": ("DynamoDB", "up to a day")}


class StreamRetriesUnbounded(Rule):
    """A Kinesis or DynamoDB mapping with neither a retry limit nor a maximum record age."""

    severity = Severity.ERROR
    description = (
        "A stream mapping retries a batch that fails for as long as the stream keeps the record. One bad record blocks "
        "its shard for up to a week (Kinesis) or a day (DynamoDB), and what waits behind it may expire unprocessed."
    )
    fix = (
        "CDK: KinesisEventSource(..., retry_attempts=3, bisect_batch_on_error=True, on_failure=SqsDlq(failures)). "
        "CloudFormation: MaximumRetryAttempts or MaximumRecordAgeInSeconds, with DestinationConfig.OnFailure."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            if mapping.service not in _BLOCKED:
                continue
            retries = mapping.properties["MaximumRetryAttempts"].number(STREAM_RETRIES_UNLIMITED)
            age = mapping.properties["MaximumRecordAgeInSeconds"].number(STREAM_RECORD_AGE_UNLIMITED)
            if retries != STREAM_RETRIES_UNLIMITED or age != STREAM_RECORD_AGE_UNLIMITED:
                continue
            stream, long = _BLOCKED[mapping.service]
            yield self.finding(
                mapping.resource,
                "MaximumRetryAttempts",
                f"mapping {mapping.resource.label} from {stream} to {mapping.consumer} retries without limit: one bad "
                f"record blocks its shard for {long}. Limit the retries or the record age, and add an on-failure "
                "destination.",
            )
