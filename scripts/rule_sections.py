"""How the pages of the rules are grouped: by what a rule looks at."""

from collections.abc import Iterable
from typing import Final

from constructs_lib.nag.rule import Rule

SECTIONS: Final = {
    "Synchronous invocation": """
        ApiTimeout ApiErrorMapping ApiEventHeader ApiEventStatus LoadBalancerTimeout UserPoolTriggerTimeout
        StateMachineErrorHandling FirehoseTransform EdgeFunction SesSynchronousTimeout CustomResourceTimeout
    """,
    "Asynchronous invocation": """
        AsyncFailureTarget AsyncConfigDuplicate AsyncConfigQualifier FailureTargetPermission FifoFailureTarget
        SuccessDestinationBucket DurableFunctionDestination UnusedFailureTarget ConcurrencyZero
    """,
    "Delivery into Lambda": """
        InvokePermission InvokePermissionQualifier MixedResourcePolicies DeliveryDeadLetterQueue
        DeliveryRetriesDisabled SubscriptionRedrivePolicy FifoTopicSubscription IotErrorAction DeadLetterQueuePolicy
        DeadLetterQueueKey
    """,
    "SQS queues": """
        QueueRedrivePolicy QueueVisibilityTimeout QueueMaxReceiveCount QueueFilterDeletes PartialBatchResponse
        CompetingMappings ConcurrencyBelowPollers ConcurrencyBelowMinimumPollers BatchingWindowRequired
        FifoBatchingWindow FifoDeadLetterOrdering DeadLetterRetention DeadLetterRegion RedriveAllowPolicy
        RetentionBeforeRedrive
    """,
    "Streams": """
        StreamRetriesUnbounded StreamFailureDestination StreamBatchIsolation StartingPositionRequired
        StartingPositionLatest
    """,
    "All event source mappings": """
        MappingPropertyUnsupported PollerPermission PollerFunctionTimeout PollerModeConflict KafkaProvisionedMode
        DurableMappingTimeout TenantIsolationSource MappingDisabled
    """,
    "The whole app": "RecursiveLoop RecursiveLoopAllowed FailureQueueUnwatched FailureAlarm IdempotencyHint",
}
"""The ids of the rules of each section, in the order of the index."""


def by_section(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    """Return the rules of each section.

    Raises
    ------
    ValueError
        If a rule is in no section or in two, or there is no rule of such an id.
    """
    known = {rule.id: rule for rule in rules}
    listed = [name for names in SECTIONS.values() for name in names.split()]
    wrong = sorted({*known} ^ {*listed} | {name for name in listed if listed.count(name) > 1})
    if wrong:
        raise ValueError(f"{__file__}: expected each rule in one section, found otherwise: {', '.join(wrong)}")
    return {title: [known[name] for name in names.split()] for title, names in SECTIONS.items()}
