"""IoT: devices publish messages."""

import json
from collections.abc import Sequence

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class IotDriver(AsynchronousDriver):
    """The message holds the token."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            deployed.clients["iot-data"].publish(topic="doors/1/opened", qos=1, payload=json.dumps({"token": token}))
