"""The wirings that are compared: ours with its defaults, and what CDK's own constructs make with theirs."""

from collections.abc import Callable, Mapping
from pathlib import Path

from aws_cdk import App, CfnOutput, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_s3_notifications as notifications
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from constructs_lib import (
    EventBridgeToLambda,
    KinesisToLambda,
    LambdaFunction,
    RestApiToLambda,
    S3ToLambda,
    SnsToLambda,
    SqsToLambda,
)
from scripts.local.functions import RUNTIME, local_function

HANDLER = Path(__file__).parent / "handler"
TIMEOUT = Duration.seconds(1)
STACK = "Reliability"
SHARDS = 8
PATTERN = events.EventPattern(source=["orders"])

Outputs = dict[str, str]
OURS = "this library"
PLAIN = "plain CDK"
SOLUTIONS = "Solutions Constructs"


def _our_bucket(stack: Stack, function: LambdaFunction) -> Outputs:
    built = S3ToLambda(stack, "Pattern", function=function)
    return {"Bucket": built.bucket.bucket_name, "Failures": _queue_url(built.failure_queue)}


def _our_topic(stack: Stack, function: LambdaFunction) -> Outputs:
    built = SnsToLambda(stack, "Pattern", function=function)
    return {"Topic": built.topic.topic_arn, "Failures": _queue_url(built.failure_queue)}


def _our_rule(stack: Stack, function: LambdaFunction) -> Outputs:
    built = EventBridgeToLambda(stack, "Pattern", function=function, event_pattern=PATTERN)
    return {"Failures": _queue_url(built.failure_queue)}


def _our_queue(stack: Stack, function: LambdaFunction) -> Outputs:
    built = SqsToLambda(stack, "Pattern", function=function)
    return {"Queue": built.queue.queue_url, "Failures": _queue_url(built.dead_letter_queue)}


def _our_stream(stack: Stack, function: LambdaFunction) -> Outputs:
    built = KinesisToLambda(stack, "Pattern", function=function, stream=_stream(stack))
    return {"Stream": built.stream.stream_name, "Failures": _queue_url(built.failure_queue)}


def _our_api(stack: Stack, function: LambdaFunction) -> Outputs:
    built = RestApiToLambda(stack, "Pattern", function=function)
    return _api(built.api)


def _plain_bucket(stack: Stack, function: lambda_.Function) -> Outputs:
    bucket = s3.Bucket(stack, "Bucket")
    bucket.add_event_notification(s3.EventType.OBJECT_CREATED, notifications.LambdaDestination(function))
    return {"Bucket": bucket.bucket_name}


def _plain_topic(stack: Stack, function: lambda_.Function) -> Outputs:
    topic = sns.Topic(stack, "Topic")
    topic.add_subscription(subscriptions.LambdaSubscription(function))
    return {"Topic": topic.topic_arn}


def _plain_rule(stack: Stack, function: lambda_.Function) -> Outputs:
    events.Rule(stack, "Rule", event_pattern=PATTERN, targets=[targets.LambdaFunction(function)])
    return {}


def _plain_queue(stack: Stack, function: lambda_.Function) -> Outputs:
    queue = sqs.Queue(stack, "Queue")
    function.add_event_source(sources.SqsEventSource(queue))
    return {"Queue": queue.queue_url}


def _plain_stream(stack: Stack, function: lambda_.Function) -> Outputs:
    stream = _stream(stack)
    oldest = lambda_.StartingPosition.TRIM_HORIZON
    function.add_event_source(sources.KinesisEventSource(stream, starting_position=oldest))
    return {"Stream": stream.stream_name}


def _plain_api(stack: Stack, function: lambda_.Function) -> Outputs:
    return _api(apigateway.LambdaRestApi(stack, "Api", handler=function))


OUR_WIRINGS: Mapping[str, Callable[[Stack, LambdaFunction], Outputs]] = {
    "S3": _our_bucket,
    "SNS": _our_topic,
    "EventBridge": _our_rule,
    "SQS": _our_queue,
    "Kinesis": _our_stream,
    "REST API": _our_api,
}
PLAIN_WIRINGS: Mapping[str, Callable[[Stack, lambda_.Function], Outputs]] = {
    "S3": _plain_bucket,
    "SNS": _plain_topic,
    "EventBridge": _plain_rule,
    "SQS": _plain_queue,
    "Kinesis": _plain_stream,
    "REST API": _plain_api,
}


def synthesize(wiring: str, source: str, folder: Path, environment: Mapping[str, str]) -> None:
    """Write the assembly of a stack with one of our wirings or a plain one."""
    app = App(outdir=str(folder))
    stack = Stack(app, STACK)
    outputs: Outputs
    if wiring == OURS:
        settings = {**environment, "ANSWER": "partial"}
        ours = local_function(stack, "Function", code=HANDLER, timeout=TIMEOUT, environment=settings)
        outputs = OUR_WIRINGS[source](stack, ours)
    else:
        plain = lambda_.Function(
            stack,
            "Function",
            code=lambda_.Code.from_asset(str(HANDLER), exclude=["__pycache__"]),
            handler="index.handler",
            runtime=RUNTIME,
            timeout=TIMEOUT,
            environment={**environment, "ANSWER": "whole"},
        )
        outputs = PLAIN_WIRINGS[source](stack, plain)
    for name, value in outputs.items():
        CfnOutput(stack, f"{name}Output", value=value).override_logical_id(name)
    app.synth()


def _queue_url(queue: sqs.IQueue | None) -> str:
    if queue is None:
        raise AssertionError("expected a failure queue of the pattern's own, found none")
    return queue.queue_url


def _stream(stack: Stack) -> kinesis.Stream:
    return kinesis.Stream(stack, "Stream", shard_count=SHARDS)


def _api(api: apigateway.IRestApi | apigateway.RestApi) -> Outputs:
    return {"Api": api.rest_api_id, "Stage": api.deployment_stage.stage_name}
