"""A mapping of a stream must say where to start reading."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import STREAMS, mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class StartingPositionRequired(Rule):
    """A mapping of Kinesis, DynamoDB Streams, Kafka or DocumentDB without a starting position."""

    severity = Severity.ERROR
    description = (
        "A mapping of Kinesis, DynamoDB Streams, Kafka or DocumentDB has no starting position. Lambda refuses it: it "
        "does not know whether to begin with the oldest record or with the next one."
    )
    fix = (
        "CDK: starting_position=StartingPosition.TRIM_HORIZON of the event source. "
        "CloudFormation: StartingPosition: TRIM_HORIZON of the mapping."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            position = mapping.properties["StartingPosition"]
            # A share group of Kafka has none (facts Q5).
            if mapping.service not in (*STREAMS, "kafka", "rds") or mapping.is_share_group is not False:
                continue
            if position.absent:
                yield self.finding(
                    mapping.resource,
                    position.dotted,
                    f"{polled(mapping)} has no starting position: Lambda refuses the mapping. Set StartingPosition, "
                    "to TRIM_HORIZON if no record may be missed.",
                )
