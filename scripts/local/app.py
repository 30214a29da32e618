"""The example app with its functions bundled for the processor and Python of this machine, for the emulator to run."""

import platform
import sys
from functools import partial

from aws_cdk import aws_lambda as lambda_

import app as example
from constructs_lib import LambdaFunction

ARCHITECTURE = (
    lambda_.Architecture.ARM_64 if platform.machine() in ("arm64", "aarch64") else lambda_.Architecture.X86_64
)
RUNTIME = lambda_.Runtime(f"python3.{sys.version_info.minor}", lambda_.RuntimeFamily.PYTHON)
"""The emulator runs every Python function on the interpreter that made its environment, which made ours, too."""


def for_this_machine() -> None:
    """Let the stacks of the example app, which are written for AWS, make functions for this machine."""
    setattr(example, "LambdaFunction", partial(LambdaFunction, architecture=ARCHITECTURE, runtime=RUNTIME))  # noqa: B010 (to mypy it is a class)


if __name__ == "__main__":
    for_this_machine()
    example.build_app().synth()
