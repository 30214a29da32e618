import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_config as config
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib import ConfigRuleToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources, statements

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:comply"
CONFIG = "AWS::Lambda::EventInvokeConfig"
REPORTING = {"Action": "config:PutEvaluations", "Effect": "Allow", "Resource": "*"}


def details(stack: Stack) -> list[tuple[str, str | None]]:
    source = only(stack, "AWS::Config::ConfigRule")["Source"]
    return [(each["MessageType"], each.get("MaximumExecutionFrequency")) for each in source["SourceDetails"]]


def test_changes_invoke_the_function(stack: Stack, function: LambdaFunction) -> None:
    ConfigRuleToLambda(stack, "Rule", function=function)
    source = only(stack, "AWS::Config::ConfigRule")["Source"]
    assert (source["Owner"], source["SourceIdentifier"]) == ("CUSTOM_LAMBDA", stack.resolve(function.function_arn))
    assert details(stack) == [
        ("ConfigurationItemChangeNotification", None),
        ("OversizedConfigurationItemChangeNotification", None),
    ]


def test_the_function_is_invoked_at_times(stack: Stack, function: LambdaFunction) -> None:
    ConfigRuleToLambda(
        stack,
        "Rule",
        function=function,
        configuration_changes=False,
        maximum_execution_frequency=config.MaximumExecutionFrequency.SIX_HOURS,
    )
    assert details(stack) == [("ScheduledNotification", "Six_Hours")]


def test_scope_and_parameters(stack: Stack, function: LambdaFunction) -> None:
    rule = ConfigRuleToLambda(
        stack,
        "Rule",
        function=function,
        rule_scope=config.RuleScope.from_resource(config.ResourceType.S3_BUCKET),
        input_parameters={"days": 3},
    )
    resource = only(stack, "AWS::Config::ConfigRule")
    assert resource["Scope"] == {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}
    assert resource["InputParameters"] == {"days": 3}
    assert stack.resolve(rule.rule.config_rule_name) == {"Ref": next(iter(resources(stack, "AWS::Config::ConfigRule")))}


def test_config_of_this_account_may_invoke_before_the_rule_is_made(stack: Stack, function: LambdaFunction) -> None:
    ConfigRuleToLambda(stack, "Rule", function=function)
    assert only(stack, "AWS::Lambda::Permission") == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": stack.resolve(function.function_arn),
        "Principal": "config.amazonaws.com",
        "SourceAccount": {"Ref": "AWS::AccountId"},
    }
    (rule,) = Template.from_stack(stack).find_resources("AWS::Config::ConfigRule").values()
    assert rule["DependsOn"] == list(resources(stack, "AWS::Lambda::Permission"))


def test_the_function_may_report_and_gets_no_managed_policy(stack: Stack, function: LambdaFunction) -> None:
    ConfigRuleToLambda(stack, "Rule", function=function)
    assert REPORTING in statements(stack)
    assert "ManagedPolicyArns" not in only(stack, "AWS::IAM::Role")


def test_a_failed_event_ends_in_a_watched_queue(stack: Stack, function: LambdaFunction) -> None:
    rule = ConfigRuleToLambda(stack, "Rule", function=function, retry_attempts=1)
    assert rule.failure_queue is not None
    queue = stack.resolve(rule.failure_queue.queue_arn)
    resource = only(stack, CONFIG)
    assert resource["DestinationConfig"] == {"OnFailure": {"Destination": queue}}
    assert resource["MaximumRetryAttempts"] == 1
    assert len(rule.alarms) == 2


def test_a_rule_that_nothing_invokes_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected configuration_changes or maximum_execution_frequency, got neither"):
        ConfigRuleToLambda(stack, "Rule", function=function, configuration_changes=False)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked_and_configured(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    ConfigRuleToLambda(stack, "Rule", function=target)
    arn = stack.resolve(target.function_arn)
    assert only(stack, "AWS::Config::ConfigRule")["Source"]["SourceIdentifier"] == arn
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == arn
    assert only(stack, CONFIG)["Qualifier"] != "$LATEST"
    assert REPORTING in statements(stack)


def test_an_imported_function_is_wired(stack: Stack) -> None:
    imported = lambda_.Function.from_function_attributes(
        stack,
        "Imported",
        function_arn=FUNCTION_ARN,
        role=iam.Role.from_role_arn(stack, "Role", f"arn:aws:iam::{ACCOUNT}:role/comply"),
        same_environment=True,
    )
    ConfigRuleToLambda(stack, "Rule", function=imported)
    assert only(stack, "AWS::Config::ConfigRule")["Source"]["SourceIdentifier"] == FUNCTION_ARN
    assert only(stack, "AWS::Lambda::Permission")["FunctionName"] == FUNCTION_ARN
    assert REPORTING in statements(stack)


@pytest.mark.parametrize("pattern_in", ["A", "B"])
def test_function_and_pattern_may_stand_in_different_stacks(app: App, pattern_in: str) -> None:
    stacks = {name: Stack(app, name) for name in "AB"}
    ConfigRuleToLambda(stacks[pattern_in], "Rule", function=make_function(stacks["A"]))
    app.synth()  # would raise if the stacks needed each other
    assert REPORTING in statements(stacks[pattern_in])
    assert len(resources(stacks["A"], CONFIG)) == 1
