"""The functions that the tasks of Step Functions state machines invoke."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.document import Document, read_document
from constructs_lib.graph.invocation import Invocation
from constructs_lib.graph.node import Node
from constructs_lib.graph.services import STEP_FUNCTIONS
from constructs_lib.graph.targets import Target, qualifier, target_of
from constructs_lib.graph.values import Unknown

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


def state_machine_invocations(world: "World") -> Iterator[Invocation]:
    """Yield the invocations by the tasks of state machines, substitutions in the definition applied."""
    for resource in world.of_type("AWS::StepFunctions::StateMachine"):
        properties = world.properties(resource)
        for name in ("DefinitionString", "Definition"):
            place = properties[name]
            document = None if place.absent else read_document(place, properties["DefinitionSubstitutions"])
            if document is None:
                continue
            for task in document.mappings():
                arguments = task.get("Parameters") or task.get("Arguments")
                target = _target(properties, document, task.get("Resource"), arguments)
                if isinstance(target, Target):
                    yield Invocation(target, _model(arguments), STEP_FUNCTIONS, place, properties)


def _target(properties: Node, document: Document, resource: Any, arguments: Any) -> Target | Unknown | None:
    world, here = properties.world, properties.resource.template
    if not isinstance(resource, str):
        return None
    if ":lambda:invoke" not in resource:
        return target_of(world, here, document.value(resource))
    if not isinstance(arguments, dict):
        return None
    target = target_of(world, here, document.value(arguments.get("FunctionName")))
    if not isinstance(target, Target) or "Qualifier" not in arguments:
        return target
    return Target(target.function, qualifier(world, document.value(arguments["Qualifier"])))


def _model(arguments: Any) -> InvocationModel | None:
    if not isinstance(arguments, dict):
        return STEP_FUNCTIONS.model
    if "InvocationType.$" in arguments:
        return None
    models = {"RequestResponse": InvocationModel.SYNCHRONOUS, "Event": InvocationModel.ASYNCHRONOUS}
    return models.get(str(arguments.get("InvocationType", "RequestResponse")))
