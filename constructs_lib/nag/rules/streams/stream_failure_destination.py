"""Records that a mapping gives up on need a place to go."""

from collections.abc import Iterator

from constructs_lib.amounts import count, duration
from constructs_lib.facts import STREAM_RECORD_AGE_UNLIMITED, STREAM_RETRIES_UNLIMITED
from constructs_lib.graph.invokers.mappings import STREAMS, Mapping, mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class StreamFailureDestination(Rule):
    """A stream mapping that gives up on records some day, without an on-failure destination."""

    severity = Severity.ERROR
    description = (
        "A mapping of a stream, or of Kafka in provisioned mode, limits its retries or the age of records, and has no "
        "on-failure destination. What it gives up on is discarded, and nobody learns of it."
    )
    fix = (
        "CDK: KinesisEventSource(..., retry_attempts=3, on_failure=SqsDlq(failures)). CloudFormation: "
        "DestinationConfig: {OnFailure: {Destination: <ARN of a standard queue, standard topic or bucket>}}."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            target = mapping.properties.get("DestinationConfig.OnFailure.Destination")
            limit = _limit(mapping)
            if limit and target.absent and _gives_up(mapping):
                yield self.finding(
                    mapping.resource,
                    target.dotted,
                    f"{polled(mapping)} gives up on a batch after {limit}, and has no on-failure destination: its "
                    "records are discarded silently. Add one: a standard queue, a standard topic or a bucket.",
                )


def _gives_up(mapping: Mapping) -> bool:
    # The other limits of Kafka come from its broker (facts Q1, Q5).
    provisioned = mapping.properties["ProvisionedPollerConfig"].present and mapping.is_share_group is False
    return mapping.service in STREAMS or (mapping.service == "kafka" and provisioned)


def _limit(mapping: Mapping) -> str:
    """Say when the mapping gives up; empty when it never does, or that is unknown."""
    retries = mapping.properties["MaximumRetryAttempts"].number()
    age = mapping.properties["MaximumRecordAgeInSeconds"].number()
    limits = []
    if retries is not None and retries != STREAM_RETRIES_UNLIMITED:
        limits.append(count(retries, "retry"))
    if age is not None and age != STREAM_RECORD_AGE_UNLIMITED:
        limits.append(duration(age))
    return " or ".join(limits)
