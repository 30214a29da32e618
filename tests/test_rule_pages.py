"""The pages of the rules are what their classes and fixtures say, and what they show works."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateFile
from constructs_lib.nag.result import Result
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.run import run
from scripts.rule_pages import FOLDER, pages
from scripts.rule_sections import by_section

RULES = all_rules()


def yaml_blocks(rule: Rule) -> list[dict[str, Any]]:
    return [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", page(rule), re.DOTALL)]


def page(rule: Rule) -> str:
    return (FOLDER / f"{rule.id}.md").read_text()


def check(rule: Rule, body: dict[str, Any]) -> Result:
    return run([load_app([TemplateFile(Path("template.yaml"), text=yaml.safe_dump(body))])], [rule])


def test_the_pages_are_current() -> None:
    written = {path.name: path.read_text() for path in FOLDER.glob("*.md")}
    assert written == pages(), "docs/rules is out of date: run make docs"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_example_gives_the_findings_that_are_shown(rule: Rule) -> None:
    example, _ = yaml_blocks(rule)
    active = check(rule, example).active
    assert active
    assert all(finding.message in page(rule) for finding in active)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_the_metadata_accepts_the_finding(rule: Rule) -> None:
    example, metadata = yaml_blocks(rule)
    ((accepted, addition),) = metadata["Resources"].items()
    example["Resources"][accepted].setdefault("Metadata", {}).update(addition["Metadata"])
    result = check(rule, example)
    assert result.unused == []
    assert any(one.suppression for one in result.judged)
    assert accepted not in {finding.resource.logical_id for finding in result.active}


def test_each_rule_is_in_one_section() -> None:
    sections = by_section(RULES)
    assert sorted(rule.id for rules in sections.values() for rule in rules) == [rule.id for rule in RULES]
    assert "SQS queues" in sections
