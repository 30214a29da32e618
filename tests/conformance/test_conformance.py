"""What every pattern of the catalog promises."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Stack
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from cfnlint.api import ManualArgs, lint_file
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from constructs_lib.catalog import PATTERNS, Pattern
from constructs_lib.facts import RETENTION_MAX_SECONDS, InvocationModel
from tests.conformance.builders import REDRIVES, build_pattern
from tests.helpers import make_function, resources

ROOT = Path(__file__).parents[2]
FLAGS = {"no-flags": {}, "recommended-flags": json.loads((ROOT / "cdk.json").read_text())["context"]}

every_pattern = pytest.mark.parametrize("pattern", PATTERNS, ids=lambda pattern: pattern.name)


@pytest.fixture(scope="module", params=FLAGS)
def assembly(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp(request.param)
    environment = {
        name: value for name, value in os.environ.items() if name not in ("CDK_VALIDATION", "PYTEST_VERSION")
    }
    run = subprocess.run(
        [sys.executable, "-m", "tests.conformance.build", str(folder), json.dumps(FLAGS[request.param])],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return folder


def plugin_reports(assembly: Path) -> dict[str, dict[str, Any]]:
    report = json.loads((assembly / "validation-report.json").read_text())
    return {plugin["pluginName"]: plugin for plugin in report["pluginReports"]}


def test_no_rule_pack_finds_anything(assembly: Path) -> None:
    reports = plugin_reports(assembly)
    assert {"AwsSolutions", "Serverless"} <= set(reports)  # without any entry, a pack would not have run
    assert {name: report["violations"] for name, report in reports.items() if report["violations"]} == {}


def test_what_is_acknowledged_has_a_reason_and_is_known(assembly: Path) -> None:
    found = Counter(
        re.sub(r"\[.*", "", suppressed["ruleName"])
        for report in plugin_reports(assembly).values()
        for suppressed in report["suppressedViolations"]
        if len(suppressed["reason"]) > 20
    )
    # More would mean that a pattern hides something new; each has its reason where it is acknowledged.
    assert set(found) == {
        "AwsSolutions-APIG2",
        "AwsSolutions-APIG3",
        "AwsSolutions-APIG4",
        "AwsSolutions-COG4",
        "AwsSolutions-IAM4",
        "AwsSolutions-IAM5",
        "AwsSolutions-S1",
        "AwsSolutions-SQS3",
        "Serverless-LambdaDLQ",
        "Serverless-LambdaEventSourceMappingDestination",
        "Serverless-LambdaTracing",
        "Serverless-SQSRedrivePolicy",
    }


@every_pattern
def test_cfn_lint_is_content(assembly: Path, pattern: Pattern) -> None:
    assert lint(assembly / f"{pattern.name}.template.json") == []


@pytest.mark.parametrize("name", REDRIVES)
def test_cfn_lint_is_content_with_redrives(assembly: Path, name: str) -> None:
    assert lint(assembly / f"{name}.template.json") == []


def test_cfn_lint_is_content_with_every_pattern_side_by_side(assembly: Path) -> None:
    templates = sorted(assembly.glob("Everything*.template.json"))
    assert templates
    assert [finding for template in templates for finding in lint(template)] == []


def lint(template: Path) -> list[str]:
    # W3005: CDK itself writes DependsOn beside the reference to the role, on every function.
    config = ManualArgs(ignore_checks=["W3005"])
    return [f"{match.rule.id} {match.message}" for match in lint_file(template, config)]


@pytest.fixture
def built(stack: Stack, pattern: Pattern) -> Any:
    return build_pattern(stack, pattern)


@every_pattern
def test_the_resource_budget_holds(stack: Stack, pattern: Pattern, built: Any) -> None:
    bare = Stack(stack.node.scope, "Bare")  # type: ignore[arg-type]
    make_function(bare)
    kinds = Counter(resource["Type"] for resource in Template.from_stack(stack).to_json()["Resources"].values())
    kinds -= Counter(resource["Type"] for resource in Template.from_stack(bare).to_json()["Resources"].values())
    del kinds["AWS::CloudWatch::Alarm"]
    assert kinds.total() <= pattern.resource_budget, kinds


@every_pattern
def test_a_failed_event_ends_where_the_catalog_says(stack: Stack, pattern: Pattern, built: Any) -> None:
    assert "Where a failed event goes" in built.__doc__
    if pattern.captured_by is None:
        # Of the others, only a poller may lack such a place, and must say so; or the stack waits for the answer.
        assert (
            pattern.model is InvocationModel.SYNCHRONOUS
            or pattern.execution == "the stack, as an error"
            or (pattern.model is InvocationModel.POLL and pattern.execution.startswith("nowhere"))
        )
        assert resources(stack, "AWS::SQS::Queue") == {}
        return
    queue: sqs.IQueue = getattr(built, pattern.captured_by)
    assert f"`{pattern.captured_by}`" in pattern.execution
    properties = resources(stack, "AWS::SQS::Queue")[stack.resolve(queue.queue_url)["Ref"]]
    assert properties["MessageRetentionPeriod"] == RETENTION_MAX_SECONDS
    watched = [alarm["Dimensions"][0]["Value"] for alarm in resources(stack, "AWS::CloudWatch::Alarm").values()]
    assert stack.resolve(queue.queue_name) in watched
    named_in = {
        resource["Type"]
        for resource in Template.from_stack(stack).to_json()["Resources"].values()
        if any(json.dumps(stack.resolve(name)) in json.dumps(resource) for name in (queue.queue_arn, queue.queue_url))
    }
    assert set(pattern.wired_in) <= named_in


@every_pattern
def test_the_template_is_as_before(stack: Stack, pattern: Pattern, built: Any, snapshot: SnapshotAssertion) -> None:
    assert masked(stack) == snapshot(name=pattern.name, extension_class=JSONSnapshotExtension)


@pytest.mark.parametrize("name", REDRIVES)
def test_the_template_of_a_redrive_is_as_before(stack: Stack, name: str, snapshot: SnapshotAssertion) -> None:
    REDRIVES[name](stack)
    assert masked(stack) == snapshot(name=name, extension_class=JSONSnapshotExtension)


def masked(stack: Stack) -> Any:
    template = json.dumps(Template.from_stack(stack).to_json())
    template = re.sub(r"[0-9a-f]{32,64}", "<hash>", template)
    # CDK's own handler of bucket notifications changes with its version.
    return json.loads(re.sub(r'("ZipFile": )"import (?:[^"\\]|\\.)*"', r'\1"<code of CDK>"', template))
