"""Direct invocation with ``InvocationType=Event``."""

import json
from collections.abc import Sequence

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class InvocationDriver(AsynchronousDriver):
    """The payload holds the token."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            answer = deployed.clients["lambda"].invoke(
                FunctionName=deployed.outputs["Function"],
                InvocationType="Event",
                Payload=json.dumps({"token": token}),
            )
            assert answer["StatusCode"] == 202  # I3
