"""What Lambda does with the events in its own queue."""

from typing import TYPE_CHECKING

from constructs_lib.amounts import count, duration
from constructs_lib.explain.model import Attempts, End, Stage, StageName
from constructs_lib.explain.places import kept, lost, untold
from constructs_lib.explain.wording import whole
from constructs_lib.facts import (
    ASYNC_EVENT_AGE_MAX_SECONDS,
    ASYNC_RETRY_ATTEMPTS_DEFAULT,
)
from constructs_lib.graph.failures.asynchronous import AsyncConfig, async_configs, dead_letter_target, may_equal
from constructs_lib.graph.invokers.targets import LATEST, Target
from constructs_lib.graph.invokers.unseen import configured_unseen

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_WAITS = ("", ", 1 min apart", ", 1 min and then 2 min apart")
"""How long Lambda waits between the attempts, by the number of retries (facts A2)."""
_UNSEEN = "what the templates do not show may give the function a failure target"


def execution(world: "World", target: Target) -> Stage:
    """Return what becomes of an asynchronous event that the function does not manage."""
    configs = [one for one in async_configs(world, target.function) if may_equal(one.qualifier, target.qualifier)]
    certain = [one for one in configs if _certain(one, target)]
    config = certain[0] if certain else None
    ends = _ends(world, target, certain)
    if not certain and configs:
        ends.append(
            untold("the templates do not tell whether an asynchronous configuration is the one of this function")
        )
    elif not ends and configured_unseen(world, target.function):
        ends.append(untold(_UNSEEN))
    attempts = (
        _attempts(world, target, config) if certain or not configs else Attempts("as an unknown configuration says")
    )
    return Stage(
        StageName.EXECUTION,
        attempts,
        tuple(ends) or (lost("the function has no failure target, so that Lambda discards it"),),
    )


def notes(world: "World", target: Target) -> tuple[str, ...]:
    """Return what looks like a configuration of these events and is none."""
    configs = async_configs(world, target.function)
    if not configs or any(may_equal(one.qualifier, target.qualifier) for one in configs):
        return ()
    which = "another alias or version" if target.qualifier == LATEST else "another qualifier"
    return (f"the function's asynchronous configuration is for {which}, and does not count here",)


def _certain(config: AsyncConfig, target: Target) -> bool:
    return config.function is target.function and config.qualifier == target.qualifier


def _ends(world: "World", target: Target, configs: list[AsyncConfig]) -> list[End]:
    places = [dead_letter_target(world, target.function)]
    # Lambda sends nothing to the destinations of a durable function (facts U5).
    if world.properties(target.function)["DurableConfig"].absent:
        places += [one.on_failure for one in configs]
    return [kept(world, one.template, one.value) for one in places if not one.absent]


def _attempts(world: "World", target: Target, config: AsyncConfig | None) -> Attempts:
    if world.properties(target.function)["ReservedConcurrentExecutions"].number() == 0:
        return Attempts("none: the reserved concurrency is 0", 0, 0)
    retries: float | None = ASYNC_RETRY_ATTEMPTS_DEFAULT
    age: float | None = ASYNC_EVENT_AGE_MAX_SECONDS
    if config is not None:
        retries = config.properties["MaximumRetryAttempts"].number(retries)
        age = config.properties["MaximumEventAgeInSeconds"].number(age)
    number = None if retries is None else whole(retries + 1)
    words = "attempts of a number that the templates do not tell"
    if number is not None:
        words = count(number, "attempt") + (_WAITS[number - 1] if 0 < number <= len(_WAITS) else "")
    old = "at an age that the templates do not tell" if age is None else f"when {duration(age)} old"
    return Attempts(f"{words}, and more while throttled; given up {old}", number, age)
