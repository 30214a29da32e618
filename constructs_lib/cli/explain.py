"""``lambda-invocations explain``."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.errors import UsageError, say

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from constructs_lib.explain.model import Account

_DESCRIPTION: Final = """\
Say for each function who invokes it and how, how often and how long an event is tried, where it ends when it fails,
who watches that place, and how long the caller waits. What the templates, or AWS, do not tell is said as unknown.

PATH is what 'lambda-invocations check' takes: a cloud assembly (cdk.out), a template in JSON or YAML, a SAM template, a
folder of these, or - for standard input."""

_EPILOG: Final = """\
exit codes:
  0  the functions are explained
  2  an input cannot be read, or there is no such function; what can be read is explained all the same"""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "explain",
        help="say for each function who invokes it, and where a failed event ends",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("paths", nargs="+", metavar="PATH")
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.add_argument(
        "--function", metavar="NAME", help="only this one: its construct path, or its end, its logical id or its name"
    )
    parser.add_argument(
        "--exclude",
        action="append",
        metavar="GLOB",
        help="what to leave out of folders: a name, or a path when there is a slash in it; can be repeated; default: "
        "that of the settings, as for check",
    )
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.settings import read_settings
    from constructs_lib.explain import data, text
    from constructs_lib.explain.accounts import accounts
    from constructs_lib.graph.loading.inputs import load_inputs
    from constructs_lib.graph.template import TemplateError

    found: list[Account] = []
    problems: list[TemplateError] = []
    settings = read_settings(argparse.Namespace(exclude=options.exclude))
    for one in load_inputs(options.paths, settings.exclude):
        if isinstance(one, TemplateError):
            problems.append(one)
        else:
            found += accounts(one)
    for problem in problems:
        say(str(problem))
    if options.function is not None:
        found = _only(found, options.function)
    report = text.render(found) if options.format == "text" else data.render(found, problems)
    print(report, end="")
    return 2 if problems else 0


def _only(found: "Sequence[Account]", name: str) -> "list[Account]":
    chosen = [one for one in found if name in one.names]
    if chosen:
        return chosen
    from difflib import get_close_matches

    known = {other for one in found for other in one.names}
    close = get_close_matches(name, sorted(known), n=1)
    hint = f"did you mean '{close[0]}'?" if close else "without --function, all of them are explained"
    raise UsageError(f"expected the name of a function, found '{name}'; {hint}")
