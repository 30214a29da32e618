"""Does a part of the work of an execution: takes events, sends them home, and removes what its home has accepted."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from constructs_lib.failure_redrive.handler.bucket_place import BucketPlace
from constructs_lib.failure_redrive.handler.courier import Courier
from constructs_lib.failure_redrive.handler.messages import work_on_messages
from constructs_lib.failure_redrive.handler.objects import work_on_objects
from constructs_lib.failure_redrive.handler.outcome import Outcome
from constructs_lib.failure_redrive.handler.pace import Pace
from constructs_lib.failure_redrive.handler.queue_place import QueuePlace
from constructs_lib.failure_redrive.handler.settings import Settings
from constructs_lib.failure_redrive.handler.shift import AT_ONCE, Shift
from constructs_lib.operations.account import Account
from constructs_lib.operations.places.place import Kind


def work(part: dict[str, Any], settings: Settings, account: Account, remaining: float) -> dict[str, Any]:
    """Do a part of the work for some minutes.

    Parameters
    ----------
    part
        Objects of a bucket (``Items`` and ``BatchInput``), or what one worker does with a queue, as planned; or what
        this returned before, with ``again``.
    settings
        What is fixed.
    account
        The account to call.
    remaining
        The seconds until Lambda ends the invocation.

    Returns
    -------
    dict
        The part, with ``sent`` (a number), ``left`` (how many events stay, by reason), ``again`` (the state machine
        is to go on with exactly this) and ``done`` (nothing stays).
    """
    job = part["job"] if "job" in part else part["BatchInput"]["job"]
    pace = Pace(job["interval"], remaining, job["deadline"])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        courier = Courier(account, settings, pace, job["error"], pool)
        shift = Shift(settings.place, job, courier, pace, Outcome(part))
        if settings.place.kind is Kind.BUCKET:
            bucket = BucketPlace(account, settings.place.arn.rpartition(":")[2], pool)
            return work_on_objects(part, bucket, shift)
        return work_on_messages(part, QueuePlace(account, settings.queue_url, pace), shift)
