import os
import signal

# The validator costs seconds at the first synth of a process; the conformance tests run it in processes of their own.
os.environ["CDK_VALIDATION"] = "false"

import pytest
from aws_cdk import App, Stack

from constructs_lib import LambdaFunction
from tests.helpers import make_function

# Whoever runs the tests in the background may have let Ctrl-C be ignored, in them and in all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def app() -> App:
    return App()


@pytest.fixture
def stack(app: App) -> Stack:
    return Stack(app, "Stack")


@pytest.fixture
def function(stack: Stack) -> LambdaFunction:
    return make_function(stack)
