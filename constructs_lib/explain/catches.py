"""Where the states of a state machine send an error that one of them catches."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.explain.model import End, Fate
from constructs_lib.explain.places import caller, kept, untold
from constructs_lib.explain.watching import execution_alarms
from constructs_lib.graph.invokers.state_machines import Catcher, FunctionTask

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_KEEPERS: Final = (
    (":sqs:sendMessage", "QueueUrl"),
    (":sns:publish", "TopicArn"),
    (":lambda:invoke", "FunctionName"),
    (":aws-sdk:sqs:sendMessage", "QueueUrl"),
    (":aws-sdk:sns:publish", "TopicArn"),
)
"""What ends the resource of a task that hands an event on, and the argument that says to whom."""


def ends(world: "World", task: FunctionTask) -> list[End]:
    """Return where an error of a task goes that is not tried again."""
    found = [_end(world, task, one) for one in task.catchers]
    if any("States.ALL" in _listed(one.rule.get("ErrorEquals")) for one in task.catchers):
        return found
    alarms = execution_alarms(world, task.machine) or None
    other = " of any other error" if found else ""
    return [*found, caller(f"the execution of the state machine, which fails{other}", alarms)]


def _end(world: "World", task: FunctionTask, catcher: Catcher) -> End:
    errors = [str(one) for one in _listed(catcher.rule.get("ErrorEquals"))]
    which = f", for {errors[0]}" + (f" and {len(errors) - 1} more" if len(errors) > 1 else "") if errors else ""
    way = f"(the Catch of {catcher.holder}{which})"
    last = None
    for name, state in _path(catcher):
        last = name
        end = _kept(world, task, name, state)
        if end is not None:
            return replace(end, place=f"{end.place} {way}")
        if state.get("Type") == "Fail":
            alarms = execution_alarms(world, task.machine) or None
            return caller(f"the execution of the state machine, which fails in state {name} {way}", alarms)
        if state.get("Type") == "Choice":
            return untold(f"as state {name} of the state machine chooses {way}")
    where = f"at state {last}" if last else "where the templates do not tell"
    return caller(f"the state machine, which goes on {where} {way}")


def _path(catcher: Catcher) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the states one after the other, each once: a state machine may go round in circles."""
    name = catcher.rule.get("Next")
    seen = set()
    while isinstance(name, str) and name not in seen:
        seen.add(name)
        state = catcher.states.get(name)
        if not isinstance(state, dict):
            return
        yield name, state
        name = state.get("Next")


def _kept(world: "World", task: FunctionTask, name: str, state: dict[str, Any]) -> End | None:
    called = state.get("Resource")
    document = task.call.document
    if state.get("Type") != "Task" or not isinstance(called, str) or document is None:
        return None
    here = task.machine.template
    for ending, argument in _KEEPERS:
        if called.partition(".")[0].endswith(ending):
            arguments = state.get("Parameters") or state.get("Arguments")
            text = arguments.get(argument) if isinstance(arguments, dict) else None
            if not isinstance(text, str) or text.startswith("{%"):
                return untold(f"a place that state {name} is told when it runs")
            end = kept(world, here, document.value(text))
            return replace(end, place=f"{end.place}, by state {name}") if end.fate is Fate.KEPT else end
    if ":states:" in called:
        return None
    end = kept(world, here, document.value(called))
    return replace(end, place=f"{end.place}, by state {name}") if end.fate is Fate.KEPT else end


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
