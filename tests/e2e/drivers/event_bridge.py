"""EventBridge: events are put on the default bus."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.delivered import DeliveredDriver, undelivered_by_rule
from tests.e2e.drivers.driver import Deployed


class EventBridgeDriver(DeliveredDriver):
    """The token is in the detail."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        entries = [
            {"Source": "orders", "DetailType": "placed", "Detail": json.dumps({"token": token})} for token in tokens
        ]
        answer = deployed.clients["events"].put_events(Entries=entries)
        assert answer["FailedEntryCount"] == 0, answer

    def undelivered(self, deployed: Deployed, message: dict[str, Any], code: str) -> str:
        return str(undelivered_by_rule(deployed, message, code)["token"])
