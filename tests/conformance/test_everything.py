"""Every pattern side by side, and what their policies allow."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from aws_cdk import App
from aws_cdk.assertions import Template

from constructs_lib.catalog import PATTERNS
from tests.conformance.builders import build_everything

# Actions without resources to name: IAM knows none for them, or, for network interfaces, Lambda asks for * (AWS:
# lambda/with-msk-permissions), as it makes them later.
WITHOUT_RESOURCE = {
    "xray:PutTraceSegments",
    "xray:PutTelemetryRecords",
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeVpcs",
    "ec2:DeleteNetworkInterface",
    "ec2:DescribeSubnets",
    "ec2:DescribeSecurityGroups",
    "config:PutEvaluations",
    "kinesis:ListStreams",
    "dynamodb:ListStreams",
}


@pytest.fixture(scope="module")
def templates() -> list[dict[str, Any]]:
    return [dict(Template.from_stack(stack).to_json()) for stack in build_everything(App())]


def allowed(templates: list[dict[str, Any]]) -> Iterator[tuple[str, list[str], list[Any]]]:
    """Yield what role policies allow: where, the actions, the resources."""
    for template in templates:
        for name, resource in template["Resources"].items():
            properties = resource.get("Properties", {})
            documents = [properties["PolicyDocument"]] if resource["Type"] == "AWS::IAM::Policy" else []
            documents += [
                policy["PolicyDocument"] for policy in properties.get("Policies", []) if isinstance(policy, dict)
            ]
            for document in documents:
                for statement in document["Statement"]:
                    if statement["Effect"] == "Allow":
                        actions, resources = statement["Action"], statement["Resource"]
                        yield (
                            name,
                            actions if isinstance(actions, list) else [actions],
                            resources if isinstance(resources, list) else [resources],
                        )


def test_a_stack_can_hold_every_pattern(templates: list[dict[str, Any]]) -> None:
    assert all(len(template["Resources"]) <= 500 for template in templates)
    held = json.dumps(templates)
    assert all(pattern.name in held for pattern in PATTERNS)


def test_no_policy_allows_every_action(templates: list[dict[str, Any]]) -> None:
    found = [(name, action) for name, actions, _ in allowed(templates) for action in actions if "*" in action]
    assert found == []


def test_no_policy_allows_every_resource_where_there_is_one_to_name(templates: list[dict[str, Any]]) -> None:
    found = {
        (name, action)
        for name, actions, resources in allowed(templates)
        for action in actions
        if "*" in resources and action not in WITHOUT_RESOURCE
    }
    assert found == set()
