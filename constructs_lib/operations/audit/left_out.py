"""The rules that say nothing about a live account, and why."""

from typing import Final

_REFUSED: Final = "Lambda refuses such a mapping, so that none is deployed; what the API shows of one are defaults"

LEFT_OUT: Final = {
    "BatchingWindowRequired": _REFUSED,
    "CustomResourceTimeout": "custom resources are in templates only",
    "EdgeFunction": "distributions are not read, and CloudFront refuses what it finds",
    "FifoBatchingWindow": _REFUSED,
    "FifoTopicSubscription": "SNS refuses such a subscription, so that none is deployed",
    "KafkaProvisionedMode": _REFUSED,
    "MappingPropertyUnsupported": _REFUSED,
    "MixedResourcePolicies": "a policy does not show what wrote it",
    "PollerModeConflict": _REFUSED,
    "SesSynchronousTimeout": "receipt rules are not read",
    "StartingPositionLatest": "what was missed while a mapping was made is past",
    "StartingPositionRequired": _REFUSED,
}
"""By the id of the rule; those that are selected by their id run all the same."""
