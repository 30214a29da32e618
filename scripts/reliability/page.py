"""Writes docs/reliability.md: what became of the events, and what proves each pattern."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final

from emulator.__main__ import MINISTACK
from scripts.reliability import proven
from scripts.reliability.measure import Outcome
from scripts.reliability.wirings import OURS, PLAIN, SOLUTIONS

SOURCES: Final = ("S3", "SNS", "EventBridge", "SQS", "Kinesis", "REST API")


@dataclass(frozen=True)
class Run:
    """What was measured, and with what."""

    events: int
    seed: int
    seconds: float
    outcomes: Mapping[tuple[str, str], Outcome]
    """By source and wiring."""
    solutions: Mapping[str, str] | None
    """Versions of AWS Solutions Constructs and of their CDK; none if they were not installed."""


_METHOD = """\
## Method

Every row is one stack, deployed alone, that gets {events:,} events. The function is the same everywhere: in each
attempt at an event it raises an error (19 %), is killed before or after the work (0.7 %) or times out (0.3 %), as the
seed says for this event and attempt; 0.2 % of the events fail in every attempt. Where the mapping reads partial answers
(`batchItemFailures`) the function gives them, elsewhere it fails the batch, as it must there. Of a stream, it names the
first record that failed; if that is the first of the batch it raises an error, so that the batch is halved.

- *this library*: the pattern with its defaults. A stream with 8 shards is given to all wirings.
- *plain CDK*: the L2 constructs with their defaults: `add_event_notification`, `LambdaSubscription`, a rule's
  `LambdaFunction` target, `SqsEventSource`, `KinesisEventSource`, `LambdaRestApi`.
- *Solutions Constructs*: {solutions}

Waits are shortened alike for all: a minute between attempts of asynchronous events is 0.2 s, the visibility timeout of
the queues 2 s. A REST client that gets 429 asks again; any other error is its to keep, and counts as captured.

## Result

*Handled*: done at least once. *Captured*: not handled, and in the failure queue, or told to the client. *Stuck*:
neither, and still tried again and again when nothing had moved for 10 to 15 s, or 120 s after the last event was sent:
a longer wait may see it handled or captured, and else it is lost when the source lets it expire. *Lost*: nowhere any
more. The first four add up to what was sent. *Again*: how often work was done that had been done before; delivery is at
least once, so handlers must bear that. *Both*: of those handled, also captured, as when the last attempt is killed
after its work. These two, the attempts and the time count until every event was handled or captured, or the wait was
over.
"""

_READING = """\
A batch that fails as a whole is tried again as a whole: when a fifth of the attempts fail, ten messages pass together
once in nine tries, a hundred records practically never. With fewer failures fewer would be stuck; a record that always
fails would still block its shard until it expires or its retries are used up. Solutions Constructs has batches of a
stream halved, too, but a bad record tried up to 500 times before its shard goes on, longer than was waited here: hence
what is stuck there. Clients of a REST API are told of a failure with every wiring.
"""


def render(run: Run) -> str:
    """Return the page."""
    solutions = (
        f"AWS Solutions Constructs with their defaults, version {run.solutions['aws-solutions-constructs.core']} on "
        f"aws-cdk-lib {run.solutions['aws-cdk-lib']}."
        if run.solutions
        else "AWS Solutions Constructs were not installed for this run, and are not measured."
    )
    rows = [
        f"| {source} | {wiring} | {o.sent:,} | {o.handled:,} | {o.captured:,} | {_bad(o.stuck)} | {_bad(o.lost)} "
        f"| {o.duplicates:,} | {o.handled_and_captured:,} | {o.attempts:,} | {o.seconds:.0f} |"
        for source in SOURCES
        for wiring in (OURS, PLAIN, SOLUTIONS)
        if (o := run.outcomes.get((source, wiring)))
    ]
    head = ("Source", "Wiring", "Sent", "Handled", "Captured", "Stuck", "Lost", "Again", "Both", "Attempts", "Time, s")
    return "\n".join(
        [
            "# Reliability",
            "",
            "The measurements are written by `make reliability`, the list of patterns by `make docs`; do not edit.",
            "",
            "**This was measured on an emulator, not on AWS.** It is ministack with our corrections after AWS's",
            "documentation (`emulator/`): where that is wrong or incomplete, so is this page.",
            "",
            f"Seed {run.seed}; {run.seconds / 60:.0f} minutes in all. ministack {MINISTACK}, aws-cdk-lib "
            f"{version('aws-cdk-lib')}, Python {platform.python_version()}, Node.js {_node()}, {os.cpu_count()} cores.",
            "",
            _METHOD.format(events=run.events, solutions=solutions),
            f"| {' | '.join(head)} |",
            "|---" * len(head) + "|",
            *rows,
            "",
            "Three stacks, each with an emulator of its own, run at the same time; the time says what to expect of",
            "`make reliability`, not how fast a wiring is.",
            "",
            _READING,
            proven.render(),
        ]
    )


def _node() -> str:
    """Return the version of what runs the CDK."""
    return subprocess.run(["node", "--version"], check=True, capture_output=True, text=True).stdout.strip().lstrip("v")


def _bad(count: int) -> str:
    return f"**{count:,}**" if count else "0"
