"""The construct paths that CDK writes beside the templates."""

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

_LOGICAL_ID = "aws:cdk:logicalId"
_TEMPLATE_FILE = "aws:cdk:templateFile"


def construct_paths(root: Path) -> Mapping[str, Mapping[str, str]]:
    """Return the construct path of each logical id in the template of a stack and in those of its nested stacks.

    Parameters
    ----------
    root
        The template of the stack, beside which its metadata lie.

    Returns
    -------
    Mapping
        By the name of the template file; empty when CDK wrote no metadata.
    """
    try:
        text = root.with_name(root.name.removesuffix(".template.json") + ".metadata.json").read_text(encoding="utf-8")
        metadata = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return {}
    if not isinstance(metadata, dict):
        return {}
    nested = {path: file for path, entries in metadata.items() for file in _data(entries, _TEMPLATE_FILE)}
    paths: dict[str, dict[str, str]] = defaultdict(dict)
    for path, entries in metadata.items():
        around = (str(parent) for parent in PurePosixPath(path).parents)
        file = next((nested[stack] for stack in around if stack in nested), root.name)
        paths[file].update(dict.fromkeys(_data(entries, _LOGICAL_ID), path.removeprefix("/")))
    return paths


def _data(entries: Any, kind: str) -> list[str]:
    if not isinstance(entries, list):
        return []
    found = [entry.get("data") for entry in entries if isinstance(entry, dict) and entry.get("type") == kind]
    return [data for data in found if isinstance(data, str)]
