"""What Amazon Data Firehose asks of a function that transforms records."""

from collections.abc import Iterator

from constructs_lib.amounts import duration
from constructs_lib.facts import (
    FIREHOSE_BUFFER_MAX_MEBIBYTES,
    FIREHOSE_BUFFER_MIN_MEBIBYTES,
    FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS,
)
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.slow import slower_than
from constructs_lib.graph.node import Node
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed

_STREAM = "AWS::KinesisFirehose::DeliveryStream"


class FirehoseTransform(Rule):
    """A transformation that may run longer than Firehose waits, or with a buffer that Firehose does not take."""

    severity = Severity.ERROR
    description = (
        "A function that transforms the records of a delivery stream may run longer than the five minutes Firehose "
        "waits, or its buffer is not between 0.2 and 3 MB. Batches then end in the processing-failed folder, or the "
        "deployment fails."
    )
    fix = (
        "CDK: Function(..., timeout=Duration.minutes(5)) and LambdaFunctionProcessor(function, "
        "buffer_size=Size.mebibytes(1)). CloudFormation: Timeout of at most 300, BufferSizeInMBs from 0.2 to 3."
    )
    source = "https://docs.aws.amazon.com/firehose/latest/dev/data-transformation.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the functions, each once, and the buffers."""
        for function, running, several in slower_than(world, FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS, _waits):
            yield self.finding(
                function,
                "Timeout",
                f"function {function.label} may run for {duration(running)}, but delivery stream "
                f"{listed([one.resource.label for one in several])} waits only "
                f"{duration(FIREHOSE_FUNCTION_TIMEOUT_MAX_SECONDS)} for a transformation. Lower the timeout.",
            )
        for place in _buffer_sizes(world):
            size = place.number()
            if size is not None and not FIREHOSE_BUFFER_MIN_MEBIBYTES <= size <= FIREHOSE_BUFFER_MAX_MEBIBYTES:
                yield self.finding(
                    place.resource,
                    place.dotted,
                    f"delivery stream {place.resource.label} buffers {size:g} MB for its function, but Firehose takes "
                    f"{FIREHOSE_BUFFER_MIN_MEBIBYTES:g} to {FIREHOSE_BUFFER_MAX_MEBIBYTES:g} MB: the deployment fails. "
                    "Set a buffer size in between.",
                )


def _waits(one: Invocation) -> bool:
    return one.service is services.FIREHOSE and one.resource.type == _STREAM


def _buffer_sizes(world: World) -> Iterator[Node]:
    for resource in world.of_type(_STREAM):
        pattern = "*.ProcessingConfiguration.Processors.*.Parameters.*"
        for _, parameter in world.properties(resource).select(pattern):
            if parameter["ParameterName"].text() == "BufferSizeInMBs":
                yield parameter["ParameterValue"]
