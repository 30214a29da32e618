"""Read ``validation-report.json``, in which CDK writes what all validation plugins found."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from constructs_lib.graph.reading.json_text import read_json
from constructs_lib.graph.template import TemplateError

FILE_NAME = "validation-report.json"


@dataclass(frozen=True)
class Violation:
    """One violation on one construct."""

    plugin: str
    rule: str
    severity: str
    construct_path: str
    description: str
    acknowledged: bool


def read_violations(assembly: Path) -> list[Violation]:
    """Return the violations in the report of a cloud assembly; none when there is no report.

    A plugin that failed is a violation, too: what it would have found is not known.

    Raises
    ------
    TemplateError
        When the report cannot be read.
    """
    path = assembly / FILE_NAME
    if not os.path.isfile(path):
        return []
    reports = read_json(path, "a validation report").get("pluginReports", [])
    try:
        return [violation for report in reports for violation in _violations(report)]
    except (AttributeError, KeyError, TypeError) as error:
        raise TemplateError(
            path, f"expected a validation report of CDK, found another shape ({error!r}); run 'cdk synth' again"
        ) from error


def _violations(report: dict[str, Any]) -> Iterator[Violation]:
    # A plugin that failed can do so before it tells its name.
    plugin = str(report.get("pluginName") or "?")
    failure = (report.get("metadata") or {}).get("error")
    if failure is not None:
        yield Violation(plugin, plugin, "error", "(the plugin failed)", str(failure), acknowledged=False)
    for key, acknowledged in (("violations", False), ("suppressedViolations", True)):
        for one in report.get(key, ()):
            severity = one.get("customSeverity") if one.get("severity") == "custom" else one.get("severity")
            for construct in one["violatingConstructs"] or [{}]:
                yield Violation(
                    plugin=plugin,
                    rule=str(one["ruleName"]),
                    severity=_text(severity or "error"),
                    construct_path=str(construct.get("constructPath") or "?"),
                    description=_text(one["description"]),
                    acknowledged=acknowledged,
                )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    return value
