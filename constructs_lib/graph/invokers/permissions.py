"""Permissions to invoke a function: what they allow, as evidence of invokers that are not in sight."""

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.iam.statements import INVOKE, INVOKE_URL, allowing, matches, principals
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import (
    API_GATEWAY,
    CALLER,
    COGNITO,
    FUNCTION_URL,
    Service,
    service_of_principal,
)
from constructs_lib.graph.invokers.targets import find_target, lambda_target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import UNKNOWN

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_VIA_URL: Final = re.compile(r'"lambda:(functionurlauthtype|invokedviafunctionurl": \[?"?true)')
_CHOOSING: Final = (API_GATEWAY, COGNITO)
"""What is set at the API or at the user pool decides how these invoke."""


def permission_invocations(world: "World") -> Iterator[Invocation]:
    """Yield an invocation for each service that a permission or a resource policy lets invoke a function."""
    for resource in world.of_type("AWS::Lambda::Permission"):
        properties = world.properties(resource)
        yield from _invocation(properties["FunctionName"], _permitted(properties))
    for resource in world.of_type("AWS::Lambda::ResourcePolicy"):
        properties = world.properties(resource)
        for service in _allowed(properties["PolicyDocument"]):
            yield from _invocation(properties["ResourceArn"], service)


def any_permitted(world: "World") -> bool:
    """Say whether a permission lets something that is or may be asynchronous invoke a function that is unknown."""
    for resource in world.of_type("AWS::Lambda::Permission"):
        properties = world.properties(resource)
        service = _permitted(properties)
        asynchronous = service is not None and _model(service) in (InvocationModel.ASYNCHRONOUS, None)
        if asynchronous and find_target(properties["FunctionName"]) is UNKNOWN:
            return True
    return False


def _invocation(place: Node, service: Service | None) -> Iterator[Invocation]:
    target = lambda_target(place)
    if service is not None and target is not None:
        yield Invocation(target, _model(service), service, place, place.world.properties(place.resource))


def _model(service: Service) -> InvocationModel | None:
    return None if service in _CHOOSING else service.model


def _permitted(properties: Node) -> Service | None:
    action = properties["Action"].text()
    if properties["InvokedViaFunctionUrl"].text() == "true":
        return FUNCTION_URL
    if action is None or matches(action, INVOKE):
        return _service(properties["Principal"].text())
    return FUNCTION_URL if matches(action, INVOKE_URL) else None


def _allowed(place: Node) -> Iterator[Service]:
    for _, statement in allowing(place, INVOKE):
        condition = json.dumps(statement.get("Condition")).lower()
        if _VIA_URL.search(condition):
            yield FUNCTION_URL
        else:
            yield from map(_service, principals(statement))
    for _, statement in allowing(place, INVOKE_URL):
        if "functionurl" in json.dumps(statement["Action"]).lower():
            yield FUNCTION_URL


def _service(principal: Any) -> Service:
    """Return the service of a principal; whoever it does not name can invoke in any way."""
    service = service_of_principal(principal) if isinstance(principal, str) else None
    return service or CALLER
