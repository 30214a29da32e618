"""Calls of the Invoke API that a document holds: tasks of state machines, and universal targets of schedules."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.facts import InvocationModel
from constructs_lib.graph.document import Document, read_document
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.services import SCHEDULER, STEP_FUNCTIONS, Service
from constructs_lib.graph.invokers.targets import Target, qualifier, target_of
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import UNKNOWN, Unknown, fold

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_INVOKE: Final = ":lambda:invoke"
_MODELS: Final = {"RequestResponse": InvocationModel.SYNCHRONOUS, "Event": InvocationModel.ASYNCHRONOUS}


@dataclass(frozen=True, eq=False)
class InvokeCall:
    """One call."""

    target: Target | Unknown
    model: InvocationModel | None
    service: Service
    place: Node
    """The property that holds the document."""
    settings: Node
    document: Document | None = None
    """The definition of the state machine."""
    state: dict[str, Any] | None = None
    """The state of it that calls."""


def invoke_calls(world: "World") -> list[InvokeCall]:
    """Return the calls of functions that are, or may be, in the app; ask with ``world.once``."""
    return [*_state_machine_calls(world), *_schedule_calls(world)]


def call_invocations(world: "World") -> Iterator[Invocation]:
    """Yield the invocations by the calls."""
    for call in world.once(invoke_calls):
        if isinstance(call.target, Target):
            yield Invocation(call.target, call.model, call.service, call.place, call.settings)


def _state_machine_calls(world: "World") -> Iterator[InvokeCall]:
    """Yield what the tasks of state machines call, substitutions in the definition applied."""
    for resource in world.of_type("AWS::StepFunctions::StateMachine"):
        properties = world.properties(resource)
        for name in ("DefinitionString", "Definition"):
            place = properties[name]
            document = None if place.absent else read_document(place, properties["DefinitionSubstitutions"])
            for task in document.mappings() if document else ():
                called = task.get("Resource")
                if not document or not isinstance(called, str):
                    continue
                arguments = task.get("Parameters") or task.get("Arguments")
                if _INVOKE in called:
                    target, model = _target(place, document, arguments), _model(arguments)
                else:
                    target = target_of(world, resource.template, document.value(called))
                    model = STEP_FUNCTIONS.model
                if target is not None:
                    yield InvokeCall(target, model, STEP_FUNCTIONS, place, properties, document, task)


def _schedule_calls(world: "World") -> Iterator[InvokeCall]:
    for resource in world.of_type("AWS::Scheduler::Schedule"):
        properties = world.properties(resource)
        settings = properties["Target"]
        if not fold(settings["Arn"].value)[0].endswith(":aws-sdk" + _INVOKE):
            continue
        place = settings["Input"]
        document = None if place.absent else read_document(place)
        target = _target(place, document, document.data) if document else UNKNOWN
        if target is not None:
            enabled = properties["State"].text() != "DISABLED"
            model = _model(document.data) if document and enabled else None
            yield InvokeCall(target, model, SCHEDULER, place, settings)


def _target(place: Node, document: Document, arguments: Any) -> Target | Unknown | None:
    # What is computed when the state machine runs can be any function.
    name = arguments.get("FunctionName", "{%") if isinstance(arguments, dict) else "{%"
    if not isinstance(name, str) or name.startswith("{%"):
        return UNKNOWN
    target = target_of(place.world, place.resource.template, document.value(name))
    if not isinstance(target, Target) or "Qualifier" not in arguments:
        return target
    return Target(target.function, qualifier(place.world, document.value(arguments["Qualifier"])))


def _model(arguments: Any) -> InvocationModel | None:
    if not isinstance(arguments, dict) or "InvocationType.$" in arguments:
        return None
    return _MODELS.get(str(arguments.get("InvocationType", "RequestResponse")))
