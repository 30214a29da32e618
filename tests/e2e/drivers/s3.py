"""S3: objects are uploaded."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.delivered import DeliveredDriver, undelivered_by_rule
from tests.e2e.drivers.driver import Deployed


class S3Driver(AsynchronousDriver):
    """The key of an object is its token."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Bucket": built.bucket.bucket_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["s3"].put_object(Bucket=deployed.outputs["Bucket"], Key=token, Body=b"picture")


class S3EventBridgeDriver(S3Driver, DeliveredDriver):
    """The same, through a rule."""

    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        detail = undelivered_by_rule(deployed, message, code)
        assert detail["bucket"]["name"] == deployed.outputs["Bucket"]
        return str(detail["object"]["key"])
