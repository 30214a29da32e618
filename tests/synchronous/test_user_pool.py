from typing import Any

import pytest
from aws_cdk import App, Duration, Stack
from aws_cdk import aws_cognito as cognito
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk.aws_cognito import UserPoolOperation

from constructs_lib import LambdaFunction, UserPoolToLambda
from tests.helpers import ACCOUNT, make_function, only, resources, statements

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:sign-up"
SENDERS = [UserPoolOperation.CUSTOM_EMAIL_SENDER, UserPoolOperation.CUSTOM_SMS_SENDER]


@pytest.fixture
def quick(stack: Stack) -> LambdaFunction:
    return make_function(stack, timeout=Duration.seconds(5))


@pytest.mark.parametrize(
    ("trigger", "name"),
    [
        (UserPoolOperation.CREATE_AUTH_CHALLENGE, "CreateAuthChallenge"),
        (UserPoolOperation.CUSTOM_MESSAGE, "CustomMessage"),
        (UserPoolOperation.DEFINE_AUTH_CHALLENGE, "DefineAuthChallenge"),
        (UserPoolOperation.POST_AUTHENTICATION, "PostAuthentication"),
        (UserPoolOperation.POST_CONFIRMATION, "PostConfirmation"),
        (UserPoolOperation.PRE_AUTHENTICATION, "PreAuthentication"),
        (UserPoolOperation.PRE_SIGN_UP, "PreSignUp"),
        (UserPoolOperation.PRE_TOKEN_GENERATION, "PreTokenGeneration"),
        (UserPoolOperation.USER_MIGRATION, "UserMigration"),
        (UserPoolOperation.VERIFY_AUTH_CHALLENGE_RESPONSE, "VerifyAuthChallengeResponse"),
    ],
)
def test_every_trigger_is_wired(stack: Stack, quick: LambdaFunction, trigger: UserPoolOperation, name: str) -> None:
    pool = cognito.UserPool(stack, "Pool")
    users = UserPoolToLambda(stack, "Users", function=quick, user_pool=pool, trigger=trigger)
    assert only(stack, "AWS::Cognito::UserPool")["LambdaConfig"] == {name: stack.resolve(quick.function_arn)}
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(quick.function_arn),
        "Principal": "cognito-idp.amazonaws.com",
        "SourceArn": stack.resolve(pool.user_pool_arn),
    }
    assert (users.failure_queue, users.alarms) == (None, [])
    assert resources(stack, "AWS::SQS::Queue") == {}


def test_tokens_of_the_second_version(stack: Stack, quick: LambdaFunction) -> None:
    UserPoolToLambda(
        stack,
        "Users",
        function=quick,
        user_pool=cognito.UserPool(stack, "Pool"),
        trigger=UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG,
        lambda_version=cognito.LambdaVersion.V2_0,
    )
    config = only(stack, "AWS::Cognito::UserPool")["LambdaConfig"]["PreTokenGenerationConfig"]
    assert config == {"LambdaArn": stack.resolve(quick.function_arn), "LambdaVersion": "V2_0"}


def test_a_function_slower_than_cognito_waits_is_refused(stack: Stack) -> None:
    with pytest.raises(ValueError, match=r"within the 5 s that Cognito waits, got Stack/Slow with a timeout of 6 s"):
        UserPoolToLambda(
            stack,
            "Users",
            function=make_function(stack, "Slow", timeout=Duration.seconds(6)),
            user_pool=cognito.UserPool(stack, "Pool"),
            trigger=UserPoolOperation.PRE_SIGN_UP,
        )


@pytest.mark.parametrize("trigger", SENDERS, ids=lambda trigger: trigger.operation_name)
def test_a_failed_event_of_a_custom_sender_ends_in_a_watched_queue(
    stack: Stack, function: LambdaFunction, trigger: UserPoolOperation
) -> None:
    key, topic = kms.Key(stack, "Key"), sns.Topic(stack, "Topic")
    users = UserPoolToLambda(
        stack,
        "Users",
        function=function,  # slower than Cognito waits elsewhere
        user_pool=cognito.UserPool(stack, "Pool", custom_sender_kms_key=key),
        trigger=trigger,
        custom_sender_kms_key=key,
        alarm_topic=topic,
    )
    assert users.failure_queue is not None
    target = only(stack, "AWS::Lambda::EventInvokeConfig")["DestinationConfig"]["OnFailure"]
    assert target == {"Destination": stack.resolve(users.failure_queue.queue_arn)}
    assert len(users.alarms) == 2
    for alarm in resources(stack, "AWS::CloudWatch::Alarm").values():
        assert alarm["AlarmActions"] == [stack.resolve(topic.topic_arn)]
    arn = stack.resolve(key.key_arn)
    assert {"Action": "kms:Decrypt", "Effect": "Allow", "Resource": arn} in statements(stack)
    config = only(stack, "AWS::Cognito::UserPool")["LambdaConfig"]
    name = trigger.operation_name[0].upper() + trigger.operation_name[1:]
    assert config["KMSKeyID"] == arn
    assert config[name.replace("Sms", "SMS")]["LambdaArn"] == stack.resolve(function.function_arn)


def test_a_custom_sender_without_key_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected custom_sender_kms_key for customEmailSender, got none; make the"):
        UserPoolToLambda(
            stack, "Users", function=function, user_pool=cognito.UserPool(stack, "Pool"), trigger=SENDERS[0]
        )


def test_a_pool_without_key_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected custom_sender_kms_key for customEmailSender, got a pool without"):
        UserPoolToLambda(
            stack,
            "Users",
            function=function,
            user_pool=cognito.UserPool(stack, "Pool"),
            trigger=SENDERS[0],
            custom_sender_kms_key=kms.Key(stack, "Key"),
        )


@pytest.mark.parametrize("setting", ["retry_attempts", "alarm_topic"])
def test_settings_of_custom_senders_are_refused_elsewhere(stack: Stack, quick: LambdaFunction, setting: str) -> None:
    settings: dict[str, Any] = {"retry_attempts": 0, "alarm_topic": sns.Topic(stack, "Topic")}
    with pytest.raises(ValueError, match=f"expected {setting} only for a custom sender, got preSignUp"):
        UserPoolToLambda(
            stack,
            "Users",
            function=quick,
            user_pool=cognito.UserPool(stack, "Pool"),
            trigger=UserPoolOperation.PRE_SIGN_UP,
            **{setting: settings[setting]},
        )


@pytest.mark.parametrize("version", [cognito.LambdaVersion.V1_0, cognito.LambdaVersion.V2_0])
def test_a_version_of_an_event_that_has_one_is_refused(
    stack: Stack, quick: LambdaFunction, version: cognito.LambdaVersion
) -> None:
    message = f"expected lambda_version only for preTokenGenerationConfig, got {version.name} for preSignUp, whose"
    with pytest.raises(ValueError, match=message):
        UserPoolToLambda(
            stack,
            "Users",
            function=quick,
            user_pool=cognito.UserPool(stack, "Pool"),
            trigger=UserPoolOperation.PRE_SIGN_UP,
            lambda_version=version,
        )


def test_a_second_function_for_a_trigger_is_refused(stack: Stack, quick: LambdaFunction) -> None:
    pool = cognito.UserPool(stack, "Pool")
    UserPoolToLambda(stack, "First", function=quick, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)
    other = make_function(stack, "Other", timeout=Duration.seconds(5))
    with pytest.raises(ValueError, match="expected a trigger that Stack/Pool has no function for, got preSignUp; let"):
        UserPoolToLambda(stack, "Second", function=other, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)


def test_an_imported_pool_is_refused(stack: Stack, quick: LambdaFunction) -> None:
    pool: Any = cognito.UserPool.from_user_pool_id(stack, "Pool", "us-east-1_abc")
    with pytest.raises(ValueError, match="expected a user pool of this app, got the imported Stack/Pool"):
        UserPoolToLambda(stack, "Users", function=quick, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)


def test_what_is_no_pool_is_refused(stack: Stack, quick: LambdaFunction) -> None:
    pool: Any = "us-east-1_abc"
    with pytest.raises(TypeError, match="expected user_pool to be a user pool of the CDK, got 'us-east-1_abc'"):
        UserPoolToLambda(stack, "Users", function=quick, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)


@pytest.mark.parametrize("kind", ["alias", "imported"])
def test_an_alias_or_imported_function_is_invoked(stack: Stack, quick: LambdaFunction, kind: str) -> None:
    target: Any = (
        lambda_.Alias(stack, "Live", alias_name="live", version=quick.current_version)
        if kind == "alias"
        else lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    )
    pool = cognito.UserPool(stack, "Pool")
    UserPoolToLambda(stack, "Users", function=target, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)
    arn = stack.resolve(target.function_arn)
    assert only(stack, "AWS::Cognito::UserPool")["LambdaConfig"] == {"PreSignUp": arn}


@pytest.mark.parametrize("kind", ["owned", "imported"])
def test_a_version_is_refused(stack: Stack, quick: LambdaFunction, kind: str) -> None:
    version: Any = (
        quick.current_version
        if kind == "owned"
        else lambda_.Version.from_version_arn(stack, "Imported", f"{FUNCTION_ARN}:7")
    )
    pool = cognito.UserPool(stack, "Pool")
    with pytest.raises(ValueError, match=r"a function or an alias, got the version Stack/.*pass an alias of"):
        UserPoolToLambda(stack, "Users", function=version, user_pool=pool, trigger=UserPoolOperation.PRE_SIGN_UP)


@pytest.mark.parametrize("trigger", [UserPoolOperation.PRE_SIGN_UP, SENDERS[0]], ids=["waits", "sender"])
@pytest.mark.parametrize("pattern_in", ["Compute", "Users"])
def test_function_pool_and_key_may_stand_in_different_stacks(
    app: App, trigger: UserPoolOperation, pattern_in: str
) -> None:
    stacks = {name: Stack(app, name) for name in ("Compute", "Users", "Keys")}
    key = kms.Key(stacks["Keys"], "Key") if trigger is SENDERS[0] else None
    UserPoolToLambda(
        stacks[pattern_in],
        "Pattern",
        function=make_function(stacks["Compute"], timeout=Duration.seconds(5)),
        user_pool=cognito.UserPool(stacks["Users"], "Pool", custom_sender_kms_key=key),
        trigger=trigger,
        custom_sender_kms_key=key,
    )
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks["Users"], "AWS::Lambda::Permission")) == 1
