"""Find the place that somebody names."""

from collections.abc import Callable

from constructs_lib.graph.world import World
from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.live.reader import read_parts
from constructs_lib.operations.places.discovery import kind_of, places
from constructs_lib.operations.places.names import Named, instead, meant
from constructs_lib.operations.places.parts import parts_like, parts_of
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.places.queues import queue_url
from constructs_lib.operations.places.selection import near
from constructs_lib.operations.refusals import is_missing, refusal


def find_place(account: Account, name: str, *, note: Callable[[str], object] | None = None) -> Place:
    """Return a place from which events can be read, with whose they are, as the live configuration says.

    One that nothing names as a failure target has no uses. Only what can name the place is read. That takes a call for
    each function, unless the place is a FIFO queue, or the prefix in a bucket tells the function or the mapping.

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
    url = _url_of(account, named, name)
    live = read_parts(account, parts_of(named, url))
    known = places(World(live.app), live.arns)
    if note is not None:
        for one in live.problems:
            note(one.message)
    uses = dict.fromkeys(use for place in known if _overlap(place, named) for use in place.uses)
    return Place(named.kind, named.arn, tuple(uses), named.prefix, uses_are_whole=not live.problems)


def _url_of(account: Account, named: Named, name: str) -> str:
    """Return the URL of a place that is there: empty for a bucket."""
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        if named.kind is Kind.QUEUE:
            return queue_url(account, named.arn)
        bucket = named.arn.rpartition(":")[2]
        account.client("s3").list_objects_v2(Bucket=bucket, Prefix=named.prefix, MaxKeys=1)
    except (ClientError, BotoCoreError) as error:
        if not is_missing(error):
            raise refusal(error, f"find {name}") from error
        raise _missing(account, named, name) from error
    return ""


def _missing(account: Account, named: Named, name: str) -> OperationError:
    arns = read_parts(account, parts_like(named)).arns.values()
    known = [Place(kind, arn, ()) for arn in arns if (kind := kind_of(arn)) is not None]
    for place in known:
        if place.name == name and not place.can_be_read:
            return instead(place.kind, name)
    names = {place.name for place in known if place.can_be_read}
    hint = f"write s3://{name}" if f"s3://{name}/" in names else near(name, names)
    return OperationError(f"expected a queue or a bucket that exists, found none called '{name}'; {hint}", Exit.USAGE)


def _overlap(place: Place, named: Named) -> bool:
    prefixes = place.prefix, named.prefix
    same = prefixes[0].startswith(prefixes[1]) or prefixes[1].startswith(prefixes[0])
    return (place.kind, place.arn) == (named.kind, named.arn) and same
