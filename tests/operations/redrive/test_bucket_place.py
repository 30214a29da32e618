import io
import json
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import ClientError

from constructs_lib.operations.account import Account
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.redrive.bucket_place import BucketPlace
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import FUNCTION

HEAD = {"Bucket": "failed", "Prefix": "aws/lambda/async/", "MaxKeys": 1}
PLACE = Place(Kind.BUCKET, "arn:aws:s3:::failed", (), "aws/lambda/async/")
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


def record(n: int) -> bytes:
    context = {"functionArn": f"{FUNCTION}:$LATEST", "condition": "RetriesExhausted"}
    return json.dumps({"requestContext": context, "requestPayload": {"n": n}}).encode()


class Objects:
    """Gives what is asked for, in whatever order that is."""

    def __init__(self, account: Account, stub: Stub, sizes: dict[str, int]) -> None:
        self.s3 = s3 = stub("s3")
        s3.add_response("list_objects_v2", {"Contents": []}, HEAD)
        listed = [{"Key": key, "Size": size, "LastModified": WRITTEN} for key, size in sizes.items()]
        s3.add_response("list_objects_v2", {"Contents": listed})
        self.denied: set[str] = set()
        account.client("s3").get_object = self.get

    def get(self, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803 - as in boto3
        if Key in self.denied:
            said: Any = {"Code": "AccessDenied", "Message": f"not authorized to read {Key}"}
            raise ClientError({"Error": said}, "GetObject")
        body = record(int(Key.rpartition("/")[2]))
        return {"Body": io.BytesIO(body), "LastModified": WRITTEN}


def read(bucket: BucketPlace) -> list[list[int]]:
    found = []
    while events := bucket.receive():
        found.append([event.payload["n"] for event in events])
    return found


def test_records_are_read_in_the_order_of_their_keys(account: Account, stub: Stub) -> None:
    Objects(account, stub, {f"aws/lambda/async/{n:03}": 10 for n in range(105)})
    bucket = BucketPlace(account, PLACE)
    parts = read(bucket)
    assert [len(part) for part in parts] == [10] * 10 + [5]
    assert [n for part in parts for n in part] == list(range(105))
    bucket.close()


def test_fewer_large_objects_come_at_once(account: Account, stub: Stub) -> None:
    Objects(account, stub, {f"aws/lambda/async/{n:03}": 6 * 2**20 for n in range(6)})
    bucket = BucketPlace(account, PLACE)
    assert read(bucket) == [[0, 1], [2, 3], [4, 5]]
    bucket.close()


def test_objects_that_cannot_be_read_are_told_once_for_each_reason(account: Account, stub: Stub) -> None:
    keys = [f"aws/lambda/async/{n:03}" for n in range(30)]
    objects = Objects(account, stub, dict.fromkeys(keys, 10))
    objects.denied = set(keys[1:])
    bucket = BucketPlace(account, PLACE)
    assert read(bucket) == [[0]]
    (problem,) = bucket.problems
    assert "AccessDenied: not authorized to read aws/lambda/async/0" in problem
    assert problem.endswith("(and 28 more with AccessDenied)")
    bucket.close()


def test_objects_are_deleted(account: Account, stub: Stub) -> None:
    objects = Objects(account, stub, {f"aws/lambda/async/{n:02}": 10 for n in range(2)})
    bucket = BucketPlace(account, PLACE)
    keys = [event.stored.id for event in bucket.receive()]
    expected = {"Bucket": "failed", "Delete": {"Objects": [{"Key": key} for key in keys], "Quiet": True}}
    errors = [{"Key": keys[1], "Code": "AccessDenied", "Message": "no"}]
    objects.s3.add_response("delete_objects", {"Errors": errors}, expected)
    stays = bucket.remove(keys)
    assert list(stays) == [keys[1]]
    assert "AccessDenied" in stays[keys[1]].text
    bucket.close()
