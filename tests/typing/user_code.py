"""Calls with every kind of argument that users pass; only checked by mypy and pyright, never run.

Where pyright is told to look away, it is CDK's own signature that refuses CDK's own class (aws/jsii#1919).
"""

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_events as events
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_destinations as destinations
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import FailureQueue, LambdaFunction, RestApiToLambda, S3ToLambda, SqsToLambda

stack = Stack(App(), "Stack")
key = kms.Key(stack, "Key")
imported_key = kms.Key.from_key_arn(stack, "ImportedKey", "arn")
queue = sqs.Queue(stack, "Queue")
topic = sns.Topic(stack, "Topic")

function = LambdaFunction(stack, "A", code="folder", log_group=logs.LogGroup(stack, "Logs"), dead_letter_queue=queue)
LambdaFunction(stack, "B", code=lambda_.Code.from_asset("folder"), dead_letter_queue=topic)
LambdaFunction(stack, "C", code="folder", layers=[lambda_.LayerVersion.from_layer_version_arn(stack, "Layer", "arn")])
imported = lambda_.Function.from_function_arn(stack, "ImportedFunction", "arn")
version = function.current_version
alias = function.add_alias("live")

S3ToLambda(stack, "D", function=alias, bucket=s3.Bucket(stack, "Bucket"), alarm_topic=topic)
S3ToLambda(stack, "E", function=version, bucket=s3.Bucket.from_bucket_name(stack, "ImportedBucket", "name"))
S3ToLambda(stack, "F", function=imported, on_failure=destinations.S3Destination(s3.Bucket(stack, "Failures")))
S3ToLambda(
    stack,
    "G",
    function=function,
    on_failure=destinations.SqsDestination(queue),
    on_success=destinations.EventBridgeDestination(events.EventBus(stack, "Bus")),
    alarm_topic=sns.Topic.from_topic_arn(stack, "ImportedTopic", "arn"),
)
S3ToLambda(
    stack,
    "H",
    function=function,
    on_failure=destinations.LambdaDestination(function),  # pyright: ignore[reportArgumentType]
    on_success=destinations.SnsDestination(topic),  # pyright: ignore[reportArgumentType]
)

SqsToLambda(stack, "I", function=alias, queue=queue)
SqsToLambda(stack, "J", function=function, queue=sqs.Queue.from_queue_arn(stack, "ImportedQueue", "arn"))
SqsToLambda(stack, "K", function=function, encryption_key=key, dead_letter_queue=FailureQueue(stack, "Dlq"))
SqsToLambda(stack, "L", function=imported, encryption_key=imported_key, visibility_timeout=Duration.minutes(1))

RestApiToLambda(stack, "M", function=function, api=apigateway.RestApi(stack, "Api"))
RestApiToLambda(stack, "N", function=alias, api=apigateway.RestApi.from_rest_api_id(stack, "ImportedApi", "id"))
RestApiToLambda(stack, "O", function=imported, authorization_type=apigateway.AuthorizationType.NONE)
