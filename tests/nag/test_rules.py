import json
import re
from pathlib import Path
from typing import Any

import pytest

from constructs_lib.graph.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag import rules
from constructs_lib.nag.engine import check
from constructs_lib.nag.finding import Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules

FIXTURES = Path(__file__).parent / "fixtures"
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


def test_every_fixture_has_a_rule() -> None:
    assert {path.parent.name for path in CASES} == set(RULES)


def test_a_file_is_named_after_its_one_rule() -> None:
    files = {path.stem for path in Path(rules.__file__).parent.glob("*.py")} - {"__init__"}
    assert files == {re.sub(r"(?<!^)(?=[A-Z])", "_", rule).lower() for rule in RULES}
    assert all(type(rule).__module__.endswith(re.sub(r"(?<!^)(?=[A-Z])", "_", rule.id).lower()) for rule in all_rules())


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES.keys())
def test_metadata(rule: Rule) -> None:
    assert isinstance(rule.severity, Severity)
    assert rule.description.endswith(".")
    assert "CDK: " in rule.fix
    assert "CloudFormation: " in rule.fix
    assert rule.source.startswith("https://docs.aws.amazon.com/")


def shuffled(value: Any) -> Any:
    """Return the same template with every mapping in the opposite order."""
    if isinstance(value, dict):
        return {key: shuffled(value[key]) for key in reversed(value)}
    return [shuffled(element) for element in value] if isinstance(value, list) else value


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_the_order_of_a_template_does_not_matter(path: Path, tmp_path: Path) -> None:
    other = tmp_path / path.name
    other.write_text(json.dumps(shuffled(json.loads(path.read_text()))))
    first, second = (
        [
            (one.rule, one.severity, one.message, one.resource.logical_id, one.path)
            for one in check(load_app([TemplateFile(file)]))
        ]
        for file in (path, other)
    )
    assert first == second


ODD: list[Any] = [
    None,
    [],
    {},
    "x",
    -1,
    {"Ref": "Nothing"},
    {"Fn::If": ["C", 1]},
    [{"Ref": "AWS::NoValue"}],
    {"a": [None]},
]


def places(value: Any, path: tuple[Any, ...] = ()) -> Any:
    """Yield the path of everything in a template."""
    yield path
    if isinstance(value, dict | list):
        for key, child in value.items() if isinstance(value, dict) else enumerate(value):
            yield from places(child, (*path, key))


@pytest.mark.parametrize("path", [path for path in CASES if path.name.startswith("fail-")], ids=lambda path: path.stem)
def test_odd_input_never_raises(path: Path, tmp_path: Path) -> None:
    """Every place of every failing template is replaced by odd values, one at a time."""
    text = path.read_text()
    file = tmp_path / "odd.json"
    for place in places(json.loads(text)["Resources"]):
        for odd in ODD if place else ():
            template = json.loads(text)
            inner = template["Resources"]
            for key in place[:-1]:
                inner = inner[key]
            inner[place[-1]] = odd
            file.write_text(json.dumps(template))
            for finding in check(load_app([TemplateFile(file)])):
                assert finding.message
