"""Where the response of a function is written."""

import codecs
import stat
import sys
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from constructs_lib.nag.reports.places import plain
from constructs_lib.operations.errors import Exit, OperationError


class Response(Protocol):
    """Takes a response in one or more parts."""

    @property
    def where(self) -> str:
        """What has the response, for the beginning of a sentence."""

    def write(self, part: bytes) -> None:
        """Write the next part."""


class Kept:
    """Keeps it, as it becomes part of something else."""

    where = "Nothing"

    def __init__(self) -> None:
        self.content = bytearray()

    def write(self, part: bytes) -> None:
        """Keep the next part."""
        self.content += part


class ResponseFile:
    """Writes it into a file.

    The file is opened first, as a function that has run cannot be asked for its response again. A file that was there
    before keeps its content until there is a response.

    Parameters
    ----------
    path
        The file.
    """

    def __init__(self, path: Path) -> None:
        self.where = str(path)
        self._path = path
        self._is_new = not path.exists()
        self._is_begun = False

    def __enter__(self) -> Self:
        self._file = self._path.open("ab")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.write(b"")
        with suppress(OSError):  # each part was flushed, so that only what was told already can go wrong
            self._file.close()
        if not self._is_begun and self._is_new:
            self._path.unlink(missing_ok=True)

    def write(self, part: bytes) -> None:
        """Write the next part."""
        try:
            # A pipe, or a device, has nothing to be removed.
            if not self._is_begun and stat.S_ISREG(self._path.stat().st_mode):
                self._file.truncate(0)
            self._is_begun = True
            self._file.write(part)
            self._file.flush()
        except OSError as error:
            raise OperationError(
                f"{self._path}: expected a file that takes the response, found {str(error.strerror).lower()}; the "
                "function has run, and the file has a part of its response at most: check what it did first",
                Exit.USAGE,
            ) from error


class _StandardOutput:
    """Writes it as it is."""

    where = "Standard output"

    def write(self, part: bytes) -> None:
        """Write the next part."""
        sys.stdout.buffer.write(part)
        sys.stdout.buffer.flush()

    def end(self) -> None:
        """End it: nothing is to be added."""


class _Terminal:
    """Writes it as text that a terminal can bear, and ends its last line."""

    where = "The terminal"

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        self._last = "\n"

    def write(self, part: bytes) -> None:
        """Write the next part."""
        self._write(self._decoder.decode(part))

    def end(self) -> None:
        """End the last line."""
        self._write(self._decoder.decode(b"", final=True))
        self._write("" if self._last.endswith("\n") else "\n")

    def _write(self, text: str) -> None:
        self._last = text or self._last
        sys.stdout.write(plain(text))
        sys.stdout.flush()


def standard_output() -> _StandardOutput | _Terminal:
    """Return what writes a response to standard output."""
    return _Terminal() if sys.stdout.isatty() else _StandardOutput()
