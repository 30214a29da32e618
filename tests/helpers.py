"""What tests of constructs share: a function, and readers of what was synthesized."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk.assertions import Annotations, Match, Template

from constructs_lib import LambdaFunction

CODE = lambda_.Code.from_inline("def handler(event, context): pass")
ACCOUNT = "123456789012"


def make_function(scope: Stack, id: str = "Function", **settings: Any) -> LambdaFunction:
    return LambdaFunction(scope, id, code=CODE, **settings)


def resources(stack: Stack, type: str) -> dict[str, dict[str, Any]]:
    """Return the properties of all resources of a type, by logical id."""
    found = Template.from_stack(stack).find_resources(type)
    return {name: dict(resource.get("Properties", {})) for name, resource in found.items()}


def only(stack: Stack, type: str) -> dict[str, Any]:
    """Return the properties of the one resource of a type."""
    (properties,) = resources(stack, type).values()
    return properties


def statements(stack: Stack) -> list[dict[str, Any]]:
    """Return all statements of the role policies of a stack."""
    return [
        statement
        for policy in resources(stack, "AWS::IAM::Policy").values()
        for statement in policy["PolicyDocument"]["Statement"]
    ]


def warnings(stack: Stack) -> list[str]:
    """Return the texts of all warnings of a stack."""
    return [str(found.entry.data) for found in Annotations.from_stack(stack).find_warning("*", Match.any_value())]
