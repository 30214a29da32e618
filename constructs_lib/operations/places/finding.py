"""Find the place that somebody names."""

from collections.abc import Callable, Sequence
from typing import Final

from constructs_lib.graph.invokers.mappings import QUEUE
from constructs_lib.graph.world import World
from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.live.reader import read_account
from constructs_lib.operations.places.discovery import places
from constructs_lib.operations.places.names import Named, instead, meant
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.places.queues import queue_url
from constructs_lib.operations.places.selection import near
from constructs_lib.operations.refusals import is_missing, refusal

_PARTS: Final = ("functions", "queues", "mappings", "subscriptions", "rules", "schedules", "pipes", "IoT rules")
"""What can name a place; the rest of the account says nothing about it."""


def find_place(account: Account, name: str, *, note: Callable[[str], object] | None = None) -> Place:
    """Return a place from which events can be read, with whose they are, as the live configuration says.

    One that nothing names as a failure target has no uses.

    Parameters
    ----------
    account
        The account and region.
    name
        The name, the URL or the ARN of a queue, or ``s3://bucket/prefix``.
    note
        Is told what of the configuration could not be read: then uses may be missing. Default: nobody is.

    Raises
    ------
    OperationError
        When there is no such place, it may not be read, or what is named keeps no events.
    """
    named = meant(account, name)
    problem = _unreachable(account, named, name)
    live = read_account(account, only=_PARTS)
    world = World(live.app)
    known = places(world, live.arns)
    if problem is not None:
        queues = [world.properties(one)["QueueName"].text() or "" for one in world.of_type(QUEUE)]
        raise _missing(name, problem, known, queues)
    if note is not None:
        for one in live.problems:
            note(one.message)
    uses = dict.fromkeys(use for place in known if _overlap(place, named) for use in place.uses)
    return Place(named.kind, named.arn, tuple(uses), named.prefix)


def _unreachable(account: Account, named: Named, name: str) -> Exception | None:
    """Return what AWS says when there is no such place; None when it is there."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if named.kind is Kind.QUEUE:
            queue_url(account, named.arn)
        else:
            bucket = named.arn.rpartition(":")[2]
            account.client("s3").list_objects_v2(Bucket=bucket, Prefix=named.prefix, MaxKeys=1)
    except (ClientError, BotoCoreError) as error:
        if not is_missing(error):
            raise refusal(error, f"find {name}") from error
        return error
    return None


def _missing(name: str, problem: Exception, known: Sequence[Place], queues: Sequence[str]) -> OperationError:
    for place in known:
        if place.name == name and not place.can_be_read:
            return instead(place.kind, name)
    names = {place.name for place in known if place.can_be_read} | set(queues)
    is_bucket = any(place.kind is Kind.BUCKET and place.arn.endswith(f":::{name}") for place in known)
    hint = f"write s3://{name}" if is_bucket else near(name, names)
    error = OperationError(f"expected a queue or a bucket that exists, found none called '{name}'; {hint}", Exit.USAGE)
    error.__cause__ = problem
    return error


def _overlap(place: Place, named: Named) -> bool:
    prefixes = place.prefix, named.prefix
    same = prefixes[0].startswith(prefixes[1]) or prefixes[1].startswith(prefixes[0])
    return (place.kind, place.arn) == (named.kind, named.arn) and same
