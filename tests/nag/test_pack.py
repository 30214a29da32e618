import json
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, App, Duration, NestedStack, Stack, Stage, Validations
from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_lambda_event_sources as sources
from aws_cdk import aws_sqs as sqs
from constructs import Construct, IConstruct, RootConstruct

from constructs_lib.nag.pack import LambdaInvocationChecks
from constructs_lib.nag.rules import all_rules


def make_function(scope: Construct, id: str, **settings: Any) -> lambda_.Function:
    code = lambda_.Code.from_inline("def handler(event, context): pass")
    return lambda_.Function(
        scope, id, code=code, handler="index.handler", runtime=lambda_.Runtime.PYTHON_3_13, **settings
    )


def call_hourly(scope: Construct, id: str, function: lambda_.IFunction) -> None:
    rule = events.Rule(scope, id, schedule=events.Schedule.rate(Duration.hours(1)))
    rule.add_target(targets.LambdaFunction(function))


def consume(scope: Construct, function: lambda_.Function, **settings: Any) -> sqs.Queue:
    queue = sqs.Queue(scope, "Queue", **settings)
    function.add_event_source(sources.SqsEventSource(queue))
    return queue


RULES = ["AsyncFailureTarget", "QueueRedrivePolicy", "QueueVisibilityTimeout"]


@pytest.fixture
def checked(tmp_path: Path) -> App:
    app = App(outdir=str(tmp_path))
    Validations.of(app).add_plugins(LambdaInvocationChecks(app, select=RULES))
    return app


def report(app: App) -> dict[str, Any]:
    """Return what the pack wrote into the validation report of an app that was synthesized."""
    reports = json.loads((Path(app.outdir) / "validation-report.json").read_text())["pluginReports"]
    (ours,) = [one for one in reports if one["pluginName"] == "LambdaInvocation"]
    return dict(ours)


def found(violations: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return sorted(
        (one["ruleName"], one["severity"], one["violatingConstructs"][0]["constructPath"]) for one in violations
    )


def test_an_error_fails_the_synthesis(checked: App) -> None:
    stack = Stack(checked, "Stack")
    call_hourly(stack, "Hourly", make_function(stack, "Report"))
    with pytest.raises(RuntimeError, match="invoked asynchronously by EventBridge"):
        checked.synth()
    ours = report(checked)
    assert ours["conclusion"] == "failure"
    (violation,) = ours["violations"]
    assert violation["ruleName"] == "AsyncFailureTarget"
    assert violation["description"].startswith("function Report, invoked asynchronously by EventBridge (Hourly)")
    assert "AWS::Lambda::EventInvokeConfig" in violation["suggestedFix"]
    assert violation["ruleMetadata"]["source"].startswith("https://docs.aws.amazon.com/")
    (construct,) = violation["violatingConstructs"]
    assert construct["constructPath"] == "Stack/Report/Resource"
    assert construct["cloudFormationResource"]["propertyPaths"] == ["Properties.DeadLetterConfig"]


def test_a_warning_does_not(checked: App) -> None:
    stack = Stack(checked, "Stack")
    failures = sqs.DeadLetterQueue(queue=sqs.Queue(stack, "Failures"), max_receive_count=5)
    consume(stack, make_function(stack, "Worker", timeout=Duration.seconds(20)), dead_letter_queue=failures)
    checked.synth()
    ours = report(checked)
    assert ours["conclusion"] == "success"
    assert found(ours["violations"]) == [("QueueVisibilityTimeout", "warning", "Stack/Queue/Resource")]


def test_nested_stacks_and_stages_have_construct_paths(checked: App) -> None:
    stage = Stage(checked, "Prod")
    nested = NestedStack(Stack(stage, "Stack"), "Nested")
    call_hourly(nested, "Hourly", make_function(nested, "Report"))
    with pytest.raises(RuntimeError):
        checked.synth()
    assert found(report(checked)["violations"]) == [
        ("AsyncFailureTarget", "error", "Prod/Stack/Nested/Report/Resource")
    ]


@pytest.mark.parametrize("kind", ["strong", "weak"])
def test_a_reference_across_stacks_is_followed(kind: str, tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path), context={"@aws-cdk/core:defaultCrossStackReferences": kind})
    Validations.of(app).add_plugins(LambdaInvocationChecks(app, select=RULES))
    queue = sqs.Queue(Stack(app, "Queues"), "Jobs")
    function = make_function(Stack(app, "Functions", stack_name="renamed"), "Worker")
    function.add_event_source(sources.SqsEventSource(queue))
    with pytest.raises(RuntimeError):
        app.synth()
    assert found(report(app)["violations"]) == [("QueueRedrivePolicy", "error", "Queues/Jobs/Resource")]


def test_findings_of_one_rule_keep_their_own_messages(checked: App) -> None:
    stack = Stack(checked, "Stack")
    for name in ("A", "B"):
        call_hourly(stack, f"Hourly{name}", make_function(stack, name))
    with pytest.raises(RuntimeError, match=r"function A, [\s\S]*function B, "):
        checked.synth()
    assert len({one["description"] for one in report(checked)["violations"]}) == 2


def test_an_acknowledgement_holds_below_its_construct_and_stays_visible(checked: App) -> None:
    stack = Stack(checked, "Stack")
    for name in ("Accepted", "Other"):
        function = make_function(stack, name)
        call_hourly(stack, f"Hourly{name}", function)
        if name == "Accepted":
            acknowledgement = Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="reproducible")
            Validations.of(function).acknowledge(acknowledgement)
    with pytest.raises(RuntimeError):
        checked.synth()
    ours = report(checked)
    assert found(ours["violations"]) == [("AsyncFailureTarget", "error", "Stack/Other/Resource")]
    (suppressed,) = ours["suppressedViolations"]
    assert found([suppressed]) == [("AsyncFailureTarget", "error", "Stack/Accepted/Resource")]
    assert suppressed["reason"] == "reproducible"


def test_an_app_whose_errors_are_acknowledged_succeeds(checked: App) -> None:
    stack = Stack(checked, "Stack")
    call_hourly(stack, "Hourly", make_function(stack, "Report"))
    Validations.of(stack).acknowledge(Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="reproducible"))
    checked.synth()
    assert report(checked)["violations"] == []


def test_a_scope_is_checked_directly(tmp_path: Path) -> None:
    app = App(outdir=str(tmp_path))
    stack = Stack(app, "Stack")
    one = make_function(stack, "Report")
    two = make_function(stack, "ReportTwo")
    call_hourly(stack, "Hourly", one)
    call_hourly(stack, "HourlyTwo", two)
    pack = LambdaInvocationChecks(select=RULES)

    def ids(scope: IConstruct) -> list[str]:
        result = pack.validate_scope(scope)
        assert result.success is not bool(result.violations)
        return [violation.violating_resources[0].resource_logical_id or "" for violation in result.violations]

    logical_ids = [stack.resolve(child.node.default_child.logical_id) for child in (one, two)]  # type: ignore[union-attr]
    assert ids(app) == ids(stack) == sorted(logical_ids)
    assert ids(one) == logical_ids[:1]
    assert ids(stack.node.find_child("Hourly")) == []


def test_a_scope_outside_of_an_app_is_refused() -> None:
    with pytest.raises(ValueError, match="expected a construct within an App or Stage"):
        LambdaInvocationChecks().validate_scope(RootConstruct())


def test_the_pack_presents_itself() -> None:
    pack = LambdaInvocationChecks()
    assert pack.name == pack.read_pack_name == "LambdaInvocation"
    assert pack.rule_ids == [rule.id for rule in all_rules() if not rule.opt_in]
