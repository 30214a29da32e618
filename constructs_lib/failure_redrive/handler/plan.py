"""How an execution divides its work."""

from datetime import datetime
from typing import Any, Final

from constructs_lib.failure_redrive.handler.settings import Settings
from constructs_lib.failure_redrive.handler.shift import AT_ONCE
from constructs_lib.operations.places.place import Kind

_MOST_OBJECTS: Final = 100_000_000
"""The largest MaxItems of a Distributed Map. Source:
https://docs.aws.amazon.com/step-functions/latest/dg/input-output-itemreader.html."""
_MOST_HELD: Final = 110_000
"""Messages that all workers together keep invisible; SQS allows about 120,000 in a standard queue. Source:
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html."""
_MOST_HELD_FIFO: Final = 19_000
"""Likewise of the 20,000 of a FIFO queue."""
_OPTIONS: Final = ("limit", "error")


def plan(given: Any, started: str, settings: Settings) -> dict[str, Any]:
    """Return how many workers an execution has, and what each is to do.

    Parameters
    ----------
    given
        The input of the execution: ``limit`` and ``error``, both optional. What a schedule says besides is refused.
    started
        When the execution started; what failed later is left for another.
    settings
        What is fixed.

    Raises
    ------
    ValueError
        If the input is anything else: the execution then fails before it touches an event.
    """
    limit, error = _checked(given)
    workers = settings.max_concurrency
    if settings.rate is not None:
        workers = min(workers, max(1, int(settings.rate)))  # each worker then has at least one event a second
    if limit is not None and settings.place.kind is Kind.QUEUE:
        workers = min(workers, limit)
    start = datetime.fromisoformat(started.replace("Z", "+00:00")).timestamp()
    job = {
        "started": start,
        "deadline": start + settings.timeout,
        "interval": workers / settings.rate if settings.rate else 0,
        "error": error,
    }
    if settings.place.kind is Kind.BUCKET:
        return {"workers": workers, "limit": limit or _MOST_OBJECTS, "job": job}
    most = _MOST_HELD_FIFO if settings.place.arn.endswith(".fifo") else _MOST_HELD
    shares = [None] * workers if limit is None else [limit // workers + (n < limit % workers) for n in range(workers)]
    items = [{"job": {**job, "hold": max(1, most // workers - AT_ONCE)}, "limit": share} for share in shares]
    return {"workers": workers, "items": items}


def _checked(given: Any) -> tuple[int | None, str | None]:
    unknown = sorted(given.keys() - set(_OPTIONS)) if isinstance(given, dict) else [given]
    if unknown:
        raise ValueError(
            f"expected an input of {' and '.join(_OPTIONS)} or {{}}, found {unknown[0]!r}; leave it out: the rest is "
            "set where the state machine is made"
        )
    limit, error = given.get("limit"), given.get("error")
    if limit is not None and (not isinstance(limit, int) or isinstance(limit, bool) or limit < 1):
        raise ValueError(f"expected limit to be a whole number above 0, found {limit!r}; leave it out for no limit")
    if error is not None and not isinstance(error, str):
        raise ValueError(f"expected error to be a text, found {error!r}; leave it out for every error")
    return limit, error
