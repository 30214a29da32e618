"""What the tests read of a template."""

import json
from typing import Any

from aws_cdk import Stack

from tests.helpers import only, resources


def methods(stack: Stack) -> dict[str, dict[str, Any]]:
    return {method["HttpMethod"]: method for method in resources(stack, "AWS::ApiGateway::Method").values()}


def template_of(method: dict[str, Any], status: str) -> str:
    (response,) = (
        response for response in method["Integration"]["IntegrationResponses"] if response["StatusCode"] == status
    )
    return str(response["ResponseTemplates"]["application/json"])


def definition(stack: Stack) -> dict[str, Any]:
    """Return the state machine's definition, its references as their JSON."""
    _, parts = only(stack, "AWS::StepFunctions::StateMachine")["DefinitionString"]["Fn::Join"]
    text = "".join(
        part if isinstance(part, str) else str(next(iter(part.values()))).replace('"', "'") for part in parts
    )
    loaded: dict[str, Any] = json.loads(text)
    return loaded
