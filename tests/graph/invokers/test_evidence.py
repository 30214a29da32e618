from typing import Any

import pytest

from constructs_lib.graph.invokers.evidence import _ROWS
from constructs_lib.graph.invokers.invocations import invocations
from tests.graph.build import FUNCTION, make_world

ARN = {"Fn::GetAtt": ["Fn", "Arn"]}


def build(pattern: str, leaf: Any) -> Any:
    """Make the properties that a pattern of the table describes."""
    head, _, rest = pattern.partition(".")
    inner = build(rest, leaf) if rest else leaf
    if head == "*":
        # A mapping and a list both match; a mapping only where a property name is left open.
        return [inner]
    return {head: inner}


def models(kind: str, properties: Any) -> list[str]:
    world = make_world({"Resources": {"Fn": FUNCTION, "Source": {"Type": kind, "Properties": properties}}})
    found = [one for several in world.once(invocations).values() for one in several]
    return [one.model.value if one.model else "unknown" for one in found if one.resource.logical_id == "Source"]


EXPECTED = {
    "AWS::Events::Rule": "asynchronous",
    "AWS::Scheduler::Schedule": "asynchronous",
    "AWS::SNS::Subscription": "asynchronous",
    "AWS::SNS::Topic": "asynchronous",
    "AWS::S3::Bucket": "asynchronous",
    "Custom::S3BucketNotifications": "asynchronous",
    "AWS::Logs::SubscriptionFilter": "asynchronous",
    "AWS::SES::ReceiptRule": "asynchronous",
    "AWS::IoT::TopicRule": "asynchronous",
    "AWS::Config::ConfigRule": "asynchronous",
    "AWS::Config::OrganizationConfigRule": "asynchronous",
    "AWS::CodeCommit::Repository": "asynchronous",
    "AWS::CodePipeline::Pipeline": "asynchronous",
    "AWS::CloudWatch::Alarm": "asynchronous",
    "AWS::CloudWatch::CompositeAlarm": "asynchronous",
    "AWS::CloudWatch::LogAlarm": "asynchronous",
    "AWS::CloudFormation::CustomResource": "asynchronous",
    "Custom::*": "asynchronous",
    "AWS::Lambda::EventInvokeConfig": "asynchronous",
    "AWS::ElasticLoadBalancingV2::TargetGroup": "synchronous",
    "AWS::VpcLattice::TargetGroup": "synchronous",
    "AWS::Cognito::UserPool": "synchronous",
    "AWS::KinesisFirehose::DeliveryStream": "synchronous",
    "AWS::CloudFront::Distribution": "synchronous",
    "AWS::Lambda::Url": "synchronous",
    "AWS::Pipes::Pipe": "synchronous",
    "AWS::AppSync::DataSource": "unknown",
    "AWS::AppSync::GraphQLApi": "synchronous",
    "AWS::Lambda::EventSourceMapping": "poll",
    "AWS::EventsV2::Subscriber": "unknown",
    "AWS::SecretsManager::RotationSchedule": "unknown",
}


def test_every_kind_of_evidence_has_an_expected_model() -> None:
    assert {row.type for row in _ROWS} == set(EXPECTED)


@pytest.mark.parametrize("row", _ROWS, ids=lambda row: f"{row.type}-{row.pattern}")
def test_evidence(row: Any) -> None:
    pattern = row.pattern
    if pattern.startswith("*."):
        pattern = "ExtendedS3DestinationConfiguration." + pattern[2:]
    if pattern == "LambdaConfig.*":
        pattern = "LambdaConfig.PreSignUp"
    expected = "asynchronous" if "Sender" in pattern else EXPECTED[row.type]
    assert models(row.type.replace("*", "Anything"), build(pattern, ARN)) == [expected]


@pytest.mark.parametrize(
    ("kind", "properties", "expected"),
    [
        (
            "AWS::SES::ReceiptRule",
            {"Rule": {"Actions": [{"LambdaAction": {"FunctionArn": ARN, "InvocationType": "RequestResponse"}}]}},
            "synchronous",
        ),
        (
            "AWS::Pipes::Pipe",
            {"Target": ARN, "TargetParameters": {"LambdaFunctionParameters": {"InvocationType": "FIRE_AND_FORGET"}}},
            "asynchronous",
        ),
        (
            "AWS::Pipes::Pipe",
            {"Target": ARN, "TargetParameters": {"LambdaFunctionParameters": {"InvocationType": {"Ref": "Nothing"}}}},
            "unknown",
        ),
        (
            "AWS::EventsV2::Subscriber",
            {"InvokeConfiguration": {"TargetArn": ARN, "LambdaParameters": {"InvocationType": "EVENT"}}},
            "asynchronous",
        ),
        ("AWS::Events::Rule", {"Targets": {"Fn::If": ["Missing", [], [{"Arn": ARN}]]}}, "asynchronous"),
        ("AWS::Events::Rule", {"Targets": [{"Arn": ARN}], "State": "DISABLED"}, "unknown"),
        ("AWS::Events::Rule", {"Targets": [{"Arn": ARN}], "State": "ENABLED"}, "asynchronous"),
    ],
)
def test_invocation_types(kind: str, properties: Any, expected: str) -> None:
    assert models(kind, properties) == [expected]


def test_a_url_names_its_qualifier_apart() -> None:
    url = {"Type": "AWS::Lambda::Url", "Properties": {"TargetFunctionArn": ARN, "Qualifier": "live"}}
    world = make_world({"Resources": {"Fn": FUNCTION, "Url": url}})
    ((invocation,),) = world.once(invocations).values()
    assert invocation.qualifier == "live"


def test_an_invocation_knows_its_source() -> None:
    subscription = {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": ARN, "TopicArn": {"Ref": "Topic"}}}
    elsewhere = {"Type": "AWS::SNS::Subscription", "Properties": {"Endpoint": ARN, "TopicArn": "arn:aws:sns:x:1:other"}}
    resources = {"Fn": FUNCTION, "Topic": {"Type": "AWS::SNS::Topic"}, "A": subscription, "B": elsewhere}
    world = make_world({"Resources": resources})
    ((first, second),) = world.once(invocations).values()
    assert first.source is not None
    assert first.source.logical_id == "Topic"
    assert second.source is None
