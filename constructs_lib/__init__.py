"""AWS CDK constructs and policies for every way of invoking AWS Lambda.

Names load on first use, so that ``import constructs_lib`` and the command ``lambda-invocations`` start without
aws-cdk-lib, jsii or Node.js.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs_lib.asynchronous.alarm import AlarmToLambda as AlarmToLambda
    from constructs_lib.asynchronous.code_commit import CodeCommitToLambda as CodeCommitToLambda
    from constructs_lib.asynchronous.config_rule import ConfigRuleToLambda as ConfigRuleToLambda
    from constructs_lib.asynchronous.custom_resource import CustomResourceToLambda as CustomResourceToLambda
    from constructs_lib.asynchronous.event_bridge import EventBridgeToLambda as EventBridgeToLambda
    from constructs_lib.asynchronous.invocation import AsyncInvocation as AsyncInvocation
    from constructs_lib.asynchronous.iot import IotToLambda as IotToLambda
    from constructs_lib.asynchronous.logs import LogsToLambda as LogsToLambda
    from constructs_lib.asynchronous.rest_api import RestApiToLambdaAsync as RestApiToLambdaAsync
    from constructs_lib.asynchronous.s3 import S3ToLambda as S3ToLambda
    from constructs_lib.asynchronous.s3_event_bridge import S3EventBridgeToLambda as S3EventBridgeToLambda
    from constructs_lib.asynchronous.schedule import ScheduleToLambda as ScheduleToLambda
    from constructs_lib.asynchronous.ses import SesToLambda as SesToLambda
    from constructs_lib.asynchronous.sns import SnsToLambda as SnsToLambda
    from constructs_lib.failure import FailureQueue as FailureQueue
    from constructs_lib.failure_redrive.construct import FailureRedrive as FailureRedrive
    from constructs_lib.function import LambdaFunction as LambdaFunction
    from constructs_lib.graph.world import World as World
    from constructs_lib.idempotency import IdempotencyTable as IdempotencyTable
    from constructs_lib.nag.finding import Finding as Finding
    from constructs_lib.nag.finding import Severity as Severity
    from constructs_lib.nag.pack import LambdaInvocationChecks as LambdaInvocationChecks
    from constructs_lib.nag.rule import Rule as Rule
    from constructs_lib.offload.jobs import JobApi as JobApi
    from constructs_lib.offload.sqs import RestApiToSqsToLambda as RestApiToSqsToLambda
    from constructs_lib.offload.state_machine import RestApiToStateMachine as RestApiToStateMachine
    from constructs_lib.polling.documentdb import DocumentDbToLambda as DocumentDbToLambda
    from constructs_lib.polling.dynamodb import DynamoDbToLambda as DynamoDbToLambda
    from constructs_lib.polling.kafka import KafkaToLambda as KafkaToLambda
    from constructs_lib.polling.kinesis import KinesisToLambda as KinesisToLambda
    from constructs_lib.polling.mq import MqToLambda as MqToLambda
    from constructs_lib.polling.msk import MskToLambda as MskToLambda
    from constructs_lib.polling.sqs import SqsToLambda as SqsToLambda
    from constructs_lib.synchronous.cloud_front import CloudFrontToLambda as CloudFrontToLambda
    from constructs_lib.synchronous.firehose import FirehoseToLambda as FirehoseToLambda
    from constructs_lib.synchronous.function_url import FunctionUrlToLambda as FunctionUrlToLambda
    from constructs_lib.synchronous.http_api import HttpApiToLambda as HttpApiToLambda
    from constructs_lib.synchronous.load_balancer import LoadBalancerToLambda as LoadBalancerToLambda
    from constructs_lib.synchronous.rest_api import RestApiToLambda as RestApiToLambda
    from constructs_lib.synchronous.state_machine import StateMachineToLambda as StateMachineToLambda
    from constructs_lib.synchronous.user_pool import UserPoolToLambda as UserPoolToLambda
    from constructs_lib.synchronous.web_socket_api import WebSocketApiToLambda as WebSocketApiToLambda
    from constructs_lib.testing import assert_no_findings as assert_no_findings
    from constructs_lib.watching import InvocationAlarms as InvocationAlarms
    from constructs_lib.watching import InvocationDashboard as InvocationDashboard

_MODULES = {
    "AlarmToLambda": "asynchronous.alarm",
    "AsyncInvocation": "asynchronous.invocation",
    "CloudFrontToLambda": "synchronous.cloud_front",
    "CodeCommitToLambda": "asynchronous.code_commit",
    "ConfigRuleToLambda": "asynchronous.config_rule",
    "CustomResourceToLambda": "asynchronous.custom_resource",
    "DocumentDbToLambda": "polling.documentdb",
    "DynamoDbToLambda": "polling.dynamodb",
    "EventBridgeToLambda": "asynchronous.event_bridge",
    "FailureQueue": "failure",
    "FailureRedrive": "failure_redrive.construct",
    "Finding": "nag.finding",
    "FirehoseToLambda": "synchronous.firehose",
    "FunctionUrlToLambda": "synchronous.function_url",
    "HttpApiToLambda": "synchronous.http_api",
    "IdempotencyTable": "idempotency",
    "InvocationAlarms": "watching",
    "InvocationDashboard": "watching",
    "IotToLambda": "asynchronous.iot",
    "JobApi": "offload.jobs",
    "KafkaToLambda": "polling.kafka",
    "KinesisToLambda": "polling.kinesis",
    "LambdaFunction": "function",
    "LambdaInvocationChecks": "nag.pack",
    "LoadBalancerToLambda": "synchronous.load_balancer",
    "LogsToLambda": "asynchronous.logs",
    "MqToLambda": "polling.mq",
    "MskToLambda": "polling.msk",
    "RestApiToLambda": "synchronous.rest_api",
    "RestApiToLambdaAsync": "asynchronous.rest_api",
    "RestApiToSqsToLambda": "offload.sqs",
    "RestApiToStateMachine": "offload.state_machine",
    "Rule": "nag.rule",
    "S3EventBridgeToLambda": "asynchronous.s3_event_bridge",
    "S3ToLambda": "asynchronous.s3",
    "ScheduleToLambda": "asynchronous.schedule",
    "SesToLambda": "asynchronous.ses",
    "Severity": "nag.finding",
    "SnsToLambda": "asynchronous.sns",
    "SqsToLambda": "polling.sqs",
    "StateMachineToLambda": "synchronous.state_machine",
    "UserPoolToLambda": "synchronous.user_pool",
    "WebSocketApiToLambda": "synchronous.web_socket_api",
    "World": "graph.world",
    "assert_no_findings": "testing",
}

__all__ = [
    "AlarmToLambda",
    "AsyncInvocation",
    "CloudFrontToLambda",
    "CodeCommitToLambda",
    "ConfigRuleToLambda",
    "CustomResourceToLambda",
    "DocumentDbToLambda",
    "DynamoDbToLambda",
    "EventBridgeToLambda",
    "FailureQueue",
    "FailureRedrive",
    "Finding",
    "FirehoseToLambda",
    "FunctionUrlToLambda",
    "HttpApiToLambda",
    "IdempotencyTable",
    "InvocationAlarms",
    "InvocationDashboard",
    "IotToLambda",
    "JobApi",
    "KafkaToLambda",
    "KinesisToLambda",
    "LambdaFunction",
    "LambdaInvocationChecks",
    "LoadBalancerToLambda",
    "LogsToLambda",
    "MqToLambda",
    "MskToLambda",
    "RestApiToLambda",
    "RestApiToLambdaAsync",
    "RestApiToSqsToLambda",
    "RestApiToStateMachine",
    "Rule",
    "S3EventBridgeToLambda",
    "S3ToLambda",
    "ScheduleToLambda",
    "SesToLambda",
    "Severity",
    "SnsToLambda",
    "SqsToLambda",
    "StateMachineToLambda",
    "UserPoolToLambda",
    "WebSocketApiToLambda",
    "World",
    "assert_no_findings",
]


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)


def __dir__() -> list[str]:
    return [*globals(), *__all__]
