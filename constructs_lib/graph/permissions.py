"""Permissions to invoke a function: what they allow, as evidence of invokers that are not in sight."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.graph import services
from constructs_lib.graph.document import read_document
from constructs_lib.graph.invocation import Invocation
from constructs_lib.graph.services import Service, service_of_principal
from constructs_lib.graph.targets import lambda_target

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_INVOKE: Final = {"lambda:invokefunction", "lambda:invoke*", "lambda:*", "*"}


def permission_invocations(world: "World") -> Iterator[Invocation]:
    """Yield an invocation for each service that a permission or a resource policy lets invoke a function."""
    for resource in world.of_type("AWS::Lambda::Permission"):
        properties = world.properties(resource)
        function = properties["FunctionName"]
        service = _service(properties["Action"].text(), properties["Principal"].text())
        target = lambda_target(function)
        if service is not None and target is not None:
            yield Invocation(target, service.model, service, function, properties)
    for resource in world.of_type("AWS::Lambda::ResourcePolicy"):
        properties = world.properties(resource)
        target = lambda_target(properties["ResourceArn"])
        if target is not None:
            document = read_document(properties["PolicyDocument"])
            for service in _services(document.data if document else None):
                yield Invocation(target, service.model, service, properties["ResourceArn"], properties)


def _services(policy: Any) -> Iterator[Service]:
    statements = policy.get("Statement") if isinstance(policy, dict) else None
    for statement in _listed(statements):
        if not isinstance(statement, dict) or statement.get("Effect") != "Allow":
            continue
        principal = statement.get("Principal")
        principals = _listed(principal.get("Service")) if isinstance(principal, dict) else [principal]
        for action in _listed(statement.get("Action")):
            for name in principals:
                service = _service(action, name)
                if service is not None:
                    yield service


def _service(action: Any, principal: Any) -> Service | None:
    if not isinstance(action, str) or not isinstance(principal, str):
        return None
    if action.lower() == "lambda:invokefunctionurl":
        return services.FUNCTION_URL
    return service_of_principal(principal) if action.lower() in _INVOKE else None


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
