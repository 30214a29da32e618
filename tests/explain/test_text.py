"""How accounts are written."""

import json
from pathlib import Path

import pytest

from constructs_lib.explain import data, text
from constructs_lib.explain.accounts import accounts
from constructs_lib.explain.wording import kind
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import Resource, TemplateError, TemplateFile
from tests.explain.test_accounts import notification, resource
from tests.graph.build import make_app

FIXTURES = sorted((Path(__file__).parents[1] / "nag" / "fixtures").iterdir())

BLOCK = """\
Function, 0.template.json
  timeout       3 s (default)
  alarms        none on the function's own metrics

  invoked by    S3: bucket Bucket
    model       asynchronous: Lambda queues the event, and calls the function later
    delivery    S3 tries again, for how long AWS does not say
      ends      LOST: S3 has no dead-letter queue for what it cannot deliver
    execution   3 attempts, 1 min and then 2 min apart, and more while throttled; given up when 6 h old
      ends      LOST: the function has no failure target, so that Lambda discards it
"""


def test_a_block_for_each_function() -> None:
    body = {"Function": resource("AWS::Lambda::Function"), "Other": resource("AWS::Lambda::Function")}
    legend, first, second = text.render(accounts(make_app({"Resources": {**body, **notification()}}))).split("\n\n", 2)
    assert "hands the event to Lambda" in legend
    assert f"{first}\n\n{second}".startswith(BLOCK + "\n" + "Other, 0.template.json\n")
    assert second.endswith("  invoked by    nothing that the templates show\n")


def test_many_invokers_are_counted() -> None:
    arn = {"Fn::GetAtt": ["Function", "Arn"]}
    rules = {f"R{index}": resource("Custom::Thing", ServiceToken=arn) for index in range(9)}
    report = text.render(accounts(make_app({"Resources": {"Function": resource("AWS::Lambda::Function"), **rules}})))
    assert "R2, 6 others" in report


def test_no_functions() -> None:
    assert text.render([]) == "no functions\n"


def test_lines_are_short_and_names_are_whole() -> None:
    name = "A" * 130
    body = {"Function": resource("AWS::Lambda::Function"), **notification()}
    body["Function"]["Metadata"] = {"aws:cdk:path": f"Stack/{name}/Resource"}
    lines = text.render(accounts(make_app({"Resources": body}))).splitlines()
    assert any(name in line for line in lines)
    assert max(len(line) for line in lines if name not in line) <= 110


def test_data_for_programs() -> None:
    body = {"Function": resource("AWS::Lambda::Function", FunctionName="f"), **notification()}
    problem = TemplateError(Path("bad.json"), "expected a template")
    report = json.loads(data.render(accounts(make_app({"Resources": body})), [problem]))
    (function,) = report["functions"]
    assert (function["label"], function["name"], function["timeoutSeconds"]) == ("Function", "f", 3)
    (invoker,) = function["invokers"]
    assert (invoker["service"], invoker["model"], invoker["qualifier"]) == ("S3", "asynchronous", "$LATEST")
    assert [one["logicalId"] for one in invoker["resources"]] == ["Bucket"]
    delivery, execution = invoker["stages"]
    assert [delivery["stage"], execution["stage"]] == ["delivery", "execution"]
    assert (execution["attempts"]["number"], execution["attempts"]["seconds"]) == (3, 21_600)
    assert [end["fate"] for end in execution["ends"]] == ["lost"]
    assert report["problems"] == [{"path": "bad.json", "message": "expected a template"}]


@pytest.mark.parametrize("folder", FIXTURES, ids=lambda folder: folder.name)
def test_every_function_of_every_fixture_is_explained(folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        app = load_app([TemplateFile(path)])
        found = accounts(app)
        assert text.render(found).count("  timeout ") == len(found)
        assert len(json.loads(data.render(found))["functions"]) == len(found)
        for account in found:
            for route in account.routes:
                assert route.stages
                assert all(stage.ends for stage in route.stages)


@pytest.mark.parametrize(
    ("type", "words"),
    [
        ("AWS::Cognito::UserPool", "user pool"),
        ("AWS::DocDB::DBCluster", "DB cluster"),
        ("AWS::ApiGateway::RestApi", "rest API"),
        ("Custom::Thing", "custom resource"),
    ],
)
def test_kinds(type: str, words: str) -> None:
    template = make_app({"Resources": {"X": {"Type": type}}}).templates[0]
    assert kind(Resource(template, "X", type, {})) == words
