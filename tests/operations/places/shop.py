"""An account with a queue and a bucket in which failed events wait."""

import json
from typing import Any

from tests.operations.live.answers import Refused
from tests.operations.places.account import ACCOUNT, BUCKET, FAILED, RESIZE, RETRIED, STREAM, arn, on_failure

TOPIC = arn("sns", "broken")
ASYNC = "aws/lambda/async/resize/"
URLS = f"https://sqs.eu-west-1.amazonaws.com/{ACCOUNT}/"
SOURCES = "sqs.list_dead_letter_source_queues"
GONE = Refused("AWS.SimpleQueueService.NonExistentQueue")


def url(QueueName: str, **_: Any) -> Any:  # noqa: N803 - AWS names it
    known = {"failed": {"QueueUrl": f"{URLS}failed"}, "jobs": {"QueueUrl": f"{URLS}jobs"}, "secret": Refused()}
    return known.get(QueueName, GONE)


def sources(QueueUrl: str, **_: Any) -> Any:  # noqa: N803
    return {"queueUrls": [f"{URLS}jobs"] if QueueUrl == f"{URLS}failed" else []}


def attributes(QueueUrl: str, **_: Any) -> Any:  # noqa: N803
    name = QueueUrl.rpartition("/")[2]
    redrive = {"RedrivePolicy": json.dumps({"deadLetterTargetArn": FAILED, "maxReceiveCount": 3})}
    return {"Attributes": {"QueueArn": arn("sqs", name), **(redrive if name == "jobs" else {})}}


def configs(FunctionName: str, **_: Any) -> Any:  # noqa: N803
    config = {"FunctionArn": f"{RESIZE}:$LATEST", **on_failure(BUCKET)}
    return {"FunctionEventInvokeConfigs": [config] if FunctionName == "resize" else []}


def objects(Bucket: str, **_: Any) -> Any:  # noqa: N803
    return {} if Bucket == "kept" else Refused("NoSuchBucket")


MAPPING = {"UUID": RETRIED, "FunctionArn": RESIZE, "EventSourceArn": STREAM, **on_failure(BUCKET)}
SHOP = {
    "sts.get_caller_identity": {"Account": ACCOUNT},
    "lambda.list_functions": {"Functions": [{"FunctionName": "resize", "FunctionArn": RESIZE}]},
    "lambda.list_function_event_invoke_configs": configs,
    "lambda.list_event_source_mappings": {"EventSourceMappings": [MAPPING]},
    "sqs.get_queue_url": url,
    "sqs.get_queue_attributes": attributes,
    "sqs.list_queues": {"QueueUrls": [f"{URLS}jobs", f"{URLS}failed"]},
    SOURCES: sources,
    "sns.list_topics": {"Topics": [{"TopicArn": TOPIC}]},
    "s3.list_buckets": {"Buckets": [{"Name": "kept"}]},
    "s3.list_objects_v2": objects,
}
