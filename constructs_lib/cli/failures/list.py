"""``lambda-invocations failures list``."""

import argparse
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.account import EXIT_CODES, add_account_options

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_DESCRIPTION: Final = """\
List every place in which failed events can wait, as the live configuration names it, and what has none."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list the places in which failed events wait, and what has none",
        description=_DESCRIPTION,
        epilog=EXIT_CODES.format(failed="never"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--stack", metavar="NAME", help="only what is of this stack, its nested ones included")
    only.add_argument("--function", metavar="NAME", help="only what is for this function")
    parser.add_argument("--with-events", action="store_true", help="only places that hold any")
    parser.add_argument("--json", action="store_true", help="write JSON")
    add_account_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    raise NotImplementedError
