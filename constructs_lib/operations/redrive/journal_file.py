"""A file of lines of JSON that one process at a time uses, and that is whole after any end of that process."""

import json
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from constructs_lib.operations.errors import Exit, OperationError

_VERSION: Final = 1


class JournalFile:
    """The file of a journal.

    Parameters
    ----------
    path
        The file; it is made if need be, with its folders, and added to otherwise.
    place
        What the journal is of: account, region and place. A journal of something else is refused.
    take
        Is given each line that is in it already.

    Raises
    ------
    OperationError
        When another run uses it, or it is no journal of this place, or cannot be used.
    """

    def __init__(self, path: Path, place: Mapping[str, str], take: Callable[[dict[str, Any]], None]) -> None:
        self.path = path
        self._is_dirty = False
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._file = path.open("a+b")
        except OSError as error:
            raise _unusable(path, error) from error
        try:
            self._lock()
            self._read({"journal": _VERSION, **place}, take)
        except BaseException:
            self._file.close()
            raise

    def close(self) -> None:
        """Let others use it."""
        with suppress(OSError):  # nothing that matters is left to be written
            self._file.close()

    def add(self, line: Mapping[str, Any]) -> None:
        """Add a line, which is on the disk after ``commit``."""
        try:
            self._file.write(json.dumps(line, separators=(",", ":")).encode() + b"\n")
        except OSError as error:  # when the buffer is full
            raise _unusable(self.path, error) from error
        self._is_dirty = True

    def commit(self) -> None:
        """Put on the disk what was added.

        Raises
        ------
        OperationError
            When that cannot be done.
        """
        if not self._is_dirty:
            return
        try:
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError as error:
            raise _unusable(self.path, error) from error
        self._is_dirty = False

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

    def _read(self, header: dict[str, Any], take: Callable[[dict[str, Any]], None]) -> None:
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
                take(line)
            whole += len(raw)
        if found is None:
            self.add(header)
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
