"""The tasks of state machines that invoke functions, and what happens to their errors."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.graph.document import Document
from constructs_lib.graph.invokers.invoke_calls import InvokeCall, invoke_calls
from constructs_lib.graph.template import Resource

if TYPE_CHECKING:
    from constructs_lib.graph.world import World


@dataclass(frozen=True, eq=False)
class FunctionTask:
    """A task of a state machine that invokes a function."""

    call: InvokeCall
    name: str
    state: dict[str, Any]
    retriers: Sequence[Any]
    """Its own retriers and those of the states around it."""

    @property
    def machine(self) -> Resource:
        """The state machine."""
        return self.call.place.resource

    @property
    def waits_for_token(self) -> bool:
        """Whether the task ends only when somebody returns its token."""
        return str(self.state.get("Resource")).endswith(".waitForTaskToken")


def function_tasks(world: "World") -> Iterator[FunctionTask]:
    """Yield the tasks, those of functions outside of the app too."""
    placed: dict[int, dict[int, tuple[str, list[Any]]]] = {}
    for call in world.once(invoke_calls):
        if call.document is None or call.state is None:
            continue
        key = id(call.document)
        if key not in placed:
            placed[key] = {id(state): (name, around) for name, state, around in _states(call.document)}
        # What is no state, such as a parameter called Resource, is none of the tasks.
        if id(call.state) in placed[key]:
            name, retriers = placed[key][id(call.state)]
            yield FunctionTask(call, name, call.state, retriers)


def _states(document: Document) -> Iterator[tuple[str, dict[str, Any], list[Any]]]:
    """Yield the states, nested ones too, each with its name and the retriers that apply to it."""
    pending: list[tuple[Any, list[Any]]] = [(document.data, [])]
    while pending:
        machine, around = pending.pop()
        states = machine.get("States") if isinstance(machine, dict) else None
        for name, state in states.items() if isinstance(states, dict) else ():
            if not isinstance(state, dict):
                continue
            retriers = [*around, *_listed(state.get("Retry", []))]
            yield name, state, retriers
            inner = [*_listed(state.get("Branches", [])), state.get("ItemProcessor"), state.get("Iterator")]
            pending.extend((one, retriers) for one in inner)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
