"""What is wrong with how the command is called, and how it is said."""

import sys


class UsageError(Exception):
    """The options or the settings are wrong; the message says what was expected, what was found, and what to do."""


def say(message: str) -> None:
    """Write a message to standard error; names in it come from anywhere."""
    from constructs_lib.nag.reports.places import plain

    print(f"lambda-invocations: {plain(message)}", file=sys.stderr)
