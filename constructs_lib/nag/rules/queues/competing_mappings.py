"""Mappings of one source share it: a queue's messages, a shard's throughput."""

from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.facts import STREAM_READERS_MAX
from constructs_lib.graph.invokers.mappings import STREAMS, Mapping, mappings
from constructs_lib.graph.values import UNKNOWN, Scalar, Text, fold
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed, told_apart

_CONSUMER = "AWS::Kinesis::StreamConsumer"


class CompetingMappings(Rule):
    """Several functions that consume one queue, or more than two that read one stream."""

    severity = Severity.WARNING
    description = (
        "Several functions consume one queue, so that each message goes to only one of them; or more than two "
        "mappings read one stream, whose shards serve two readers well."
    )
    fix = (
        "CDK: an SNS topic or EventBridge rule with a queue for each function; for Kinesis, StreamConsumer and "
        "KinesisConsumerEventSource. CloudFormation: AWS::SNS::Subscription for each queue; for Kinesis, the ARN of an "
        "AWS::Kinesis::StreamConsumer as EventSourceArn."
    )
    source = "https://docs.aws.amazon.com/lambda/latest/dg/with-ddb.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the last of the mappings of each source."""
        sources: dict[object, list[Mapping]] = defaultdict(list)
        for mapping in world.once(mappings):
            key = _key(mapping)
            if key is not None and mapping.enabled:
                sources[key].append(mapping)
        for several in sources.values():
            last = several[-1]
            functions = {one.function for one in several if one.function}
            if last.service == "sqs" and len(functions) > 1:
                yield self.finding(
                    last.resource,
                    "EventSourceArn",
                    f"functions {listed(told_apart(functions))} consume the same queue: each message goes "
                    "to only one of them, whichever is faster. Give each function a queue of its own, behind a topic "
                    "or a rule.",
                )
            elif last.service in STREAMS and len(several) > STREAM_READERS_MAX:
                yield self.finding(
                    last.resource,
                    "EventSourceArn",
                    f"{len(several)} mappings ({listed(told_apart([one.resource for one in several]))}) read the same "
                    f"{last.source_name} stream: they share the throughput of its shards, and reads may be throttled. "
                    "Read it once and fan out, or use enhanced fan-out (Kinesis).",
                    severity=Severity.INFO,
                )


def _key(mapping: Mapping) -> object:
    """Return what is equal for mappings of the same source; None when that is unknown, or does not matter."""
    if mapping.source is not None:
        return None if mapping.source.type == _CONSUMER else mapping.source
    arn = mapping.properties["EventSourceArn"].value
    if not isinstance(arn, Scalar | Text) or "/consumer/" in fold(arn)[0]:
        return None
    if isinstance(arn, Text) and UNKNOWN in arn.parts:
        return None
    # A Region that is not known can be another in another stack.
    return arn, mapping.resource.template.root if "${" in fold(arn)[0] else None
