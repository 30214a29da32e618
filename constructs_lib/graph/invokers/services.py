"""The services that invoke functions: their principal, the name users know them by, and how they invoke."""

from dataclasses import dataclass
from typing import Final

from constructs_lib.facts import InvocationModel

_SYNC, _ASYNC = InvocationModel.SYNCHRONOUS, InvocationModel.ASYNCHRONOUS


@dataclass(frozen=True)
class Service:
    """A service that invokes functions."""

    principal: str
    """The service principal, without ``.amazonaws.com``."""
    name: str
    model: InvocationModel | None
    """How it invokes unless it is told otherwise; None when AWS does not say."""


# facts V1 to V30, each with its source
ALARM: Final = Service("lambda.alarms.cloudwatch", "a CloudWatch alarm", _ASYNC)
API_GATEWAY: Final = Service("apigateway", "API Gateway", _SYNC)
APPSYNC: Final = Service("appsync", "AppSync", None)
CLOUDFORMATION: Final = Service("cloudformation", "CloudFormation", _ASYNC)
CLOUDFRONT: Final = Service("edgelambda", "CloudFront", _SYNC)
CODECOMMIT: Final = Service("codecommit", "CodeCommit", _ASYNC)
CALLER: Final = Service("", "a caller outside of the templates", None)
CODEPIPELINE: Final = Service("codepipeline", "CodePipeline", _ASYNC)
COGNITO: Final = Service("cognito-idp", "Cognito", _SYNC)
CONFIG: Final = Service("config", "AWS Config", _ASYNC)
EVENTBRIDGE: Final = Service("events", "EventBridge", _ASYNC)
EVENTBRIDGE_V2: Final = Service("eventsv2", "an EventBridge subscriber", None)
FIREHOSE: Final = Service("firehose", "Amazon Data Firehose", _SYNC)
FUNCTION_URL: Final = Service("lambda-url", "its function URL", _SYNC)
IOT: Final = Service("iot", "AWS IoT", _ASYNC)
DESTINATION: Final = Service("lambda-destination", "a Lambda destination", _ASYNC)
LATTICE: Final = Service("vpc-lattice", "VPC Lattice", _SYNC)
LOAD_BALANCER: Final = Service("elasticloadbalancing", "a load balancer", _SYNC)
LOGS: Final = Service("logs", "CloudWatch Logs", _ASYNC)
MAPPING: Final = Service("lambda-mapping", "an event source mapping", InvocationModel.POLL)
PIPES: Final = Service("pipes", "EventBridge Pipes", _SYNC)
S3: Final = Service("s3", "S3", _ASYNC)
SCHEDULER: Final = Service("scheduler", "EventBridge Scheduler", _ASYNC)
SECRETS_MANAGER: Final = Service("secretsmanager", "Secrets Manager", None)
SES: Final = Service("ses", "SES", _ASYNC)
SNS: Final = Service("sns", "SNS", _ASYNC)
STEP_FUNCTIONS: Final = Service("states", "Step Functions", _SYNC)

_BY_PRINCIPAL: Final = {
    service.principal: service for service in list(globals().values()) if isinstance(service, Service)
}


def service_of_principal(principal: str) -> Service | None:
    """Return the service of a principal such as ``s3.amazonaws.com`` or ``logs.eu-west-1.amazonaws.com``."""
    name, found, _ = principal.partition(".amazonaws.com")
    if not found:
        return None
    return _BY_PRINCIPAL.get(name) or _BY_PRINCIPAL.get(name.split(".")[0])
