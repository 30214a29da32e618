"""A mapping that starts with the latest record can miss the first ones."""

from collections.abc import Iterator

from constructs_lib.graph.invokers.mappings import STREAMS, mappings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import polled


class StartingPositionLatest(Rule):
    """A stream mapping whose starting position is the latest record."""

    severity = Severity.INFO
    description = (
        "A stream mapping starts with the latest record. Polling begins some minutes after a mapping is created or "
        "updated: records that arrive in the meantime can be missed."
    )
    fix = (
        "CDK: starting_position=StartingPosition.TRIM_HORIZON, or AT_TIMESTAMP. "
        "CloudFormation: StartingPosition: TRIM_HORIZON, or AT_TIMESTAMP with StartingPositionTimestamp."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the mappings."""
        for mapping in world.once(mappings):
            position = mapping.properties["StartingPosition"]
            if mapping.service in (*STREAMS, "kafka", "rds") and position.text() == "LATEST":
                yield self.finding(
                    mapping.resource,
                    position.dotted,
                    f"{polled(mapping)} starts with the latest record: those that arrive while the mapping is being "
                    "created or updated can be missed. If none may be, start at TRIM_HORIZON or at a time.",
                )
