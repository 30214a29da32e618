"""One measurement: an emulator of its own, one stack, events, and what became of each."""

import json
import subprocess
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from scripts.local.emulator import ACCOUNT, REGION, ROOT, Emulator
from scripts.local.functions import RUNTIME
from scripts.reliability import wirings
from scripts.reliability.sources import SOURCES, VISIBILITY, Source
from scripts.reliability.wirings import SOLUTIONS
from tests.e2e.clients import Clients
from tests.e2e.deploy import bootstrap, deploy

SOLUTIONS_PYTHON = ROOT / ".venv-constructs" / "bin" / "python"
_SOLUTIONS_SCRIPT = Path(__file__).with_name("solutions_constructs.py")
DEADLINE = 120.0
"""Seconds after the last event was sent."""
_POLL = 0.5


@dataclass(frozen=True)
class Outcome:
    """What became of the events; each is in one of the first four counts."""

    handled: int
    captured: int
    stuck: int
    """In the source still, and tried again and again, when nothing had moved for some seconds."""
    lost: int
    handled_and_captured: int
    """Of those handled, how many are in the place for failed events, too."""
    duplicates: int
    """How often an event was handled that had been handled before."""
    attempts: int
    seconds: float

    @property
    def sent(self) -> int:
        """How many events there are."""
        return self.handled + self.captured + self.stuck + self.lost


class Journal:
    """Reads what the handler noted."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "journal"
        self._file.touch()

    def attempts(self) -> int:
        """Count how often work on an event began."""
        return self._file.read_text().count("started")

    def handled(self) -> Counter[str]:
        """Count by event how often work on it was done."""
        return Counter(line[5:] for line in self._file.read_text().splitlines() if line.startswith("done "))


def synthesize(wiring: str, source: str, folder: Path, *, seed: int) -> None:
    """Write what a measurement needs into a new folder; one at a time, as the CDK's runtime is not safe in threads."""
    journal = folder / "journal"
    journal.mkdir(parents=True)
    environment = {"JOURNAL": str(journal), "SEED": f"{seed} {source}"}
    if wiring != SOLUTIONS:
        wirings.synthesize(wiring, source, folder / "assembly", environment)
        return
    arguments = [source, str(folder / "assembly"), json.dumps(environment), str(wirings.HANDLER), RUNTIME.name]
    command = [str(SOLUTIONS_PYTHON), str(_SOLUTIONS_SCRIPT), *arguments, wirings.STACK, str(wirings.SHARDS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"expected {SOLUTIONS} to synthesize {source}, found:\n{done.stderr}")


def measure(source: str, folder: Path, *, events: int) -> Outcome:
    """Deploy, send events, and wait until each is somewhere, or nothing moves any more.

    Raises
    ------
    EmulatorError, DeploymentError
        If the emulator does not start or does not make the stack.
    """
    with Emulator(folder / "log") as emulator:
        clients = Clients(emulator.url)
        outputs = deploy(clients, bootstrap(clients, ACCOUNT, REGION), folder / "assembly", wirings.STACK)
        try:
            return _observe(SOURCES[source](clients, outputs), Journal(folder / "journal"), events, emulator)
        finally:
            clients.close()


def _observe(source: Source, journal: Journal, events: int, emulator: Emulator) -> Outcome:
    tokens = {f"event-{number:05}" for number in range(events)}
    started = moved = time.monotonic()
    source.send(sorted(tokens))
    sent = time.monotonic()
    known = 0
    while True:
        emulator.check()
        source.collect()
        accounted = set(journal.handled()) | source.captured
        now = time.monotonic()
        if len(accounted) > known:
            known, moved = len(accounted), now
        if accounted >= tokens or now - moved > source.quiet or now - sent > DEADLINE:
            break
        time.sleep(_POLL)
    missing = tokens - accounted
    stuck = missing if missing and _goes_on(journal) else set()
    handled = journal.handled()
    return Outcome(
        handled=len(handled),
        captured=len(source.captured - set(handled)),
        stuck=len(stuck - set(handled)),
        lost=len(missing - stuck - set(handled)),
        handled_and_captured=len(source.captured & set(handled)),
        duplicates=handled.total() - len(handled),
        attempts=journal.attempts(),
        seconds=moved - started,
    )


def _goes_on(journal: Journal) -> bool:
    """Say whether the function is still invoked, long after the last event was sent or handled."""
    before = journal.attempts()
    time.sleep(VISIBILITY + 2)
    return journal.attempts() > before


def solutions_versions() -> dict[str, str] | None:
    """Return the versions of AWS Solutions Constructs and of its CDK; none if they are not installed."""
    if not SOLUTIONS_PYTHON.exists():
        return None
    command = [str(SOLUTIONS_PYTHON), str(_SOLUTIONS_SCRIPT)]
    answer = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    versions: dict[str, str] = json.loads(answer)
    return versions
