"""``make bench`` measures what it says; the measuring itself takes minutes and is no test."""

from pathlib import Path

from benchmarks import page, synthesis
from benchmarks.processes import Cost
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
