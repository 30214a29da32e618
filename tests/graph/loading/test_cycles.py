from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.loading.cycles import find_cycle
from constructs_lib.graph.template import Environment, Template


def cycle(conditions: dict[str, str] | None = None, **needs: Any) -> list[str] | None:
    resources: dict[str, Any] = {}
    for name, value in needs.items():
        resources[name] = {"Type": "T", "Properties": {"P": [{"Q": value}]}}
        if name in (conditions or {}):
            resources[name]["Condition"] = "C"
    return find_cycle(Template(Path("t.json"), {"Resources": resources}, Environment()))


@pytest.mark.parametrize(
    "back",
    [
        {"Ref": "A"},
        {"Fn::GetAtt": ["A", "Arn"]},
        {"Fn::GetAtt": "A.Arn"},
        {"Fn::Sub": "x${A}"},
        {"Fn::Sub": "x${A.Arn}"},
        {"Fn::Sub": ["${A}${V}", {"V": "x"}]},
        {"Fn::Sub": ["${V}", {"V": {"Ref": "A"}}]},
        {"Fn::Join": ["", ["x", {"Ref": "A"}]]},
    ],
)
def test_two_that_need_each_other(back: Any) -> None:
    assert cycle(A={"Ref": "B"}, B=back) == ["A", "B"]


def test_longer_and_shorter_ones() -> None:
    assert cycle(X={"Ref": "A"}, A={"Ref": "B"}, B={"Ref": "C"}, C={"Ref": "A"}) == ["A", "B", "C"]
    assert cycle(A={"Ref": "A"}) == ["A"]


def test_one_that_depends_on_another() -> None:
    resources = {"A": {"Type": "T", "DependsOn": "B"}, "B": {"Type": "T", "DependsOn": ["A"]}}
    assert find_cycle(Template(Path("t.json"), {"Resources": resources}, Environment())) == ["A", "B"]


@pytest.mark.parametrize(
    "back",
    [
        {"Fn::Sub": "${!A}"},
        {"Fn::Sub": ["${A}", {"A": "x"}]},
        {"Fn::If": ["C", {"Ref": "A"}, "x"]},
        {"Ref": "Other"},
        {"Ref": 5},
        {"Fn::GetAtt": []},
        "A",
        None,
    ],
)
def test_no_cycle(back: Any) -> None:
    assert cycle(A={"Ref": "B"}, B=back) is None


def test_one_need_in_two_ways_is_no_cycle() -> None:
    assert cycle(A=[{"Ref": "B"}, {"Ref": "C"}], B={"Ref": "D"}, C={"Ref": "D"}, D=1) is None


def test_a_resource_that_may_not_exist() -> None:
    assert cycle({"B": "C"}, A={"Ref": "B"}, B={"Ref": "A"}) is None


def test_many_resources() -> None:
    chain: dict[str, Any] = {f"R{index}": {"Ref": f"R{index + 1}"} for index in range(30_000)}
    assert cycle(**chain) is None
