"""``lambda-invocations summary``."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import _SubParsersAction


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("summary", help="say in short what an app holds and what the policies found")
    parser.add_argument("assembly", nargs="?", type=Path, default=Path("cdk.out"), help="default: cdk.out")
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.summary import summarize

    for line in summarize(options.assembly):
        print(line)
    return 0
