"""Event source mappings."""

from collections.abc import Iterator
from typing import Any, Final

from constructs_lib.operations.live.calls import Calls
from constructs_lib.operations.live.items import UNREAD, Item, taken

_TYPE: Final = "AWS::Lambda::EventSourceMapping"
_SAME: Final = (
    "AmazonManagedKafkaEventSourceConfig",
    "BatchSize",
    "BisectBatchOnFunctionError",
    "DestinationConfig",
    "DocumentDBEventSourceConfig",
    "EventSourceArn",
    "FilterCriteria",
    "FunctionResponseTypes",
    "LoggingConfig",
    "MaximumBatchingWindowInSeconds",
    "MaximumRecordAgeInSeconds",
    "MaximumRetryAttempts",
    "MetricsConfig",
    "ParallelizationFactor",
    "ProvisionedPollerConfig",
    "Queues",
    "ScalingConfig",
    "SelfManagedEventSource",
    "SelfManagedKafkaEventSourceConfig",
    "SourceAccessConfigurations",
    "StartingPosition",
    "Topics",
    "TumblingWindowInSeconds",
)
_DEFAULTS: Final = {
    "BisectBatchOnFunctionError": False,
    "MaximumBatchingWindowInSeconds": 0,
    "MaximumRecordAgeInSeconds": -1,
    "MaximumRetryAttempts": -1,
    "ParallelizationFactor": 1,
    "TumblingWindowInSeconds": 0,
}
"""What Lambda returns for what nobody set (https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html)."""
_OFF: Final = ("Disabled", "Disabling")
_CONSUMER: Final = "/consumer/"


def read_mappings(calls: Calls) -> Iterator[Item]:
    """Yield the mappings, and the consumers of Kinesis streams that they read with."""
    account, what = calls.account, "list the event source mappings"
    prefix = f"arn:{account.partition}:lambda:{account.region}:{account.id}:event-source-mapping:"
    for found in calls.pages("lambda.list_event_source_mappings", "EventSourceMappings", what):
        properties = {name: value for name, value in taken(found, *_SAME).items() if _DEFAULTS.get(name) != value}
        properties["FunctionName"] = found.get("FunctionArn")
        properties["Enabled"] = found.get("State") not in _OFF
        function = str(found.get("FunctionArn", "")).partition(":function:")[2]
        arn = f"{prefix}{found['UUID']}"
        yield Item("mapping", f"{function} {found['UUID']}", _TYPE, properties, arn)
        yield from _consumer(found.get("EventSourceArn") or "")


def unread_mappings() -> Iterator[Item]:
    """Yield a mapping of anything: whoever reads a queue may not be known."""
    yield Item("unread", "mappings", _TYPE, {"EventSourceArn": UNREAD, "FunctionName": UNREAD})


def _consumer(arn: str) -> Iterator[Item]:
    stream, found, name = arn.partition(_CONSUMER)
    if found:
        properties: dict[str, Any] = {"StreamARN": stream, "ConsumerName": name.partition(":")[0]}
        yield Item("consumer", arn.rpartition(":stream/")[2], "AWS::Kinesis::StreamConsumer", properties, arn)
