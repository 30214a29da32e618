"""Minimal use of each pattern that needs more than a function."""

from collections.abc import Callable
from typing import Any, cast

from aws_cdk import App, Duration, Stack
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_docdb as docdb
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elbv2
from aws_cdk import aws_events as events
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_msk as msk
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sqs as sqs
from aws_cdk import aws_stepfunctions as stepfunctions
from constructs import Construct

import constructs_lib
from constructs_lib import (
    AlarmToLambda,
    CloudFrontToLambda,
    CodeCommitToLambda,
    DocumentDbToLambda,
    DynamoDbToLambda,
    EventBridgeToLambda,
    FailureQueue,
    FailureRedrive,
    IotToLambda,
    KafkaToLambda,
    LambdaFunction,
    LoadBalancerToLambda,
    LogsToLambda,
    MqToLambda,
    MskToLambda,
    RestApiToStateMachine,
    ScheduleToLambda,
    SesToLambda,
    UserPoolToLambda,
)
from constructs_lib.catalog import PATTERNS, Pattern
from tests.helpers import ACCOUNT, make_function


def _event_bridge(stack: Stack, function: LambdaFunction) -> Any:
    pattern = events.EventPattern(source=["orders"])
    return EventBridgeToLambda(stack, "Pattern", function=function, event_pattern=pattern)


def _schedule(stack: Stack, function: LambdaFunction) -> Any:
    daily = scheduler.ScheduleExpression.rate(Duration.days(1))
    return ScheduleToLambda(stack, "Pattern", function=function, schedule=daily)


def _iot(stack: Stack, function: LambdaFunction) -> Any:
    return IotToLambda(stack, "Pattern", function=function, sql="SELECT * FROM 'doors/+/opened'")


def _logs(stack: Stack, function: LambdaFunction) -> Any:
    return LogsToLambda(stack, "Pattern", function=function, log_group=logs.LogGroup(stack, "Source"))


def _alarm(stack: Stack, function: LambdaFunction) -> Any:
    alarm = function.metric_errors().create_alarm(stack, "Source", threshold=1, evaluation_periods=1)
    return AlarmToLambda(stack, "Pattern", function=function, alarm=alarm)


def _load_balancer(stack: Stack, function: LambdaFunction) -> Any:
    arn = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:listener/app/mine/1234567890123456/1234567890123456"
    listener = elbv2.ApplicationListener.from_application_listener_attributes(
        stack,
        "Source",
        listener_arn=arn,
        security_group=ec2.SecurityGroup.from_security_group_id(stack, "SourceGroup", "sg-12345678"),
    )
    conditions = [elbv2.ListenerCondition.path_patterns(["/orders/*"])]
    return LoadBalancerToLambda(
        stack, "Pattern", function=function, listener=listener, conditions=conditions, priority=10
    )


def _dynamodb(stack: Stack, function: LambdaFunction) -> Any:
    table = dynamodb.TableV2(
        stack,
        "Source",
        partition_key=dynamodb.Attribute(name="id", type=dynamodb.AttributeType.STRING),
        dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,
        point_in_time_recovery_specification={"point_in_time_recovery_enabled": True},
    )
    return DynamoDbToLambda(stack, "Pattern", function=function, table=table)


def _ses(stack: Stack, function: LambdaFunction) -> Any:
    return SesToLambda(stack, "Pattern", function=function, rule_set=ses.ReceiptRuleSet(stack, "RuleSet"))


def _mq(stack: Stack, function: LambdaFunction) -> Any:
    arn = f"arn:aws:mq:us-east-1:{ACCOUNT}:broker:orders:b-1"
    return MqToLambda(
        stack, "Pattern", function=function, broker_arn=arn, queue_name="orders", secret=_imported_secret(stack)
    )


def _imported_secret(stack: Stack) -> secretsmanager.ISecret:
    arn = f"arn:aws:secretsmanager:us-east-1:{ACCOUNT}:secret:user-AbCdEf"
    return secretsmanager.Secret.from_secret_complete_arn(stack, "Secret", arn)


def _documentdb(stack: Stack, function: LambdaFunction) -> Any:
    cluster = docdb.DatabaseCluster.from_database_cluster_attributes(stack, "Source", cluster_identifier="orders")
    return DocumentDbToLambda(
        stack, "Pattern", function=function, cluster=cluster, database_name="shop", secret=_imported_secret(stack)
    )


def _msk(stack: Stack, function: LambdaFunction) -> Any:
    cluster = msk.CfnServerlessCluster(
        stack,
        "Source",
        cluster_name="shop",
        client_authentication={"sasl": {"iam": {"enabled": True}}},
        vpc_configs=[{"subnetIds": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]}],
    )
    return MskToLambda(stack, "Pattern", function=function, cluster_arn=cluster.attr_arn, topic="orders")


def _kafka(stack: Stack, function: LambdaFunction) -> Any:
    servers = ["broker.example.com:9092"]
    secret = _imported_secret(stack)
    return KafkaToLambda(stack, "Pattern", function=function, bootstrap_servers=servers, topic="orders", secret=secret)


def _code_commit(stack: Stack, function: LambdaFunction) -> Any:
    repository = codecommit.Repository(stack, "Source", repository_name="shop")
    return CodeCommitToLambda(stack, "Pattern", function=function, repository=repository)


BUILDERS: dict[str, Callable[[Stack, LambdaFunction], Any]] = {
    "IotToLambda": _iot,
    "ScheduleToLambda": _schedule,
    "EventBridgeToLambda": _event_bridge,
    "LogsToLambda": _logs,
    "MqToLambda": _mq,
    "MskToLambda": _msk,
    "KafkaToLambda": _kafka,
    "DocumentDbToLambda": _documentdb,
    "DynamoDbToLambda": _dynamodb,
    "AlarmToLambda": _alarm,
    "LoadBalancerToLambda": _load_balancer,
    "SesToLambda": _ses,
    "CodeCommitToLambda": _code_commit,
}


def _state_machine(stack: Stack) -> Any:
    machine = stepfunctions.StateMachine.from_state_machine_arn(
        stack, "Machine", f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:reports"
    )
    return RestApiToStateMachine(stack, "Pattern", state_machine=machine)


def _user_pool(stack: Stack) -> Any:
    pool = cognito.UserPool(
        stack,
        "Source",
        feature_plan=cognito.FeaturePlan.PLUS,
        mfa=cognito.Mfa.REQUIRED,
        mfa_second_factor=cognito.MfaSecondFactor(otp=True, sms=False),
        password_policy=cognito.PasswordPolicy(
            min_length=12, require_digits=True, require_lowercase=True, require_symbols=True, require_uppercase=True
        ),
        standard_threat_protection_mode=cognito.StandardThreatProtectionMode.FULL_FUNCTION,
    )
    quick = make_function(stack, timeout=Duration.seconds(5))
    return UserPoolToLambda(
        stack, "Pattern", function=quick, user_pool=pool, trigger=cognito.UserPoolOperation.PRE_SIGN_UP
    )


def _cloud_front(stack: Stack) -> Any:
    edge = make_function(
        stack, architecture=lambda_.Architecture.X86_64, tracing=lambda_.Tracing.DISABLED, memory_size=128
    )
    return CloudFrontToLambda(stack, "Pattern", function=edge, event_type=cloudfront.LambdaEdgeEventType.VIEWER_REQUEST)


WITHOUT_FUNCTION: dict[str, Callable[[Stack], Any]] = {
    "RestApiToStateMachine": _state_machine,
    "CloudFrontToLambda": _cloud_front,
    "UserPoolToLambda": _user_pool,
}


MOST_RESOURCES = 450
"""CloudFormation takes 500 resources in a stack."""
_BESIDES = 12
"""The function with its role, policy and log group, alarms, and the source of a pattern, at most."""


def build_pattern(stack: Stack, pattern: Pattern) -> Any:
    """Build a pattern with its defaults, as ``Pattern``, around a function of its own."""
    if pattern.name in WITHOUT_FUNCTION:
        return WITHOUT_FUNCTION[pattern.name](stack)
    function = make_function(stack)
    builder = BUILDERS.get(pattern.name)
    if builder is not None:
        return builder(stack, function)
    return getattr(constructs_lib, pattern.name)(stack, "Pattern", function=function)


def _redrive_of_bucket(stack: Stack) -> FailureRedrive:
    return FailureRedrive(
        stack,
        "Redrive",
        bucket=s3.Bucket.from_bucket_name(stack, "Failures", "failures"),
        function=make_function(stack),
        schedule=scheduler.ScheduleExpression.rate(Duration.days(1)),
    )


def _redrive_of_queue(stack: Stack) -> FailureRedrive:
    arn = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
    return FailureRedrive(
        stack,
        "Redrive",
        queue=FailureQueue(stack, "Failures"),
        function=make_function(stack),
        source_queue=sqs.Queue.from_queue_arn(stack, "Source", arn),
        rate=100,
    )


REDRIVES: dict[str, Callable[[Stack], FailureRedrive]] = {
    "FailureRedriveOfBucket": _redrive_of_bucket,
    "FailureRedriveOfQueue": _redrive_of_queue,
}


def build_everything(scope: App) -> list[Stack]:
    """Build every pattern of the catalog side by side, in as few stacks as their resources allow, and the redrives."""
    stacks: list[Stack] = []
    resources = MOST_RESOURCES
    for pattern in PATTERNS:
        resources += pattern.resource_budget + _BESIDES
        if resources > MOST_RESOURCES:
            stacks.append(Stack(scope, f"Everything{len(stacks)}"))
            resources = pattern.resource_budget + _BESIDES
        build_pattern(cast(Stack, Construct(stacks[-1], pattern.name)), pattern)
    stacks.append(Stack(scope, f"Everything{len(stacks)}"))
    for name, build in REDRIVES.items():
        build(cast(Stack, Construct(stacks[-1], name)))
    return stacks
