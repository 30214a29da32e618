"""The page of ``make reliability``; the measuring itself takes minutes and is no test."""

import re
from importlib.metadata import version
from pathlib import Path

from constructs_lib.catalog import PATTERNS
from emulator.__main__ import MINISTACK
from scripts.reliability import page, proven
from scripts.reliability.measure import Outcome
from scripts.reliability.wirings import OURS, PLAIN, SOLUTIONS


def outcome(*, lost: int = 0, stuck: int = 0) -> Outcome:
    return Outcome(
        handled=4_900,
        captured=100 - lost - stuck,
        stuck=stuck,
        lost=lost,
        handled_and_captured=1,
        duplicates=20,
        attempts=6_000,
        seconds=12.4,
    )


def run(*, solutions: bool) -> page.Run:
    outcomes = {("S3", OURS): outcome(), ("S3", PLAIN): outcome(lost=100)}
    versions = {"aws-solutions-constructs.core": "2.1", "aws-cdk-lib": "2.2"} if solutions else None
    if solutions:
        outcomes["S3", SOLUTIONS] = outcome(stuck=40)
    return page.Run(events=5_000, seed=7, seconds=480, outcomes=outcomes, solutions=versions)


def test_the_list_of_what_proves_each_pattern_is_current() -> None:
    written = proven.PAGE.read_text()
    assert written.endswith(proven.render()), "docs/reliability.md is out of date: run make docs"
    for pattern in PATTERNS:
        assert f"- `{pattern.name}`" in written


def test_the_page_counts_and_names_seed_and_versions() -> None:
    text = page.render(run(solutions=True))
    assert "| S3 | this library | 5,000 | 4,900 | 100 | 0 | 0 |" in text
    assert "| S3 | plain CDK | 5,000 | 4,900 | 0 | 0 | **100** |" in text
    assert "| S3 | Solutions Constructs | 5,000 | 4,900 | 60 | **40** | 0 |" in text
    assert "Seed 7; 8 minutes" in text
    assert "version 2.1 on aws-cdk-lib 2.2" in text
    assert f"ministack {MINISTACK}, aws-cdk-lib {version('aws-cdk-lib')}, Python " in text
    assert re.search(r"Node\.js \d+\.\d+\.\d+,", text)
    assert "on an emulator, not on AWS" in text


def test_the_page_says_when_a_wiring_was_not_measured() -> None:
    text = page.render(run(solutions=False))
    assert "were not installed for this run" in text
    assert "| Solutions Constructs |" not in text


def test_renewing_the_list_keeps_the_measurements(tmp_path: Path) -> None:
    written = tmp_path / "reliability.md"
    text = page.render(run(solutions=True))
    written.write_text(text.replace("`S3ToLambda`", "`Outdated`"))
    proven.renew(written)
    assert written.read_text() == text
