import json
import re
from pathlib import Path
from random import Random
from typing import Any

import pytest

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag import rules
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules
from tests.nag.templates import FIXTURES, at, places, shuffled

RULES = {rule.id: rule for rule in all_rules()}
CASES = sorted(FIXTURES.glob("*/*.json"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_fixture(path: Path) -> None:
    expected: list[dict[str, str]] = json.loads(path.read_text()).get("Metadata", {}).get("Expected", [])
    assert bool(expected) is path.name.startswith("fail-")
    findings = check(load_app([TemplateFile(path)]), [RULES[path.parent.name]])
    found = sorted((one.resource.logical_id, one.severity.label, one.path) for one in findings)
    assert found == sorted((one["LogicalId"], one["Severity"], one["Property"]) for one in expected)
    for one in expected:
        assert any(one["Says"] in finding.message for finding in findings)


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_has_passing_and_failing_fixtures(rule: Rule) -> None:
    names = [path.name.partition("-")[0] for path in CASES if path.parent.name == rule.id]
    assert set(names) == {"pass", "fail"}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_every_rule_has_fixtures_of_both_styles(rule: Rule) -> None:
    """What CDK emits knows the paths of its constructs; what is written by hand does not."""
    kinds = {
        (path.name.partition("-")[0], '"aws:cdk:path"' in path.read_text())
        for path in CASES
        if path.parent.name == rule.id
    }
    assert kinds == {(kind, of_cdk) for kind in ("pass", "fail") for of_cdk in (True, False)}


def test_every_fixture_has_a_rule() -> None:
    assert {path.parent.name for path in CASES} == set(RULES)


def test_a_file_is_named_after_its_one_rule() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("**/*.py")} - {"__init__"}
    assert files == {re.sub(r"(?<!^)(?=[A-Z])", "_", rule).lower() for rule in RULES}
    assert all(type(rule).__module__.endswith(re.sub(r"(?<!^)(?=[A-Z])", "_", rule.id).lower()) for rule in all_rules())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_metadata(rule: Rule) -> None:
    assert isinstance(rule.severity, Severity)
    assert rule.description.endswith(".")
    assert "CDK: " in rule.fix
    assert "CloudFormation: " in rule.fix
    assert rule.source.startswith("https://docs.aws.amazon.com/")


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_order_of_a_template_does_not_matter(path: Path, tmp_path: Path) -> None:
    other = tmp_path / path.name
    other.write_text(json.dumps(shuffled(json.loads(path.read_text()), Random(0))))
    first, second = (
        [
            (one.rule, one.severity, one.message, one.resource.logical_id, one.path)
            for one in check(load_app([TemplateFile(file)]))
        ]
        for file in (path, other)
    )
    assert first == second


ODD: list[Any] = [None, [], {}, "x", -1, {"Ref": "Nothing"}, {"Fn::If": ["C", 1]}, [{"Ref": "AWS::NoValue"}]]


@pytest.mark.parametrize("path", [path for path in CASES if path.name.startswith("fail-")], ids=lambda path: path.stem)
def test_odd_input_never_raises(path: Path) -> None:
    """The rule bears odd values at every place of what it finds; ``test_properties.py`` holds all of them to more."""
    body = json.loads(path.read_text())
    rule = RULES[path.parent.name]
    for place in [place for place in places(body) if place[0] == "Resources" and len(place) > 1]:
        around, key = at(body, place[:-1]), place[-1]
        value = around[key]
        for odd in ODD:
            around[key] = odd
            assert all(
                finding.message for finding in check(load_app([TemplateFile(path, text=json.dumps(body))]), [rule])
            )
        around[key] = value
