"""SARIF 2.1.0, with what GitHub code scanning asks for.

GitHub does not read suppressions, and so shows accepted findings as well; other readers hide them.

Sources: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support.
"""

import json
from collections import Counter
from hashlib import sha256
from importlib.metadata import version
from typing import Any, Final

from constructs_lib.graph.loading.lines import Region
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.reports.artifacts import uri
from constructs_lib.nag.reports.markdown import escape
from constructs_lib.nag.reports.places import region, unused
from constructs_lib.nag.result import Judged, Origin, Problem, Result, Suppression
from constructs_lib.nag.rule import Rule

_LEVELS: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PRIORITIES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "recommendation"}
"""What GitHub orders alerts by."""
_DESCRIPTION_LIMIT: Final = 1024
"""GitHub takes no longer descriptions of a rule."""
_BEGINNING: Final = Region(1, 1, 1, 1)
"""Where to look when the text cannot be read any more: GitHub shows nothing without a region."""


def render(result: Result) -> str:
    """Return the report."""
    indexes = {rule.id: index for index, rule in enumerate(result.rules)}
    fingerprints: Counter[str] = Counter()
    driver = {
        "name": "lambda-invocations",
        "semanticVersion": version("lambda-invocation-constructs"),
        "rules": [_rule(rule) for rule in result.rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(result)],
        "results": [_result(judged, indexes, fingerprints) for judged in result.judged],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2) + "\n"


def _rule(rule: Rule) -> dict[str, Any]:
    description = rule.description or rule.id
    first = description.partition(". ")[0].removesuffix(".") + "."
    help_uri = {"helpUri": rule.source} if rule.source.startswith("https://") else {}
    return {
        "id": rule.id,
        "name": rule.id,
        "shortDescription": {"text": first[:_DESCRIPTION_LIMIT]},
        "fullDescription": {"text": description[:_DESCRIPTION_LIMIT]},
        **help_uri,
        "help": {
            "text": f"{description}\n\n{rule.fix}\n\n{rule.source}".strip(),
            "markdown": f"{escape(description)}\n\n**Fix.** {escape(rule.fix)}\n\n**Source:** {rule.source}",
        },
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": ["aws", "lambda", "reliability"],
            "precision": "high",
            "problem.severity": _PRIORITIES[rule.severity],
        },
    }


def _result(judged: Judged, indexes: dict[str, int], fingerprints: Counter[str]) -> dict[str, Any]:
    finding, accepted = judged.finding, judged.suppression
    return {
        "ruleId": finding.rule,
        "ruleIndex": indexes[finding.rule],
        "level": _LEVELS[finding.severity],
        "message": {"text": finding.message or finding.rule},
        "locations": [_location(finding)],
        "partialFingerprints": {"primaryLocationLineHash": _fingerprint(finding, fingerprints)},
        # Where one result has suppressions, each has: an empty list says that nobody accepted it.
        "suppressions": [_suppression(accepted)] if accepted else [],
    }


def _location(finding: Finding) -> dict[str, Any]:
    resource = finding.resource
    place = region(finding) or _BEGINNING
    logical: dict[str, str] = {"name": resource.logical_id, "kind": "resource"}
    if resource.construct_path:
        logical["fullyQualifiedName"] = resource.construct_path
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": uri(resource.template.path)},
            "region": {
                "startLine": place.line,
                "startColumn": place.column,
                "endLine": place.end_line,
                "endColumn": place.end_column,
            },
        },
        "logicalLocations": [logical],
    }


def _fingerprint(finding: Finding, seen: Counter[str]) -> str:
    """Return what stays the same when lines move, or a number in the message changes.

    GitHub reads the one fingerprint that is called after the hash of a line; the number behind the colon tells findings
    apart that a rule has about the same property.
    """
    resource = finding.resource
    place = "\0".join((finding.rule, uri(resource.template.path), resource.logical_id, finding.path))
    digest = sha256(place.encode(errors="surrogatepass")).hexdigest()[:16]
    seen[digest] += 1
    return f"{digest}:{seen[digest]}"


def _suppression(one: Suppression) -> dict[str, Any]:
    return {
        "kind": "external" if one.origin is Origin.BASELINE else "inSource",
        "status": "accepted",
        "justification": one.reason,
        "location": {"physicalLocation": {"artifactLocation": {"uri": uri(one.path)}}},
    }


def _invocation(result: Result) -> dict[str, Any]:
    return {
        "executionSuccessful": not result.problems,
        "toolExecutionNotifications": [_problem(one) for one in result.problems],
        "toolConfigurationNotifications": [_unused(one) for one in result.unused],
    }


def _problem(problem: Problem) -> dict[str, Any]:
    return {
        "level": "error",
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(problem.path)}}}],
    }


def _unused(one: Suppression) -> dict[str, Any]:
    return {
        "level": "note",
        "message": {"text": unused(one)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(one.path)}}}],
        "associatedRule": {"id": one.rule},
    }
