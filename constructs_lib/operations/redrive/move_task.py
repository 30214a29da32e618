"""Lets SQS move the messages of a dead-letter queue back to their queues itself.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html: only from
queues that other queues name as their dead-letter queue, 500 messages a second at most, one task of a queue at a time.
"""

from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.refusals import error_code, explained, is_denied, is_throttled, refusal

FASTEST: Final = 500
_ASK_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 5.0)
_ACTIVE: Final = ("RUNNING", "CANCELLING")


def applies(place: Place, options: Options) -> bool:
    """Say whether SQS can do all that is asked for: move every message of the place back to its queue.

    Parameters
    ----------
    place
        The place.
    options
        What is asked for.
    """
    is_whole = options.to is None and options.error is None and options.limit is None
    rate_fits = options.rate is None or (options.rate <= FASTEST and options.rate == int(options.rate))
    all_of_queues = bool(place.uses) and all(use.origin is Origin.SOURCE_QUEUE for use in place.uses)
    return place.kind is Kind.QUEUE and is_whole and rate_fits and all_of_queues


def move(account: Account, place: Place, options: Options) -> Outcome | None:
    """Start a task, or follow the one that is running, to its end; a task of its own is cancelled by a stop.

    Parameters
    ----------
    account
        The account.
    place
        A dead-letter queue.
    options
        What is asked for.

    Returns
    -------
    Outcome or None
        None when SQS does not do it, and it is to be done message by message; why is a warning.

    Raises
    ------
    OperationError
        When the task cannot be followed.
    """
    from botocore.exceptions import ClientError

    client = account.client("sqs")
    running = _last(client, place)
    handle = None
    if running is None or running["Status"] not in _ACTIVE:
        rate = {"MaxNumberOfMessagesPerSecond": int(options.rate)} if options.rate else {}
        try:
            handle = client.start_message_move_task(SourceArn=place.arn, **rate)["TaskHandle"]
        except ClientError as error:
            if is_throttled(error):
                raise refusal(error, f"start a message move task of {place.arn}") from error
            why = "that is not allowed" if is_denied(error) else error_code(error)
            options.warn(f"SQS does not move the messages itself ({why}): they are sent one by one")
            return None
    else:
        options.warn("SQS is moving the messages already: this follows that task, which keeps its own rate")
    return _follow(client, place, options, handle)


def _follow(client: Any, place: Place, options: Options, handle: str | None) -> Outcome | None:
    outcome = Outcome()
    home = "message to its queue, moved by SQS"
    asked = 0
    is_cancelled = False
    while True:
        if (task := _last(client, place)) is None:
            raise OperationError(f"expected the message move task of {place.arn}, found none; run the same again")
        outcome.total = task.get("ApproximateNumberOfMessagesToMove", outcome.total)
        outcome.removed = outcome.sent[home] = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        options.progress(outcome)
        if task["Status"] not in _ACTIVE:
            break
        if options.stop.is_set() and not is_cancelled:
            outcome.was_stopped = is_cancelled = True
            if handle is None:
                return outcome  # somebody else's
            with explained(f"cancel the message move task of {place.arn}"):
                client.cancel_message_move_task(TaskHandle=handle)
        options.stop.wait(_ASK_SECONDS[min(asked, len(_ASK_SECONDS) - 1)])
        asked += 1
    if task["Status"] == "FAILED":
        why = task.get("FailureReason", "without a reason")
        options.warn(f"SQS moved {outcome.removed} messages and then failed ({why}): the others are sent one by one")
        return None
    return outcome


def _last(client: Any, place: Place) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    with explained(f"ask for the message move tasks of {place.arn}"):
        try:
            found = client.list_message_move_tasks(SourceArn=place.arn, MaxResults=1).get("Results", [])
        except ClientError as error:
            if is_denied(error):
                return None
            raise
    return found[0] if found else None
