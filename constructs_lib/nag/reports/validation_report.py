"""Read ``validation-report.json``, in which CDK writes what all validation plugins found."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_lib.graph.template import TemplateError, read_json

FILE_NAME = "validation-report.json"


@dataclass(frozen=True)
class Violation:
    """One violation on one construct."""

    plugin: str
    rule: str
    severity: str
    construct_path: str
    description: str
    fix: str
    acknowledged: bool


def read_violations(assembly: Path) -> list[Violation]:
    """Return the violations in the report of a cloud assembly; none when there is no report.

    Raises
    ------
    TemplateError
        When the report cannot be read.
    """
    path = assembly / FILE_NAME
    if not path.is_file():
        return []
    reports = read_json(path, "a validation report").get("pluginReports", [])
    try:
        return [violation for report in reports for violation in _violations(report)]
    except (AttributeError, KeyError, TypeError) as error:
        raise TemplateError(
            f"{path}: expected a validation report of CDK, found another shape ({error!r}); run 'cdk synth' again"
        ) from error


def _violations(report: dict[str, Any]) -> Iterator[Violation]:
    for key, acknowledged in (("violations", False), ("suppressedViolations", True)):
        for one in report.get(key, ()):
            severity = one.get("customSeverity") if one.get("severity") == "custom" else one.get("severity")
            for construct in one["violatingConstructs"]:
                yield Violation(
                    plugin=report["pluginName"],
                    rule=one["ruleName"],
                    severity=severity or "error",
                    construct_path=construct.get("constructPath") or "?",
                    description=one["description"],
                    fix=one.get("suggestedFix", ""),
                    acknowledged=acknowledged,
                )
