"""Notes what is done with each event before it is done, so that a run that ends at any moment can be taken up again.

A line is a JSON object. ``sending`` is on the disk before an event is sent, ``accepted`` before it leaves its place. So
an event that was sent and is not noted as accepted may have been; one that is, needs only to leave its place.
"""

import json
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from constructs_lib.operations.errors import Exit, OperationError

_VERSION: Final = 1


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
        self.unremoved: set[str] = set()
        """Of these, the ones that have not left the place."""
        self.was_interrupted = False
        """Whether the last run did not come to its end."""
        self._is_dirty = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            self._lock()
            self._read({"journal": _VERSION, **place})
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # nothing that matters is left to be written
            self._file.close()

    def begin(self, options: Mapping[str, Any]) -> None:
        """Note that a run begins, and what it was asked to do."""
        self._note(run="begin", at=_now(), options=options)
        self.commit()

    def end(self, summary: Mapping[str, Any]) -> None:
        """Note that a run came to its end."""
        self._note(run="end", at=_now(), summary=summary)
        self.commit()

    def sending(self, ids: Iterable[str], home: str) -> int:
        """Note that events are going to be sent; return how many of them may have been sent before."""
        named = list(ids)
        again = [one for one in named if one in self.unsure]
        self.unsure.update(named)
        self._note(sending=named, to=home, **({"again": again} if again else {}))
        return len(again)

    def sent(self, id: str, as_id: str) -> None:
        """Note that an event is accepted, and its id there."""
        self.unsure.discard(id)
        self.accepted.add(id)
        self.unremoved.add(id)
        self._note(accepted=id, as_id=as_id)

    def left(self, id: str, why: str, *, maybe_sent: bool) -> None:
        """Note that an event stays, and whether it may have been accepted all the same."""
        if not maybe_sent:
            self.unsure.discard(id)
        self._note(left=id, why=why, maybe_sent=maybe_sent)

    def removed(self, ids: Iterable[str]) -> None:
        """Note that events have left the place; this need not be on the disk at once."""
        gone = list(ids)
        self.unremoved.difference_update(gone)
        self._note(removed=gone)

    def commit(self) -> None:
        """Put on the disk what is noted.

        Raises
        ------
        OperationError
            When that cannot be done. What is noted must not be done then.
        """
        if not self._is_dirty:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unusable(self.path, error) from error
        self._is_dirty = False

    def _note(self, **line: Any) -> None:
        try:
            self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        except OSError as error:  # when the buffer is full
            raise _unusable(self.path, error) from error
        self._is_dirty = True

    def _lock(self) -> None:
        try:
            import fcntl
        except ImportError:  # Windows, where two runs can share it
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise OperationError(
                f"expected a journal of its own, found {self.path}, which another run is using; wait for that one, or "
                "give another --journal FILE",
                Exit.USAGE,
            ) from error

    def _read(self, header: dict[str, Any]) -> None:
        self._file.seek(0)
        whole, found = 0, None
        for number, raw in enumerate(self._file):
            line = _parsed(raw)
            if line is None:
                self._cut_off(whole, raw)
                break
            if number == 0:
                found = line
            else:
                self._take(line)
            whole += len(raw)
        if found is None:
            self._note(**header)
            self.commit()
        elif found != header:
            raise OperationError(
                f"expected a journal of {_named(header)}, found {self.path}, which is of {_named(found)}; "
                "give another --journal FILE",
                Exit.USAGE,
            )

    def _cut_off(self, whole: int, torn: bytes) -> None:
        """Drop a last line that was not written to its end; nothing that it says has been done."""
        if self._file.read(1):
            raise OperationError(
                f"expected a journal, found {self.path}, with a line that is none: {torn[:60]!r}; "
                "give another --journal FILE",
                Exit.USAGE,
            )
        self._file.truncate(whole)
        self._file.seek(0, os.SEEK_END)

    def _take(self, line: dict[str, Any]) -> None:
        if "run" in line:
            self.was_interrupted = line["run"] == "begin"
        elif "sending" in line:
            self.unsure.update(line["sending"])
        elif "accepted" in line:
            self.unsure.discard(line["accepted"])
            self.accepted.add(line["accepted"])
            self.unremoved.add(line["accepted"])
        elif "removed" in line:
            self.unremoved.difference_update(line["removed"])
        elif "left" in line and not line.get("maybe_sent"):
            self.unsure.discard(line["left"])


def default_path(place: Mapping[str, str]) -> Path:
    """Return where the journal of a place is unless somebody says otherwise: in the user's folder for states."""
    import hashlib

    state = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    name = hashlib.sha256(json.dumps(place, sort_keys=True).encode()).hexdigest()[:16]
    return Path(state) / "lambda-invocations" / f"{name}.jsonl"


def _parsed(raw: bytes) -> dict[str, Any] | None:
    try:
        line = json.loads(raw) if raw.endswith(b"\n") else None
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def _named(header: dict[str, Any]) -> str:
    if "journal" not in header:
        return "something else"
    return " ".join(str(value) for name, value in header.items() if name != "journal" and value)


def _unusable(path: Path, error: OSError) -> OperationError:
    return OperationError(
        f"expected a journal that can be written, found {path}: {str(error.strerror).lower()}; give another --journal "
        "FILE. Nothing was sent that is not noted there",
        Exit.USAGE,
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
