import pytest
from aws_cdk import App, CfnOutput, CfnParameter, Duration, RemovalPolicy, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib import CustomResourceToLambda, LambdaFunction
from tests.helpers import ACCOUNT, make_function, only, resources

FUNCTION_ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:seed"
TYPE = "AWS::CloudFormation::CustomResource"


@pytest.mark.parametrize(("timeout", "waits"), [(None, 210), (3, 189), (900, 2_880)])
def test_the_stack_waits_for_every_attempt(stack: Stack, timeout: int | None, waits: int) -> None:
    function = make_function(stack, timeout=timeout and Duration.seconds(timeout))
    seed = CustomResourceToLambda(stack, "Seed", function=function)
    assert seed.function is function
    assert only(stack, TYPE) == {"ServiceToken": stack.resolve(function.function_arn), "ServiceTimeout": waits}


def test_no_failure_target_is_made(stack: Stack, function: LambdaFunction) -> None:
    seed = CustomResourceToLambda(stack, "Seed", function=function)
    assert seed.alarms == []
    assert resources(stack, "AWS::SQS::Queue") == {}
    assert resources(stack, "AWS::Lambda::EventInvokeConfig") == {}


def test_type_properties_and_answer(stack: Stack, function: LambdaFunction) -> None:
    seed = CustomResourceToLambda(
        stack,
        "Seed",
        function=function,
        resource_type="Custom::Seed",
        properties={"Rows": 3},
        removal_policy=RemovalPolicy.RETAIN,
    )
    CfnOutput(stack, "Answer", value=seed.custom_resource.get_att_string("Answer"))
    ((name, resource),) = Template.from_stack(stack).find_resources("Custom::Seed").items()
    assert resource["Properties"]["Rows"] == 3
    assert resource["DeletionPolicy"] == "Retain"
    assert Template.from_stack(stack).find_outputs("Answer")["Answer"]["Value"] == {"Fn::GetAtt": [name, "Answer"]}


def test_the_stack_waits_as_long_as_said(stack: Stack, function: LambdaFunction) -> None:
    CustomResourceToLambda(stack, "Seed", function=function, service_timeout=Duration.seconds(11))
    assert only(stack, TYPE)["ServiceTimeout"] == 11


def test_a_stack_that_waits_no_longer_than_the_function_takes_is_refused(
    stack: Stack, function: LambdaFunction
) -> None:
    with pytest.raises(
        ValueError, match="Stack/Seed: expected a service_timeout above the 10 s that Stack/Function may take, got 10 s"
    ):
        CustomResourceToLambda(stack, "Seed", function=function, service_timeout=Duration.seconds(10))


def test_more_than_an_hour_is_refused(stack: Stack, function: LambdaFunction) -> None:
    with pytest.raises(ValueError, match="expected service_timeout to be from 1 to 3,600 s, got 3601 s"):
        CustomResourceToLambda(stack, "Seed", function=function, service_timeout=Duration.seconds(3_601))


def test_of_an_imported_function_the_timeout_is_asked_for(stack: Stack) -> None:
    imported = lambda_.Function.from_function_arn(stack, "Imported", FUNCTION_ARN)
    with pytest.raises(ValueError, match="expected service_timeout, as the timeout of Stack/Imported is not known"):
        CustomResourceToLambda(stack, "A", function=imported)
    CustomResourceToLambda(stack, "B", function=imported, service_timeout=Duration.minutes(1))
    assert only(stack, TYPE) == {"ServiceToken": FUNCTION_ARN, "ServiceTimeout": 60}


def test_tokens_are_not_compared(stack: Stack, function: LambdaFunction) -> None:
    seconds = Duration.seconds(CfnParameter(stack, "Seconds", type="Number").value_as_number)
    CustomResourceToLambda(stack, "A", function=function, service_timeout=seconds)
    assert only(stack, TYPE)["ServiceTimeout"] == {"Ref": "Seconds"}
    unknown = make_function(stack, "Unknown", timeout=seconds)
    with pytest.raises(ValueError, match="as the timeout of Stack/Unknown is not known here"):
        CustomResourceToLambda(stack, "B", function=unknown)


@pytest.mark.parametrize("qualifier", ["alias", "version"])
def test_the_qualifier_is_invoked(stack: Stack, function: LambdaFunction, qualifier: str) -> None:
    version = function.current_version
    target = lambda_.Alias(stack, "Live", alias_name="live", version=version) if qualifier == "alias" else version
    CustomResourceToLambda(stack, "Seed", function=target)
    assert only(stack, TYPE) == {"ServiceToken": stack.resolve(target.function_arn), "ServiceTimeout": 210}


def test_what_is_no_function_is_refused(stack: Stack) -> None:
    with pytest.raises(TypeError, match="expected function to be a function, an alias or a version of the CDK"):
        CustomResourceToLambda(stack, "Seed", function="mine")  # type: ignore[arg-type]


def test_function_and_pattern_may_stand_in_different_stacks(app: App) -> None:
    stacks = {name: Stack(app, name) for name in "AB"}
    CustomResourceToLambda(stacks["B"], "Seed", function=make_function(stacks["A"]))
    app.synth()  # would raise if the stacks needed each other
    assert only(stacks["B"], TYPE)["ServiceTimeout"] == 210
