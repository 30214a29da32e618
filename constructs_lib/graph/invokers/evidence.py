"""Where templates say that something invokes a function: one row for each property that names one.

API Gateway, state machines and permissions need more than a property; they have their own modules.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import Service
from constructs_lib.graph.invokers.targets import Target, find_target, lambda_target, qualifier
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import UNKNOWN

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_SYNC, _ASYNC = InvocationModel.SYNCHRONOUS, InvocationModel.ASYNCHRONOUS


@dataclass(frozen=True)
class _Row:
    type: str
    """The resource type; ``Custom::*`` is every custom resource."""
    pattern: str
    """Where the function is named."""
    service: Service
    source: str = ""
    """Where the source is named; empty when the resource is the source itself."""
    choice: str = ""
    """Where the invocation type is set, beside the property that names the function."""
    models: tuple[tuple[str, InvocationModel], ...] = ()
    """What its values mean."""
    absent: InvocationModel | None = None
    """What it means when it is not set; the service's model when None."""
    qualifier: str = ""
    """Where the qualifier is set, when it is apart from the function."""


_ROWS: Final = (
    _Row("AWS::Events::Rule", "Targets.*.Arn", services.EVENTBRIDGE),
    _Row("AWS::Scheduler::Schedule", "Target.Arn", services.SCHEDULER),
    _Row("AWS::SNS::Subscription", "Endpoint", services.SNS, source="TopicArn"),
    _Row("AWS::SNS::Topic", "Subscription.*.Endpoint", services.SNS),
    _Row("AWS::S3::Bucket", "NotificationConfiguration.LambdaConfigurations.*.Function", services.S3),
    _Row(
        "Custom::S3BucketNotifications",
        "NotificationConfiguration.LambdaFunctionConfigurations.*.LambdaFunctionArn",
        services.S3,
        source="BucketName",
    ),
    _Row("AWS::Logs::SubscriptionFilter", "DestinationArn", services.LOGS, source="LogGroupName"),
    _Row(
        "AWS::SES::ReceiptRule",
        "Rule.Actions.*.LambdaAction.FunctionArn",
        services.SES,
        choice="InvocationType",
        models=(("Event", _ASYNC), ("RequestResponse", _SYNC)),
    ),
    _Row("AWS::IoT::TopicRule", "TopicRulePayload.Actions.*.Lambda.FunctionArn", services.IOT),
    _Row("AWS::IoT::TopicRule", "TopicRulePayload.ErrorAction.Lambda.FunctionArn", services.IOT),
    _Row("AWS::Config::ConfigRule", "Source.SourceIdentifier", services.CONFIG),
    _Row("AWS::Config::OrganizationConfigRule", "OrganizationCustomRuleMetadata.LambdaFunctionArn", services.CONFIG),
    _Row("AWS::CodeCommit::Repository", "Triggers.*.DestinationArn", services.CODECOMMIT),
    _Row("AWS::CodePipeline::Pipeline", "Stages.*.Actions.*.Configuration.FunctionName", services.CODEPIPELINE),
    *(
        _Row(f"AWS::CloudWatch::{alarm}", f"{actions}.*", services.ALARM)
        for alarm in ("Alarm", "CompositeAlarm", "LogAlarm")
        for actions in ("AlarmActions", "OKActions", "InsufficientDataActions")
    ),
    _Row("AWS::CloudFormation::CustomResource", "ServiceToken", services.CLOUDFORMATION),
    _Row("Custom::*", "ServiceToken", services.CLOUDFORMATION),
    _Row("AWS::ElasticLoadBalancingV2::TargetGroup", "Targets.*.Id", services.LOAD_BALANCER),
    _Row("AWS::VpcLattice::TargetGroup", "Targets.*.Id", services.LATTICE),
    _Row("AWS::Cognito::UserPool", "LambdaConfig.*", services.COGNITO),
    _Row("AWS::Cognito::UserPool", "LambdaConfig.PreTokenGenerationConfig.LambdaArn", services.COGNITO),
    _Row("AWS::Cognito::UserPool", "LambdaConfig.InboundFederation.LambdaArn", services.COGNITO),
    # The one asynchronous kind of trigger: CustomEmailSender and CustomSMSSender (facts V8).
    _Row("AWS::Cognito::UserPool", "LambdaConfig.CustomEmailSender.LambdaArn", services.COGNITO, absent=_ASYNC),
    _Row("AWS::Cognito::UserPool", "LambdaConfig.CustomSMSSender.LambdaArn", services.COGNITO, absent=_ASYNC),
    _Row(
        "AWS::KinesisFirehose::DeliveryStream",
        "*.ProcessingConfiguration.Processors.*.Parameters.*.ParameterValue",
        services.FIREHOSE,
    ),
    *(
        _Row(
            "AWS::CloudFront::Distribution",
            f"DistributionConfig.{behavior}.LambdaFunctionAssociations.*.LambdaFunctionARN",
            services.CLOUDFRONT,
        )
        for behavior in ("DefaultCacheBehavior", "CacheBehaviors.*")
    ),
    _Row("AWS::Lambda::Url", "TargetFunctionArn", services.FUNCTION_URL, qualifier="Qualifier"),
    _Row("AWS::Lambda::EventSourceMapping", "FunctionName", services.MAPPING, source="EventSourceArn"),
    *(
        _Row("AWS::Lambda::EventInvokeConfig", f"DestinationConfig.{outcome}.Destination", services.DESTINATION)
        for outcome in ("OnSuccess", "OnFailure")
    ),
    _Row(
        "AWS::Pipes::Pipe",
        "Target",
        services.PIPES,
        choice="TargetParameters.LambdaFunctionParameters.InvocationType",
        models=(("REQUEST_RESPONSE", _SYNC), ("FIRE_AND_FORGET", _ASYNC)),
    ),
    _Row("AWS::Pipes::Pipe", "Enrichment", services.PIPES),
    _Row(
        "AWS::EventsV2::Subscriber",
        "InvokeConfiguration.TargetArn",
        services.EVENTBRIDGE_V2,
        choice="LambdaParameters.InvocationType",
        models=(("REQUEST_RESPONSE", _SYNC), ("EVENT", _ASYNC)),
    ),
    _Row("AWS::AppSync::DataSource", "LambdaConfig.LambdaFunctionArn", services.APPSYNC),
    _Row("AWS::AppSync::GraphQLApi", "LambdaAuthorizerConfig.AuthorizerUri", services.APPSYNC, absent=_SYNC),
    _Row("AWS::SecretsManager::RotationSchedule", "RotationLambdaARN", services.SECRETS_MANAGER),
)


def property_invocations(world: "World") -> Iterator[Invocation]:
    """Yield the invocations that a property of some resource states."""
    for row, properties, settings, place in world.once(_places):
        target = lambda_target(place)
        if target is None:
            continue
        if row.qualifier and not properties[row.qualifier].absent:
            target = Target(target.function, qualifier(world, properties[row.qualifier].value))
        source = properties[row.source] if row.source else None
        yield Invocation(target, _model(row, properties, settings), row.service, place, settings, source)


def unresolved_asynchronous(world: "World") -> Sequence[Node]:
    """Return the properties that may name any function to be invoked asynchronously; ask with ``world.once``."""
    return [
        place
        for row, properties, settings, place in world.once(_places)
        if _model(row, properties, settings) in (_ASYNC, None)
        and settings["Protocol"].text() in (None, "lambda")
        and find_target(place) is UNKNOWN
    ]


def _places(world: "World") -> list[tuple[_Row, Node, Node, Node]]:
    """Return the properties that may name a function, after the row, all properties, and what stands around."""
    return [
        (row, properties, settings, place)
        for row in _ROWS
        for resource in world.of_type(*_types(world, row.type))
        for properties in (world.properties(resource),)
        for settings, place in properties.select(row.pattern)
    ]


def _types(world: "World", name: str) -> list[str]:
    if not name.endswith("*"):
        return [name]
    return sorted(known for known in world.app.by_type if known.startswith(name[:-1]))


def _model(row: _Row, properties: Node, settings: Node) -> InvocationModel | None:
    # A rule or schedule that is turned off invokes nothing, until somebody turns it on.
    if properties["State"].text() == "DISABLED":
        return None
    choice = settings.get(row.choice) if row.choice else None
    if choice is None or choice.absent:
        return row.absent or row.service.model
    return dict(row.models).get(choice.text() or "")
