"""EventBridge: events are put on the default bus."""

import json
from collections.abc import Sequence

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class EventBridgeDriver(AsynchronousDriver):
    """The token is in the detail."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        entries = [
            {"Source": "orders", "DetailType": "placed", "Detail": json.dumps({"token": token})} for token in tokens
        ]
        answer = deployed.clients["events"].put_events(Entries=entries)
        assert answer["FailedEntryCount"] == 0, answer
