import json
from typing import Any

import pytest

from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.unseen import invoked_unseen
from tests.graph.build import FUNCTION, make_world

INVOKE = "arn:${AWS::Partition}:states:::lambda:invoke"


def models(**properties: Any) -> list[tuple[str, Any]]:
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}
    world = make_world({"Resources": {"Fn": FUNCTION, "Machine": machine}})
    found = [one for several in world.once(invocations).values() for one in several]
    return [(one.model.value if one.model else "unknown", one.qualifier) for one in found]


def task(resource: Any = INVOKE, **parameters: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": resource, "Parameters": {"FunctionName": "${Fn.Arn}", **parameters}}


def text(*tasks: Any) -> Any:
    return {"Fn::Sub": json.dumps({"States": {f"T{index}": one for index, one in enumerate(tasks)}})}


@pytest.mark.parametrize(
    ("definition", "expected"),
    [
        (text(task()), [("synchronous", "$LATEST")]),
        (text(task(INVOKE + ".waitForTaskToken")), [("synchronous", "$LATEST")]),
        (text(task(InvocationType="Event")), [("asynchronous", "$LATEST")]),
        (text(task(InvocationType="Event", Qualifier="live")), [("asynchronous", "live")]),
        (text(task(**{"InvocationType.$": "$.type"})), [("unknown", "$LATEST")]),
        (text(task(InvocationType="{% $states.input.type %}")), [("unknown", "$LATEST")]),
        (text({"Type": "Task", "Resource": "${Fn.Arn}"}), [("synchronous", "$LATEST")]),
        (
            text({"Type": "Task", "Resource": INVOKE, "Arguments": {"FunctionName": "${Fn.Arn}"}}),
            [("synchronous", "$LATEST")],
        ),
        (text({"Type": "Map", "ItemProcessor": {"States": {"T": task()}}}), [("synchronous", "$LATEST")]),
        (text({"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage"}), []),
        (text({"Type": "Task", "Resource": INVOKE}), []),
        ({"Fn::Sub": "no json"}, []),
        ({"Ref": "Nothing"}, []),
    ],
)
def test_definition_strings(definition: Any, expected: Any) -> None:
    assert models(DefinitionString=definition) == expected


@pytest.mark.parametrize(
    ("parameters", "unseen"),
    [
        ({"FunctionName.$": "$.name", "InvocationType": "Event"}, True),
        ({"FunctionName": "{% $states.input.name %}", "InvocationType": "Event"}, True),
        ({"FunctionName.$": "$.name"}, False),
        ({"FunctionName": "elsewhere", "InvocationType": "Event"}, False),
    ],
)
def test_a_function_chosen_at_run_time_may_be_any(parameters: Any, unseen: bool) -> None:
    definition = text({"Type": "Task", "Resource": INVOKE, "Parameters": parameters})
    machine = {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"DefinitionString": definition}}
    world = make_world({"Resources": {"Fn": FUNCTION, "Machine": machine}})
    assert invoked_unseen(world, world.app.templates[0].resources["Fn"]) is unseen


def test_a_joined_definition_as_cdk_writes_it() -> None:
    start, end = json.dumps({"States": {"T": task("RES")}}).replace("${Fn.Arn}", "|").split("|")
    start = start.replace("RES", "arn:aws:states:::lambda:invoke")
    definition = {"Fn::Join": ["", [start, {"Fn::GetAtt": ["Fn", "Arn"]}, end]]}
    assert models(DefinitionString=definition) == [("synchronous", "$LATEST")]


def test_an_object_with_substitutions() -> None:
    definition = {"States": {"T": {"Type": "Task", "Resource": "${Name}", "Comment": 'a "quoted" word'}}}
    substitutions = {"Name": {"Fn::GetAtt": ["Fn", "Arn"]}}
    assert models(Definition=definition, DefinitionSubstitutions=substitutions) == [("synchronous", "$LATEST")]


def test_an_object_with_references() -> None:
    definition = {"States": {"T": {"Type": "Task", "Resource": {"Fn::GetAtt": ["Fn", "Arn"]}, "N": [1, True, 2.5]}}}
    assert models(Definition=definition) == [("synchronous", "$LATEST")]
