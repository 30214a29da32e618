"""IoT: devices publish messages."""

import base64
import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.delivered import DeliveredDriver
from tests.e2e.drivers.driver import Deployed


class IotDriver(DeliveredDriver):
    """The message holds the token."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["iot-data"].publish(topic="doors/1/opened", qos=1, payload=json.dumps({"token": token}))

    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        error = json.loads(message["Body"])  # V28: the error action gets a document of its own
        assert error["ruleName"]
        assert error["topic"] == "doors/1/opened"
        (failure,) = error["failures"]
        assert failure["failedAction"] == "LambdaAction"
        assert failure["failedResource"].endswith(f":function:{deployed.outputs['Function']}")
        assert failure["errorMessage"]
        return base64.b64decode(error["base64OriginalPayload"]).decode()
