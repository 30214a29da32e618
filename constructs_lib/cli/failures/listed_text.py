"""How places are listed for people."""

from collections.abc import Iterator
from textwrap import wrap
from typing import Final

from constructs_lib.amounts import about
from constructs_lib.operations.places.listing import Listed, Listing
from constructs_lib.operations.places.place import Kind, Use
from constructs_lib.operations.places.waiting import Waiting

_WIDTH: Final = 120
_NAME: Final = 36
_READ_BY: Final = 26
_HEAD: Final = ("EVENTS", "PLACE", "OLDEST", "LEFT", "READ BY", "ALARM")
_ROW: Final = f"{{:>8}}  {{:{_NAME}}}  {{:8}}  {{:10}}  {{:{_READ_BY}}}  {{}}"
_INDENT: Final = " " * 12
_USES: Final = 5
"""How many uses of a place are shown."""


def lines(listing: Listing) -> Iterator[str]:
    """Yield the lines of the list."""
    if listing.places:
        yield _ROW.format(*_HEAD)
    for one in listing.places:
        yield from _place(one)
    if not listing.places:
        yield "no place is named in which failed events could wait"
    if listing.gaps:
        yield ""
        yield "GAPS: what fails here is lost, sooner or later"
    for gap in listing.gaps:
        yield from _wrapped(f"{gap.severity.label:7}  {gap.message}")
    yield ""
    yield _total(listing)


def _wrapped(text: str) -> list[str]:
    return wrap(text, _WIDTH, subsequent_indent=" " * 9, break_long_words=False, break_on_hyphens=False)


def _place(one: Listed) -> Iterator[str]:
    name = one.place.name if one.place.can_be_read else f"{one.place.kind.value} {one.place.name}"
    readers = _short(", ".join(one.readers) or ("" if one.place.kind is Kind.BUCKET else "-"), _READ_BY)
    oldest, left = _times(one.waiting)
    if len(name) > _NAME:
        yield f"{_events(one):>8}  {name}"
        row = _ROW.format("", "", oldest, left, readers, _alarms(one))
    else:
        row = _ROW.format(_events(one), name, oldest, left, readers, _alarms(one))
    if row.strip():
        yield _short(row.rstrip(), _WIDTH)
    uses = one.place.uses
    for use in uses[:_USES]:
        yield _short(f"{_INDENT}{_use(use)}", _WIDTH)
    if len(uses) > _USES:
        yield f"{_INDENT}and {len(uses) - _USES} more"


def _events(one: Listed) -> str:
    if one.is_missing:
        return "gone"
    if one.waiting is None:
        return "?" if one.place.can_be_read else "-"
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


def _alarms(one: Listed) -> str:
    if one.place.kind is not Kind.QUEUE:
        return ""
    return ", ".join(alarm.name + ("" if alarm.has_actions else " (no action)") for alarm in one.alarms) or "none"


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
    return f"{events:,}{more} events in {_of(len(listing.places), 'place')}, {_of(len(listing.gaps), 'gap')}"


def _of(number: int, thing: str) -> str:
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def _short(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
