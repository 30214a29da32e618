"""What the task of a state machine does when its function fails, or takes long."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from constructs_lib.explain.model import Attempts, End
from constructs_lib.explain.places import caller
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.state_machines import FunctionTask, function_tasks
from constructs_lib.graph.invokers.targets import Target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Unknown

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_Key = tuple[Node, Target | Unknown]


def attempts(world: "World", one: Invocation) -> Attempts:
    """Return how often the tasks that invoke the function try again."""
    tasks = _tasks(world, one)
    return Attempts("; ".join(map(_retries, tasks)) or "as the Retry of the state says")


def end(world: "World", one: Invocation) -> End:
    """Return where an error goes that is not tried again."""
    tasks = _tasks(world, one)
    catching = [f"task {task.name}" for task in tasks if task.state.get("Catch")]
    if tasks and not catching:
        return caller("the execution of the state machine, which fails unless a state around the task catches it")
    return caller(f"the Catch of {' and '.join(catching) or 'the state'}, else the execution fails")


def waits(world: "World", one: Invocation) -> Iterator[tuple[str, float]]:
    """Yield who waits, and how many seconds: the tasks that have a limit of their own."""
    for task in _tasks(world, one):
        seconds = task.state.get("TimeoutSeconds")
        if isinstance(seconds, int | float) and not isinstance(seconds, bool):
            yield f"task {task.name}", seconds


def _tasks(world: "World", one: Invocation) -> list[FunctionTask]:
    return world.once(_by_place).get((one.evidence, one.target), [])


def _retries(task: FunctionTask) -> str:
    retriers = [_retrier(one) for one in task.retriers if isinstance(one, dict)]
    return f"task {task.name}: 1 attempt" + "".join(f", {one}" for one in retriers)


def _retrier(one: dict[str, Any]) -> str:
    named = one.get("ErrorEquals")
    errors = [str(error) for error in named] if isinstance(named, list) else []
    often = one.get("MaxAttempts")
    retries = f"up to {often} times again" if isinstance(often, int) else "again"
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return f"{retries} on {errors[0]}{more}" if errors else retries


def _by_place(world: "World") -> Mapping[_Key, list[FunctionTask]]:
    found: dict[_Key, list[FunctionTask]] = {}
    for task in function_tasks(world):
        several = found.setdefault((task.call.place, task.call.target), [])
        several.append(task)
    return found
