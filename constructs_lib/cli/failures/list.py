"""``lambda-invocations failures list``."""

import argparse
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.account import EXIT_CODES, account_of, add_account_options
from constructs_lib.cli.errors import say
from constructs_lib.operations.errors import Exit

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_DESCRIPTION: Final = """\
List every place in which failed events can wait, as the live configuration names it: dead-letter queues of functions,
queues, subscriptions, rules and schedules, on-failure destinations of functions and mappings. With how many events wait
there, the age of the oldest and for how long it is kept, whose they are, and which alarm and which reader it has. What
has no such place is listed as a gap. Nothing is received, and nothing changed."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "list",
        help="list the places in which failed events wait, and what has none",
        description=_DESCRIPTION,
        epilog=EXIT_CODES.format(failed="nobody reads the output"),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    only = parser.add_mutually_exclusive_group()
    only.add_argument("--stack", metavar="NAME", help="only what is of this stack, its nested ones included")
    only.add_argument("--function", metavar="NAME", help="only what is for this function")
    parser.add_argument("--json", action="store_true", help="write JSON")
    add_account_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    import json

    from constructs_lib.cli.failures.listed_data import data
    from constructs_lib.cli.failures.listed_text import lines
    from constructs_lib.cli.interrupting import ended_by_a_second_interrupt
    from constructs_lib.nag.reports.places import plain
    from constructs_lib.operations.places.listing import list_failures

    with ended_by_a_second_interrupt():
        listing = list_failures(account_of(options), stack=options.stack, function=options.function)
    for problem in listing.problems:
        say(problem)
    if options.json:
        print(json.dumps(data(listing), indent=2))
    else:
        for line in lines(listing):
            print(plain(line))
    return Exit.REFUSED if listing.problems else Exit.DONE
