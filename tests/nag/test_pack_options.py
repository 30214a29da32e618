"""What the pack can be told: the rules, what fails, and further reports."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast
from xml.etree import ElementTree

import pytest
from aws_cdk import Acknowledgment, App, CfnResource, SecretValue, Stack, Stage, Validations, pipelines
from aws_cdk import aws_sqs as sqs
from constructs import IConstruct

from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.pack import LambdaInvocationChecks
from constructs_lib.nag.rule import Rule
from tests.nag.test_pack import call_hourly, consume, found, make_function, report


class NamedQueue(Rule):
    """A queue with a name."""

    severity = Severity.WARNING
    description = "The queue has a name."
    fix = "CDK: leave queue_name out."
    source = "https://docs.aws.amazon.com/"

    def check(self, world: World) -> Iterator[Finding]:
        for queue in world.of_type("AWS::SQS::Queue"):
            if world.properties(queue)["QueueName"].present:
                yield self.finding(queue, "QueueName", f"queue {queue.label} has a name.")


def make_app(folder: Path, *queues: str, **options: Any) -> tuple[App, Stack]:
    """Return an app with named queues, whose pack runs the rule above alone."""
    app = App(outdir=str(folder))
    pack = LambdaInvocationChecks(app, select=["NamedQueue"], additional_rules=[NamedQueue()], **options)
    Validations.of(app).add_plugins(pack)
    stack = Stack(app, "Stack")
    for name in queues:
        sqs.Queue(stack, name, queue_name=name)
    return app, stack


def acknowledge(construct: IConstruct, reason: str = "known") -> None:
    Validations.of(construct).acknowledge(Acknowledgment(id="LambdaInvocation::NamedQueue", reason=reason))


def test_rules_of_ones_own_run_with_the_others(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    pack = LambdaInvocationChecks(app, additional_rules=[NamedQueue()], ignore=["AsyncFailureTarget"])
    assert {"NamedQueue", "ApiTimeout"} <= set(pack.rule_ids)
    assert "AsyncFailureTarget" not in pack.rule_ids
    Validations.of(app).add_plugins(pack)
    stack = Stack(app, "Stack")
    queue = consume(stack, make_function(stack, "Worker"), queue_name="jobs")
    call_hourly(queue, "Hourly", make_function(stack, "Report"))
    with pytest.raises(RuntimeError):
        app.synth()
    by_rule = {rule: (severity, path) for rule, severity, path in found(report(app)["violations"])}
    assert by_rule["NamedQueue"] == ("warning", "Stack/Queue/Resource")
    assert by_rule["QueueRedrivePolicy"] == ("error", "Stack/Queue/Resource")
    assert "AsyncFailureTarget" not in by_rule


def test_a_warning_fails_when_it_shall(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, "jobs", fail_on="warning")
    with pytest.raises(RuntimeError, match="queue jobs has a name"):
        app.synth()
    (violation,) = report(app)["violations"]
    assert (violation["severity"], violation["ruleMetadata"]["severity"]) == ("error", "warning")


def test_a_warning_that_fails_still_does_beside_one_that_is_acknowledged(tmp_path: Path) -> None:
    """CDK decides anew after acknowledgements, by the severities that are left."""
    app, stack = make_app(tmp_path, "jobs", "orders", fail_on=Severity.WARNING)
    acknowledge(stack.node.find_child("jobs"))
    with pytest.raises(RuntimeError, match="queue orders has a name"):
        app.synth()
    assert report(app)["conclusion"] == "failure"


def test_warnings_that_are_all_acknowledged_do_not_fail(tmp_path: Path) -> None:
    app, stack = make_app(tmp_path, "jobs", "orders", fail_on="warning")
    acknowledge(stack)
    app.synth()
    assert report(app)["conclusion"] == "success"


@pytest.mark.parametrize("fail_on", ["warning", "info"])
def test_what_the_metadata_accept_stays_visible_and_does_not_fail(fail_on: str, tmp_path: Path) -> None:
    app, stack = make_app(tmp_path, "jobs", fail_on=fail_on)
    queue = cast(CfnResource, stack.node.find_child("jobs").node.default_child)
    queue.add_metadata("LambdaInvocation", {"suppress": [{"id": "NamedQueue", "reason": "others rely on it"}]})
    app.synth()
    (violation,) = report(app)["violations"]
    assert violation["severity"] == "info"
    assert violation["description"].endswith("Accepted in the metadata of the template: others rely on it")


def test_wrong_options_are_refused() -> None:
    with pytest.raises(ValueError, match="did you mean 'ApiTimeout'"):
        LambdaInvocationChecks(ignore=["ApiTimout"])
    with pytest.raises(ValueError, match=r"expected a severity \(error, warning, info\), found 'never'"):
        LambdaInvocationChecks(fail_on="never")
    with pytest.raises(ValueError, match=r"expected a format of reports \(text, .*\), found 'xml'"):
        LambdaInvocationChecks(reports=["xml"])


def results(folder: Path) -> dict[str, list[tuple[str, str]]]:
    """Return the suppressions in the SARIF report of a folder, by construct path."""
    (run,) = json.loads((folder / "lambda-invocations.sarif").read_text())["runs"]
    return {
        one["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]: [
            (each["kind"], each["justification"]) for each in one["suppressions"]
        ]
        for one in run["results"]
    }


def test_reports_are_written_into_the_assembly(tmp_path: Path) -> None:
    app, stack = make_app(tmp_path / "out", "jobs", "orders", reports=["sarif", "junit"])
    acknowledge(stack.node.find_child("jobs"), "others rely on it")
    app.synth()
    assert results(tmp_path / "out") == {
        "Stack/jobs/Resource": [("inSource", "others rely on it")],
        "Stack/orders/Resource": [],
    }
    suite = ElementTree.parse(tmp_path / "out/lambda-invocations.junit.xml").getroot()[0]
    (skipped,) = suite.iter("skipped")
    assert skipped.get("message") == "others rely on it"
    assert str(suite.get("name")).endswith("out/Stack.template.json")


def test_a_report_fails_with_the_synthesis(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, "jobs", fail_on="warning", reports=["junit"])
    with pytest.raises(RuntimeError):
        app.synth()
    (failure,) = ElementTree.parse(tmp_path / "lambda-invocations.junit.xml").getroot().iter("failure")
    assert failure.get("type") == "NamedQueue"


def test_an_app_that_wants_no_reports_has_none(tmp_path: Path) -> None:
    app, _ = make_app(tmp_path, "jobs")
    app.synth()
    assert not list(tmp_path.glob("lambda-invocations*"))


def test_acknowledgements_around_stacks_are_suppressions_until_they_are_gone(tmp_path: Path) -> None:
    for accepted in (True, False):
        app, _ = make_app(tmp_path, reports=["sarif"])
        one, two = Stage(app, "One"), Stage(app, "Two")
        for stage in (one, two):
            sqs.Queue(Stack(stage, "Stack"), "Queue", queue_name="jobs")
        if accepted:
            acknowledge(one, "stage")
            acknowledge(app, "app")
        app.synth()
        # The second time, the validation report of the first lies in the folder.
        assert results(tmp_path) == {
            "One/Stack/Queue/Resource": [("inSource", "app")] if accepted else [],
            "Two/Stack/Queue/Resource": [("inSource", "app")] if accepted else [],
        }


def test_a_pack_on_a_stage_reports_into_its_folder(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    for name in ("One", "Two", "Three"):
        stage = Stage(app, name)
        sqs.Queue(Stack(stage, "Stack"), "Queue", queue_name="jobs")
        if name != "Three":
            Validations.of(stage).add_plugins(
                LambdaInvocationChecks(stage, select=["NamedQueue"], additional_rules=[NamedQueue()], reports=["sarif"])
            )
    app.synth()
    assert results(tmp_path / "assembly-One") == {"One/Stack/Queue/Resource": []}
    assert results(tmp_path / "assembly-Two") == {"Two/Stack/Queue/Resource": []}
    assert {path.parent.name for path in tmp_path.rglob("*.sarif")} == {"assembly-One", "assembly-Two"}


def test_the_stages_of_a_pipeline_are_checked(tmp_path: Path) -> None:
    app, stack = make_app(tmp_path, reports=["sarif", "junit"])
    source = pipelines.CodePipelineSource.git_hub(
        "shop/orders", "main", authentication=SecretValue.unsafe_plain_text("x")
    )
    synth = pipelines.ShellStep("Synth", input=source, commands=["cdk synth"])
    pipeline = pipelines.CodePipeline(stack, "Pipeline", synth=synth)
    stage = Stage(stack, "Prod")
    sqs.Queue(Stack(stage, "Orders"), "Queue", queue_name="orders")
    pipeline.add_stage(stage)
    sqs.Queue(stack, "Own", queue_name="own")
    acknowledge(stage, "others rely on it")
    app.synth()
    assert found(report(app)["violations"]) == [("NamedQueue", "warning", "Stack/Own/Resource")]
    assert results(tmp_path) == {
        "Stack/Own/Resource": [],
        "Stack/Prod/Orders/Queue/Resource": [("inSource", "others rely on it")],
    }
