"""The construct paths that CDK writes beside the templates."""

import json
from pathlib import Path
from typing import Any

_LOGICAL_ID = "aws:cdk:logicalId"
_TEMPLATE_FILE = "aws:cdk:templateFile"


def construct_paths(root: Path, template: Path) -> dict[str, str]:
    """Return the construct path of each logical id of a template; nothing when CDK did not write it.

    Parameters
    ----------
    root
        The template of the stack, beside which its metadata lie.
    template
        The same, or that of one of its nested stacks.
    """
    try:
        text = root.with_name(root.name.removesuffix(".template.json") + ".metadata.json").read_text(encoding="utf-8")
        metadata = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(metadata, dict):
        return {}
    nested = {path: file for path, entries in metadata.items() for file in _data(entries, _TEMPLATE_FILE)}
    paths = {}
    for path, entries in metadata.items():
        around = [stack for stack in nested if path.startswith(stack + "/")]
        file = nested[max(around, key=len)] if around else root.name
        if file == template.name:
            paths.update(dict.fromkeys(_data(entries, _LOGICAL_ID), path.removeprefix("/")))
    return paths


def _data(entries: Any, kind: str) -> list[str]:
    if not isinstance(entries, list):
        return []
    found = [entry.get("data") for entry in entries if isinstance(entry, dict) and entry.get("type") == kind]
    return [data for data in found if isinstance(data, str)]
