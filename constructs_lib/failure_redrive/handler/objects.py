"""Sends home what lies in objects of a bucket."""

from typing import Any

from constructs_lib.failure_redrive.handler.bucket_place import BucketPlace
from constructs_lib.failure_redrive.handler.courier import NO_TIME
from constructs_lib.failure_redrive.handler.outcome import TIME_IS_OVER
from constructs_lib.failure_redrive.handler.shift import AT_ONCE, Shift, accepted, closed
from constructs_lib.operations.events.event import Stored
from constructs_lib.operations.redrive.reason import Reason


def work_on_objects(part: dict[str, Any], bucket: BucketPlace, shift: Shift) -> dict[str, Any]:
    """Work on objects until all were looked at, or there is no time.

    Parameters
    ----------
    part
        ``Items`` are the objects; those that are younger than the execution are passed over.
    bucket
        The place.
    shift
        What to work with.

    Returns
    -------
    dict
        As ``work`` does.
    """
    waiting = [item for item in part["Items"] if item["LastModified"] <= shift.job["started"]]
    late = False
    reason: Reason | None = None
    while waiting and not late and reason is None and shift.pace.has_time:
        items, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        taken: list[Stored] = []
        for item, found in zip(items, bucket.take(items), strict=True):
            if isinstance(found, Reason):
                shift.outcome.leave(item["Key"], found.text)
            elif found is not None:
                taken.append(found)
        results = shift.deliver(taken)
        shift.outcome.results(results, bucket.remove(accepted(taken, results)))
        waiting = [item for item in items if results.get(item["Key"]) is NO_TIME] + waiting
        late, reason = NO_TIME in results.values(), closed(results)
    if reason is not None or shift.pace.is_over:
        for item in waiting:
            shift.outcome.leave(item["Key"], TIME_IS_OVER if reason is None else reason.text)
        waiting = []
    return shift.outcome.answer({**part, "Items": waiting}, again=bool(waiting))
