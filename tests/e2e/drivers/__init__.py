"""A driver for each pattern that the emulator holds."""

from tests.e2e.drivers.driver import Driver
from tests.e2e.drivers.rest_api import RestApiDriver
from tests.e2e.drivers.s3 import S3Driver
from tests.e2e.drivers.sqs import SqsDriver

DRIVERS: tuple[Driver, ...] = (
    RestApiDriver("RestApiToLambda"),
    S3Driver("S3ToLambda"),
    SqsDriver("SqsToLambda"),
)
