"""The command ``lambda-invocations``: one module for each of its commands.

A module has ``add_parser``, which is called at every start and must load nothing that is slow, and runs its command.
"""

import argparse
import os
import sys
from collections.abc import Sequence

from constructs_lib.cli import check, explain, rules, summary
from constructs_lib.cli.errors import UsageError
from constructs_lib.graph.template import TemplateError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        The exit code: 0; 1 when there are findings, or when nobody reads the output; 2 when what should be read cannot
        be read, or the command is called wrongly.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end; that must not fail as well.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (TemplateError, UsageError) as error:
        print(f"lambda-invocations: {error}", file=sys.stderr)
        return 2
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="lambda-invocations", description="how AWS Lambda functions are invoked")
    commands = parser.add_subparsers(required=True, metavar="command")
    check.add_parser(commands)
    explain.add_parser(commands)
    rules.add_parser(commands)
    summary.add_parser(commands)
    return parser
