"""Run the measurements and write the page: ``python -m scripts.reliability [--events N] [--seed N]``."""

import argparse
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from scripts.reliability.measure import Outcome, measure, solutions_versions, synthesize
from scripts.reliability.page import Run, render
from scripts.reliability.proven import PAGE
from scripts.reliability.wirings import OURS, PLAIN, SOLUTIONS

LANES = (("SQS",), ("Kinesis",), ("S3", "SNS", "EventBridge", "REST API"))
"""Measured side by side: two sources whose events mostly wait, and those that keep the processor busy."""


def main() -> None:
    """Measure every source with every wiring."""
    parser = argparse.ArgumentParser(prog="python -m scripts.reliability", description=__doc__)
    parser.add_argument("--events", type=int, default=5000, help="for each source and wiring, at most 100,000")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    started = time.monotonic()
    solutions = solutions_versions()
    wirings = (OURS, PLAIN, SOLUTIONS) if solutions else (OURS, PLAIN)
    with tempfile.TemporaryDirectory(prefix="reliability-", ignore_cleanup_errors=True) as temporary:
        folders = {(w, s): Path(temporary) / f"{w} {s}" for lane in LANES for s in lane for w in wirings}
        for (wiring, source), folder in folders.items():
            synthesize(wiring, source, folder, seed=arguments.seed)

        def measure_all(lane: Sequence[str]) -> dict[tuple[str, str], Outcome]:
            outcomes = {}
            for wiring, source in (key for key in folders if key[1] in lane):
                outcome = measure(source, folders[wiring, source], events=arguments.events)
                outcomes[source, wiring] = outcome
                print(f"{source}, {wiring}: {outcome}", flush=True)
            return outcomes

        with ThreadPoolExecutor(len(LANES)) as lanes:
            outcomes = {key: outcome for some in lanes.map(measure_all, LANES) for key, outcome in some.items()}
    run = Run(arguments.events, arguments.seed, time.monotonic() - started, outcomes, solutions)
    PAGE.write_text(render(run))
    print(f"wrote {PAGE.relative_to(PAGE.parents[1])}")


if __name__ == "__main__":
    main()
