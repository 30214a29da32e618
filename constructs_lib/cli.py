"""The command ``lambda-invocations``."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from constructs_lib.graph.template import TemplateError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        The exit code: 0, 1 when nobody reads the output, or 2 when what should be read cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end; that must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except TemplateError as error:
        print(f"lambda-invocations: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambda-invocations", description="how AWS Lambda functions are invoked")
    commands = parser.add_subparsers(required=True, metavar="command")
    summary = commands.add_parser("summary", help="say in short what an app holds and what the policies found")
    summary.add_argument("assembly", nargs="?", type=Path, default=Path("cdk.out"), help="default: cdk.out")
    summary.set_defaults(run=_summary)
    return parser


def _summary(options: argparse.Namespace) -> int:
    from constructs_lib.summary import summarize

    for line in summarize(options.assembly):
        print(line)
    return 0
