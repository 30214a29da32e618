from typing import Any

import pytest

from constructs_lib.graph.template import Environment
from constructs_lib.graph.values import UNKNOWN, Reference, Structure, Text
from tests.graph.build import make_world, resolve

KNOWN = Environment("111111111111", "eu-west-1", "Orders")
RESOURCES = {"Queue": {"Type": "AWS::SQS::Queue"}}


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("text", "text"),
        (7, 7),
        (True, True),
        ({"Ref": "AWS::NoValue"}, None),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        ({"Ref": "AWS::AccountId"}, "111111111111"),
        ({"Ref": "AWS::StackName"}, "Orders"),
        ({"Ref": "AWS::StackId"}, UNKNOWN),
        ({"Ref": "Nothing"}, UNKNOWN),
        ({"Fn::Sub": "a-${AWS::Region}-${!Literal}"}, "a-eu-west-1-${Literal}"),
        ({"Fn::Sub": ["${x}-${y}", {"x": "1", "y": {"Ref": "AWS::Region"}}]}, "1-eu-west-1"),
        ({"Fn::Join": ["-", ["a", {"Ref": "AWS::Region"}, {"Ref": "AWS::NoValue"}, 3]]}, "a-eu-west-1-3"),
        ({"Fn::Join": ["", []]}, ""),
        ({"Fn::Select": [1, ["a", "b"]]}, "b"),
        ({"Fn::Select": ["1", {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        ({"Fn::Select": [5, ["a", "b"]]}, UNKNOWN),
        ({"Fn::Select": ["9" * 5000, ["a", "b"]]}, UNKNOWN),
        ("{{resolve:ssm:/name}}", UNKNOWN),
        ({"Fn::Sub": "{{resolve:ssm:/${AWS::Region}/name}}"}, UNKNOWN),
        ({"Fn::Join": ["", ["{{resolve:ssm:", {"Ref": "Nothing"}, "}}"]]}, UNKNOWN),
        (
            {"Fn::Sub": "a{{resolve:ssm:/name}}${AWS::Region}{{resolve:ssm:/x"},
            Text(("a", UNKNOWN, "eu-west-1", UNKNOWN)),
        ),
        ({"Fn::FindInMap": ["Limits", {"Ref": "AWS::Region"}, "Timeout"]}, 20),
        ({"Fn::FindInMap": ["Limits", "us-east-1", "Timeout"]}, UNKNOWN),
        ({"Fn::Base64": "x"}, UNKNOWN),
        ({"Fn::If": ["Missing", "a", "b"]}, "b"),
    ],
)
def test_literals(raw: Any, expected: Any) -> None:
    assert resolve(raw, environment=KNOWN, Mappings={"Limits": {"eu-west-1": {"Timeout": 20}}}) == expected


@pytest.mark.parametrize(
    ("raw", "attribute"),
    [
        ({"Ref": "Queue"}, None),
        ({"Fn::GetAtt": ["Queue", "Arn"]}, "Arn"),
        ({"Fn::GetAtt": "Queue.Arn"}, "Arn"),
        ({"Fn::Sub": "${Queue.Arn}"}, "Arn"),
        ({"Fn::Sub": "${Queue}"}, None),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["Queue", "Arn"]}]]}, "Arn"),
    ],
)
def test_references(raw: Any, attribute: str | None) -> None:
    value = resolve(raw, Resources=RESOURCES)
    assert isinstance(value, Reference)
    assert (value.resource.logical_id, value.attribute) == ("Queue", attribute)


def test_a_text_keeps_references_and_unknowns_apart() -> None:
    value = resolve({"Fn::Sub": "a${Queue.Arn}b${Nothing}"}, Resources=RESOURCES)
    assert isinstance(value, Text)
    text, reference, more, unknown = value.parts
    assert (text, more, unknown) == ("a", "b", UNKNOWN)
    assert isinstance(reference, Reference)


def test_an_unknown_region_is_the_same_in_all_stacks() -> None:
    assert resolve({"Fn::Sub": "q-${AWS::Region}"}) == "q-${Region}"
    assert resolve({"Ref": "AWS::StackName"}) is UNKNOWN


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ({"Type": "Number", "Default": "20"}, "20"),
        ({"Type": "String"}, UNKNOWN),
        ({"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/path"}, UNKNOWN),
        ("garbage", UNKNOWN),
    ],
)
def test_parameters(declaration: Any, expected: Any) -> None:
    assert resolve({"Ref": "P"}, Parameters={"P": declaration}) == expected


def test_a_list_parameter_is_split() -> None:
    raw = {"Fn::Select": [1, {"Ref": "P"}]}
    assert resolve(raw, Parameters={"P": {"Type": "CommaDelimitedList", "Default": "a, b"}}) == "b"


def test_imports_follow_exports_of_other_templates() -> None:
    exporter = {
        "Resources": RESOURCES,
        "Outputs": {
            "Out": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}, "Export": {"Name": {"Fn::Sub": "e-${AWS::Region}"}}}
        },
    }
    value = resolve({"Fn::ImportValue": {"Fn::Sub": "e-${AWS::Region}"}}, others=[exporter])
    assert isinstance(value, Reference)
    assert value.resource.logical_id == "Queue"
    assert resolve({"Fn::ImportValue": "other"}, others=[exporter]) is UNKNOWN
    # Two stacks that export the same name live in different environments; which one is meant is not known.
    assert resolve({"Fn::ImportValue": {"Fn::Sub": "e-${AWS::Region}"}}, others=[exporter, exporter]) is UNKNOWN


@pytest.mark.parametrize(
    ("name", "change", "found"),
    [
        ("Orders", {}, True),
        ("Orders", {"Region": "eu-west-1"}, True),
        ("Orders", {"Region": "us-east-1"}, False),
        ("Orders", {"OutputName": "Other"}, False),
        ("Orders", {"StackName": {"Ref": "Nothing"}}, False),
        ("Other", {}, False),
        (None, {"StackName": {"Ref": "AWS::NoValue"}}, False),
    ],
)
def test_weak_references_follow_outputs_of_other_stacks(name: str | None, change: Any, found: bool) -> None:
    argument = {"StackName": "Orders", "OutputName": "Out", "Region": {"Ref": "AWS::Region"}, **change}
    environment = Environment("111111111111", "eu-west-1", name)
    exporter = {"Resources": RESOURCES, "Outputs": {"Out": {"Value": {"Fn::GetAtt": ["Queue", "Arn"]}}}}
    value = resolve({"Fn::GetStackOutput": argument}, environment=environment, others=[exporter])
    assert isinstance(value, Reference) is found


def test_an_alias_is_taken_apart_as_cdk_does() -> None:
    resources = {
        "Fn": {"Type": "AWS::Lambda::Function"},
        "Alias": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "Fn"}, "Name": "live"}},
    }
    split = {"Fn::Split": [":", {"Ref": "Alias"}]}
    name = resolve({"Fn::Select": [6, split]}, Resources=resources)
    assert isinstance(name, Reference)
    assert name.resource.logical_id == "Fn"
    assert resolve({"Fn::Select": [7, split]}, Resources=resources) == "live"


def test_only_arns_are_taken_apart() -> None:
    assert resolve({"Fn::Select": [3, {"Fn::Split": [":", {"Ref": "Queue"}]}]}, Resources=RESOURCES) is UNKNOWN
    arn = {"Fn::Split": [":", {"Fn::GetAtt": ["Queue", "Arn"]}]}
    assert resolve({"Fn::Select": [3, arn]}, environment=KNOWN, Resources=RESOURCES) == "eu-west-1"


def test_cycles_end() -> None:
    outputs = {
        name: {"Value": {"Fn::ImportValue": other}, "Export": {"Name": name}}
        for name, other in (("a", "b"), ("b", "a"))
    }
    assert resolve({"Fn::ImportValue": "a"}, Outputs=outputs) is UNKNOWN


def test_values_that_double_end() -> None:
    outputs: dict[str, Any] = {"0": {"Value": "x" * 100, "Export": {"Name": "0"}}}
    for index in range(1, 16):
        both = [{"Fn::ImportValue": str(index - 1)}] * 2
        outputs[str(index)] = {"Value": {"Fn::Join": ["", both]}, "Export": {"Name": str(index)}}
    assert resolve({"Fn::ImportValue": "15"}, Outputs=outputs) is UNKNOWN


def test_deep_nesting_is_unknown() -> None:
    raw: Any = "x"
    for _ in range(500):
        raw = {"Fn::Join": ["", [raw]]}
    assert resolve(raw) is UNKNOWN


GARBAGE: list[Any] = [
    None,
    [],
    {},
    "x",
    0,
    [None],
    ["x"],
    ["x", "y"],
    ["x", {}],
    [[], []],
    {"Ref": []},
    [1, 2, 3],
    ["", "x"],
]


@pytest.mark.parametrize(
    "function",
    ["Ref", "GetAtt", "Sub", "Join", "Split", "Select", "If", "FindInMap", "ImportValue", "GetStackOutput", "Nothing"],
)
@pytest.mark.parametrize("argument", GARBAGE)
def test_garbage_never_raises(function: str, argument: Any) -> None:
    value = resolve({function if function == "Ref" else f"Fn::{function}": argument})
    assert value is UNKNOWN or isinstance(value, str | Structure | None)


def test_what_a_transform_may_put_in_is_unknown() -> None:
    properties = {"A": 1, "Fn::Transform": {"Name": "AWS::Include"}}
    world = make_world({"Resources": {"Q": {"Type": "T", "Properties": properties}}})
    node = world.properties(world.app.templates[0].resources["Q"])
    assert node["A"].number() == 1
    assert node["B"].value is UNKNOWN


def test_what_is_below_unknown_is_unknown_and_below_absent_absent() -> None:
    world = make_world(
        {"Resources": {"Q": {"Type": "T", "Properties": {"A": {"Ref": "Nothing"}, "B": {"C": 1}, "L": [1]}}}}
    )
    node = world.properties(world.app.templates[0].resources["Q"])
    assert node.get("A.B.C").value is UNKNOWN
    assert node.get("B.C.D").value is UNKNOWN  # a number has no properties: malformed, so unknown
    assert node.get("X.Y").absent
    assert [node[key].present for key in ("A", "B", "X")] == [False, True, False]
    assert node.get("B.C").number() == 1
    assert node.get("B.C").dotted == "B.C"
    assert node["A"].number(5) is None
    assert node["X"].number(5) == 5
    assert [place.dotted for _, place in node.select("L.*")] == ["L.0"]
