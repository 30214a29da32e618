"""Read the text of a file, and say what is wrong with one."""

import os
from pathlib import Path
from typing import Final

from constructs_lib.graph.template import TemplateError

SIZE_LIMIT: Final = 32 * 1024 * 1024
"""The largest file that is read, in bytes. CloudFormation takes templates of 1 MB (D:cfn/cloudformation-limits)."""

TEMPLATE: Final = "a CloudFormation template"


class BadTextError(ValueError):
    """A text is not what it should be.

    Parameters
    ----------
    found
        What it is instead.
    cure
        What to do about it.
    """

    def __init__(self, found: str, cure: str) -> None:
        super().__init__(found)
        self.found = found
        self.cure = cure

    def at(self, path: Path, expected: str) -> TemplateError:
        """Return the error of the file that holds the text."""
        return TemplateError(path, f"expected {expected}, found {self.found}; {self.cure}")


def read_text(path: Path) -> str:
    """Return the text of a file.

    Raises
    ------
    BadTextError
        When the file is missing, unreadable, empty, larger than ``SIZE_LIMIT`` or not UTF-8.
    """
    return decode(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """Return what a file holds.

    Raises
    ------
    BadTextError
        When the file is missing, unreadable or larger than ``SIZE_LIMIT``.
    """
    try:
        with path.open("rb") as file:
            _check_size(os.fstat(file.fileno()).st_size)
            # A device would never end.
            return file.read(SIZE_LIMIT + 1)
    except BadTextError:
        raise
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadTextError(reason.lower(), "check the path, or run 'cdk synth' to write it") from error


def decode(content: bytes) -> str:
    """Return the text that bytes are.

    Raises
    ------
    BadTextError
        When they are none, too many or not UTF-8.
    """
    _check_size(len(content))
    try:
        text = content.decode("utf-8-sig")
    except ValueError as error:
        raise BadTextError("a file that is not UTF-8 text", "save it as UTF-8") from error
    if not text.strip():
        raise BadTextError("an empty file", "run 'cdk synth' to write it again, or leave it out")
    return text


def _check_size(size: int) -> None:
    if size > SIZE_LIMIT:
        megabyte = 1024 * 1024
        raise BadTextError(
            f"a file of more than {SIZE_LIMIT // megabyte} MB",
            "CloudFormation takes templates of at most 1 MB; split the stack, or leave the file out",
        )
