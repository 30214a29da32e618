"""``lambda-invocations invoke``."""

import argparse
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.account import EXIT_CODES, add_account_options

if TYPE_CHECKING:
    from argparse import _SubParsersAction

_DESCRIPTION: Final = """\
Invoke a function, and tell what came of it.

The response goes to standard output as it is, so that it can be piped; all else goes to standard error. A synchronous
invocation waits for as long as the function may run. It is not made again when no answer comes, as the function may
have run."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "invoke",
        help="invoke a function",
        description=_DESCRIPTION,
        epilog=EXIT_CODES.format(failed="the function failed, or nobody reads the output")
        + "\n  130  stopped by Ctrl-C",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "function", metavar="FUNCTION", help="a name, a partial ARN or an ARN; each may end with :QUALIFIER"
    )
    parser.add_argument(
        "payload",
        nargs="?",
        metavar="PAYLOAD",
        help="JSON, or - for standard input: 6 MB at most, 1 MB with --async; default: none",
    )
    parser.add_argument("--payload-file", metavar="FILE", help="a file with the payload")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--async", action="store_true", dest="asynchronous", help="let Lambda queue the event, and do not wait"
    )
    how.add_argument("--dry-run", action="store_true", help="ask whether it would be allowed, and do not invoke")
    how.add_argument("--stream", action="store_true", help="write the response while it comes: 200 MB at most")
    parser.add_argument("--qualifier", metavar="NAME", help="a version or an alias; default: $LATEST")
    parser.add_argument(
        "--client-context",
        metavar="JSON",
        help="for the context object: 3,583 bytes of base64 at most; not with --async",
    )
    parser.add_argument("--tenant-id", metavar="ID", help="the tenant, for a function with tenant isolation")
    parser.add_argument("--tail", action="store_true", help="show the end of the log, 4 KB at most")
    parser.add_argument("--output", metavar="FILE", help="where to write the response; default: standard output")
    parser.add_argument(
        "--json", action="store_true", help="write all that is known to standard output, the response in it, as JSON"
    )
    add_account_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.cli.invoking import run_invoke

    return run_invoke(options)
