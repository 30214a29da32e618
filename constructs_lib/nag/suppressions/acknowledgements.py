"""Acknowledgements in a cloud assembly: ``Validations.of(construct).acknowledge`` in the app.

CDK writes those on a stack, and on what is in it, into the metadata of the stack. Those on the app and on stages are in
no file; the validation report names the findings that they accepted, when the pack ran in the synthesis.
"""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.template import Template
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.reports.validation_report import FILE_NAME
from constructs_lib.nag.result import Origin, Suppression
from constructs_lib.nag.suppressions.claim import NAMESPACE, Claim

KIND: Final = "aws:cdk:acknowledged-rules"
_PREFIX: Final = f"{NAMESPACE}::"
"""CDK itself accepts findings by this form of the id alone."""


@dataclass(frozen=True)
class Within:
    """Covers the findings on a construct and on those within it."""

    path: str
    """Empty for the app."""

    def __call__(self, finding: Finding) -> bool:
        """Say whether the finding lies there."""
        return not self.path or f"{finding.resource.construct_path}/".startswith(f"{self.path}/")


@dataclass(frozen=True)
class _Exactly:
    """Covers the findings on one construct."""

    path: str

    def __call__(self, finding: Finding) -> bool:
        return finding.resource.construct_path == self.path


def acknowledgement_claims(root: Template) -> list[Claim]:
    """Return the acknowledgements in the metadata of a stack, whose template is given."""
    path = root.path.with_name(root.path.name.removesuffix(".template.json") + ".metadata.json")
    content = _json(path, KIND)
    if content is not None:
        return list(_claims(path, content))
    # Earlier versions of CDK keep the metadata in the manifest.
    manifest = root.path.with_name("manifest.json")
    artifacts = (_json(manifest, KIND) or {}).get("artifacts")
    for artifact in artifacts.values() if isinstance(artifacts, dict) else ():
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if isinstance(properties, dict) and properties.get("templateFile") == root.path.name:
            return list(_claims(manifest, artifact.get("metadata")))
    return []


def reported_claims(root: Template) -> list[Claim]:
    """Return the acknowledgements of which the validation report of the assembly around a stack tells."""
    folder = root.path.parent
    while not os.path.isfile(folder / FILE_NAME):
        if folder.parent == folder or not os.path.isfile(folder.parent / "manifest.json"):
            return []
        folder = folder.parent
    path = folder / FILE_NAME
    reports = (_json(path, NAMESPACE) or {}).get("pluginReports")
    return [
        Claim(
            Suppression(str(one.get("ruleName")), _text(one.get("reason")), Origin.ACKNOWLEDGEMENT, path, place),
            _Exactly(place),
            expected=False,
        )
        for report in _dicts(reports)
        if report.get("pluginName") == NAMESPACE
        for one in _dicts(report.get("suppressedViolations"))
        for construct in _dicts(one.get("violatingConstructs"))
        if isinstance(place := construct.get("constructPath"), str)
    ]


def _claims(path: Path, metadata: Any) -> Iterator[Claim]:
    for place, entries in metadata.items() if isinstance(metadata, dict) else ():
        for entry in _dicts(entries):
            data = entry.get("data")
            if entry.get("type") != KIND or not isinstance(data, dict):
                continue
            for key, reason in data.items():
                if key.startswith(_PREFIX):
                    rule, construct = key.removeprefix(_PREFIX), place.strip("/")
                    suppression = Suppression(rule, _text(reason), Origin.ACKNOWLEDGEMENT, path, construct)
                    yield Claim(suppression, Within(construct))


def _json(path: Path, mark: str) -> dict[str, Any] | None:
    """Return what a file holds, when the mark is in it: most of these files are large and have nothing for us."""
    try:
        text = path.read_text(encoding="utf-8")
        content = json.loads(text) if mark in text else None
    except (OSError, ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _dicts(raw: Any) -> Iterator[dict[str, Any]]:
    yield from (one for one in raw if isinstance(one, dict)) if isinstance(raw, list) else ()


def _text(raw: Any) -> str:
    return raw.strip() if isinstance(raw, str) else ""
