"""The assertion for the tests of an app."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from aws_cdk import Acknowledgment, App, CfnResource, NestedStack, Stack, Stage, Validations
from aws_cdk import aws_sqs as sqs
from aws_cdk.assertions import Template
from constructs import Construct, RootConstruct

from constructs_lib import assert_no_findings
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from tests.nag.test_pack import call_hourly, make_function

ONE: dict[str, Any] = {"select": ["AsyncFailureTarget"]}


def unprotected(scope: Construct, id: str = "Report") -> Construct:
    function = make_function(scope, id)
    call_hourly(scope, f"{id}Hourly", function)
    return function


def test_a_failure_says_what_is_wrong_where_and_what_to_do(stack: Stack) -> None:
    unprotected(stack)
    with pytest.raises(AssertionError) as failure:
        assert_no_findings(stack, **ONE)
    head, _, first, message, fix, why = str(failure.value).splitlines()
    assert head == "expected no findings in Stack, found 1"
    assert first == "error AsyncFailureTarget: Stack/Report/Resource Properties.DeadLetterConfig"
    assert message.startswith("  function Report, invoked asynchronously by EventBridge (ReportHourly)")
    assert fix.startswith("  fix: CDK: ")
    assert re.search(r"  why: .*https://docs\.aws\.amazon\.com/", why)


def test_templates_can_be_looked_at_before_and_after(app: App, stack: Stack) -> None:
    sqs.Queue(stack, "Queue")
    assert_no_findings(stack)
    Template.from_stack(stack).resource_count_is("AWS::SQS::Queue", 1)
    assert_no_findings(app)


def test_a_stage_an_app_and_a_construct_are_checked_for_themselves(app: App) -> None:
    stage, other = Stage(app, "Prod"), Stage(app, "Other")
    nested = NestedStack(Stack(stage, "Stack"), "Nested")
    unprotected(nested)
    fine = Stack(other, "Stack")
    queue = sqs.Queue(fine, "Queue")
    for scope in (other, fine, queue):
        assert_no_findings(scope, **ONE)
    for scope in (app, stage, nested):
        with pytest.raises(AssertionError, match="Prod/Stack/Nested/Report/Resource"):
            assert_no_findings(scope, **ONE)
    Template.from_stack(fine).resource_count_is("AWS::SQS::Queue", 1)


def test_a_name_that_begins_like_another_is_another(app: App) -> None:
    unprotected(Stack(app, "Stack2"))
    assert_no_findings(Stack(app, "Stack"), **ONE)


@pytest.mark.parametrize("level", range(5))
def test_an_acknowledgement_counts_on_every_level(app: App, level: int) -> None:
    group = Construct(app, "Group")
    stage = Stage(group, "Prod")
    stack = Stack(stage, "Stack")
    scope = [app, group, stage, stack, unprotected(stack)][level]
    Validations.of(scope).acknowledge(Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="reproducible"))
    assert_no_findings(stack, **ONE)


def test_an_acknowledgement_counts_for_its_rule_and_place_alone(app: App) -> None:
    stage = Stage(app, "Prod")
    stack = Stack(stage, "Stack")
    unprotected(stack)
    elsewhere = Stage(app, "Test")
    Validations.of(elsewhere).acknowledge(Acknowledgment(id="LambdaInvocation::AsyncFailureTarget", reason="x"))
    Validations.of(app).acknowledge(Acknowledgment(id="LambdaInvocation::ApiTimeout", reason="x"))
    Validations.of(app).acknowledge(Acknowledgment(id="Another::AsyncFailureTarget", reason="x"))
    with pytest.raises(AssertionError, match="found 1"):
        assert_no_findings(stack, **ONE)


def test_what_the_metadata_accept_does_not_count(stack: Stack) -> None:
    function = unprotected(stack).node.default_child
    assert isinstance(function, CfnResource)
    entry = {"id": "AsyncFailureTarget", "reason": "reproducible"}
    function.add_metadata("LambdaInvocation", {"suppress": [entry]})
    assert_no_findings(stack, **ONE)


def test_rules_are_chosen_and_added(stack: Stack) -> None:
    class QueueNamed(Rule):
        """A queue with a name."""

        severity = Severity.WARNING
        description = "The queue has a name."
        fix = "CDK: leave it out."
        source = "https://docs.aws.amazon.com/"

        def check(self, world: World) -> Iterator[Finding]:
            for queue in world.of_type("AWS::SQS::Queue"):
                if world.properties(queue)["QueueName"].present:
                    yield self.finding(queue, "QueueName", "the queue has a name.")

    sqs.Queue(stack, "Queue", queue_name="jobs")
    assert_no_findings(stack)
    with pytest.raises(AssertionError, match=r"warning QueueNamed: Stack/Queue/Resource Properties\.QueueName"):
        assert_no_findings(stack, additional_rules=[QueueNamed()])
    assert_no_findings(stack, additional_rules=[QueueNamed()], ignore=["QueueNamed"])
    assert_no_findings(stack, additional_rules=[QueueNamed()], fail_on="error")
    with pytest.raises(AssertionError):
        assert_no_findings(stack, additional_rules=[QueueNamed()], fail_on=Severity.WARNING)


def test_what_cannot_be_checked_fails(app: App, stack: Stack) -> None:
    sqs.Queue(stack, "Queue")
    path = Path(app.synth().directory) / "Stack.template.json"
    path.write_text("{")
    with pytest.raises(
        AssertionError, match=r"found 0 and what cannot be checked\n\n.*Stack.template.json\n  expected"
    ):
        assert_no_findings(stack)


def test_an_app_without_stacks_has_no_findings() -> None:
    assert_no_findings(App())


def test_wrong_arguments_are_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match="did you mean 'AsyncFailureTarget'"):
        assert_no_findings(stack, select=["AsyncFailureTargets"])
    with pytest.raises(ValueError, match=r"expected a severity \(error, warning, info\), found 'fatal'"):
        assert_no_findings(stack, fail_on="fatal")
    with pytest.raises(ValueError, match="expected a construct within an App or Stage"):
        assert_no_findings(RootConstruct())
