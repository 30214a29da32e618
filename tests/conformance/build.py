"""Synthesizes every pattern of the catalog, one a stack, in a process of its own: CDK's validator is on here.

``python -m tests.conformance.build FOLDER FLAGS`` where FLAGS is a JSON object of CDK context.
"""

import json
import sys

from aws_cdk import App, Stack, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks

from constructs_lib import LambdaInvocationChecks
from constructs_lib.catalog import PATTERNS
from tests.conformance.builders import REDRIVES, build_everything, build_pattern


def build(folder: str, flags: dict[str, object]) -> None:
    app = App(outdir=folder, context={**flags, "@aws-cdk/core:validateAgainstDefaultRules": True})
    for pattern in PATTERNS:
        build_pattern(Stack(app, pattern.name), pattern)
    for name, redrive in REDRIVES.items():
        redrive(Stack(app, name))
    build_everything(app)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app), LambdaInvocationChecks(app))
    app.synth()


if __name__ == "__main__":
    build(sys.argv[1], json.loads(sys.argv[2]))
