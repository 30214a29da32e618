import json
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.reading.template_file import read_template
from constructs_lib.graph.template import Template, TemplateFile

QUEUE: dict[str, Any] = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "q-${Name}"}}}


def read(tmp_path: Path, resources: Any, **sections: Any) -> Template:
    path = tmp_path / "t.json"
    path.write_text(json.dumps({"Transform": ["AWS::LanguageExtensions"], "Resources": resources, **sections}))
    return read_template(TemplateFile(path))


def test_a_loop_over_texts(tmp_path: Path) -> None:
    loop = ["Name", ["a", "b-1"], {"Queue&{Name}": {**QUEUE, "DependsOn": {"Ref": "Name"}}}]
    template = read(tmp_path, {"Fn::ForEach::Queues": loop, "Topic": {"Type": "AWS::SNS::Topic"}})
    assert list(template.resources) == ["Queuea", "Queueb1", "Topic"]
    assert template.resources["Queueb1"].raw["Properties"] == {"QueueName": "q-b-1"}
    assert template.resources["Queueb1"].raw["DependsOn"] == "b-1"
    assert template.written == dict.fromkeys(
        ("Queuea", "Queueb1"), ("Resources", "Fn::ForEach::Queues", "2", "Queue&{Name}")
    )


def test_a_text_that_the_loop_makes_constant_is_one(tmp_path: Path) -> None:
    properties = {
        "A": {"Fn::GetAtt": [{"Fn::Sub": "Fn${Name}"}, "Arn"]},
        "B": {"Ref": {"Fn::Sub": "Fn${Name}"}},
        "C": {"Fn::Sub": "${Name}-${AWS::Region}"},
        "D": {"Fn::Sub": "${!Name}"},
    }
    template = read(
        tmp_path, {"Fn::ForEach::L": ["Name", ["x"], {"Q${Name}": {"Type": "T", "Properties": properties}}]}
    )
    assert template.resources["Qx"].raw["Properties"] == {
        "A": {"Fn::GetAtt": ["Fnx", "Arn"]},
        "B": {"Ref": "Fnx"},
        "C": {"Fn::Sub": "x-${AWS::Region}"},
        "D": {"Fn::Sub": "${!Name}"},
    }


def test_a_loop_in_a_loop_and_one_in_properties(tmp_path: Path) -> None:
    tags = ["Tag", ["x"], {"${Tag}${Name}": 1}]
    inner = ["Other", ["1", "2"], {"Q${Name}${Other}": {"Type": "T", "Properties": {"Fn::ForEach::P": tags}}}]
    outer = ["Name", ["a", "b"], {"Fn::ForEach::Inner": inner}]
    template = read(tmp_path, {"Fn::ForEach::Outer": outer})
    assert list(template.resources) == ["Qa1", "Qa2", "Qb1", "Qb2"]
    assert template.resources["Qb2"].raw["Properties"] == {"xb": 1}


@pytest.mark.parametrize(
    ("collection", "made"),
    [
        ({"Ref": "Names"}, ["Qa", "Qb"]),
        ([{"Ref": "One"}, "z"], ["Qone", "Qz"]),
        ({"Fn::FindInMap": ["M", "k", "names"]}, ["Qm"]),
        ({"Ref": "Open"}, []),
        ({"Ref": "Looked"}, []),
        ({"Ref": "Missing"}, []),
        ({"Fn::FindInMap": ["M", {"Ref": "AWS::Region"}, "names"]}, []),
        ([{"Fn::GetAtt": "A.B"}], []),
        ("a", []),
        (None, []),
    ],
)
def test_collections(tmp_path: Path, collection: Any, made: list[str]) -> None:
    parameters = {
        "Names": {"Type": "CommaDelimitedList", "Default": "a, b"},
        "One": {"Type": "String", "Default": "one"},
        "Open": {"Type": "CommaDelimitedList"},
        "Looked": {"Type": "AWS::SSM::Parameter::Value<List<String>>", "Default": "a,b"},
    }
    loop = {"Fn::ForEach::L": ["Name", collection, {"Q${Name}": QUEUE}]}
    template = read(tmp_path, loop, Parameters=parameters, Mappings={"M": {"k": {"names": ["m"]}}})
    assert list(template.resources) == made
    assert ("Fn::ForEach::L" in template.section("Resources")) is (not made)


@pytest.mark.parametrize(
    "loop", [None, [], ["N", ["a"]], [1, ["a"], {}], ["N", ["a"], []], ["N", ["a"], {"Fn::Sub": "${N}"}]]
)
def test_odd_loops_stay(tmp_path: Path, loop: Any) -> None:
    assert read(tmp_path, {"Fn::ForEach::L": loop}).section("Resources") == {"Fn::ForEach::L": loop}


def test_too_much_stays_unknown(tmp_path: Path) -> None:
    many = [str(number) for number in range(100)]
    loop: Any = {"Q": QUEUE}
    for level in range(6):
        loop = {f"Fn::ForEach::L{level}": [f"N{level}", many, loop]}
    assert read(tmp_path, loop).resources == {}


def test_without_the_transform_nothing_is_written_out(tmp_path: Path) -> None:
    loop = {"Fn::ForEach::L": ["Name", ["a"], {"Q${Name}": QUEUE}]}
    assert read(tmp_path, loop, Transform="Other").resources == {}
