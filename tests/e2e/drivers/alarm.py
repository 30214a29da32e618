"""CloudWatch alarms: their state is set, as AWS lets it be set to try actions; the emulator compares no metrics."""

from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class AlarmDriver(AsynchronousDriver):
    """The token is the reason of the new state."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Alarm": built.alarm.alarm_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            self._set(deployed, "OK", "so that it can change")
            self._set(deployed, "ALARM", token)

    def _set(self, deployed: Deployed, state: str, reason: str) -> None:
        deployed.clients["cloudwatch"].set_alarm_state(
            AlarmName=deployed.outputs["Alarm"], StateValue=state, StateReason=reason
        )
