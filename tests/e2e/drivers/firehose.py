"""Amazon Data Firehose: records are put, and what cannot be transformed is kept in the bucket."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed, Driver
from tests.e2e.drivers.roles import forbid_to_invoke

FIELDS = {
    "attemptsMade",
    "arrivalTimestamp",
    "errorCode",
    "errorMessage",
    "attemptEndingTimestamp",
    "rawData",
    "lambdaArn",
}
"""Of a failed record (AWS: firehose/data-transformation)."""

CODES = {"timeout": "FunctionError", "gone": "InvokeAccessDenied", "slow": "InvokeLimitExceeded"}
"""Where the function does not mark the record itself."""


class FirehoseDriver(Driver):
    """A failed record is under the error prefix, as it was."""

    attempts = 1
    outlasts_throttles = False  # V9: three retries, and no longer
    attempts_if_timed_out = 4  # V9: the first and three retries

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Stream": built.delivery_stream.ref, "Bucket": built.bucket.bucket_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        answer = deployed.clients["firehose"].put_record_batch(
            DeliveryStreamName=deployed.outputs["Stream"], Records=[{"Data": token.encode()} for token in tokens]
        )
        assert answer["FailedPutCount"] == 0, answer

    def revoke(self, deployed: Deployed) -> None:
        """Take from the stream what lets it invoke the function."""
        found = deployed.clients["firehose"].describe_delivery_stream(DeliveryStreamName=deployed.outputs["Stream"])
        (destination,) = found["DeliveryStreamDescription"]["Destinations"]
        forbid_to_invoke(deployed.clients, destination["ExtendedS3DestinationDescription"]["RoleARN"])

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        client, bucket = deployed.clients["s3"], deployed.outputs["Bucket"]
        for found in client.list_objects_v2(Bucket=bucket, Prefix="failed/processing-failed/").get("Contents", []):
            text = client.get_object(Bucket=bucket, Key=found["Key"])["Body"].read().decode()
            client.delete_object(Bucket=bucket, Key=found["Key"])
            for line in text.splitlines():
                record = json.loads(line)
                assert set(record) >= FIELDS, record
                assert record["lambdaArn"].endswith(f":function:{deployed.outputs['Function']}")
                token = base64.b64decode(record["rawData"]).decode()
                assert record["errorCode"] == f"Lambda.{CODES.get(token.split('-')[1], 'ProcessingFailedStatus')}"
                assert token in tokens, (token, record)
                assert token not in deployed.captured, f"{token} was captured twice"
                deployed.captured[token] = line
