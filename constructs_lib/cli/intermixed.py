"""Lets options stand between positional arguments."""

import argparse
from collections.abc import Sequence
from typing import Any


class Intermixed(argparse.ArgumentParser):
    """A parser of a command that takes ``FUNCTION --async PAYLOAD`` as well as ``FUNCTION PAYLOAD --async``.

    By itself argparse takes an optional positional argument for missing as soon as an option stands before it.
    """

    _begun = False

    def parse_known_args(self, args: Sequence[str] | None = None, namespace: Any = None) -> Any:  # type: ignore[override]
        """Parse the arguments; that of a group of commands passes what is behind the command on as it is."""
        # What is behind -- is no option, which intermixing forgets.
        if self._begun or self._subparsers is not None or "--" in (args or ()):
            return super().parse_known_args(args, namespace)
        self._begun = True
        try:
            return self.parse_known_intermixed_args(args, namespace)
        finally:
            self._begun = False
