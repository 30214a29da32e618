"""Notes what is done with each event before it is done, so that a run that ends at any moment can be taken up again.

A line is a JSON object. ``sending`` is on the disk before an event is sent, ``accepted`` before it leaves its place. So
an event that was sent and is not noted as accepted may have been; one that is, needs only to leave its place.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from constructs_lib.operations.redrive.journal_file import JournalFile


class Journal:
    """The journal of one place, which one run at a time can use.

    Parameters
    ----------
    path
        The file; it is made if need be, with its folders, and added to otherwise.
    place
        What the journal is of: account, region and place. A journal of something else is refused.

    Raises
    ------
    OperationError
        When another run uses it, or it is no journal of this place, or cannot be used.
    """

    def __init__(self, path: Path, place: Mapping[str, str]) -> None:
        self.path = path
        self.accepted: set[str] = set()
        """The events that their home has accepted."""
        self.unsure: set[str] = set()
        """The events that their home may have accepted."""
        self.unremoved: dict[str, str | None] = {}
        """Of the accepted ones, those that have not left the place, and when they were written if that is noted."""
        self.was_interrupted = False
        """Whether the last run did not come to its end."""
        self._file = JournalFile(path, place, self._take)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def begin(self, options: Mapping[str, Any]) -> None:
        """Note that a run begins, and what it was asked to do."""
        self._file.add({"run": "begin", "at": _now(), "options": options})
        self._file.commit()

    def end(self, summary: Mapping[str, Any]) -> None:
        """Note that a run came to its end."""
        self._file.add({"run": "end", "at": _now(), "summary": summary})
        self._file.commit()

    def sending(self, ids: Iterable[str], home: str) -> int:
        """Note that events are going to be sent; return how many of them may have been sent before."""
        named = list(ids)
        again = [one for one in named if one in self.unsure]
        self.unsure.update(named)
        self._file.add({"sending": named, "to": home, **({"again": again} if again else {})})
        return len(again)

    def sent(self, id: str, as_id: str, written: str | None = None) -> None:
        """Note that an event is accepted, and its id there.

        Parameters
        ----------
        id
            The event.
        as_id
            The id of the request, or of the new message.
        written
            When the event was written, where another event can have its id later. Default: none can.
        """
        line = {"accepted": id, "as_id": as_id, **({"written": written} if written else {})}
        self._take(line)
        self._file.add(line)

    def left(self, id: str, why: str, *, maybe_sent: bool) -> None:
        """Note that an event stays, and whether it may have been accepted all the same."""
        line = {"left": id, "why": why, "maybe_sent": maybe_sent}
        self._take(line)
        self._file.add(line)

    def removed(self, ids: Iterable[str]) -> None:
        """Note that events have left the place; this need not be on the disk at once."""
        line = {"removed": list(ids)}
        self._take(line)
        self._file.add(line)

    def commit(self) -> None:
        """Put on the disk what is noted.

        Raises
        ------
        OperationError
            When that cannot be done. What is noted must not be done then.
        """
        self._file.commit()

    def _take(self, line: dict[str, Any]) -> None:
        if "run" in line:
            self.was_interrupted = line["run"] == "begin"
        elif "sending" in line:
            self.unsure.update(line["sending"])
        elif "accepted" in line:
            self.unsure.discard(line["accepted"])
            self.accepted.add(line["accepted"])
            self.unremoved[line["accepted"]] = line.get("written")
        elif "removed" in line:
            for gone in line["removed"]:
                self.unremoved.pop(gone, None)
        elif "left" in line and not line.get("maybe_sent"):
            self.unsure.discard(line["left"])


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
