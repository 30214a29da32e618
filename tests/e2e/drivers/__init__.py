"""A driver for each pattern that the emulator holds; why not, of each other."""

from tests.e2e.drivers.alarm import AlarmDriver
from tests.e2e.drivers.custom_resource import CustomResourceDriver
from tests.e2e.drivers.driver import Driver
from tests.e2e.drivers.dynamodb import DynamoDbDriver
from tests.e2e.drivers.event_bridge import EventBridgeDriver
from tests.e2e.drivers.executions import ExecutionDriver
from tests.e2e.drivers.firehose import FirehoseDriver
from tests.e2e.drivers.http_api import FunctionUrlDriver, HttpApiDriver
from tests.e2e.drivers.invocation import InvocationDriver
from tests.e2e.drivers.iot import IotDriver
from tests.e2e.drivers.job_api import JobApiDriver
from tests.e2e.drivers.kinesis import KinesisDriver
from tests.e2e.drivers.load_balancer import LoadBalancerDriver
from tests.e2e.drivers.logs import LogsDriver
from tests.e2e.drivers.rest_api import AsyncRestApiDriver, QueuedRestApiDriver, RestApiDriver
from tests.e2e.drivers.s3 import S3Driver, S3EventBridgeDriver
from tests.e2e.drivers.schedule import ScheduleDriver
from tests.e2e.drivers.sns import SnsDriver
from tests.e2e.drivers.sqs import SqsDriver
from tests.e2e.drivers.state_machine import StateMachineDriver
from tests.e2e.drivers.user_pool import UserPoolDriver
from tests.e2e.drivers.web_socket_api import WebSocketApiDriver

DRIVERS: tuple[Driver, ...] = (
    FunctionUrlDriver("FunctionUrlToLambda"),
    HttpApiDriver("HttpApiToLambda"),
    RestApiDriver("RestApiToLambda"),
    LoadBalancerDriver("LoadBalancerToLambda"),
    WebSocketApiDriver("WebSocketApiToLambda"),
    UserPoolDriver("UserPoolToLambda"),
    StateMachineDriver("StateMachineToLambda"),
    AsyncRestApiDriver("RestApiToLambdaAsync"),
    InvocationDriver("AsyncInvocation"),
    S3Driver("S3ToLambda"),
    S3EventBridgeDriver("S3EventBridgeToLambda"),
    SnsDriver("SnsToLambda"),
    EventBridgeDriver("EventBridgeToLambda"),
    ScheduleDriver("ScheduleToLambda"),
    AlarmDriver("AlarmToLambda"),
    CustomResourceDriver("CustomResourceToLambda"),
    IotDriver("IotToLambda"),
    LogsDriver("LogsToLambda"),
    KinesisDriver("KinesisToLambda"),
    DynamoDbDriver("DynamoDbToLambda"),
    SqsDriver("SqsToLambda"),
    QueuedRestApiDriver("RestApiToSqsToLambda"),
    JobApiDriver("JobApi"),
    ExecutionDriver("RestApiToStateMachine"),
    FirehoseDriver("FirehoseToLambda"),
)

STAND_INS = {
    "AlarmToLambda": "the alarm's state is set, as the emulator compares no metrics",
    "CustomResourceToLambda": "by copies of the deployed resource, each in a stack of its own",
    "ScheduleToLambda": "by copies of the deployed schedule, due at once",
}
"""What is sent otherwise than its source would on AWS."""

NO_TYPE = "the emulator's CloudFormation has no such resources"

NOT_HELD = {
    "CloudFrontToLambda": "the emulator's CloudFront runs no functions",
    "CodeCommitToLambda": NO_TYPE,
    "ConfigRuleToLambda": NO_TYPE,
    "DocumentDbToLambda": "the emulator polls no change streams",
    "KafkaToLambda": "the emulator polls no Kafka",
    "MqToLambda": "the emulator polls no message brokers",
    "MskToLambda": NO_TYPE,
    "SesToLambda": NO_TYPE,
}
"""Why the other patterns are proven by their templates only."""
