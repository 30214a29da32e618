"""Write accounts of functions as text to read in a terminal."""

from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import Final

from constructs_lib.amounts import count, duration
from constructs_lib.explain.model import Account, End, Fate, Route, Stage
from constructs_lib.explain.watching import WITHOUT_ACTIONS
from constructs_lib.explain.wording import named
from constructs_lib.facts import InvocationModel
from constructs_lib.nag.reports.places import plain

_WIDTH: Final = 110
_NAMED: Final = 4
"""The most resources of one kind that are named."""
_COLUMN: Final = 15
"""Where the second column begins."""

_LEGEND: Final = (
    "Delivery: the source hands the event to Lambda. Execution: the function does the work.",
    "An event can fail in each of them; 'ends' says where it is then, 'watched' who notices it there.",
)
_ACTIONS: Final = (
    "An alarm 'without actions' tells nobody: that of a construct of this library without alarm_topic, for instance."
)
_MODELS: Final = {
    InvocationModel.SYNCHRONOUS: "synchronous: the caller waits for the answer",
    InvocationModel.ASYNCHRONOUS: "asynchronous: Lambda queues the event, and calls the function later",
    InvocationModel.POLL: "poll: Lambda reads batches from the source",
    None: "unknown",
}
_FATES: Final = {Fate.KEPT: "kept in", Fate.LOST: "LOST:", Fate.CALLER: "with", Fate.UNKNOWN: "unknown:"}
_WATCHED: Final = "nobody: the templates show no alarm, consumer or subscriber"


def render(accounts: Sequence[Account]) -> str:
    """Return the text: a block for each function."""
    if not accounts:
        return "no functions\n"
    blocks = ["\n".join(_block(one)) for one in accounts]
    legend = (*_LEGEND, _ACTIONS) if any(WITHOUT_ACTIONS in one for one in blocks) else _LEGEND
    return plain("\n\n".join(["\n".join(legend), *blocks])) + "\n"


def _block(account: Account) -> Iterator[str]:
    function = account.function
    stack = function.template.construct_path
    yield f"{function.label}, " + (f"stack {stack}" if stack else str(function.template.path))
    running = "unknown" if account.timeout is None else duration(account.timeout)
    if "Timeout" not in (function.raw.get("Properties") or {}):
        running += " (default)"
    yield from _row("timeout", running, 2)
    yield from _rows("alarms", account.alarms or ("none on the function's own metrics",), 2)
    if account.conditional:
        yield from _row("note", _outcome(account), 2)
    yield from _rows("note", account.notes, 2)
    if not account.routes:
        yield ""
        yield from _row("invoked by", "nothing that the templates show", 2)
    for route in account.routes:
        yield ""
        yield from _route(route)


def _outcome(account: Account) -> str:
    words = "conditions of the template decide about this; here is one of several outcomes"
    shown, rest = account.assumed[:_NAMED], len(account.assumed) - _NAMED
    more = [count(rest, "other condition")] if rest > 0 else []
    return f"{words}: {', '.join([*shown, *more])}" if shown else words


def _route(route: Route) -> Iterator[str]:
    yield from _row("invoked by", _invoker(route), 2)
    if route.qualifier != "$LATEST":
        yield from _row("calls", route.qualifier or "an alias or version that the templates do not tell", 4)
    yield from _row("model", _MODELS[route.model], 4)
    yield from _rows("note", route.notes, 4)
    yield from _rows("limit", route.limits, 4)
    if route.backlog is not None:
        watched = tuple(f"watched by alarm {alarm}" for alarm in route.backlog)
        yield from _rows("backlog", watched or ("no alarm watches what waits in the queue",), 4)
    for stage in route.stages:
        yield from _stage(stage)


def _invoker(route: Route) -> str:
    names = [named(resource) for resource in route.resources]
    shown = names if len(names) <= _NAMED else [*names[: _NAMED - 1], f"{count(len(names) - _NAMED + 1, 'other')}"]
    how = "allowed by " if route.only_allowed and route.service != "the AWS SDK" else ""
    return f"{route.service}: {how}{', '.join(shown)}"


def _stage(stage: Stage) -> Iterator[str]:
    yield from _row(stage.name.value, stage.attempts.words, 4)
    for end in stage.ends:
        yield from _end(end)


def _end(end: End) -> Iterator[str]:
    yield from _row("ends", f"{_FATES[end.fate]} {end.place}", 6)
    if end.watchers is not None:
        yield from _rows("watched", end.watchers or (_WATCHED,), 6)


def _rows(label: str, texts: Sequence[str], indent: int) -> Iterator[str]:
    for text in texts:
        yield from _row(label, text, indent)
        label = ""


def _row(label: str, text: str, indent: int) -> Iterator[str]:
    head = f"{'':{indent}}{label}".ljust(_COLUMN) + " "
    yield from wrap(
        text,
        _WIDTH,
        initial_indent=head,
        subsequent_indent=" " * len(head),
        break_long_words=False,
        break_on_hyphens=False,
    )
