from typing import Any

import pytest
from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template

from constructs_lib import LambdaFunction
from tests.helpers import make_function, only, resources, statements


def test_everything_that_cdk_leaves_open_is_set(stack: Stack) -> None:
    make_function(stack)
    properties = only(stack, "AWS::Lambda::Function")
    assert properties["Timeout"] == 10
    assert properties["MemorySize"] == 256
    assert properties["Architectures"] == ["arm64"]
    assert properties["Runtime"] == "python3.14"
    assert properties["TracingConfig"] == {"Mode": "Active"}
    assert properties["LoggingConfig"] == {"LogFormat": "JSON", "LogGroup": {"Ref": "FunctionLogGroupBD1576D5"}}
    assert "DeadLetterConfig" not in properties


def test_the_log_group_is_kept_for_a_month_and_goes_with_the_stack(stack: Stack) -> None:
    make_function(stack)
    (log_group,) = Template.from_stack(stack).find_resources("AWS::Logs::LogGroup").values()
    assert log_group["Properties"]["RetentionInDays"] == 30
    assert log_group["DeletionPolicy"] == "Delete"


def test_defaults_can_be_overridden(stack: Stack) -> None:
    make_function(
        stack,
        timeout=Duration.minutes(15),
        memory_size=1024,
        architecture=lambda_.Architecture.X86_64,
        runtime=lambda_.Runtime.PYTHON_3_12,
        tracing=lambda_.Tracing.DISABLED,
        logging_format=lambda_.LoggingFormat.TEXT,
        log_retention=logs.RetentionDays.ONE_WEEK,
        log_removal_policy=RemovalPolicy.RETAIN,
        environment={"A": "b"},
        reserved_concurrent_executions=7,
    )
    properties = only(stack, "AWS::Lambda::Function")
    assert (properties["Timeout"], properties["MemorySize"], properties["Runtime"]) == (900, 1024, "python3.12")
    assert properties["Architectures"] == ["x86_64"]
    assert properties["Environment"] == {"Variables": {"A": "b"}}
    assert properties["ReservedConcurrentExecutions"] == 7
    assert "TracingConfig" not in properties
    assert properties["LoggingConfig"]["LogFormat"] == "Text"
    (log_group,) = Template.from_stack(stack).find_resources("AWS::Logs::LogGroup").values()
    assert (log_group["Properties"]["RetentionInDays"], log_group["DeletionPolicy"]) == (7, "Retain")


def test_the_role_may_only_log_and_trace(stack: Stack) -> None:
    make_function(stack)
    assert statements(stack) == [
        {
            "Action": ["xray:PutTraceSegments", "xray:PutTelemetryRecords"],
            "Effect": "Allow",
            "Resource": "*",
        },
        {
            "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
            "Effect": "Allow",
            "Resource": {"Fn::GetAtt": ["FunctionLogGroupBD1576D5", "Arn"]},
        },
    ]
    assert "ManagedPolicyArns" not in only(stack, "AWS::IAM::Role")


def test_a_role_and_a_log_group_of_the_user_are_used(stack: Stack) -> None:
    role = iam.Role(stack, "MyRole", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
    log_group = logs.LogGroup(stack, "MyLogs")
    make_function(stack, role=role, log_group=log_group)
    properties = only(stack, "AWS::Lambda::Function")
    assert properties["Role"] == stack.resolve(role.role_arn)
    assert properties["LoggingConfig"]["LogGroup"] == stack.resolve(log_group.log_group_name)
    assert any(statement["Resource"] == stack.resolve(log_group.log_group_arn) for statement in statements(stack))


def test_log_settings_beside_a_log_group_are_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"Stack/Function: expected log_retention .* got log_group as well; set them"):
        make_function(stack, log_group=logs.LogGroup(stack, "Logs"), log_retention=logs.RetentionDays.ONE_DAY)


@pytest.mark.parametrize("kind", ["queue", "topic"])
def test_a_dead_letter_target_is_wired_with_its_key(stack: Stack, kind: str) -> None:
    key = kms.Key(stack, "Key")
    target: sqs.Queue | sns.Topic = (
        sqs.Queue(stack, "Target", encryption_master_key=key)
        if kind == "queue"
        else sns.Topic(stack, "Target", master_key=key)
    )
    make_function(stack, dead_letter_queue=target)
    arn = target.queue_arn if isinstance(target, sqs.Queue) else target.topic_arn
    assert only(stack, "AWS::Lambda::Function")["DeadLetterConfig"] == {"TargetArn": stack.resolve(arn)}
    sending = {"queue": "sqs:SendMessage", "topic": "sns:Publish"}[kind]
    assert {"Action": sending, "Effect": "Allow", "Resource": stack.resolve(arn)} in statements(stack)
    assert {
        "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
        "Effect": "Allow",
        "Resource": stack.resolve(key.key_arn),
    } in statements(stack)


@pytest.mark.parametrize(
    "make",
    [
        lambda stack: sqs.Queue(stack, "Target", fifo=True),
        lambda stack: sns.Topic(stack, "Target", fifo=True),
        lambda stack: sqs.Queue.from_queue_arn(stack, "Target", "arn:aws:sqs:us-east-1:123456789012:q.fifo"),
    ],
    ids=["queue", "topic", "imported-queue"],
)
def test_a_fifo_dead_letter_target_is_refused(stack: Stack, make: Any) -> None:
    with pytest.raises(ValueError, match="expected dead_letter_queue to be a standard queue or topic, got the FIFO"):
        make_function(stack, dead_letter_queue=make(stack))


def test_a_folder_of_python_becomes_an_asset(stack: Stack, tmp_path: Any) -> None:
    (tmp_path / "index.py").write_text("def handler(event, context): pass\n")
    LambdaFunction(stack, "Function", code=tmp_path)
    properties = only(stack, "AWS::Lambda::Function")
    assert properties["Handler"] == "index.handler"
    assert properties["Code"]["S3Key"].endswith(".zip")


def test_a_folder_that_is_missing_is_refused(stack: Stack, tmp_path: Any) -> None:
    with pytest.raises(ValueError, match=r"expected a folder with Python source at .*nowhere, found nothing"):
        LambdaFunction(stack, "Function", code=tmp_path / "nowhere")


def test_two_functions_keep_their_roles_apart(stack: Stack) -> None:
    make_function(stack, "A")
    make_function(stack, "B")
    assert len(resources(stack, "AWS::IAM::Role")) == 2


def test_more_than_fifteen_minutes_are_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="Stack/Function: expected a timeout of at most 900 s, got 960 s"):
        make_function(stack, timeout=Duration.minutes(16))
