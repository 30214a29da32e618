"""``lambda-invocations failures show``."""

import argparse
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from constructs_lib.cli.account import EXIT_CODES, account_of, add_account_options
from constructs_lib.cli.errors import INTERRUPTED, say
from constructs_lib.cli.numbers import count

if TYPE_CHECKING:
    from argparse import _SubParsersAction

    from constructs_lib.operations.account import Account
    from constructs_lib.operations.events.event import FailedEvent
    from constructs_lib.operations.events.reading import Reading

_LIMIT: Final = 100
_PAYLOAD: Final = 2_000

_IN_KAFKA: Final = "the records are in Kafka only; a bucket as the on-failure destination would hold them, too"

_DESCRIPTION: Final = """\
Read the failed events that wait in PLACE, without consuming them: which function, why, and with which payload.

PLACE is a queue (its name, URL or ARN) or a bucket with a prefix (s3://bucket/prefix). Of a stream batch, the records
are fetched back from the shard while they still exist. What has no known format is shown as it is.

Messages of a queue are hidden from its consumers while they are read, and then visible again at once; the count of how
often they were received grows by one. Of a FIFO queue, at most ten messages of each message group can be seen."""


def add_parser(commands: "_SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser(
        "show",
        help="read failed events without consuming them",
        description=_DESCRIPTION,
        epilog=EXIT_CODES.format(failed="nobody reads the output") + "\n  130  stopped by Ctrl-C",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("place", metavar="PLACE")
    many = parser.add_mutually_exclusive_group()
    many.add_argument(
        "--limit", type=count, default=_LIMIT, metavar="N", help=f"how many events to read; default: {_LIMIT}"
    )
    many.add_argument("--all", action="store_true", help="read all events")
    parser.add_argument("--error", metavar="TEXT", help="of these, only those whose error contains this text")
    parser.add_argument("--group-by", choices=("error",), help="a table of the causes instead of the events")
    parser.add_argument(
        "--payload",
        type=count,
        default=_PAYLOAD,
        metavar="CHARS",
        help=f"how much of a payload to print, in characters; default: {_PAYLOAD}. JSON has all of it",
    )
    parser.add_argument("--json", action="store_true", help="write JSON, one line for each event or cause")
    add_account_options(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> int:
    from constructs_lib.operations.events.reading import read_failures
    from constructs_lib.operations.places.finding import find_place
    from constructs_lib.operations.signals import terminated_as_interrupted

    problems: list[str] = []
    account = account_of(options)
    place = find_place(account, options.place, note=problems.append)
    reading = read_failures(account, place, limit=None if options.all else options.limit)
    try:
        with terminated_as_interrupted(), reading:
            return _shown(account, reading, options, problems)
    except KeyboardInterrupt:
        for problem in problems + reading.problems:
            say(problem)
        say("stopped; what was read stays where it is")
        return INTERRUPTED


def _shown(account: "Account", reading: "Reading", options: argparse.Namespace, problems: list[str]) -> int:
    from constructs_lib.operations.errors import Exit, OperationError

    events = _Chosen(reading, options.error)
    code = Exit.DONE
    try:
        if options.group_by:
            _print_causes(events, options)
        else:
            _print_events(account, events, options, problems)
    except OperationError as error:
        problems.append(str(error))
        code = error.code
    every = dict.fromkeys(problems + reading.problems)
    for problem in every:
        say(problem)
    if events.read or not code:
        what = "1 event" if events.shown == 1 else f"{events.shown} events"
        read_in_all = f" of {events.read} that were read" if options.error is not None else ""
        say(f"{what}{read_in_all}" + (f"; {reading.rest}" if reading.rest else ""))
    return code if code or not every else Exit.REFUSED


class _Chosen:
    """The events whose error contains a text, counted; those behind an error in the iteration are not told."""

    def __init__(self, reading: "Reading", text: str | None) -> None:
        self._reading = reading
        self._text = text
        self.read = 0
        self.shown = 0

    def __iter__(self) -> "Iterator[FailedEvent]":
        from constructs_lib.operations.events.filtering import matches

        for event in self._reading:
            self.read += 1
            if self._text is None or matches(event, self._text):
                self.shown += 1
                yield event


def _print_causes(events: _Chosen, options: argparse.Namespace) -> None:
    from constructs_lib.cli.failures.event_text import cause_table
    from constructs_lib.operations.errors import OperationError
    from constructs_lib.operations.events.as_json import cause_line
    from constructs_lib.operations.events.grouping import causes

    refused: list[OperationError] = []

    def read() -> "Iterator[FailedEvent]":
        try:
            yield from events
        except OperationError as error:
            refused.append(error)  # the causes of what was read are told first

    found = causes(read())
    for line in map(cause_line, found) if options.json else cause_table(found):
        print(line)
    if refused:
        raise refused[0]


def _print_events(account: "Account", events: _Chosen, options: argparse.Namespace, problems: list[str]) -> None:
    from constructs_lib.cli.failures.event_text import event_lines
    from constructs_lib.operations.errors import OperationError
    from constructs_lib.operations.events.as_json import event_line
    from constructs_lib.operations.events.event import Origin
    from constructs_lib.operations.events.records import RecordsGoneError, with_records

    for event in events:
        missing = _IN_KAFKA if event.origin is Origin.KAFKA_BATCH and event.payload_text is None else None
        try:
            event = with_records(account, event)
        except RecordsGoneError as error:
            missing = str(error)
        except OperationError as error:
            missing = str(error)
            problems.append(missing)
        if options.json:
            print(event_line(event, missing))
        else:
            print("\n".join(event_lines(event, events.shown, options.payload, missing)))
