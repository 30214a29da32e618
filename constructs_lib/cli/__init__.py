"""The command ``lambda-invocations``: one module for each of its commands.

A module has ``add_parser``, which is called at every start and must load nothing that is slow, and runs its command.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from constructs_lib.cli import audit, check, explain, failures, invoke, rules, summary
from constructs_lib.cli.errors import INTERRUPTED, UsageError, say
from constructs_lib.cli.intermixed import Intermixed
from constructs_lib.graph.template import TemplateError
from constructs_lib.operations.errors import OperationError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Returns
    -------
    int
        The exit code: 0; 1 when there are findings, or when nobody reads the output; 2 when what should be read cannot
        be read, or the command is called wrongly; 3 when AWS refuses a call, or cannot be reached;
        130 when it is interrupted.
    """
    if sys.stderr is None:
        sys.stderr = open(os.devnull, "w")  # noqa: SIM115 - for the rest of the process
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A file can have any name, and a terminal not every character.
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        if sys.stdout is None:
            raise UsageError("expected a standard output, found a closed one; redirect it to a file or to /dev/null")
        code: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        _silence()
        return 1
    except (TemplateError, UsageError) as error:
        say(str(error))
        return 2
    except OperationError as error:
        say(str(error))
        return error.code
    except KeyboardInterrupt:
        say("stopped")
        return INTERRUPTED
    except OSError as error:
        if error.filename is not None:
            say(f"{error.filename}: expected a file that can be used, found {str(error.strerror).lower()}; check it")
            return 2
        _silence()
        say(f"expected a standard output that takes the report, found {str(error.strerror).lower()}; write to a file")
        return 2
    return code


def _silence() -> None:
    """Python flushes once more at its end; that must not fail as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _parser() -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = Intermixed(
        prog="lambda-invocations", description="how AWS Lambda functions are invoked"
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    audit.add_parser(commands)
    check.add_parser(commands)
    explain.add_parser(commands)
    failures.add_parser(commands)
    invoke.add_parser(commands)
    rules.add_parser(commands)
    summary.add_parser(commands)
    return parser
