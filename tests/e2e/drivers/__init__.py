"""A driver for each pattern that the emulator holds."""

from tests.e2e.drivers.driver import Driver
from tests.e2e.drivers.dynamodb import DynamoDbDriver
from tests.e2e.drivers.event_bridge import EventBridgeDriver
from tests.e2e.drivers.http_api import FunctionUrlDriver, HttpApiDriver
from tests.e2e.drivers.invocation import InvocationDriver
from tests.e2e.drivers.iot import IotDriver
from tests.e2e.drivers.kinesis import KinesisDriver
from tests.e2e.drivers.logs import LogsDriver
from tests.e2e.drivers.rest_api import AsyncRestApiDriver, QueuedRestApiDriver, RestApiDriver
from tests.e2e.drivers.s3 import S3Driver
from tests.e2e.drivers.schedule import ScheduleDriver
from tests.e2e.drivers.sns import SnsDriver
from tests.e2e.drivers.sqs import SqsDriver
from tests.e2e.drivers.state_machine import StateMachineDriver

DRIVERS: tuple[Driver, ...] = (
    FunctionUrlDriver("FunctionUrlToLambda"),
    HttpApiDriver("HttpApiToLambda"),
    RestApiDriver("RestApiToLambda"),
    StateMachineDriver("StateMachineToLambda"),
    AsyncRestApiDriver("RestApiToLambdaAsync"),
    InvocationDriver("AsyncInvocation"),
    S3Driver("S3ToLambda"),
    S3Driver("S3EventBridgeToLambda"),
    SnsDriver("SnsToLambda"),
    EventBridgeDriver("EventBridgeToLambda"),
    ScheduleDriver("ScheduleToLambda"),
    IotDriver("IotToLambda"),
    LogsDriver("LogsToLambda"),
    KinesisDriver("KinesisToLambda"),
    DynamoDbDriver("DynamoDbToLambda"),
    SqsDriver("SqsToLambda"),
    QueuedRestApiDriver("RestApiToSqsToLambda"),
)
