"""Refer to resources where the graph follows references only, not names or ARNs."""

import re
from collections.abc import Iterable
from typing import Any, Final

from constructs_lib.operations.live.items import Item

_BY_ARN: Final = (
    "AWS::IAM::Role",
    "AWS::Kinesis::StreamConsumer",
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
)
_APIS: Final = ("AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api")
_CALL: Final = re.compile(r"(arn:[^:]+:execute-api:[^:]*:[^:]*:)(\w+)(.*)")
"""The ARN of what an API serves, in which the API goes by its id."""


class Links:
    """What can be referred to.

    Parameters
    ----------
    items
        All that was read.
    """

    def __init__(self, items: Iterable[Item]) -> None:
        known = [item for item in items if item.arn is not None]
        self._arns = {item.arn: item.logical_id for item in known if item.type in _BY_ARN}
        self._apis = {str(item.arn).rpartition("/")[2]: item.logical_id for item in known if item.type in _APIS}

    def made(self, value: Any) -> Any:
        """Return a value with references in the places of such ARNs."""
        if isinstance(value, dict):
            return {key: self.made(one) for key, one in value.items()}
        if isinstance(value, list):
            return [self.made(one) for one in value]
        if not isinstance(value, str):
            return value
        if value in self._arns:
            return {"Fn::GetAtt": [self._arns[value], "Arn"]}
        call = _CALL.fullmatch(value)
        if call and call[2] in self._apis:
            return {"Fn::Join": ["", [call[1], {"Ref": self._apis[call[2]]}, call[3]]]}
        return value
