"""The examples do what they say."""

import json
from pathlib import Path

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib import SqsToLambda, assert_no_findings
from constructs_lib.cli.own_rules import load_rules
from tests.helpers import make_function
from tests.test_readme import synthesize

EXAMPLES = Path(__file__).parents[1] / "examples"


def test_an_app_with_a_rule_of_its_own_synthesizes(tmp_path: Path) -> None:
    run = synthesize("examples/own_rule_app.py", tmp_path)
    assert run.returncode == 0, run.stderr
    (sarif,) = json.loads((tmp_path / "lambda-invocations.sarif").read_text())["runs"]
    assert "StructuredLogs" in [rule["id"] for rule in sarif["tool"]["driver"]["rules"]]
    assert sarif["results"] == []


def test_a_rule_of_ones_own_finds_what_it_says(app: App, stack: Stack) -> None:
    make_function(stack, "Unused", logging_format=lambda_.LoggingFormat.TEXT)
    for name in ("JSON", "TEXT"):
        function = make_function(stack, name, logging_format=lambda_.LoggingFormat(name))
        SqsToLambda(stack, f"{name}Jobs", function=function)
    rules = load_rules(str(EXAMPLES / "own_rule.py"))
    with pytest.raises(AssertionError, match="found 1\n\nwarning StructuredLogs: Stack/TEXT/") as failure:
        assert_no_findings(app, select=["StructuredLogs"], additional_rules=rules)
    failure.match("function TEXT is invoked by an event source mapping and writes its logs as text")
