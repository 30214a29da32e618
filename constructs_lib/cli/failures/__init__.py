"""``lambda-invocations failures``: one module for each of its commands."""

import argparse
from typing import TYPE_CHECKING

from constructs_lib.cli.failures import list as list_
from constructs_lib.cli.failures import redrive, show

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the group of commands."""
    parser = commands.add_parser("failures", help="find, read and redrive failed events in an account")
    group = parser.add_subparsers(required=True, metavar="command")
    list_.add_parser(group)
    show.add_parser(group)
    redrive.add_parser(group)
