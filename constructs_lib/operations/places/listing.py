"""List every place in which failed events can wait, with what waits there, and what has none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from constructs_lib.graph.world import World
from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.reader import read_account
from constructs_lib.operations.live.together import together
from constructs_lib.operations.places.ages import oldest_ages
from constructs_lib.operations.places.buckets import bucket_retention, waiting_in_bucket
from constructs_lib.operations.places.discovery import places
from constructs_lib.operations.places.gaps import Gap, gaps
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.places.queues import waiting_in_queue
from constructs_lib.operations.places.selection import Everything, OfFunction, OfStack, Selection
from constructs_lib.operations.places.waiting import Waiting
from constructs_lib.operations.places.watching import Alarm, Watchers
from constructs_lib.operations.refusals import explained, is_missing, refusal

_AT_ONCE: Final = 16
"""Places that are read at the same time."""
_FUNCTIONS: Final = {"lambda:ListFunctions", "functions"}
"""What is not read, as ``Live.unread`` names it, when there may be functions that are not known."""


@dataclass(frozen=True)
class Listed:
    """A place, and how it stands with it."""

    place: Place
    waiting: Waiting | None
    """None when it is not there, cannot be read, or hands its events on at once."""
    is_missing: bool = False
    """Whether AWS knows no such place: failed events that should go there are lost."""
    readers: tuple[str, ...] | None = ()
    """Who is known to take the events; None when nobody is, and AWS refused to tell of some."""
    alarms: tuple[Alarm, ...] | None = ()
    """The alarms that name it; None when that is unknown."""


@dataclass(frozen=True)
class Listing:
    """The places of an account in a region, or some of them."""

    places: Sequence[Listed]
    """The places; those with the most events first."""
    gaps: Sequence[Gap]
    """What has no place for its failed events; the worst first."""
    problems: Sequence[str]
    """What could not be read, and why; the rest is here all the same."""


def list_failures(account: Account, *, stack: str | None = None, function: str | None = None) -> Listing:
    """List the places in which failed events of an account can wait, from its live configuration.

    Nothing is received or changed.

    Parameters
    ----------
    account
        The account and region.
    stack
        Only what this stack, or one nested in it, has made, or what is for its functions. Default: the whole region.
    function
        Only what is for the function of this name or ARN. Default: the whole region.

    Raises
    ------
    OperationError
        When nothing can be read, or there is no such stack or function.
    """
    selection = _selection(account, stack, function)
    live = read_account(account)
    world = World(live.app)
    if isinstance(selection, OfFunction) and not live.unread & _FUNCTIONS:
        selection.must_be_one_of([live.arns[one.logical_id] for one in world.of_type("AWS::Lambda::Function")])
    chosen = [one for one in places(world, live.arns) if selection.takes(*_sides(one))]
    problems = [one.message for one in live.problems]
    found = _with_ages(account, _read(account, chosen, problems), problems)
    watchers = Watchers(world, live.arns, live.unread)
    listed = [replace(one, readers=watchers.readers(one.place), alarms=watchers.alarms(one.place)) for one in found]
    lost = [one for one in gaps(world, live.arns) if selection.takes([one.arn] if one.arn else [], one.functions)]
    return Listing(sorted(listed, key=_most_first), lost, problems)


def _selection(account: Account, stack: str | None, function: str | None) -> Selection:
    if stack is not None:
        return OfStack(account, stack)
    if function is None:
        return Everything()
    with explained("find out which account it is"):
        return OfFunction(account, function)


def _sides(place: Place) -> tuple[list[str], list[str]]:
    named = [arn for use in place.uses for arn in (use.owner, use.source) if arn is not None]
    return [place.arn, *named], [one for use in place.uses for one in use.functions]


def _read(account: Account, chosen: Iterable[Place], problems: list[str]) -> list[Listed]:
    for service in ("sqs", "s3"):
        account.client(service)  # clients can be used by several threads, but not be made by them
    read = together(lambda one: _one(account, one), chosen, _AT_ONCE)
    problems += [problem for _, problem in read if problem is not None]
    return [one for one, _ in read]


def _one(account: Account, place: Place) -> tuple[Listed, str | None]:
    """Return how it stands with a place, and what could not be read of it."""
    from botocore.exceptions import BotoCoreError, ClientError

    waiting = None
    try:
        if place.kind is Kind.QUEUE:
            waiting = waiting_in_queue(account, place)
        elif place.kind is Kind.BUCKET:
            waiting = waiting_in_bucket(account, place)
            waiting = replace(waiting, retention=bucket_retention(account, place))
    except (ClientError, BotoCoreError) as error:
        # Of a queue of another account, SQS says the same when we may not see it.
        if is_missing(error) and (place.kind is Kind.BUCKET or _is_ours(account, place)):
            return Listed(place, None, is_missing=True), None
        what = "how many events wait in" if waiting is None else "how long events are kept in"
        return Listed(place, waiting), str(refusal(error, f"read {what} {place.name}"))
    return Listed(place, waiting), None


def _with_ages(account: Account, read: Sequence[Listed], problems: list[str]) -> list[Listed]:
    """Add the ages of the oldest messages of the queues that hold any."""
    # Of queues of other accounts, CloudWatch has nothing here; one of ours can have the same name.
    aged = {one.place.arn: one.place.name for one in read if _has_messages(one) and _is_ours(account, one.place)}
    try:
        ages = oldest_ages(account, list(aged.values())) if aged else {}
    except OperationError as error:
        problems.append(str(error))
        return list(read)
    return [_aged(one, ages.get(one.place.name)) if one.place.arn in aged else one for one in read]


def _is_ours(account: Account, place: Place) -> bool:
    return place.arn.split(":")[4] == account.id


def _has_messages(one: Listed) -> bool:
    return one.place.kind is Kind.QUEUE and one.waiting is not None and one.waiting.events > 0


def _aged(one: Listed, age: float | None) -> Listed:
    return one if one.waiting is None else replace(one, waiting=replace(one.waiting, oldest=age))


def _most_first(one: Listed) -> tuple[int, str]:
    return -(one.waiting.events if one.waiting else -1), one.place.name
