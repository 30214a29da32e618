"""How many objects wait in a bucket, and how long it keeps them."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from constructs_lib.operations.account import Account
from constructs_lib.operations.places.place import Place
from constructs_lib.operations.places.waiting import Waiting
from constructs_lib.operations.refusals import error_code

MOST: Final = 1_000
"""Objects in an answer. Source: AmazonS3/latest/API/API_ListObjectsV2.html."""
_DAY: Final = 86_400
_NONE: Final = "NoSuchLifecycleConfiguration"


def waiting_in_bucket(account: Account, place: Place, now: datetime | None = None) -> Waiting:
    """Return what waits under the prefix of a bucket, without how long it keeps it; at most a thousand are counted.

    Parameters
    ----------
    account
        The account.
    place
        The place.
    now
        The time. Default: that of the clock.

    Raises
    ------
    botocore.exceptions.ClientError
        When the bucket is gone, or may not be listed.
    """
    bucket = place.arn.rpartition(":")[2]
    page = account.client("s3").list_objects_v2(Bucket=bucket, Prefix=place.prefix, MaxKeys=MOST)
    written = [one["LastModified"] for one in page.get("Contents", ())]
    time = now or datetime.now(UTC)
    return Waiting(
        visible=len(written),
        more=bool(page.get("IsTruncated")),
        oldest=(time - min(written)).total_seconds() if written else None,
    )


def bucket_retention(account: Account, place: Place) -> float | None:
    """Return after how many seconds the lifecycle of a bucket deletes what lies there; None when it keeps it.

    Raises
    ------
    botocore.exceptions.ClientError
        When the lifecycle may not be read.
    """
    from botocore.exceptions import ClientError

    bucket = place.arn.rpartition(":")[2]
    try:
        rules = account.client("s3").get_bucket_lifecycle_configuration(Bucket=bucket).get("Rules", ())
    except ClientError as error:
        if error_code(error) != _NONE:
            raise
        return None
    return min((_DAY * days for rule in rules for days in _days(rule, place.prefix)), default=None)


def _days(rule: Mapping[str, Any], prefix: str) -> Iterator[int]:
    """Yield after how many days a rule certainly deletes what lies under a prefix."""
    condition = rule.get("Filter", {})
    condition = condition.get("And", condition)
    # Lambda's objects have no tags, and any size.
    wide = not condition.keys() - {"Prefix"}
    beginning = condition.get("Prefix", rule.get("Prefix", ""))
    if rule["Status"] == "Enabled" and wide and prefix.startswith(beginning) and "Days" in rule.get("Expiration", {}):
        yield rule["Expiration"]["Days"]
