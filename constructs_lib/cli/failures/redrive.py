"""``lambda-invocations failures redrive``."""

import argparse
import os
import signal
import sys
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs_lib.cli.account import EXIT_CODES, account_of, add_account_options
from constructs_lib.cli.errors import INTERRUPTED, say
from constructs_lib.cli.numbers import count, rate

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from constructs_lib.operations.account import Account
    from constructs_lib.operations.places.place import Place
    from constructs_lib.operations.redrive.options import Options
    from constructs_lib.operations.redrive.progress import Progress

_DESCRIPTION: Final = """\
Send the failed events that wait in PLACE back to where they belong, once the cause is mended.

PLACE is a queue (its name, URL or ARN) or a bucket with a prefix (s3://bucket/prefix). Events of a function, and those
that a topic, a rule or a schedule could not deliver, go to the function, asynchronously. Messages go back to their
queue. The records of a stream are fetched back and handed to the function, which must succeed with them.

An event leaves the place only after its new home has accepted it. A journal notes what is done: after a run that ended
at any moment, run the same again. An event that cannot be sent stays, with the reason."""

_FAILED: Final = "some events stay because they could not be sent, somebody else holds some, or the run was stopped"
_EPILOG: Final = """
  130  stopped by a second Ctrl-C; the first one ends the run when what is being sent is"""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "redrive",
        help="send failed events back to where they belong",
        description=_DESCRIPTION,
        epilog=EXIT_CODES.format(failed=_FAILED) + _EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="PLACE")
    parser.add_argument("--to", metavar="FUNCTION", help="another function that gets the events, asynchronously")
    parser.add_argument("--error", metavar="TEXT", help="only events whose error contains this text")
    parser.add_argument("--limit", type=count, metavar="N", help="send no more than so many events")
    parser.add_argument("--rate", type=rate, metavar="N", help="send no more than so many events a second")
    parser.add_argument("--workers", type=count, metavar="N", help="calls at once; default: 16")
    parser.add_argument("--dry-run", action="store_true", help="say what would become of each event, and send none")
    parser.add_argument(
        "--journal",
        metavar="FILE",
        type=Path,
        help="where to note what is done; default: a file for this place in $XDG_STATE_HOME/lambda-invocations",
    )
    add_account_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.operations.places.finding import find_place
    from constructs_lib.operations.redrive.options import WORKERS, Options
    from constructs_lib.operations.redrive.progress import Progress

    account = account_of(options)
    place = find_place(account, options.place, note=lambda problem: say(problem))
    progress = Progress(sys.stderr)

    def warn(text: str) -> None:
        progress.clear()
        say(text)

    asked = Options(
        to=options.to,
        error=options.error,
        limit=options.limit,
        rate=options.rate,
        workers=options.workers or WORKERS,
        progress=progress,
        warn=warn,
    )
    if options.dry_run:
        return _plan(account, place, asked)
    return _redrive(account, place, asked, options.journal, progress)


def _plan(account: "Account", place: "Place", asked: "Options") -> int:
    from collections import Counter

    from constructs_lib.nag.reports.places import plain
    from constructs_lib.operations.errors import Exit
    from constructs_lib.operations.redrive.homes import Home, Way
    from constructs_lib.operations.redrive.plan import Plan
    from constructs_lib.operations.redrive.safety import warning_about

    plan = Plan(account, place, asked)
    found: Counter[str] = Counter()
    functions: dict[str, None] = {}
    with plan as steps:
        for event, home in steps:
            verb = "would be sent" if isinstance(home, Home) else "would stay"
            found[verb] += 1
            print(plain(f"{event.stored.id} ({event.origin.value}): {verb}: {home}"))
            if isinstance(home, Home) and home.way is Way.INVOKE:
                functions[home.arn] = None
    warnings = [warning for function in functions if (warning := warning_about(account, function))]
    for message in plan.reading.problems + warnings:
        say(message)
    parts = [f"{number:,} {verb}" for verb, number in sorted(found.items())] or ["no events"]
    print("; ".join([*parts, f"not seen: {plan.reading.rest}"] if plan.reading.rest else parts))
    if plan.reading.problems:
        return Exit.REFUSED
    return Exit.FAILED if found["would stay"] else Exit.DONE


def _redrive(account: "Account", place: "Place", asked: "Options", journal: Path | None, progress: "Progress") -> int:
    from constructs_lib.nag.reports.places import plain
    from constructs_lib.operations.redrive.runner import redrive_failures
    from constructs_lib.operations.redrive.summary import summary_of

    with ExitStack() as stack:
        stack.callback(progress.clear)
        stack.enter_context(_stopped_by_signals(asked.stop, progress))
        outcome = redrive_failures(account, place, asked, journal=journal)
    for problem in outcome.problems:
        say(problem)
    for line in summary_of(outcome):
        print(plain(line))
    return outcome.code


class _stopped_by_signals:  # noqa: N801 - a context manager
    """Let Ctrl-C and SIGTERM end the run when what is being sent is; a second one ends it at once."""

    def __init__(self, stop: threading.Event, progress: "Progress") -> None:
        self._stop, self._progress = stop, progress
        self._before: dict[int, Any] = {}

    def __enter__(self) -> None:
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._take) for number in (signal.SIGINT, signal.SIGTERM)}

    def __exit__(self, *raised: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _take(self, *_: object) -> None:
        self._progress.clear()
        if self._stop.is_set():
            say("stopped at once; what was being sent may be sent once more when you run the same again")
            os._exit(INTERRUPTED)  # what runs in threads would be waited for
        say("stopping when what is being sent is done; again to stop at once")
        self._stop.set()
