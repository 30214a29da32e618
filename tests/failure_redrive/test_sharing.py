"""Messages of dead-letter queues do not name their function: a redrive refuses a queue that others use, too."""

from collections.abc import Callable

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from aws_cdk import aws_sqs as sqs

from constructs_lib import FailureRedrive
from tests.helpers import ACCOUNT, make_function

ARN = f"arn:aws:sqs:eu-west-1:{ACCOUNT}:failed"


def other_function(stack: Stack, shared: sqs.IQueue, _: lambda_.IFunction) -> None:
    make_function(stack, "Other", dead_letter_queue=shared)


def subscribed_other(stack: Stack, shared: sqs.IQueue, _: lambda_.IFunction) -> None:
    subscription = subscriptions.LambdaSubscription(make_function(stack, "Another"), dead_letter_queue=shared)
    sns.Topic(stack, "Topic").add_subscription(subscription)


def subscribed_queue(stack: Stack, shared: sqs.IQueue, _: lambda_.IFunction) -> None:
    subscription = subscriptions.SqsSubscription(sqs.Queue(stack, "Jobs"), dead_letter_queue=shared)
    sns.Topic(stack, "Topic").add_subscription(subscription)


def subscribed_function(stack: Stack, shared: sqs.IQueue, function: lambda_.IFunction) -> None:
    subscription = subscriptions.LambdaSubscription(function, dead_letter_queue=shared)
    sns.Topic(stack, "Topic").add_subscription(subscription)


def function_with_its_own_queue(stack: Stack, _: sqs.IQueue, __: lambda_.IFunction) -> None:
    make_function(stack, "Other", dead_letter_queue=sqs.Queue(stack, "OtherQueue"))


Use = Callable[[Stack, sqs.IQueue, lambda_.IFunction], None]


@pytest.mark.parametrize(
    ("use", "other"),
    [
        (other_function, "Stack/Other/Resource"),
        (subscribed_other, "Stack/Another/Topic/Resource"),
        (subscribed_queue, "Stack/Jobs/"),
    ],
)
def test_a_queue_that_others_use_is_refused(app: App, stack: Stack, use: Use, other: str) -> None:
    shared = sqs.Queue(stack, "Shared")
    function = make_function(stack, dead_letter_queue=shared)
    FailureRedrive(stack, "Redrive", queue=shared, function=function)
    use(stack, shared, function)  # after the redrive, as is possible
    with pytest.raises(RuntimeError, match=f"Stack/Redrive.*expected Stack/Shared .* alone, got also {other}"):
        app.synth()


@pytest.mark.parametrize("use", [subscribed_function, function_with_its_own_queue])
def test_what_is_for_the_function_is_welcome(app: App, stack: Stack, use: Use) -> None:
    shared = sqs.Queue(stack, "Shared")
    function = make_function(stack, dead_letter_queue=shared)
    FailureRedrive(stack, "Redrive", queue=shared, function=function)
    use(stack, shared, function)
    app.synth()


def test_the_function_behind_an_alias_is_the_same(app: App, stack: Stack) -> None:
    shared = sqs.Queue(stack, "Shared")
    alias = make_function(stack, dead_letter_queue=shared).add_alias("live")
    FailureRedrive(stack, "Redrive", queue=shared, function=alias)
    app.synth()


def test_an_imported_queue_is_known_by_its_arn(app: App, stack: Stack) -> None:
    shared = sqs.Queue.from_queue_arn(stack, "Shared", ARN)
    make_function(stack, "Other", dead_letter_queue=shared)
    again = sqs.Queue.from_queue_arn(stack, "Again", ARN)
    FailureRedrive(stack, "Redrive", queue=again, function=make_function(stack))
    with pytest.raises(RuntimeError, match="got also Stack/Other/Resource"):
        app.synth()


def test_queues_of_two_stacks_that_are_made_alike_are_not_the_same(app: App) -> None:
    for name in ("One", "Two"):
        stack = Stack(app, name)
        shared = sqs.Queue(stack, "Shared")
        FailureRedrive(
            stack, "Redrive", queue=shared, function=make_function(stack, "Function", dead_letter_queue=shared)
        )
    app.synth()


def test_messages_that_go_back_to_their_queue_may_be_with_others(app: App, stack: Stack) -> None:
    shared = sqs.Queue(stack, "Shared")
    make_function(stack, "Other", dead_letter_queue=shared)
    FailureRedrive(stack, "Redrive", queue=shared, source_queue=sqs.Queue(stack, "Source"))
    app.synth()
