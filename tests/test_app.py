"""The example app, without the requirements of its functions: those are bundled by ``make synth``."""

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template

import app as example
from tests.helpers import only, resources, statements

Stacks = tuple[example.OrderApiStack, example.ThumbnailStack, example.JobStack, example.ReportStack]


@pytest.fixture
def stacks() -> Stacks:
    unbundled = App(context={"aws:cdk:bundling-stacks": []})
    return (
        example.OrderApiStack(unbundled, "OrderApi"),
        example.ThumbnailStack(unbundled, "Thumbnails"),
        example.JobStack(unbundled, "Jobs"),
        example.ReportStack(unbundled, "Reports"),
    )


def test_each_alarm_notifies_its_stacks_topic(stacks: Stacks) -> None:
    for stack in stacks:
        topic = stack.resolve(stack.alarms.topic_arn)
        alarms = resources(stack, "AWS::CloudWatch::Alarm")
        assert alarms
        assert all(alarm["AlarmActions"] == [topic] for alarm in alarms.values())


def test_the_thumbnail_function_reads_one_bucket_and_writes_the_other(stacks: Stacks) -> None:
    _, thumbnails, _, _ = stacks
    template = Template.from_stack(thumbnails)
    for action, bucket in (("s3:GetObject", thumbnails.uploads.bucket), ("s3:PutObject", thumbnails.thumbnails)):
        objects = thumbnails.resolve(bucket.arn_for_objects("*"))
        statement = Match.object_like({"Action": action, "Effect": "Allow", "Resource": objects})
        template.has_resource_properties(
            "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([statement])}}
        )
    function = next(f for f in resources(thumbnails, "AWS::Lambda::Function").values() if "Environment" in f)
    bucket_name = thumbnails.resolve(thumbnails.thumbnails.bucket_name)
    assert function["Environment"] == {"Variables": {"THUMBNAIL_BUCKET": bucket_name}}


def test_a_job_is_hidden_for_six_times_the_workers_timeout(stacks: Stacks) -> None:
    _, _, jobs, _ = stacks
    hidden = [queue.get("VisibilityTimeout") for queue in resources(jobs, "AWS::SQS::Queue").values()]
    assert sorted(hidden, key=str) == [180, None]
    assert only(jobs, "AWS::Lambda::Function")["Timeout"] == 30


def test_what_is_done_once_has_a_table_for_it(stacks: Stacks) -> None:
    _, _, jobs, reports = stacks
    for stack in (jobs, reports):
        table = stack.resolve(stack.done.table_arn)
        (allowed,) = (statement["Action"] for statement in statements(stack) if statement["Resource"] == [table])
        assert "dynamodb:PutItem" in allowed
        environment = only(stack, "AWS::Lambda::Function")["Environment"]["Variables"]
        assert environment == {"IDEMPOTENCY_TABLE": stack.resolve(stack.done.table_name)}


def test_a_report_without_orders_is_refused_before_it_becomes_a_job(stacks: Stacks) -> None:
    *_, reports = stacks
    schema = only(reports, "AWS::ApiGateway::Model")["Schema"]
    assert schema["required"] == ["orders"]
    assert schema["properties"] == {"orders": {"type": "array", "minItems": 1}}
    methods = resources(reports, "AWS::ApiGateway::Method").values()
    (post,) = (method for method in methods if method["HttpMethod"] == "POST")
    assert "RequestValidatorId" in post
    paths = [found["PathPart"] for found in resources(reports, "AWS::ApiGateway::Resource").values()]
    assert sorted(paths) == ["reports", "{id}"]
