"""Whether the source that a permission names may be the one that sends the events."""

from typing import TYPE_CHECKING, Final

from constructs_lib.graph.arn import physical_name
from constructs_lib.graph.invokers.targets import is_opaque
from constructs_lib.graph.template import Resource
from constructs_lib.graph.values import UNKNOWN, Reference, Value, fold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_SERVICES: Final = {
    "AWS::SNS::Topic": "sns",
    "AWS::Events::Rule": "events",
    "AWS::S3::Bucket": "s3",
    "AWS::Logs::LogGroup": "logs",
    "AWS::IoT::TopicRule": "iot",
    "AWS::ApiGateway::RestApi": "execute-api",
    "AWS::ApiGatewayV2::Api": "execute-api",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "elasticloadbalancing",
    "AWS::Cognito::UserPool": "cognito-idp",
    "AWS::Config::ConfigRule": "config",
    "AWS::SES::ReceiptRule": "ses",
    "AWS::CodeCommit::Repository": "codecommit",
    "AWS::CloudWatch::Alarm": "cloudwatch",
    "AWS::CloudWatch::CompositeAlarm": "cloudwatch",
}
"""The service in the ARN that a permission names for a source."""


_NAMES: Final = {"AWS::IoT::TopicRule": "RuleName", "AWS::CloudWatch::Alarm": "AlarmName"}
"""Where the name that ends the ARN of a source is set, besides ``Name``."""


def may_be_source(world: "World", value: Value, source: Resource) -> bool:
    """Say whether an ARN in a permission is, or may be, that of a source; wildcards may be anything."""
    text, holes = fold(value)
    if not text or any(one is UNKNOWN or one.resource is source or is_opaque(one.resource) for one in holes.values()):
        return True
    if isinstance(value, Reference):
        return False
    fields = text.split(":", 5)
    service = _SERVICES.get(source.type, "")
    if len(fields) > 2 and fields[2].isascii() and not {"*", "?"} & set(fields[2]) and service not in ("", fields[2]):
        return False
    if any(one is not UNKNOWN and one.resource.type == source.type for one in holes.values()):
        return False
    name = physical_name(world, source) or world.properties(source)[_NAMES.get(source.type, "Name")].text()
    # Whatever the Region and the account are.
    last = fields[-1]
    literal = last.isascii() and not any(one in last for one in ("*", "?", "${"))
    return not literal or name is None or "${" in name or last.endswith(name)
