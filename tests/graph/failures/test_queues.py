"""Redrive policies in every form, and what is known of a queue outside the app."""

from typing import Any

import pytest

from constructs_lib.graph.failures.queues import reads_fifo, redrives, retention, visibility_timeout
from constructs_lib.graph.invokers.mappings import mappings
from constructs_lib.graph.world import World
from tests.graph.build import FUNCTION, make_world

FAILURES = {"Fn::GetAtt": ["Failures", "Arn"]}


def world_with(policy: Any, **parameters: Any) -> World:
    resources = {
        "Failures": {"Type": "AWS::SQS::Queue"},
        "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": policy}},
    }
    return make_world({"Resources": resources, "Parameters": parameters})


@pytest.mark.parametrize(
    "policy",
    [
        {"deadLetterTargetArn": FAILURES, "maxReceiveCount": 4},
        {"deadLetterTargetArn": FAILURES, "maxReceiveCount": "4"},
        {"deadLetterTargetArn": FAILURES, "maxReceiveCount": {"Ref": "Count"}},
        {"Fn::Sub": '{"deadLetterTargetArn": "${Failures.Arn}", "maxReceiveCount": 4}'},
        {"Fn::Sub": '{"deadLetterTargetArn": "${Failures.Arn}", "maxReceiveCount": "${Count}"}'},
        {"Fn::Join": ["", ['{"deadLetterTargetArn":"', FAILURES, '","maxReceiveCount":4}']]},
    ],
    ids=["object", "text number", "parameter", "text", "parameter in text", "joined text"],
)
def test_a_redrive_policy_is_an_object_or_json_text(policy: Any) -> None:
    world = world_with(policy, Count={"Type": "Number", "Default": 4})
    (redrive,) = world.once(redrives).values()
    assert redrive.queue.logical_id == "Queue"
    assert redrive.dead_letter_queue is world.app.templates[0].resources["Failures"]
    assert redrive.max_receive_count == 4


def test_without_a_count_it_is_that_of_sqs() -> None:
    (redrive,) = world_with({"deadLetterTargetArn": FAILURES}).once(redrives).values()
    assert redrive.max_receive_count == 10


@pytest.mark.parametrize("count", [{"Ref": "Count"}, True, [], "many"])
def test_an_unknown_count_is_no_number(count: Any) -> None:
    world = world_with({"deadLetterTargetArn": FAILURES, "maxReceiveCount": count}, Count={"Type": "Number"})
    assert [one.max_receive_count for one in world.once(redrives).values()] == [None]


@pytest.mark.parametrize(
    "policy", [None, "no JSON", "[]", {"Ref": "Policy"}, {"Fn::Transform": {"Name": "Macro"}, "maxReceiveCount": 1}]
)
def test_a_policy_that_is_absent_or_unknown_is_none(policy: Any) -> None:
    assert not world_with(policy, Policy={"Type": "String"}).once(redrives)


def test_a_policy_nested_too_deeply_is_none() -> None:
    policy: dict[str, Any] = {}
    for _ in range(5_000):
        policy = {"deadLetterTargetArn": policy}
    assert not world_with(policy).once(redrives)


def test_the_dead_letter_queue_can_be_elsewhere() -> None:
    world = world_with({"deadLetterTargetArn": "arn:aws:sqs:eu-west-1:111111111111:failures"})
    (redrive,) = world.once(redrives).values()
    assert redrive.dead_letter_queue is None


def test_defaults_of_a_queue() -> None:
    world = make_world({"Resources": {"Queue": {"Type": "AWS::SQS::Queue"}}})
    queue = world.app.templates[0].resources["Queue"]
    assert retention(world, queue) == 345_600
    assert visibility_timeout(world, queue) == 30


@pytest.mark.parametrize(
    ("arn", "fifo"),
    [
        ("arn:aws:sqs:eu-west-1:111111111111:orders", False),
        ("arn:aws:sqs:eu-west-1:111111111111:orders.fifo", True),
        ({"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:orders.fifo"}, True),
        ({"Fn::Sub": "arn:aws:sqs:${AWS::Region}:${AWS::AccountId}:${Name}"}, None),
        ({"Ref": "Name"}, None),
    ],
)
def test_the_arn_tells_whether_a_queue_elsewhere_is_fifo(arn: Any, fifo: bool | None) -> None:
    mapping = {"Type": "AWS::Lambda::EventSourceMapping", "Properties": {"FunctionName": "f", "EventSourceArn": arn}}
    world = make_world({"Resources": {"Mapping": mapping}, "Parameters": {"Name": {"Type": "String"}}})
    (found,) = world.once(mappings)
    assert reads_fifo(found) is fifo


def test_a_mapping_has_no_source_and_no_function_that_do_not_exist() -> None:
    resources = {
        "Function": {**FUNCTION, "Condition": "Never"},
        "Queue": {"Type": "AWS::SQS::Queue", "Condition": "Never"},
        "Mapping": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {"FunctionName": {"Ref": "Function"}, "EventSourceArn": {"Fn::GetAtt": "Queue.Arn"}},
        },
    }
    world = make_world({"Resources": resources, "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}}})
    (found,) = world.once(mappings)
    assert (found.service, found.queue, found.function) == ("sqs", None, None)
