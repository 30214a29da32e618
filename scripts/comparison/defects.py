"""Which rule of which tool finds which defect: the only place that knows both."""

from dataclasses import dataclass
from typing import Final

ASYNC_LOST: Final = "failed asynchronous events are lost"
UNUSED: Final = "the failure target never gets an event"
REFUSES: Final = "the destination refuses what is sent to it"
DURABLE: Final = "destinations do not work for durable functions"
FORBIDDEN_TARGET: Final = "the function may not write to its failure target"
ZERO: Final = "reserved concurrency of zero stops the function"
RULE: Final = "undelivered events of a rule are dropped"
SCHEDULE: Final = "undelivered events of a schedule are dropped"
PIPE: Final = "undelivered events of a pipe are dropped"
SUBSCRIBER: Final = "undelivered events of a subscriber are dropped"
NOTIFICATION: Final = "undelivered notifications are dropped"
MESSAGE: Final = "undelivered IoT messages are dropped"
REDRIVE: Final = "failed messages come back until they expire"
VISIBILITY: Final = "messages reappear while they are still retried"
REFUSED_VISIBILITY: Final = "Lambda refuses the mapping for its visibility timeout"
WHOLE_BATCH: Final = "one bad message returns the whole batch"
FIFO_TYPES: Final = "a FIFO queue and its dead-letter queue are of different types"
BATCH_SIZE: Final = "the batch is larger than the source allows"
BLOCKED: Final = "one bad record blocks all that come behind it"
RECORDS_LOST: Final = "records that keep failing are lost"
POSITION: Final = "the mapping has no starting position"
UNSUPPORTED: Final = "the source of the mapping does not support a property"
TOO_SLOW: Final = "the caller gives up before the function does"
FORBIDDEN: Final = "the source may not invoke the function"
FORBIDDEN_QUEUE: Final = "the service may not write to the dead-letter queue"
PROVISIONED: Final = "the property needs provisioned pollers"

OURS: Final[dict[str, str | dict[str, str]]] = {
    "ApiErrorMapping": "an error of the function looks like success to the client",
    "ApiEventHeader": "the call stays synchronous",
    "ApiTimeout": TOO_SLOW,
    "AsyncConfigDuplicate": "two configurations of one function overwrite each other",
    "AsyncConfigQualifier": ASYNC_LOST,
    "AsyncFailureTarget": ASYNC_LOST,
    "BatchingWindowRequired": "a batch of this size needs a batching window",
    "CompetingMappings": "each message reaches only one of several functions",
    "ConcurrencyBelowPollers": "pollers are throttled by the function's own limit",
    "ConcurrencyZero": ZERO,
    "DeadLetterQueueKey": "the service cannot encrypt for the dead-letter queue",
    "DeadLetterQueuePolicy": FORBIDDEN_QUEUE,
    "DeadLetterRegion": "the dead-letter queue is in another account or Region",
    "DeadLetterRetention": "failed messages expire too early in the dead-letter queue",
    "DeliveryDeadLetterQueue": {
        "AWS::Events::Rule": RULE,
        "AWS::Scheduler::Schedule": SCHEDULE,
        "AWS::Pipes::Pipe": PIPE,
        "AWS::EventsV2::Subscriber": SUBSCRIBER,
    },
    "DeliveryRetriesDisabled": "the first failed delivery drops the event",
    "DurableFunctionDestination": DURABLE,
    "DurableMappingTimeout": "Lambda refuses the mapping for its durable function",
    "EdgeFunction": "CloudFront refuses the function",
    "FailureQueueUnwatched": "nobody watches the failure queue",
    "FailureTargetPermission": FORBIDDEN_TARGET,
    "FifoBatchingWindow": "FIFO queues have no batching window",
    "FifoFailureTarget": REFUSES,
    "FifoTopicSubscription": "a FIFO topic takes no such subscriber",
    "FirehoseTransform": TOO_SLOW,
    "InvokePermission": FORBIDDEN,
    "InvokePermissionQualifier": "the permission is for another qualifier than the one invoked",
    "IotErrorAction": MESSAGE,
    "KafkaProvisionedMode": PROVISIONED,
    "LoadBalancerTimeout": TOO_SLOW,
    "MappingPropertyUnsupported": UNSUPPORTED,
    "MixedResourcePolicies": "permissions and a resource policy overwrite each other",
    "PartialBatchResponse": WHOLE_BATCH,
    "PollerFunctionTimeout": "the function may run longer than the poller allows",
    "PollerModeConflict": "the two ways to limit pollers exclude each other",
    "PollerPermission": "the function may not read its source",
    "QueueMaxReceiveCount": "throttling alone moves messages to the dead-letter queue",
    "QueueRedrivePolicy": REDRIVE,
    "QueueVisibilityTimeout": {"warning": VISIBILITY, "error": REFUSED_VISIBILITY},
    "RecursiveLoop": "the function invokes itself without end",
    "RecursiveLoopAllowed": "the function invokes itself without end",
    "RedriveAllowPolicy": "the dead-letter queue refuses the queue",
    "RetentionBeforeRedrive": "messages expire before they reach the dead-letter queue",
    "SesSynchronousTimeout": TOO_SLOW,
    "StartingPositionRequired": POSITION,
    "StateMachineErrorHandling": "a passing error of Lambda ends the execution",
    "StreamBatchIsolation": "one bad record takes its whole batch along",
    "StreamFailureDestination": RECORDS_LOST,
    "StreamRetriesUnbounded": BLOCKED,
    "SubscriptionRedrivePolicy": NOTIFICATION,
    "SuccessDestinationBucket": REFUSES,
    "TenantIsolationSource": "Lambda refuses the source for its tenant isolation",
    "UnusedFailureTarget": UNUSED,
    "UserPoolTriggerTimeout": TOO_SLOW,
}
"""The defect of each rule; by the type of the resource or by the severity where it depends on that."""

COUNTED_INFORMATION: Final = frozenset({"SubscriptionRedrivePolicy"})
"""Rules that count although they only inform, because other tools have the same rule as an error."""


@dataclass(frozen=True)
class Claim:
    """What a rule of another tool claims to find."""

    defect: str
    """The tool misses such a defect when it does not report it."""
    also: tuple[str, ...] = ()
    """Defects that make a finding true, though the tool does not miss them."""


_ASYNC = Claim(ASYNC_LOST, also=(REFUSES, DURABLE, FORBIDDEN_TARGET))
_STREAM = Claim(RECORDS_LOST, also=(BLOCKED,))

CLAIMS: Final[dict[str, dict[str, Claim]]] = {
    "cdk-nag Serverless": {
        "LambdaAsyncFailureDestination": _ASYNC,
        "LambdaDLQ": _ASYNC,
        "LambdaEventSourceMappingDestination": _STREAM,
        "EventBusDLQ": Claim(RULE),
        "SNSRedrivePolicy": Claim(NOTIFICATION),
        "SQSRedrivePolicy": Claim(REDRIVE),
    },
    "cfn-lint with serverless-rules": {
        "ES1001": _STREAM,
        "ES1007": _ASYNC,
        "ES4000": Claim(RULE),
        "ES6000": Claim(REDRIVE),
        "ES7000": Claim(NOTIFICATION),
        "E3502": Claim(FIFO_TYPES),
        "E3505": Claim(REFUSED_VISIBILITY),
        "E3633": Claim(POSITION),
        "E3705": Claim(BATCH_SIZE),
    },
    "checkov": {"CKV_AWS_116": _ASYNC},
}
"""The rules of other tools about how functions are invoked and where failures go; the others are not compared."""
