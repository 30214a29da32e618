from aws_cdk import RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Template

from constructs_lib import IdempotencyTable, LambdaFunction
from tests.helpers import only, resources, statements


def test_the_table_is_what_powertools_expects(stack: Stack) -> None:
    IdempotencyTable(stack, "Table")
    table = only(stack, "AWS::DynamoDB::Table")
    assert table["KeySchema"] == [{"AttributeName": "id", "KeyType": "HASH"}]
    assert table["AttributeDefinitions"] == [{"AttributeName": "id", "AttributeType": "S"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expiration", "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}


def test_it_goes_with_the_stack_unless_told_otherwise(stack: Stack) -> None:
    IdempotencyTable(stack, "A")
    IdempotencyTable(stack, "B", removal_policy=RemovalPolicy.RETAIN)
    found = Template.from_stack(stack).find_resources("AWS::DynamoDB::Table").values()
    assert sorted(table["DeletionPolicy"] for table in found) == ["Delete", "Retain"]


def test_a_function_may_do_what_the_utility_does_and_finds_the_table(stack: Stack, function: LambdaFunction) -> None:
    table = IdempotencyTable(stack, "Table")
    table.grant_idempotency(function)
    assert {
        "Action": ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
        "Effect": "Allow",
        "Resource": [stack.resolve(table.table_arn)],
    } in statements(stack)
    environment = only(stack, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert environment == {"IDEMPOTENCY_TABLE": stack.resolve(table.table_name)}


def test_an_alias_passes_the_variable_to_its_function(stack: Stack, function: LambdaFunction) -> None:
    table = IdempotencyTable(stack, "Table")
    table.grant_idempotency(lambda_.Alias(stack, "Live", alias_name="live", version=function.current_version))
    assert "IDEMPOTENCY_TABLE" in only(stack, "AWS::Lambda::Function")["Environment"]["Variables"]


def test_a_customer_managed_key_is_granted(stack: Stack, function: LambdaFunction) -> None:
    key = kms.Key(stack, "Key")
    IdempotencyTable(stack, "Table", encryption_key=key).grant_idempotency(function)
    assert resources(stack, "AWS::DynamoDB::Table")
    granted = [found["Action"] for found in statements(stack) if found["Resource"] == stack.resolve(key.key_arn)]
    assert granted == [["kms:Decrypt", "kms:GenerateDataKey"]]
