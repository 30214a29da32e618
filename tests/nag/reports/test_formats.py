"""All formats, over what all rules find in their fixtures and over no file at all."""

import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from jsonschema import Draft4Validator

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.reports import FORMATS, format_named
from constructs_lib.nag.result import Result
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.run import run
from tests.nag.reports.test_sarif import SCHEMA, assert_github_takes

FIXTURES = Path(__file__).parents[1] / "fixtures"


@pytest.fixture(scope="module")
def fixtures() -> Result:
    files = sorted(FIXTURES.glob("*/fail-*.json"))
    result = run((load_app([TemplateFile(path)]) for path in files), all_rules())
    assert len(result.judged) > len(all_rules())
    assert not result.problems
    return result


def test_sarif_holds_for_every_finding(fixtures: Result) -> None:
    log = json.loads(FORMATS["sarif"].render(fixtures))
    Draft4Validator(json.loads(SCHEMA.read_text())).validate(log)
    (sarif,) = log["runs"]
    assert_github_takes(sarif)
    regions = [one["locations"][0]["physicalLocation"]["region"]["startLine"] for one in sarif["results"]]
    assert len(regions) == len(fixtures.judged)
    assert min(regions) > 1


def test_every_format_tells_of_every_finding(fixtures: Result) -> None:
    number = len(fixtures.judged)
    assert len(json.loads(FORMATS["json"].render(fixtures))["findings"]) == number
    assert len(FORMATS["github"].render(fixtures).splitlines()) == number
    cases = list(ElementTree.fromstring(FORMATS["junit"].render(fixtures)).iter("testcase"))
    assert len({(case.get("classname"), case.get("name")) for case in cases}) == len(cases)
    assert len([case for case in cases if case.get("file")]) == number


@pytest.mark.parametrize("name", FORMATS)
def test_nothing_to_check_is_no_error(name: str) -> None:
    assert isinstance(format_named(name).render(Result(())), str)


def test_a_format_loads_when_it_is_used() -> None:
    """The command has to start fast."""
    code = "import sys, constructs_lib.nag.reports as r; r.FORMATS['json'].render; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "constructs_lib.nag.reports.json" in loaded
    assert not {"constructs_lib.nag.reports.sarif", "xml.etree.ElementTree", "importlib.metadata"} & set(loaded)
