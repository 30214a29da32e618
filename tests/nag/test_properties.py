"""What holds for any template, however odd: no rule fails, and the order of its parts means nothing."""

import json
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from constructs_lib.graph.loading.assembly import load_app
from constructs_lib.graph.template import TemplateError, TemplateFile
from constructs_lib.nag.engine import check
from constructs_lib.nag.rules import all_rules
from tests.nag.templates import shuffled, templates


def found(body: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Return what all rules find, the opt-in ones included; or what is wrong with a template that is refused."""
    try:
        app = load_app([TemplateFile(Path("odd.json"), text=json.dumps(body))])
    except TemplateError as error:
        return [(error.message,)]
    return [(one.resource.logical_id, one.rule, one.path, one.severity, one.message) for one in check(app, all_rules())]


@settings(
    max_examples=1500,
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(templates(), st.integers(0, 2**32))
def test_no_rule_raises_and_the_order_does_not_matter(body: dict[str, Any], seed: int) -> None:
    findings = found(body)
    assert all(message for *_, message in findings)
    assert found(shuffled(body, Random(seed))) == findings
