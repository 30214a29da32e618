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
class Catcher:
    """What a state does with some of its errors."""

    rule: dict[str, Any]
    """The element of ``Catch``."""
    holder: str
    """The name of the state that has it."""
    states: dict[str, Any]
    """The states by name, among which its ``Next`` is."""


@dataclass(frozen=True, eq=False)
class FunctionTask:
    """A task of a state machine that invokes a function."""

    call: InvokeCall
    name: str
    state: dict[str, Any]
    retriers: Sequence[Any]
    """Its own retriers and those of the states around it."""
    catchers: Sequence[Catcher]
    """Its own catchers, and then those of the states around it."""

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
    placed: dict[int, dict[int, _State]] = {}
    for call in world.once(invoke_calls):
        if call.document is None or call.state is None:
            continue
        key = id(call.document)
        if key not in placed:
            placed[key] = {id(one.content): one for one in _states(call.document)}
        # What is no state, such as a parameter called Resource, is none of the tasks.
        if id(call.state) in placed[key]:
            one = placed[key][id(call.state)]
            yield FunctionTask(call, one.name, call.state, one.retriers, one.catchers)


@dataclass(frozen=True, eq=False)
class _State:
    name: str
    content: dict[str, Any]
    retriers: list[Any]
    catchers: list[Catcher]


def _states(document: Document) -> Iterator[_State]:
    """Yield the states, nested ones too, each with the retriers and the catchers that apply to it."""
    pending: list[tuple[Any, list[Any], list[Catcher]]] = [(document.data, [], [])]
    while pending:
        machine, around, catching = pending.pop()
        written = machine.get("States") if isinstance(machine, dict) else None
        states: dict[str, Any] = written if isinstance(written, dict) else {}
        for name, state in states.items():
            if not isinstance(state, dict):
                continue
            retriers = [*around, *_listed(state.get("Retry", []))]
            own = [Catcher(one, name, states) for one in _listed(state.get("Catch", [])) if isinstance(one, dict)]
            catchers = [*own, *catching]
            yield _State(name, state, retriers, catchers)
            inner = [*_listed(state.get("Branches", [])), state.get("ItemProcessor"), state.get("Iterator")]
            pending.extend((one, retriers, catchers) for one in inner)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
