from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from constructs_lib.nag.finding import Severity
from constructs_lib.nag.reports.junit import render
from constructs_lib.nag.result import Origin, Result
from tests.nag.reports.build import Quiet, Slow, everything, judge, queue, suppression, write


def parse(result: Result) -> ElementTree.Element:
    text = render(result)
    return ElementTree.fromstring(text.encode())


def outcomes(root: ElementTree.Element) -> dict[str, list[str]]:
    """Return what each case holds, by suite."""
    return {
        str(suite.get("name")): [next((one.tag for one in case), "passed") for case in suite.iter("testcase")]
        for suite in root
    }


def test_a_clean_run_has_a_passing_case_for_each_rule() -> None:
    root = parse(Result((Quiet(), Slow()), templates=3))
    assert outcomes(root) == {"rules without findings in 3 templates": ["passed", "passed"]}
    assert {name: root.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "2",
        "failures": "0",
        "errors": "0",
        "skipped": "0",
    }


def test_only_an_active_error_fails(folder: Path) -> None:
    app = write(folder, A=queue("Stack/A", error="one", warning="two"), B=queue("Stack/B", error="three"))
    root = parse(judge(app, B=suppression(Origin.ACKNOWLEDGEMENT, "known to be slow")))
    assert outcomes(root) == {
        "app.template.json": ["failure", "system-out", "skipped"],
        "rules without findings in 1 templates": ["passed"],
    }
    failure, skipped = root.find(".//failure"), root.find(".//skipped")
    assert failure is not None
    assert failure.get("message") == "one"
    assert failure.get("type") == "Slow"
    assert Slow.fix in str(failure.text)
    assert skipped is not None
    assert skipped.get("message") == "known to be slow"
    assert "known to be slow" in str(skipped.text)
    case = root.find(".//testcase[failure]")
    assert case is not None
    assert (case.get("classname"), case.get("file")) == ("Slow", "app.template.json")
    assert case.get("name") == "Stack/A Properties.Marks.error in app.template.json"
    line = (folder / "app.template.json").read_text().splitlines()[int(str(case.get("line"))) - 1]
    assert '"one"' in line


@pytest.mark.parametrize(
    ("fail_on", "outcome"),
    [(Severity.ERROR, "system-out"), (Severity.WARNING, "failure"), (Severity.INFO, "failure")],
)
def test_a_test_fails_when_the_check_does(folder: Path, fail_on: Severity, outcome: str) -> None:
    result = replace(judge(write(folder, A=queue(warning="two"))), fail_on=fail_on)
    assert outcomes(parse(result))["app.template.json"] == [outcome]
    assert result.failed is (outcome == "failure")


def test_every_case_has_a_name_of_its_own(folder: Path) -> None:
    """Of cases with the same class and name, GitLab shows the first."""
    app = write(folder, A=queue("Stack/Same", error="one"), B=queue("Stack/Same", error="two"))
    names = [case.get("name") for case in parse(judge(app)).iter("testcase")]
    assert len(set(names)) == len(names) == 3


def test_what_cannot_be_checked_is_an_error(folder: Path) -> None:
    root = parse(everything(folder))
    assert list(outcomes(root).values()) == [
        ["error"],
        ["error"],
        ["failure", "system-out", "system-out", "skipped", "skipped", "skipped"],
        ["passed"],
    ]
    assert (root.get("tests"), root.get("errors"), root.get("failures"), root.get("skipped")) == ("9", "2", "1", "3")
    assert [suite.get("errors") for suite in root] == ["1", "1", "0", "0"]


def test_characters_that_xml_does_not_allow_are_replaced(folder: Path) -> None:
    (failure,) = parse(everything(folder)).iter("failure")
    assert str(failure.get("message")).startswith("a%b\r\nc,d:e|f`g`<h>&\"i'��[31m�]]>")
