"""What is wrong with how the command is called, and how it is said."""

import sys
from typing import Final

INTERRUPTED: Final = 130
"""The exit code after Ctrl-C, as of any command in a shell."""


class UsageError(Exception):
    """The options or the settings are wrong; the message says what was expected, what was found, and what to do."""


def say(message: str) -> None:
    """Write a message to standard error; names in it come from anywhere."""
    from constructs_lib.nag.reports.places import plain

    print(f"lambda-invocations: {plain(message)}", file=sys.stderr)
