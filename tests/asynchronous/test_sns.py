import json

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs

from constructs_lib import LambdaFunction, SnsToLambda
from tests.helpers import ACCOUNT, make_function, only, resources

ONLY_RED = {"color": sns.SubscriptionFilter.string_filter(allowlist=["red"])}
ONLY_RED_IN_BODY = {"color": sns.FilterOrPolicy.filter(sns.SubscriptionFilter.string_filter(allowlist=["red"]))}


def test_the_topic_invokes_the_function(stack: Stack, function: LambdaFunction) -> None:
    news = SnsToLambda(stack, "News", function=function)
    topic_arn = stack.resolve(news.topic.topic_arn)
    assert news.failure_queue is not None
    assert only(stack, "AWS::SNS::Subscription") == {
        "Endpoint": stack.resolve(function.function_arn),
        "Protocol": "lambda",
        "RedrivePolicy": {"deadLetterTargetArn": stack.resolve(news.failure_queue.queue_arn)},
        "TopicArn": topic_arn,
    }
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "sns.amazonaws.com",
        "SourceArn": topic_arn,
    }


def test_a_new_topic_is_encrypted_and_refuses_plain_http(stack: Stack, function: LambdaFunction) -> None:
    SnsToLambda(stack, "News", function=function)
    assert "alias/aws/sns" in json.dumps(only(stack, "AWS::SNS::Topic")["KmsMasterKeyId"])
    (statement,) = only(stack, "AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert (statement["Effect"], statement["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})


def test_a_new_topic_with_a_key_of_the_user(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    SnsToLambda(stack, "News", function=function, encryption_key=key)
    assert only(stack, "AWS::SNS::Topic")["KmsMasterKeyId"] == stack.resolve(key.key_arn)


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_topic_of_the_user(stack: Stack, function: LambdaFunction, kind: str) -> None:
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:mine"
    topic = sns.Topic(stack, "Mine") if kind == "owned" else sns.Topic.from_topic_arn(stack, "Mine", arn)
    news = SnsToLambda(stack, "News", function=function, topic=topic)
    assert news.topic is topic
    assert len(resources(stack, "AWS::SNS::Topic")) == (kind == "owned")
    assert only(stack, "AWS::SNS::Subscription")["TopicArn"] == stack.resolve(topic.topic_arn)


def test_a_topic_of_another_region(app: App) -> None:
    stack = Stack(app, "Stack", env={"account": ACCOUNT, "region": "eu-west-1"})
    topic = sns.Topic.from_topic_arn(stack, "Mine", f"arn:aws:sns:us-east-1:{ACCOUNT}:news")
    function = make_function(stack)
    with pytest.raises(
        ValueError, match="expected a dead_letter_queue in us-east-1, the Region of the topic Stack/Mine"
    ):
        SnsToLambda(stack, "Refused", function=function, topic=topic)
    queue = sqs.Queue.from_queue_arn(stack, "Queue", f"arn:aws:sqs:us-east-1:{ACCOUNT}:failures")
    SnsToLambda(stack, "News", function=function, topic=topic, dead_letter_queue=queue)
    subscription = only(stack, "AWS::SNS::Subscription")
    assert subscription["Region"] == "us-east-1"
    assert subscription["RedrivePolicy"] == {"deadLetterTargetArn": queue.queue_arn}


LOSS = "NumberOfNotificationsFailedToRedriveToDlq"


def losses(stack: Stack) -> list[str]:
    alarms = resources(stack, "AWS::CloudWatch::Alarm").values()
    return [alarm["MetricName"] for alarm in alarms if alarm["MetricName"] == LOSS]


@pytest.mark.parametrize(("account", "count"), [(ACCOUNT, 1), ("210987654321", 0)])
def test_the_losses_of_a_topic_of_another_account_are_out_of_sight(app: App, account: str, count: int) -> None:
    stack = Stack(app, "Stack", env={"account": ACCOUNT, "region": "us-east-1"})
    topic = sns.Topic.from_topic_arn(stack, "Mine", f"arn:aws:sns:us-east-1:{account}:news")
    SnsToLambda(stack, "News", function=make_function(stack), topic=topic)
    assert len(losses(stack)) == count


@pytest.mark.parametrize("topic_in", ["Here", "There"])
def test_patterns_of_a_stack_share_the_alarm_of_a_topic(app: App, topic_in: str) -> None:
    stacks = {name: Stack(app, name) for name in ("Here", "There")}
    here, topic = stacks["Here"], sns.Topic(stacks[topic_in], "Mine")
    alarms = sns.Topic(here, "Alarms")
    for number in range(2):
        function = make_function(here, f"Function{number}")
        SnsToLambda(here, f"News{number}", function=function, topic=topic, alarm_topic=alarms)
    app.synth()  # would raise if the stacks needed each other
    assert len(losses(here)) == 1


def test_messages_are_filtered_by_attributes(stack: Stack, function: LambdaFunction) -> None:
    SnsToLambda(stack, "News", function=function, filter_policy=ONLY_RED)
    subscription = only(stack, "AWS::SNS::Subscription")
    assert subscription["FilterPolicy"] == {"color": ["red"]}
    assert "FilterPolicyScope" not in subscription


def test_messages_are_filtered_by_body(stack: Stack, function: LambdaFunction) -> None:
    SnsToLambda(stack, "News", function=function, filter_policy_with_message_body=ONLY_RED_IN_BODY)
    subscription = only(stack, "AWS::SNS::Subscription")
    assert (subscription["FilterPolicy"], subscription["FilterPolicyScope"]) == ({"color": ["red"]}, "MessageBody")


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    invoked = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    SnsToLambda(stack, "News", function=invoked)
    assert only(stack, "AWS::SNS::Subscription")["Endpoint"] == stack.resolve(invoked.function_arn)
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == stack.resolve(invoked.function_arn)


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("topic_in", ["A", "B", "C"])
def test_function_topic_and_pattern_may_stand_in_different_stacks(app: App, function_in: str, topic_in: str) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function, topic = make_function(stacks[function_in]), sns.Topic(stacks[topic_in], "Mine")
    SnsToLambda(stacks["B"], "News", function=function, topic=topic)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks["B"], "AWS::SNS::Subscription")) == 1


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_fifo_topic_is_refused(stack: Stack, function: LambdaFunction, kind: str) -> None:
    arn = f"arn:aws:sns:us-east-1:{ACCOUNT}:mine.fifo"
    topic = sns.Topic(stack, "Mine", fifo=True) if kind == "owned" else sns.Topic.from_topic_arn(stack, "Mine", arn)
    with pytest.raises(ValueError, match="expected topic to be a standard topic, got the FIFO Stack/Mine"):
        SnsToLambda(stack, "News", function=function, topic=topic)


def test_two_filter_policies_are_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected filter_policy or filter_policy_with_message_body, got both"):
        SnsToLambda(
            stack,
            "News",
            function=function,
            filter_policy=ONLY_RED,
            filter_policy_with_message_body=ONLY_RED_IN_BODY,
        )


def test_a_key_beside_a_topic_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected encryption_key only for a new topic"):
        SnsToLambda(
            stack, "News", function=function, topic=sns.Topic(stack, "Mine"), encryption_key=kms.Key(stack, "Key")
        )


def test_what_is_no_topic_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected topic to be a topic of the CDK, got 'mine'"):
        SnsToLambda(stack, "News", function=function, topic="mine")  # type: ignore[arg-type]
