"""The options of the commands that apply rules."""

import argparse
from typing import Final

FORMATS: Final = "text, json, sarif, junit, github or markdown"


def add_rule_options(parser: argparse.ArgumentParser) -> None:
    """Add which rules to run, and what becomes of their findings."""
    parser.add_argument(
        "--select",
        action="append",
        metavar="RULES",
        help="the rules to run, separated by commas; default: all but the opt-in ones",
    )
    parser.add_argument("--ignore", action="append", metavar="RULES", help="rules not to run, separated by commas")
    parser.add_argument(
        "--fail-on",
        choices=("error", "warning", "info"),
        help="the least severe finding that makes the exit code 1; default: error",
    )
    parser.add_argument(
        "--format",
        action="append",
        metavar="FORMAT[=FILE]",
        help=f"{FORMATS}; with a file, write it there. Can be repeated; text goes to the screen if no other one does",
    )
    parser.add_argument(
        "--baseline",
        metavar="FILE",
        help="accept the findings that the file lists; it is not read with --write-baseline",
    )
    parser.add_argument(
        "--write-baseline",
        metavar="FILE",
        help="write the findings that nobody accepted otherwise into the file, and exit with 0",
    )
    parser.add_argument(
        "--rules-from",
        action="append",
        metavar="MODULE",
        help="a module, or a Python file, with rules of your own: subclasses of constructs_lib.nag.rule.Rule",
    )
