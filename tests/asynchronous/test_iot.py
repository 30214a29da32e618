import pytest
from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib import IotToLambda, LambdaFunction
from tests.helpers import only, resources

SQL = "SELECT * FROM 'doors/+/opened'"


def test_the_rule_invokes_the_function_and_catches_errors(stack: Stack, function: LambdaFunction) -> None:
    doors = IotToLambda(stack, "Doors", function=function, sql=SQL)
    assert doors.failure_queue is not None
    assert only(stack, "AWS::IoT::TopicRule") == {
        "TopicRulePayload": {
            "Actions": [{"Lambda": {"FunctionArn": stack.resolve(function.function_arn)}}],
            "AwsIotSqlVersion": "2016-03-23",
            "ErrorAction": {
                "Sqs": {
                    "QueueUrl": stack.resolve(doors.failure_queue.queue_url),
                    "RoleArn": stack.resolve(doors.role.role_arn),
                }
            },
            "Sql": SQL,
        }
    }


def test_only_this_rule_may_invoke(stack: Stack, function: LambdaFunction) -> None:
    doors = IotToLambda(stack, "Doors", function=function, sql=SQL)
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "iot.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
        "SourceArn": stack.resolve(doors.rule.attr_arn),
    }


def test_only_rules_of_this_account_use_the_role(stack: Stack, function: LambdaFunction) -> None:
    doors = IotToLambda(stack, "Doors", function=function, sql=SQL)
    roles = resources(stack, "AWS::IAM::Role")
    (trust,) = roles[stack.resolve(doors.role.role_name)["Ref"]]["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Principal"] == {"Service": "iot.amazonaws.com"}
    assert trust["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_an_alias_or_version_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    invoked = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    IotToLambda(stack, "Doors", function=invoked, sql=SQL, aws_iot_sql_version="beta")
    payload = only(stack, "AWS::IoT::TopicRule")["TopicRulePayload"]
    assert payload["Actions"] == [{"Lambda": {"FunctionArn": stack.resolve(invoked.function_arn)}}]
    assert payload["AwsIotSqlVersion"] == "beta"
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == stack.resolve(invoked.function_arn)
