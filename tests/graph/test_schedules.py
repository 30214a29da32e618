"""Schedules that call the Invoke API instead of naming a function as their target."""

import json
from typing import Any

import pytest

from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.unseen import invoked_unseen
from constructs_lib.graph.world import World
from tests.graph.build import FUNCTION, make_world

INVOKE = "arn:aws:scheduler:::aws-sdk:lambda:invoke"


def world_of(arn: str = INVOKE, state: str = "ENABLED", **arguments: Any) -> World:
    target = {"Arn": arn, "Input": {"Fn::Sub": json.dumps(arguments)}} if arguments else {"Arn": arn}
    schedule = {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": target, "State": state}}
    parameters = {"Name": {"Type": "String"}}
    return make_world({"Parameters": parameters, "Resources": {"Fn": FUNCTION, "Schedule": schedule}})


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ("synchronous", "$LATEST")),
        ({"InvocationType": "Event"}, ("asynchronous", "$LATEST")),
        ({"InvocationType": "Event", "Qualifier": "live"}, ("asynchronous", "live")),
        ({"InvocationType": "${Name}"}, ("unknown", "$LATEST")),
        ({"InvocationType": "Event", "state": "DISABLED"}, ("unknown", "$LATEST")),
    ],
)
def test_a_universal_target(change: Any, expected: tuple[str, str]) -> None:
    world = world_of(FunctionName="${Fn.Arn}", **change)
    ((one,),) = world.once(invocations).values()
    assert (one.model.value if one.model else "unknown", one.qualifier) == expected
    assert not invoked_unseen(world, one.function)


@pytest.mark.parametrize("arguments", [{"FunctionName": "${Name}", "InvocationType": "Event"}, {}])
def test_a_universal_target_may_be_any_function(arguments: Any) -> None:
    world = world_of(**arguments)
    assert not world.once(invocations)
    assert invoked_unseen(world, world.app.templates[0].resources["Fn"])


@pytest.mark.parametrize("arn", ["arn:aws:scheduler:::aws-sdk:sqs:sendMessage", "arn:aws:sqs:eu-west-1:1:jobs"])
def test_other_targets(arn: str) -> None:
    world = world_of(arn, FunctionName="${Fn.Arn}")
    assert not world.once(invocations)
    assert not invoked_unseen(world, world.app.templates[0].resources["Fn"])
