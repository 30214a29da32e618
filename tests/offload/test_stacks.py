"""APIs, functions, state machines and patterns in different stacks."""

import pytest
from aws_cdk import App, NestedStack, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as stepfunctions

from constructs_lib import JobApi, RestApiToSqsToLambda, RestApiToStateMachine
from tests.helpers import ACCOUNT, make_function, resources


@pytest.mark.parametrize("api_in", [None, "A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("pattern", ["job", "queue"])
def test_function_api_and_pattern_may_stand_in_different_stacks(
    app: App, pattern: str, pattern_in: str, api_in: str | None
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    function = make_function(stacks["A"])
    api = None if api_in is None else apigateway.RestApi(stacks[api_in], "Mine", cloud_watch_role=False)

    def make() -> None:
        if pattern == "job":
            JobApi(stacks[pattern_in], "Pattern", function=function, api=api)
        else:
            RestApiToSqsToLambda(stacks[pattern_in], "Pattern", function=function, api=api, path="orders")

    if (pattern_in, api_in) == ("B", "A"):  # A would need what is in B, and B the function in A
        with pytest.raises(ValueError, match="B/Pattern: expected function not to be of the stack of the API, A, got"):
            make()
    else:
        make()
        app.synth()  # would raise if the stacks needed each other
        assert resources(stacks[api_in or pattern_in], "AWS::ApiGateway::Method")


@pytest.mark.parametrize("api_in", [None, "A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
def test_state_machine_api_and_pattern_may_stand_in_different_stacks(
    app: App, pattern_in: str, api_in: str | None
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(stacks["A"], "Done"))
    machine = stepfunctions.StateMachine(stacks["A"], "Machine", definition_body=body)
    api = None if api_in is None else apigateway.RestApi(stacks[api_in], "Mine", cloud_watch_role=False)
    RestApiToStateMachine(stacks[pattern_in], "Pattern", state_machine=machine, api=api, path="reports")
    app.synth()
    assert resources(stacks[api_in or pattern_in], "AWS::ApiGateway::Method")


@pytest.mark.parametrize("parameter", ["topic", "alarm_topic"])
def test_a_topic_of_the_api_s_stack_needs_the_job_there_too(app: App, parameter: str) -> None:
    front, back = Stack(app, "Front"), Stack(app, "Back")
    api, topic = apigateway.RestApi(front, "Mine", cloud_watch_role=False), sns.Topic(front, "Topic")
    function = make_function(back)
    with pytest.raises(ValueError, match=f"expected {parameter} not to be of the stack of the API, Front, got"):
        JobApi(back, "Jobs", function=function, api=api, **{parameter: topic})  # type: ignore[arg-type]
    JobApi(front, "Jobs", function=function, api=api, **{parameter: topic})  # type: ignore[arg-type]
    app.synth()


def test_a_key_of_the_api_s_stack_needs_the_queue_there_too(app: App) -> None:
    front, back = Stack(app, "Front"), Stack(app, "Back")
    api, key = apigateway.RestApi(front, "Mine", cloud_watch_role=False), kms.Key(front, "Key")
    with pytest.raises(ValueError, match="expected encryption_key not to be of the stack of the API, Front, got"):
        RestApiToSqsToLambda(back, "Orders", function=make_function(back), api=api, path="x", encryption_key=key)


def test_a_topic_of_the_api_s_stack_needs_the_state_machine_there_too(app: App) -> None:
    front, back = Stack(app, "Front"), Stack(app, "Back")
    body = stepfunctions.DefinitionBody.from_chainable(stepfunctions.Succeed(back, "Done"))
    machine = stepfunctions.StateMachine(back, "Machine", definition_body=body)
    api, topic = apigateway.RestApi(front, "Mine", cloud_watch_role=False), sns.Topic(front, "Topic")
    with pytest.raises(ValueError, match="expected alarm_topic not to be of the stack of the API, Front, got"):
        RestApiToStateMachine(back, "Reports", state_machine=machine, api=api, path="x", alarm_topic=topic)


def test_what_is_imported_binds_no_stacks(app: App) -> None:
    front, back = Stack(app, "Front"), Stack(app, "Back")
    api = apigateway.RestApi(front, "Mine", cloud_watch_role=False)
    arn = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:report"
    JobApi(back, "Jobs", function=lambda_.Function.from_function_arn(front, "Imported", arn), api=api)
    app.synth()
    assert len(resources(front, "AWS::ApiGateway::Method")) == 2


def test_nested_stacks_may_need_their_parent_and_be_needed(stack: Stack) -> None:
    api = apigateway.RestApi(stack, "Mine", cloud_watch_role=False)
    JobApi(NestedStack(stack, "Nested"), "Jobs", function=make_function(stack), api=api)
    assert len(resources(stack, "AWS::ApiGateway::Method")) == 2
