"""The report for programs: one JSON object.

``version``
    1. It changes when a field is removed or means something else, not when one is added.
``summary``
    ``templates`` and ``rules`` that were checked, and how many active findings are ``error``, ``warning`` and ``info``;
    how many findings are ``suppressed``, how many suppressions ``unused``, how many inputs are ``problems``.
``findings``
    In the order of places. Each has ``rule``, ``severity``, ``message``, ``fix`` and ``source`` (where AWS documents
    the fact); ``file``, relative to the working directory; ``region`` with ``line``, ``column``, ``end_line`` and
    ``end_column`` (from 1; the end column is the one after the last character), null when the text cannot be read;
    ``logical_id``, ``type`` and ``construct_path`` (null unless CDK made the template) of the resource; ``property`` in
    dot form; and ``suppression``, null while nobody accepted it.
``unused``
    The suppressions that accept nothing. A suppression has ``rule``, ``reason``, ``origin`` (``acknowledgement``,
    ``metadata`` or ``baseline``), ``file`` and ``place``.
``problems``
    The inputs that could not be checked: ``file`` and ``message``.
"""

import json
from collections import Counter
from dataclasses import asdict
from typing import Any, Final

from constructs_lib.nag.finding import Severity
from constructs_lib.nag.reports.places import region, relative
from constructs_lib.nag.result import Judged, Result, Suppression
from constructs_lib.nag.rule import Rule

VERSION: Final = 1


def render(result: Result) -> str:
    """Return the report."""
    rules = {rule.id: rule for rule in result.rules}
    content = {
        "version": VERSION,
        "summary": _summary(result),
        "findings": [_finding(judged, rules[judged.finding.rule]) for judged in result.judged],
        "unused": [_suppression(one) for one in result.unused],
        "problems": [{"file": relative(one.path), "message": one.message} for one in result.problems],
    }
    return json.dumps(content, indent=2) + "\n"


def _summary(result: Result) -> dict[str, int]:
    active = Counter(finding.severity for finding in result.active)
    return {
        "templates": result.templates,
        "rules": len(result.rules),
        **{severity.label: active[severity] for severity in sorted(Severity, reverse=True)},
        "suppressed": len(result.judged) - len(result.active),
        "unused": len(result.unused),
        "problems": len(result.problems),
    }


def _finding(judged: Judged, rule: Rule) -> dict[str, Any]:
    finding = judged.finding
    place = region(finding)
    return {
        "rule": finding.rule,
        "severity": finding.severity.label,
        "message": finding.message,
        "fix": rule.fix,
        "source": rule.source,
        "file": relative(finding.resource.template.path),
        "region": asdict(place) if place else None,
        "logical_id": finding.resource.logical_id,
        "type": finding.resource.type,
        "construct_path": finding.resource.construct_path,
        "property": finding.location,
        "suppression": _suppression(judged.suppression) if judged.suppression else None,
    }


def _suppression(one: Suppression) -> dict[str, str]:
    return {
        "rule": one.rule,
        "reason": one.reason,
        "origin": one.origin.value,
        "file": relative(one.path),
        "place": one.place,
    }
