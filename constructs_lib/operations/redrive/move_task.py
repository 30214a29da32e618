"""Lets SQS move the messages of a dead-letter queue back to their queues itself.

Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_StartMessageMoveTask.html: only from
queues that other queues name as their dead-letter queue, 500 messages a second at most, one task of a queue at a time.
"""

import time
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
_OVER: Final = ("UnsupportedOperation", "ResourceNotFoundException")
"""What SQS answers when a task that is to be cancelled has come to its end."""
_LIST: Final = "sqs:ListMessageMoveTasks"
_ONE_BY_ONE: Final = "they are sent one by one"


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
    return place.kind is Kind.QUEUE and is_whole and rate_fits and all_of_queues and place.uses_are_whole


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
    try:
        running = _last(client, place)
    except _DeniedError:
        # Nor could a task be followed, which says when the messages are home.
        options.warn(f"SQS does not move the messages itself ({_LIST} is not allowed): {_ONE_BY_ONE}")
        return None
    handle = None
    if running is None or running["Status"] not in _ACTIVE:
        rate = {"MaxNumberOfMessagesPerSecond": int(options.rate)} if options.rate else {}
        try:
            handle = client.start_message_move_task(SourceArn=place.arn, **rate)["TaskHandle"]
        except ClientError as error:
            if is_throttled(error):
                raise refusal(error, f"start a message move task of {place.arn}") from error
            why = "that is not allowed" if is_denied(error) else error_code(error)
            options.warn(f"SQS does not move the messages itself ({why}): {_ONE_BY_ONE}")
            return None
    elif running.get("DestinationArn"):
        raise OperationError(
            f"expected messages that stay in {place.arn}, or go back to their queues, found a message move task of "
            f"SQS that is moving them to {running['DestinationArn']}; wait for its end, or cancel it"
        )
    else:
        options.warn("SQS is moving the messages already: this follows that task, which keeps its own rate")
    return _follow(client, place, options, handle)


def _follow(client: Any, place: Place, options: Options, handle: str | None) -> Outcome | None:
    outcome = Outcome()
    home = "message to its queue, moved by SQS"
    asked = 0
    while True:
        if (task := _last(client, place)) is None:
            raise OperationError(f"expected the message move task of {place.arn}, found none; run the same again")
        outcome.total = task.get("ApproximateNumberOfMessagesToMove", outcome.total)
        outcome.removed = outcome.sent[home] = int(task.get("ApproximateNumberOfMessagesMoved", 0))
        options.progress(outcome)
        if task["Status"] not in _ACTIVE:
            break
        if options.stop.is_set() and not outcome.was_stopped:
            outcome.was_stopped = True
            if handle is None:
                return outcome  # somebody else's
            _cancel(client, place, handle)
        pause = time.sleep if outcome.was_stopped else options.stop.wait  # which no longer waits once it is set
        pause(_ASK_SECONDS[min(asked, len(_ASK_SECONDS) - 1)])
        asked += 1
    if task["Status"] == "COMPLETED" or outcome.was_stopped:
        return outcome
    why = task.get("FailureReason", "without a reason")
    what = "was cancelled" if task["Status"] == "CANCELLED" else f"failed ({why})"
    options.warn(f"the task of SQS moved {outcome.removed} messages and then {what}: the others are sent one by one")
    return None


def _cancel(client: Any, place: Place, handle: str) -> None:
    from botocore.exceptions import ClientError

    with explained(f"cancel the message move task of {place.arn}"):
        try:
            client.cancel_message_move_task(TaskHandle=handle)
        except ClientError as error:
            if error_code(error) not in _OVER:
                raise


class _DeniedError(OperationError):
    """It is not allowed to ask for the tasks."""


def _last(client: Any, place: Place) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    doing = f"ask for the message move tasks of {place.arn}"
    with explained(doing):
        try:
            found = client.list_message_move_tasks(SourceArn=place.arn, MaxResults=1).get("Results", [])
        except ClientError as error:
            if is_denied(error):
                raise _DeniedError(str(refusal(error, doing))) from error
            raise
    return found[0] if found else None
