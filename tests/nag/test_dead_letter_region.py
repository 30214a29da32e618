"""The place of a stack, which fixtures cannot tell."""

from typing import Any

import pytest

from constructs_lib.graph.template import Environment
from constructs_lib.nag.engine import check
from constructs_lib.nag.rules.queues.dead_letter_region import DeadLetterRegion
from tests.graph.build import make_app

HERE = Environment("111111111111", "eu-west-1", "Stack")


def found(arn: Any, environment: Environment | None = HERE) -> list[str]:
    queue = {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": {"deadLetterTargetArn": arn}}}
    app = make_app({"Resources": {"Queue": queue}}, environment=environment)
    return [finding.message for finding in check(app, [DeadLetterRegion()])]


def test_another_region_is_found() -> None:
    assert found("arn:aws:sqs:us-east-1:111111111111:failures") == [
        "Queue is in Region eu-west-1, but its dead-letter queue is in us-east-1: failed messages cannot be moved "
        "there. Use a queue of the same Region and account."
    ]


def test_another_account_is_found() -> None:
    (message,) = found("arn:aws:sqs:eu-west-1:222222222222:failures")
    assert "is in account 111111111111, but its dead-letter queue is in 222222222222" in message


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:sqs:eu-west-1:111111111111:failures",
        {"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:failures"},
        {"Fn::Sub": "arn:aws:sqs:${Elsewhere}:111111111111:failures"},
        "no ARN",
    ],
)
def test_the_same_place_and_an_unknown_one_are_not(arn: Any) -> None:
    assert not found(arn)


def test_a_stack_of_unknown_place_is_not() -> None:
    assert not found("arn:aws:sqs:us-east-1:111111111111:failures", None)
