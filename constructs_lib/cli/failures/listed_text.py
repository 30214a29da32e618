"""How places are listed for people."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from constructs_lib.amounts import about
from constructs_lib.operations.places.listing import Listed, Listing
from constructs_lib.operations.places.place import Kind, Use
from constructs_lib.operations.places.waiting import Waiting
from constructs_lib.operations.places.watching import Alarm

_WIDTH: Final = 120
_ROW: Final = "{:>8}  {:8}  {:10}  {}"
_INDENT: Final = " " * 32
_UNCOUNTED: Final = "?"
_USES: Final = 5
"""How many uses of a place are shown."""


def lines(listing: Listing) -> Iterator[str]:
    """Yield the lines of the list."""
    if listing.places:
        yield _ROW.format("EVENTS", "OLDEST", "LEFT", "PLACE")
    for one in listing.places:
        yield from _place(one)
    if not listing.places:
        known = "what could be read names no place" if listing.problems else "no place is named"
        yield f"{known} in which failed events could wait"
    if listing.gaps:
        yield ""
        yield "GAPS: what fails here is lost, sooner or later"
    for gap in listing.gaps:
        yield from _wrapped(f"{gap.severity.label:7}  {gap.message}", "", " " * 9)
    yield ""
    yield _total(listing)


def _place(one: Listed) -> Iterator[str]:
    # The name stays whole, however long: people copy it.
    name = one.place.name if one.place.can_be_read else f"{one.place.kind.value} {one.place.name}"
    yield _ROW.format(_events(one), *_times(one.waiting), name)
    uses = one.place.uses
    more = [f"and {len(uses) - _USES} more"] if len(uses) > _USES else []
    for text in (*map(_use, uses[:_USES]), *more, *_watched(one)):
        yield from _wrapped(text, _INDENT, f"{_INDENT}  ")


def _wrapped(text: str, first: str, others: str) -> list[str]:
    return wrap(text, _WIDTH, initial_indent=first, subsequent_indent=others, break_on_hyphens=False)


def _events(one: Listed) -> str:
    if one.is_missing:
        return "gone"
    if one.waiting is None:
        return _UNCOUNTED if one.place.can_be_read else "-"
    return f"{one.waiting.events:,}{'+' if one.waiting.more else ''}"


def _times(waiting: Waiting | None) -> tuple[str, str]:
    if waiting is None or not waiting.events:
        return "", ""
    if waiting.oldest is None:
        return "?", "" if waiting.retention is None else f"of {_time(waiting.retention)}"
    left = "" if waiting.left is None else f"{'< ' if waiting.left_at_most else ''}{_time(waiting.left)}"
    return f"{'> ' if waiting.more else ''}{_time(waiting.oldest)}", left


def _time(seconds: float) -> str:
    return about(round(seconds)).removeprefix("about ")


def _watched(one: Listed) -> Iterator[str]:
    """Say who learns of the events, and who takes them."""
    if one.is_missing:
        yield f"there is no such {one.place.kind.value}: what should come here is lost"
    elif one.place.kind is Kind.QUEUE:
        yield _alarms(one.alarms)
        if one.readers is None:
            yield "readers: unknown"
        elif one.readers:
            yield f"read by {', '.join(one.readers)}"
    elif one.place.kind is Kind.TOPIC:
        if one.readers is None:
            yield "subscribers: unknown"
        else:
            yield f"handed on to {', '.join(one.readers)}" if one.readers else "nobody is subscribed"


def _alarms(alarms: tuple[Alarm, ...] | None) -> str:
    if alarms is None:
        return "alarms: unknown"
    names = ", ".join(alarm.name + ("" if alarm.has_actions else " (no action)") for alarm in alarms)
    return f"alarm {names}" if names else "no alarm"


def _use(use: Use) -> str:
    """Say whose failed events come, and which functions were to get them."""
    functions = ", ".join(_end(one) for one in use.functions)
    if use.source is None:
        return f"{use.origin.value} of {functions or _end(use.owner)}"
    return f"{use.origin.value} {_end(use.source)}{f' -> {functions}' if functions else ''}"


def _end(arn: str) -> str:
    """Return the name in an ARN, with what tells it from others of its kind."""
    rest = arn.split(":", 5)[-1]
    return rest.removeprefix("function:").removeprefix("rule/").removeprefix("schedule/").removeprefix("stream/")


def _total(listing: Listing) -> str:
    known = [one.waiting for one in listing.places if one.waiting is not None]
    more = "+" if any(one.more for one in known) else ""
    events = sum(one.events for one in known)
    uncounted = sum(_events(one) == _UNCOUNTED for one in listing.places)
    places = f"{_of(len(listing.places), 'place')}{f' ({uncounted:,} not counted)' if uncounted else ''}"
    ending = ", of what could be read" if listing.problems else ""
    return f"{events:,}{more} events in {places}, {_of(len(listing.gaps), 'gap')}{ending}"


def _of(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"
