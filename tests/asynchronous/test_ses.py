import json
from typing import Any

import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_ses as ses
from aws_cdk.assertions import Template

from constructs_lib import LambdaFunction, SesToLambda
from tests.helpers import ACCOUNT, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:mail"
CONFIG = "AWS::Lambda::EventInvokeConfig"


@pytest.fixture
def rule_set(stack: Stack) -> ses.ReceiptRuleSet:
    return ses.ReceiptRuleSet(stack, "RuleSet")


def actions(stack: Stack) -> list[Any]:
    return list(only(stack, "AWS::SES::ReceiptRule")["Rule"]["Actions"])


def test_each_mail_invokes_the_function_asynchronously(
    stack: Stack, function: LambdaFunction, rule_set: ses.ReceiptRuleSet
) -> None:
    mail = SesToLambda(stack, "Mail", function=function, rule_set=rule_set, recipients=["shop.example"])
    assert mail.rule_set is rule_set
    assert only(stack, "AWS::SES::ReceiptRule") == {
        "Rule": {
            "Actions": [
                {
                    "LambdaAction": {
                        "FunctionArn": stack.resolve(function.function_arn),
                        "InvocationType": "Event",
                    }
                }
            ],
            "Enabled": True,
            "Recipients": ["shop.example"],
            "ScanEnabled": True,
            "TlsPolicy": "Require",
        },
        "RuleSetName": stack.resolve(rule_set.receipt_rule_set_name),
    }


def test_only_rules_of_this_set_may_invoke_and_only_afterwards_is_the_rule_made(app: App) -> None:
    stack = Stack(app, "Stack", env={"account": ACCOUNT, "region": "eu-west-1"})
    function = make_function(stack)
    rule_set = ses.ReceiptRuleSet.from_receipt_rule_set_name(stack, "RuleSet", "shop")
    SesToLambda(stack, "Mail", function=function, rule_set=rule_set)
    permission = only(stack, "AWS::Lambda::Permission")
    assert permission == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "ses.amazonaws.com",
        "SourceAccount": ACCOUNT,
        "SourceArn": {
            "Fn::Join": [
                "",
                [
                    "arn:",
                    {"Ref": "AWS::Partition"},
                    f":ses:eu-west-1:{ACCOUNT}:receipt-rule-set/shop:receipt-rule/*",
                ],
            ]
        },
    }
    (rule,) = Template.from_stack(stack).find_resources("AWS::SES::ReceiptRule").values()
    assert rule["DependsOn"] == list(resources(stack, "AWS::Lambda::Permission"))


def test_a_failed_event_ends_in_a_watched_queue(
    stack: Stack, function: LambdaFunction, rule_set: ses.ReceiptRuleSet
) -> None:
    mail = SesToLambda(stack, "Mail", function=function, rule_set=rule_set, retry_attempts=0)
    assert mail.failure_queue is not None
    queue = stack.resolve(mail.failure_queue.queue_arn)
    config = only(stack, CONFIG)
    assert config["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert config["MaximumRetryAttempts"] == 0
    assert len(mail.alarms) == 2


def test_rules_follow_each_other(stack: Stack, function: LambdaFunction, rule_set: ses.ReceiptRuleSet) -> None:
    first = SesToLambda(
        stack,
        "First",
        function=function,
        rule_set=rule_set,
        scan_enabled=False,
        tls_policy=ses.TlsPolicy.OPTIONAL,
    )
    SesToLambda(stack, "Second", function=function, rule_set=rule_set, after=first.rule)
    rules = {rule.get("After", {}).get("Ref"): rule for rule in resources(stack, "AWS::SES::ReceiptRule").values()}
    assert set(rules) == {None, stack.resolve(first.rule.receipt_rule_name)["Ref"]}
    assert rules[None]["Rule"]["TlsPolicy"] == "Optional"
    assert rules[None]["Rule"]["ScanEnabled"] is False


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(
    stack: Stack, function: LambdaFunction, rule_set: ses.ReceiptRuleSet, qualifier: str
) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    SesToLambda(stack, "Mail", function=target, rule_set=rule_set)
    arn = stack.resolve(target.function_arn)
    assert actions(stack)[0]["LambdaAction"]["FunctionArn"] == arn
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"


@pytest.mark.parametrize("same_environment", [True, False])
def test_an_imported_function_is_wired(stack: Stack, rule_set: ses.ReceiptRuleSet, same_environment: bool) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/mail"),
        same_environment=same_environment,
        skip_permissions=not same_environment,
    )
    SesToLambda(stack, "Mail", function=imported, rule_set=rule_set)
    assert actions(stack)[0]["LambdaAction"]["FunctionArn"] == FUNCTION_ARN
    assert len(resources(stack, "AWS::Lambda::Permission")) == same_environment


def test_what_is_no_rule_set_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(TypeError, match="expected rule_set to be a receipt rule set of the CDK, got 'mine'"):
        SesToLambda(stack, "Mail", function=function, rule_set="mine")  # type: ignore[arg-type]


def test_what_is_no_rule_is_refused(stack: Stack, function: LambdaFunction, rule_set: ses.ReceiptRuleSet) -> None:
    with pytest.raises(TypeError, match="expected after to be a receipt rule of the CDK, got 'first'"):
        SesToLambda(stack, "Mail", function=function, rule_set=rule_set, after="first")  # type: ignore[arg-type]


@pytest.mark.parametrize("function_in", ["A", "B", "C"])
@pytest.mark.parametrize("pattern_in", ["A", "B"])
@pytest.mark.parametrize("rule_set_in", ["A", "B", "C"])
def test_function_rule_set_and_pattern_may_stand_in_different_stacks(
    app: App, function_in: str, pattern_in: str, rule_set_in: str
) -> None:
    stacks = {name: Stack(app, name) for name in "ABC"}
    rule_set = ses.ReceiptRuleSet(stacks[rule_set_in], "RuleSet")
    SesToLambda(stacks[pattern_in], "Mail", function=make_function(stacks[function_in]), rule_set=rule_set)
    app.synth()  # would raise if the stacks needed each other
    assert len(resources(stacks[function_in], CONFIG)) == 1
    assert "receipt-rule/*" in json.dumps(only(stacks[pattern_in], "AWS::Lambda::Permission")["SourceArn"])
