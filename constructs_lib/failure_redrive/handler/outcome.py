"""What became of the events of a part of the work, small enough to be handed on from state to state."""

import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any, Final

from constructs_lib.failure_redrive.handler.courier import NO_TIME, OTHER_ERROR, Result
from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.redrive.sent import Sent

TIME_IS_OVER: Final = "the time of the execution was over"
_NOT_REMOVED: Final = "it was sent, but could not be removed: the next redrive sends it once more"

_MOST_REASONS: Final = 20
_LONGEST_REASON: Final = 500
"""Characters. Step Functions hands on 256 KiB, and takes 32,768 characters as a cause. Sources:
https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html, .../apireference/API_HistoryEvent.html."""


class Outcome:
    """How many events were sent, and why others were left.

    Parameters
    ----------
    before
        What an earlier invocation for the same part of the work returned; empty for the first one.
    """

    def __init__(self, before: dict[str, Any]) -> None:
        self.sent: int = before.get("sent", 0)
        self.left: Counter[str] = Counter(before.get("left", {}))

    def results(self, results: Mapping[str, Result], not_removed: Collection[str]) -> None:
        """Note what became of events; those that wait for their turn, or were not asked for, do not count."""
        self.sent += sum(isinstance(result, Sent) for result in results.values())
        for event, result in results.items():
            if event in not_removed:
                self.leave(event, _NOT_REMOVED)
            elif isinstance(result, Reason) and result not in (NO_TIME, OTHER_ERROR):
                self.leave(event, result.text)

    def leave(self, id: str, reason: str) -> None:
        """Note that an event stays, and log which one: the number alone is handed on."""
        print(json.dumps({"event": id, "left": reason}))
        self.note(reason)

    def note(self, reason: str) -> None:
        """Count a reason."""
        text = reason[:_LONGEST_REASON]
        self.left[text if text in self.left or len(self.left) < _MOST_REASONS else "other reasons: see the log"] += 1

    def forget_left(self) -> None:
        """Begin to count anew, as every event that was left is going to be seen again."""
        self.left.clear()

    def answer(self, part: dict[str, Any], *, again: bool) -> dict[str, Any]:
        """Return the part of the work with its outcome, and whether it is to go on."""
        answer = {**part, "sent": self.sent, "left": dict(self.left), "again": again, "done": not self.left}
        print(json.dumps({name: answer[name] for name in ("sent", "left", "again", "done")}))
        return answer
