"""What AWS refuses, and how it is said."""

from enum import IntEnum


class Exit(IntEnum):
    """What the exit codes of the commands that call AWS mean."""

    DONE = 0
    FAILED = 1
    """The function failed, some events stay where they are, or there are findings."""
    USAGE = 2
    """The command is called wrongly, or what it should read cannot be read."""
    REFUSED = 3
    """AWS refused a call, or cannot be reached; what could be done without it is done."""


class OperationError(Exception):
    """An operation cannot be done; the message says what was expected, what was found, and what to do.

    Parameters
    ----------
    message
        The message.
    code
        The exit code of the command.
    """

    def __init__(self, message: str, code: Exit = Exit.REFUSED) -> None:
        super().__init__(message)
        self.code = code
