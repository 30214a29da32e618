"""The resources of an account as a template: names and ARNs as they are, nothing to resolve."""

from pathlib import Path
from typing import Any

from constructs_lib.graph.app import App
from constructs_lib.graph.template import Environment, Template
from constructs_lib.graph.world import World
from constructs_lib.nag.result import Problem
from constructs_lib.operations.live.reader import Live

ACCOUNT = "111111111111"
REGION = "eu-west-1"
RETRIED = "0c3b4a58-1111-4222-8333-944444444444"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:{REGION}:{ACCOUNT}:{rest}"


RESIZE = arn("lambda", "function:resize")
FAILED = arn("sqs", "failed")
JOBS = arn("sqs", "jobs")
STREAM = arn("kinesis", "stream/clicks")
BUCKET = "arn:aws:s3:::kept"
MAPPING = arn("lambda", f"event-source-mapping:{RETRIED}")


def resource(type: str, **properties: Any) -> dict[str, Any]:
    return {"Type": f"AWS::{type}", "Properties": properties}


def function(name: str = "resize", **properties: Any) -> dict[str, Any]:
    return resource("Lambda::Function", FunctionName=name, **properties)


def queue(name: str, **properties: Any) -> dict[str, Any]:
    return resource("SQS::Queue", QueueName=name, **properties)


def on_failure(target: str) -> dict[str, Any]:
    return {"DestinationConfig": {"OnFailure": {"Destination": target}}}


def app_of(**resources: dict[str, Any]) -> App:
    environment = Environment(ACCOUNT, REGION)
    return App([Template(Path("live.json"), {"Resources": resources}, environment)])


def world_of(**resources: dict[str, Any]) -> World:
    return World(app_of(**resources))


def live_of(
    arns: dict[str, str], *problems: str, unread: frozenset[str] = frozenset(), **resources: dict[str, Any]
) -> Live:
    """Return an account as it is read."""
    path = Path("aws") / ACCOUNT / REGION
    return Live(app_of(**resources), [Problem(path, one) for one in problems], arns, unread)
