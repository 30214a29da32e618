"""S3: objects are uploaded."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class S3Driver(AsynchronousDriver):
    """The key of an object is its token."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Bucket": built.bucket.bucket_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["s3"].put_object(Bucket=deployed.outputs["Bucket"], Key=token, Body=b"picture")
