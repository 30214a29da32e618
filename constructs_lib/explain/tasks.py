"""What the task of a state machine does when its function fails, or takes long."""

from collections.abc import Iterator, Mapping
from math import inf, isfinite
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.amounts import about, count, duration
from constructs_lib.explain import catches
from constructs_lib.explain.model import Attempts, End
from constructs_lib.explain.places import caller
from constructs_lib.facts import (
    TASK_BACKOFF_RATE_DEFAULT,
    TASK_RETRIES_DEFAULT,
    TASK_RETRY_INTERVAL_DEFAULT_SECONDS,
)
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.state_machines import FunctionTask, function_tasks
from constructs_lib.graph.invokers.targets import Target
from constructs_lib.graph.node import Node
from constructs_lib.graph.values import Unknown

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_COUNTED: Final = 1_000
"""The most retries whose waits are added up."""

_Key = tuple[Node, Target | Unknown]


def attempts(world: "World", one: Invocation) -> Attempts:
    """Return how often the tasks that invoke the function try again."""
    tasks = _tasks(world, one)
    return Attempts("; ".join(map(_retries, tasks)) or "as the Retry of the state says")


def ends(world: "World", one: Invocation) -> list[End]:
    """Return where an error goes that is not tried again: what several tasks have in common, once."""
    found = [end for task in _tasks(world, one) for end in catches.ends(world, task)]
    return list(dict.fromkeys(found)) or [caller("the Catch of the state, else the execution fails")]


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
    more = f" and {len(errors) - 1} more" if len(errors) > 1 else ""
    return _again(one) + (f" on {errors[0]}{more}" if errors else "")


def _again(one: dict[str, Any]) -> str:
    often = _number(one, "MaxAttempts", TASK_RETRIES_DEFAULT)
    wait = _number(one, "IntervalSeconds", TASK_RETRY_INTERVAL_DEFAULT_SECONDS)
    rate = _number(one, "BackoffRate", TASK_BACKOFF_RATE_DEFAULT)
    longest = _number(one, "MaxDelaySeconds", inf)
    if often is None:
        return "again"
    if often == 0:
        return "not again"
    words = f"up to {count(often, 'time')} again"
    if wait is None or rate is None or longest is None or often > _COUNTED:
        return words
    waits = [min(wait, longest)]
    for _ in range(int(often) - 1):
        wait = min(wait * rate, longest)
        waits.append(wait)
    if not isfinite(sum(waits)):
        return words
    if waits[0] == waits[-1]:
        return f"{words} after {duration(waits[0])}{' each' if len(waits) > 1 else ''}"
    return f"{words} after {duration(waits[0])} to {duration(waits[-1])}, {about(sum(waits))} in all,"


def _number(one: dict[str, Any], name: str, default: float) -> float | None:
    """Return a number of a retrier; None for what is computed when the state machine runs."""
    value = one.get(name, default)
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _by_place(world: "World") -> Mapping[_Key, list[FunctionTask]]:
    found: dict[_Key, list[FunctionTask]] = {}
    for task in function_tasks(world):
        several = found.setdefault((task.call.place, task.call.target), [])
        several.append(task)
    return found
