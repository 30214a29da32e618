"""The baseline: a file of the findings that were there before, so that only new ones fail.

An entry names the rule, the file, the resource and the property, and no line: it holds when things move within the
template. A resource of a CDK app goes by its construct path, in the file of its stack even when it lies in a nested
one; another resource goes by its logical id. The file is relative to the baseline; it tells apps with the same
constructs apart.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.app import App
from constructs_lib.graph.reading.json_text import read_json
from constructs_lib.graph.template import Template, TemplateError
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.result import Origin, Suppression

_VERSION: Final = 1
_KEYS: Final = ("rule", "file", "resource", "property")

Entry = tuple[str, str, str, str]
"""Rule, file, resource and property; the property is empty for the resource as a whole."""


class Baseline:
    """The entries of a baseline file.

    Parameters
    ----------
    path
        The file.

    Raises
    ------
    TemplateError
        When it cannot be read or is none.
    """

    def __init__(self, path: Path) -> None:
        if not os.path.exists(path):
            raise TemplateError(path, "expected a baseline file, found none; write it with --write-baseline")
        content = read_json(path, "a baseline file")
        entries = content.get("findings")
        if content.get("version") != _VERSION or not isinstance(entries, list):
            raise TemplateError(
                path,
                f"expected a baseline file of version {_VERSION}, found another file; write it with --write-baseline",
            )
        self._folder = path.parent
        self._entries: dict[Entry, Suppression] = {}
        self._files: set[str] = set()
        for raw in entries:
            entry = _entry(path, raw)
            rule, file, resource, _ = entry
            self._entries[entry] = Suppression(rule, "in the baseline", Origin.BASELINE, path, f"{file} {resource}")

    def suppression(self, finding: Finding) -> Suppression | None:
        """Return what accepts a finding; None when it is a new one."""
        return self._entries.get(_entry_of(finding, self._folder))

    def checked(self, app: App) -> None:
        """Note what was checked: only there an entry can be one too many."""
        self._files.update(_file(template, self._folder) for template in app.templates)

    def known(self) -> list[Suppression]:
        """Return the entries for what was checked."""
        return [suppression for (_, file, _, _), suppression in self._entries.items() if file in self._files]


def _entry(path: Path, raw: Any) -> Entry:
    values = [raw.get(key, "") for key in _KEYS] if isinstance(raw, dict) else []
    rule, file, resource, name = (value if isinstance(value, str) else None for value in values or [None] * 4)
    if not rule or not file or not resource or name is None:
        raise TemplateError(path, f"expected findings with {', '.join(_KEYS)}, found {raw!r}; write the file anew")
    return rule, file, resource, name


def _entry_of(finding: Finding, folder: Path) -> Entry:
    resource = finding.resource
    if resource.construct_path is not None:
        return finding.rule, _file(resource.template.root, folder), resource.construct_path, finding.path
    return finding.rule, _file(resource.template, folder), resource.logical_id, finding.path


def _file(template: Template, folder: Path) -> str:
    return Path(os.path.relpath(template.path, folder)).as_posix()


def write_baseline(path: Path, findings: Iterable[Finding]) -> None:
    """Write the findings as a baseline file, in an order of their own, one line for each property.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    entries = sorted({_entry_of(finding, path.parent) for finding in findings})
    content = {
        "version": _VERSION,
        "findings": [{key: value for key, value in zip(_KEYS, one, strict=True) if value} for one in entries],
    }
    path.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
