import json
from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_codecommit as codecommit
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sqs as sqs

from constructs_lib import CodeCommitToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:build"
CONFIG = "AWS::Lambda::EventInvokeConfig"


@pytest.fixture
def repository(stack: Stack) -> codecommit.Repository:
    return codecommit.Repository(stack, "Repository", repository_name="shop")


def target(stack: Stack) -> dict[str, Any]:
    (found,) = only(stack, "AWS::Events::Rule")["Targets"]
    return dict(found)


def test_commits_of_every_branch_invoke_the_function(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository
) -> None:
    building = CodeCommitToLambda(stack, "Building", function=function, repository=repository)
    assert building.repository is repository
    assert only(stack, "AWS::Events::Rule")["EventPattern"] == {
        "source": ["aws.codecommit"],
        "detail-type": ["CodeCommit Repository State Change"],
        "resources": [stack.resolve(repository.repository_arn)],
        "detail": {"event": ["referenceCreated", "referenceUpdated"], "referenceType": ["branch"]},
    }
    assert target(stack)["Arn"] == stack.resolve(function.function_arn)
    assert only(stack, "AWS::Lambda::Permission")["SourceArn"] == stack.resolve(building.rule.rule_arn)


def test_only_some_branches(stack: Stack, function: LambdaFunction, repository: codecommit.Repository) -> None:
    CodeCommitToLambda(stack, "Building", function=function, repository=repository, branches=["main", "next"])
    assert only(stack, "AWS::Events::Rule")["EventPattern"]["detail"]["referenceName"] == ["main", "next"]


def test_no_branches_at_all_is_refused(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository
) -> None:
    with pytest.raises(ValueError, match="expected at least one branch, got none; leave out branches="):
        CodeCommitToLambda(stack, "Building", function=function, repository=repository, branches=[])


def test_both_stages_end_in_one_watched_queue(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository
) -> None:
    building = CodeCommitToLambda(stack, "Building", function=function, repository=repository)
    assert building.failure_queue is not None
    assert building.dead_letter_queue is building.failure_queue
    queue = stack.resolve(building.failure_queue.queue_arn)
    assert only(stack, CONFIG)["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert target(stack)["DeadLetterConfig"] == {"Arn": queue}
    assert "events.amazonaws.com" in json.dumps(only(stack, "AWS::SQS::QueuePolicy"))
    assert len(resources(stack, "AWS::SQS::Queue")) == 1
    assert len(building.alarms) == 3


def test_deliveries_end_in_a_queue_of_the_user_with_its_key(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository
) -> None:
    key = kms.Key(stack, "Key")
    queue = sqs.Queue(stack, "Mine", encryption_master_key=key)
    building = CodeCommitToLambda(stack, "Building", function=function, repository=repository, dead_letter_queue=queue)
    assert target(stack)["DeadLetterConfig"] == {"Arn": stack.resolve(queue.queue_arn)}
    assert "events.amazonaws.com" in json.dumps(only(stack, "AWS::KMS::Key")["KeyPolicy"])
    assert len(building.alarms) == 4


def test_delivery_and_execution_are_retried_apart(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository
) -> None:
    CodeCommitToLambda(
        stack,
        "Building",
        function=function,
        repository=repository,
        retry_attempts=1,
        delivery_retry_attempts=0,
        delivery_max_event_age=Duration.minutes(5),
    )
    assert target(stack)["RetryPolicy"] == {"MaximumEventAgeInSeconds": 300, "MaximumRetryAttempts": 0}
    assert only(stack, CONFIG)["MaximumRetryAttempts"] == 1


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(
    stack: Stack, function: LambdaFunction, repository: codecommit.Repository, qualifier: str
) -> None:
    version = function.current_version
    invoked = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    CodeCommitToLambda(stack, "Building", function=invoked, repository=repository)
    arn = stack.resolve(invoked.function_arn)
    assert target(stack)["Arn"] == arn
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


def test_imported_repository_and_function_are_wired(stack: Stack) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/build"),
        same_environment=True,
    )
    arn = f"arn:aws:codecommit:us-east-1:{ACCOUNT}:shop"
    repository = codecommit.Repository.from_repository_arn(stack, "Repository", arn)
    CodeCommitToLambda(stack, "Building", function=imported, repository=repository)
    assert only(stack, "AWS::Events::Rule")["EventPattern"]["resources"] == [arn]
    assert target(stack)["Arn"] == FUNCTION_ARN
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == FUNCTION_ARN


def test_what_is_no_repository_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected repository to be a CodeCommit repository of the CDK, got 'mine'"):
        CodeCommitToLambda(stack, "Building", function=function, repository="mine")  # type: ignore[arg-type]


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("repository_in", ["A", "B", "C"])
def test_function_repository_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, pattern_in: str, repository_in: str
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    repository = codecommit.Repository(stacks[repository_in], "Repository", repository_name="shop")
    CodeCommitToLambda(
        stacks[pattern_in], "Building", function=make_function(stacks[function_in]), repository=repository
    )
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks[function_in], CONFIG)) == 1
    assert "DeadLetterConfig" in target(stacks[pattern_in])
