"""Sends one event to its home, which either has accepted it then, or there is a reason why not."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import FailedEvent
from constructs_lib.operations.redrive.batches import invoke_with_records
from constructs_lib.operations.redrive.homes import Home, Way
from constructs_lib.operations.redrive.invoking import invoke
from constructs_lib.operations.redrive.messages import send_messages
from constructs_lib.operations.redrive.patience import Patience
from constructs_lib.operations.redrive.payloads import payload_of
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent

PATIENCE: Final = 60.0


def send(
    account: Account,
    event: FailedEvent,
    home: Home,
    *,
    patience: float = PATIENCE,
    pause: Callable[[float], object] = time.sleep,
) -> Sent | Reason:
    """Send an event to its home.

    Sent means that the home has accepted it: Lambda has queued the event, the function has handled the records, or SQS
    holds the message. Anything else is a reason; nothing is raised for what AWS answers.

    Parameters
    ----------
    account
        The account to call.
    event
        The event.
    home
        Where it belongs, as ``home_of`` says.
    patience
        For how many seconds a call that is throttled, or gets no answer, is tried again. Default: 60.
    pause
        Waits for so many seconds between; what is true for it ends the patience. Default: ``time.sleep``.
    """
    (result,) = send_all(account, [event], home, patience=patience, pause=pause)
    return result


def send_all(
    account: Account,
    events: Sequence[FailedEvent],
    home: Home,
    *,
    patience: float = PATIENCE,
    pause: Callable[[float], object] = time.sleep,
) -> list[Sent | Reason]:
    """Send events to their common home, up to ten messages a call.

    It is as ``send``; there is a result for each event, in their order.
    """
    patient = Patience(patience, pause)
    match home.way:
        case Way.QUEUE:
            return send_messages(account, events, home.arn, patient)
        case Way.BATCH:
            return [invoke_with_records(account, event, home, patient) for event in events]
        case Way.INVOKE:
            return [_invoke(account, event, home, patient) for event in events]


def _invoke(account: Account, event: FailedEvent, home: Home, patience: Patience) -> Sent | Reason:
    if event.batch is not None and event.payload_text is None:
        return invoke_with_records(account, event, home, patience)
    payload = payload_of(event)
    return payload if isinstance(payload, Reason) else invoke(account, home.arn, payload, patience)
