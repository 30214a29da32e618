"""``lambda-invocations rules``."""

import argparse
import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.cli.errors import UsageError

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from constructs_lib.nag.rule import Rule

_WIDTH: Final = 110


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "rules",
        help="list the rules, or explain one of them",
        description="List the rules, or explain one of them with what to do about its findings.",
        epilog="exit codes:\n  0  the rules are listed\n  2  there is no such rule, or the command is called wrongly",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="the id of a rule; default: all of them, in short")
    parser.add_argument(
        "--rules-from",
        action="append",
        metavar="MODULE",
        help="a module, or a Python file, with rules of your own; default: those of the settings, as for check",
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.own_rules import load_rules
    from constructs_lib.cli.settings import read_settings
    from constructs_lib.nag.rules import all_rules
    from constructs_lib.nag.selection import choose_rules

    settings = read_settings(argparse.Namespace(rules_from=options.rules_from))
    own = [rule for name in settings.rules_from for rule in load_rules(name)]
    try:
        every = [rule.id for rule in (*all_rules(), *own)]
        rules = choose_rules(every if options.name is None else [options.name], additional=own)
    except ValueError as error:
        raise UsageError(str(error)) from error
    if options.format == "json":
        data = [_data(rule) for rule in rules]
        print(json.dumps(data if options.name is None else data[0], indent=2))
    else:
        print("\n".join(_catalogue(rules) if options.name is None else _explained(rules[0])))
    return 0


def _data(rule: "Rule") -> dict[str, Any]:
    return {
        "id": rule.id,
        "severity": rule.severity.label,
        "description": rule.description,
        "fix": rule.fix,
        "source": rule.source,
        "optIn": rule.opt_in,
    }


def _catalogue(rules: "Sequence[Rule]") -> Iterator[str]:
    width = max(len(rule.id) for rule in rules)
    for rule in rules:
        opt_in = "Opt-in. " if rule.opt_in else ""
        yield from _row(f"{rule.id:{width}}  {rule.severity.label:7}", opt_in + rule.description)
    yield ""
    yield f"{len(rules)} rules; 'lambda-invocations rules NAME' says what to do about one"


def _explained(rule: "Rule") -> Iterator[str]:
    runs = "only when it is selected by its id" if rule.opt_in else "by default"
    yield rule.id
    for label, text in (
        ("severity", rule.severity.label),
        ("runs", runs),
        ("what", rule.description),
        ("fix", rule.fix),
        ("source", rule.source),
    ):
        yield from _row(f"  {label:8}", text)


def _row(head: str, text: str) -> list[str]:
    from textwrap import wrap

    return wrap(
        text,
        _WIDTH,
        initial_indent=head + "  ",
        subsequent_indent=" " * (len(head) + 2),
        break_long_words=False,
        break_on_hyphens=False,
    )
