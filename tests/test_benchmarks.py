"""``make bench`` measures what it says; the measuring itself takes minutes and is no test."""

from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from benchmarks import page, synthesis
from benchmarks.processes import Cost
from benchmarks.redrive import section
from benchmarks.redrive.ground import Failed
from benchmarks.redrive.measuring import BATCHES, OURS, Series, Speed, measure
from benchmarks.templates import template, write
from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.engine import check


def test_a_generated_template_has_its_size_and_findings_in_every_unit(tmp_path: Path) -> None:
    assert len(template(40)["Resources"]) == 40
    write(tmp_path, 2, 40)
    files = sorted(tmp_path.iterdir())
    assert len(files) == 2
    findings = check(load_app([TemplateFile(files[0])]))
    # The rules understand the functions behind the queues, and miss the failure targets of the others.
    assert [one.rule for one in findings].count("AsyncFailureTarget") == 4
    assert not {"QueueRedrivePolicy", "PollerPermission"} & {one.rule for one in findings}


def measured(seconds: float) -> page.Measured:
    return page.Measured(
        machine="a machine",
        versions={"checkov": "3"},
        files=500,
        resources=20,
        synthesis={right: {synthesis.OURS: seconds, synthesis.THEIRS: 1.0} for right in (True, False)},
        many={
            page.OURS: Cost(seconds, seconds, 100 * seconds),
            page.CFN_LINT: Cost(60, 60, 1),
            page.CHECKOV: Cost(60, 60, 1),
        },
        start=Cost(seconds, seconds / 5, 1),
        scaling={40: 1.0, 40_000: seconds},
    )


def test_the_page_says_plainly_what_is_met_and_what_is_not() -> None:
    assert page.render(measured(1.0)).count("| yes |") == 7
    short = page.render(measured(2.5))
    assert short.count("| **no** |") == 7
    assert "| 50× faster than checkov | 24.0× | **no** |" in short


def test_the_section_of_the_redrive_tells_how_many_times_as_fast_ours_was_in_the_same_turn() -> None:
    text = section.section([redriven()], "a machine", 0.5)
    # Of 2, 4 and 1 times: each turn counts by itself, however slow the machine was in it.
    assert "| receive 10, send 10, delete 10 | 100 | 25 | 2.0 | 0.0 |" in text
    assert "| ours | 100 | 100 |  | 2.0 |" in text
    assert "Turns: 3 " in text
    assert "load before: 0.5." in text


def redriven() -> Series:
    def make(_: int) -> AbstractContextManager[Failed]:
        raise AssertionError("nothing is measured here")

    return Series(
        "Messages",
        make,
        {},
        speeds={
            OURS: [Speed(100, seconds, 2.0) for seconds in (0.5, 1.0, 4.0)],
            BATCHES: [Speed(100, seconds, 0.0) for seconds in (1.0, 4.0, 4.0)],
        },
    )


def test_the_section_of_the_redrive_is_made_new_and_the_rest_of_the_page_kept() -> None:
    page = "# Benchmarks\n\n## Growth\n\n| 40 | 75 |\n"
    first = section.replaced(page, "## Redrive\n\none\n")
    assert first == page + "\n## Redrive\n\none\n"
    assert section.replaced(first, "## Redrive\n\ntwo\n") == page + "\n## Redrive\n\ntwo\n"


@pytest.mark.e2e
@pytest.mark.slow_e2e
def test_every_loop_redrives_all_its_events() -> None:
    for series in measure(rounds=1, share=0.02):  # raises when some are not at home
        assert series.speeds.keys() == series.numbers.keys()
        assert all(one.rate > 0 for speeds in series.speeds.values() for one in speeds)
