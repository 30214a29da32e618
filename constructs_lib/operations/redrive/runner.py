"""Sends the failed events of a place back to where they belong."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.redrive import move_task
from constructs_lib.operations.redrive.bucket_place import BucketPlace
from constructs_lib.operations.redrive.journal import Journal
from constructs_lib.operations.redrive.journal_file import default_path
from constructs_lib.operations.redrive.options import Options
from constructs_lib.operations.redrive.outcome import Outcome
from constructs_lib.operations.redrive.queue_place import QueuePlace
from constructs_lib.operations.redrive.run import Run
from constructs_lib.operations.redrive.source import Source
from constructs_lib.operations.refusals import explained

_ELSEWHERE: Final = "its events are with whoever gets them from there: give the queue or the bucket that does"


def redrive_failures(
    account: Account, place: Place, options: Options | None = None, *, journal: Path | None = None
) -> Outcome:
    """Send the failed events of a place back to where they belong.

    An event leaves the place only after its home has accepted it, and what was done is in a journal: after a run that
    ended at any moment, each event is in one place at least, and the same call goes on. What was being sent at that
    moment is sent once more, and counted as a possible duplicate.

    Messages of dead-letter queues of queues are moved by SQS itself when all are to go back.

    Parameters
    ----------
    account
        The account and region of the place.
    place
        A queue or a bucket, as ``find_place`` finds it.
    options
        What to send, and how fast. Default: all of it.
    journal
        The file for the journal. Default: one for this place in the user's folder for states, ``$XDG_STATE_HOME``.

    Raises
    ------
    OperationError
        When the place cannot be read, or the journal cannot be used. What AWS refuses later is in the outcome.
    """
    options = options or Options()
    of = _named(account, place)
    with _opened(account, place) as source, Journal(journal or default_path(of), of) as book:
        # SQS would send once more what is accepted and only not removed yet.
        can_move = move_task.applies(place, options) and not (book.unremoved or book.unsure)
        book.begin(options.noted)
        outcome = move_task.move(account, place, options) if can_move else None
        if outcome is None:
            outcome = Run(account, place, source, book, options).run()
        outcome.journal = book.path
        if not outcome.was_stopped:
            book.end({"sent": sum(outcome.sent.values()), "left": sum(outcome.left.values())})
        return outcome


def _named(account: Account, place: Place) -> dict[str, str]:
    # Without the prefix of a bucket: another one can name the same objects.
    with explained("ask which account this is"):
        return {"account": account.id, "region": account.region, "place": place.arn}


@contextmanager
def _opened(account: Account, place: Place) -> Iterator[Source]:
    match place.kind:
        case Kind.QUEUE:
            source: Source = QueuePlace(account, place)
        case Kind.BUCKET:
            source = BucketPlace(account, place)
        case other:
            raise OperationError(
                f"expected a queue or a bucket, found {place.arn}, a {other.value}; {_ELSEWHERE}", Exit.USAGE
            )
    try:
        yield source
    finally:
        source.close()
