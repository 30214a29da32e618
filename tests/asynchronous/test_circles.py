"""Alarm topics that would make two stacks need each other, which CDK would tell at synthesis only."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk import App, NestedStack, Stack
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_ses as ses
from aws_cdk import aws_sns as sns

from constructs_lib import AsyncInvocation, ConfigRuleToLambda, LogsToLambda, S3ToLambda, SesToLambda
from tests.helpers import make_function

SOURCES: dict[str, Callable[..., Any]] = {
    "config": ConfigRuleToLambda,
    "logs": lambda stack, name, **options: LogsToLambda(
        stack, name, log_group=logs.LogGroup(stack, "Source"), **options
    ),
    "s3": S3ToLambda,
    "ses": lambda stack, name, **options: SesToLambda(
        stack, name, rule_set=ses.ReceiptRuleSet(stack, "Rules"), **options
    ),
}
every_source = pytest.mark.parametrize("make", SOURCES.values(), ids=SOURCES)


@every_source
def test_a_topic_beside_the_source_of_a_function_elsewhere_is_refused(app: App, make: Callable[..., Any]) -> None:
    here, there = Stack(app, "Here"), Stack(app, "There")
    with pytest.raises(ValueError, match="expected alarm_topic in the stack of There/Function, whose alarm notifies"):
        make(here, "Pattern", function=make_function(there), alarm_topic=sns.Topic(here, "Topic"))


@every_source
@pytest.mark.parametrize("topic_in", ["There", "Third"])
def test_a_topic_of_another_stack_notifies(app: App, make: Callable[..., Any], topic_in: str) -> None:
    stacks = {name: Stack(app, name) for name in ("Here", "There", "Third")}
    topic = sns.Topic(stacks[topic_in], "Topic")
    make(stacks["Here"], "Pattern", function=make_function(stacks["There"]), alarm_topic=topic)
    app.synth()  # would raise if the stacks needed each other


@every_source
def test_a_topic_beside_source_and_function_notifies(app: App, make: Callable[..., Any]) -> None:
    stack = Stack(app, "Stack")
    make(stack, "Pattern", function=make_function(stack), alarm_topic=sns.Topic(stack, "Topic"))
    app.synth()


def test_where_nothing_names_the_function_the_topic_may_stand(app: App) -> None:
    here, there = Stack(app, "Here"), Stack(app, "There")
    topic = sns.Topic(here, "Topic")
    AsyncInvocation(here, "Called", function=make_function(there, "Called"), alarm_topic=topic)
    # What notifies stands in the stack of the bucket.
    S3ToLambda(here, "Uploads", function=make_function(there), bucket=s3.Bucket(there, "Bucket"), alarm_topic=topic)
    app.synth()


@every_source
@pytest.mark.parametrize("function_in", ["outer", "inner"])
def test_a_nested_stack_and_the_one_around_it_close_no_circle(
    app: App, make: Callable[..., Any], function_in: str
) -> None:
    outer = Stack(app, "Outer")
    inner = NestedStack(outer, "Inner")
    here, there = (inner, outer) if function_in == "outer" else (outer, inner)
    make(here, "Pattern", function=make_function(there), alarm_topic=sns.Topic(here, "Topic"))
    app.synth()


def test_two_nested_stacks_of_one_stack_would_close_a_circle(app: App) -> None:
    outer = Stack(app, "Outer")
    here, there = NestedStack(outer, "Here"), NestedStack(outer, "There")
    with pytest.raises(ValueError, match="expected alarm_topic in the stack of Outer/There/Function"):
        ConfigRuleToLambda(here, "Pattern", function=make_function(there), alarm_topic=sns.Topic(here, "Topic"))


def test_a_topic_around_a_nested_source_would_close_a_circle(app: App) -> None:
    outer, there = Stack(app, "Outer"), Stack(app, "There")
    topic = sns.Topic(outer, "Topic")
    with pytest.raises(ValueError, match="expected alarm_topic in the stack of There/Function"):
        ConfigRuleToLambda(NestedStack(outer, "Inner"), "Pattern", function=make_function(there), alarm_topic=topic)
