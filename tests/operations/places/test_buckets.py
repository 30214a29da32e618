from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from constructs_lib.operations.places.buckets import bucket_retention, waiting_in_bucket
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.places.waiting import Waiting
from tests.operations.places.account import BUCKET

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
PREFIX = "aws/lambda/async/resize/"
PLACE = Place(Kind.BUCKET, BUCKET, (), PREFIX)
DAY = 86_400


def waiting(account: Account, ages: list[int], *, truncated: bool = False) -> Waiting:
    contents = [{"Key": f"{PREFIX}{age}", "LastModified": NOW - timedelta(seconds=age)} for age in ages]
    with Stubber(account.client("s3")) as stub:
        asked = {"Bucket": "kept", "Prefix": PREFIX, "MaxKeys": 1000}
        stub.add_response("list_objects_v2", {"Contents": contents, "IsTruncated": truncated}, asked)
        return waiting_in_bucket(account, PLACE, NOW)


def rule(days: int | None = 7, status: str = "Enabled", **more: Any) -> dict[str, Any]:
    expiration = {"Days": days} if days else {"ExpiredObjectDeleteMarker": True}
    return {"Status": status, "Expiration": expiration, **more}


def test_the_age_of_the_oldest(account: Account) -> None:
    assert waiting(account, [30, 90, 60]) == Waiting(3, oldest=90)


def test_a_bucket_without_a_lifecycle_keeps_all(account: Account) -> None:
    with Stubber(account.client("s3")) as stub:
        stub.add_client_error("get_bucket_lifecycle_configuration", "NoSuchLifecycleConfiguration")
        assert bucket_retention(account, PLACE) is None


def test_nothing_waits(account: Account) -> None:
    assert waiting(account, []) == Waiting(0)


def test_more_than_a_thousand(account: Account) -> None:
    found = waiting(account, list(range(1_000)), truncated=True)
    assert (found.events, found.more) == (1_000, True)


@pytest.mark.parametrize(
    ("rules", "days"),
    [
        ([rule(Filter={})], 7),
        ([rule(Filter={"Prefix": "aws/lambda/"})], 7),
        ([rule(Prefix="aws/")], 7),
        ([rule(Filter={"And": {"Prefix": "aws/"}}), rule(3, Filter={})], 3),
        ([rule(Filter={"Prefix": "aws/lambda/async/other/"})], None),
        ([rule(Filter={"Prefix": f"{PREFIX}2026/"})], None),
        ([rule(Filter={"Tag": {"Key": "a", "Value": "b"}})], None),
        ([rule(Filter={"And": {"Prefix": "aws/", "ObjectSizeGreaterThan": 1}})], None),
        ([rule(status="Disabled", Filter={})], None),
        ([rule(days=None, Filter={})], None),
        ([{"Status": "Enabled", "Filter": {}}], None),
    ],
)
def test_how_long_a_lifecycle_keeps_them(account: Account, rules: list[dict[str, Any]], days: int | None) -> None:
    with Stubber(account.client("s3")) as stub:
        stub.add_response("get_bucket_lifecycle_configuration", {"Rules": rules}, {"Bucket": "kept"})
        assert bucket_retention(account, PLACE) == (None if days is None else days * DAY)


def test_what_may_not_be_read(account: Account) -> None:
    with Stubber(account.client("s3")) as stub:
        stub.add_client_error("list_objects_v2", "AccessDenied")
        stub.add_client_error("get_bucket_lifecycle_configuration", "AccessDenied")
        with pytest.raises(ClientError, match="AccessDenied"):
            waiting_in_bucket(account, PLACE, NOW)
        with pytest.raises(ClientError, match="AccessDenied"):
            bucket_retention(account, PLACE)
