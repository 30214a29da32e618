"""Sends home the messages of a queue."""

from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.failure_redrive.handler.courier import NO_TIME
from constructs_lib.failure_redrive.handler.outcome import TIME_IS_OVER
from constructs_lib.failure_redrive.handler.queue_place import QueuePlace
from constructs_lib.failure_redrive.handler.shift import AT_ONCE, Shift, accepted, closed
from constructs_lib.operations.events.event import Stored

_IN_THE_WAY: Final = "there may be more events behind those that stay"


def work_on_messages(part: dict[str, Any], queue: QueuePlace, shift: Shift) -> dict[str, Any]:
    """Work on messages until the queue has none to give, or there is no time.

    What stays is hidden while this works, so that each message comes once; then it is given back. It may come again in
    the next invocation: there is none if this one sent nothing, and so there is an end.

    Parameters
    ----------
    part
        ``limit`` is how many messages this worker may still send.
    queue
        The place.
    shift
        What to work with.

    Returns
    -------
    dict
        As ``work`` does.
    """
    shift.outcome.forget_left()
    before, limit = shift.outcome.sent, part["limit"]
    is_empty = stops = late = False
    while shift.pace.has_time and limit != 0 and not (is_empty or stops or late) and queue.held < shift.job["hold"]:
        taken = queue.take(AT_ONCE if limit is None else min(AT_ONCE, limit))
        old = [stored for stored in taken if not _is_newer(stored, shift.job)]
        results = shift.deliver(old)
        sent = accepted(old, results)
        not_removed = queue.remove(sent)
        # What was sent and could not be removed is not given back: the next worker would send it once more.
        queue.keep([stored for stored in taken if stored not in sent])
        shift.outcome.results(results, not_removed)
        limit = None if limit is None else limit - len(sent)
        is_empty, stops = not taken, bool(not_removed) or closed(results) is not None
        late = NO_TIME in results.values()
    queue.give_back()
    unfinished = not is_empty and limit != 0
    again = unfinished and not stops and not shift.pace.is_over and shift.outcome.sent > before
    if unfinished and not again:
        shift.outcome.note(TIME_IS_OVER if shift.pace.is_over else _IN_THE_WAY)
    return shift.outcome.answer({**part, "limit": limit}, again=again)


def _is_newer(stored: Stored, job: Mapping[str, Any]) -> bool:
    """Whether it failed after the execution had started: such as what was sent, and failed again."""
    return stored.stored_at is not None and stored.stored_at.timestamp() > job["started"]
