"""Our rules find what the labelled templates hold, and nothing else."""

import pytest

from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rules import all_rules
from scripts.comparison.defects import COUNTED_INFORMATION, OURS
from scripts.comparison.labels import FOLDER, Case, cases, judge
from scripts.comparison.ours import BEYOND, OUR_CLAIMS, findings
from scripts.comparison.page import PAGE, our_row, templates_sentence

CASES = cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_our_rules_find_exactly_what_is_labelled(case: Case) -> None:
    judgement = judge(case, findings(case), OUR_CLAIMS)
    assert not judgement.false
    assert {label.defect for label in judgement.missed} == {defect for name, defect in BEYOND if name == case.name}


def test_every_template_has_a_label() -> None:
    files = {path for path in FOLDER.glob("*/*") if path.name != "labels.yaml"}
    assert files == {case.path for case in CASES}
    assert len(CASES) == len(files) >= 60


def test_every_model_has_right_and_wrong_templates_in_every_style() -> None:
    for model in ("asynchronous", "polling", "synchronous"):
        here = [case for case in CASES if case.path.parent.name == model]
        for style in ("cdk-", "sam-", ""):
            those = [case for case in here if case.path.name.startswith(style)]
            assert {bool(case.labels) for case in those} == {True, False}


def test_every_defect_of_a_label_is_one_that_some_rule_finds() -> None:
    assert {label.defect for case in CASES for label in case.labels} <= set(OUR_CLAIMS)


def test_what_is_beyond_our_rules_is_labelled() -> None:
    assert set(BEYOND) <= {(case.name, label.defect) for case in CASES for label in case.labels}


def test_every_rule_that_counts_is_in_the_table() -> None:
    rules = {rule.id for rule in all_rules() if rule.severity >= Severity.WARNING or rule.id in COUNTED_INFORMATION}
    assert rules <= set(OURS)
    assert set(OURS) <= {rule.id for rule in all_rules()}


def test_the_page_has_our_numbers() -> None:
    page = PAGE.read_text().splitlines()
    assert templates_sentence(CASES) in page, "the comparison is out of date: run make comparison"
    assert our_row(CASES) in page, "the comparison is out of date: run make comparison"
