import io
import json
from datetime import UTC, datetime

from botocore.response import StreamingBody

from constructs_lib.operations.account import Account
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.redrive.bucket_place import BucketPlace
from tests.operations.conftest import Stub
from tests.operations.redrive.failed import FUNCTION

PLACE = Place(Kind.BUCKET, "arn:aws:s3:::failed", (), "aws/lambda/async/")
WRITTEN = datetime(2026, 11, 1, tzinfo=UTC)


def record(n: int) -> bytes:
    context = {"functionArn": f"{FUNCTION}:$LATEST", "condition": "RetriesExhausted"}
    return json.dumps({"requestContext": context, "requestPayload": {"n": n}}).encode()


def test_records_are_read_and_deleted(account: Account, stub: Stub) -> None:
    s3 = stub("s3")
    keys = [f"aws/lambda/async/{n:02}" for n in range(12)]
    listed = {"Contents": [{"Key": key, "Size": 10, "LastModified": WRITTEN} for key in keys]}
    s3.add_response("list_objects_v2", {"Contents": []}, {"Bucket": "failed", "Prefix": PLACE.prefix, "MaxKeys": 1})
    s3.add_response("list_objects_v2", listed)
    for n, key in enumerate(keys):
        body = StreamingBody(io.BytesIO(record(n)), len(record(n)))
        s3.add_response(
            "get_object", {"Body": body, "VersionId": "v", "LastModified": WRITTEN}, {"Bucket": "failed", "Key": key}
        )
    bucket = BucketPlace(account, PLACE)
    first, second = bucket.receive(), bucket.receive()
    assert [event.payload["n"] for event in first + second] == list(range(12))
    assert len(first) == 10
    assert {event.origin for event in first} == {Origin.DESTINATION}
    assert bucket.receive() == []
    expected = {"Bucket": "failed", "Delete": {"Objects": [{"Key": key} for key in keys[:2]], "Quiet": True}}
    errors = [{"Key": keys[1], "Code": "AccessDenied", "Message": "no"}]
    s3.add_response("delete_objects", {"Errors": errors}, expected)
    stays = bucket.remove(keys[:2])
    assert list(stays) == [keys[1]]
    assert "AccessDenied" in stays[keys[1]].text
    bucket.close()
