"""Load the templates of an app: from a cloud assembly folder, or from a list of files."""

import json
import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.manifest import stacks_of
from constructs_lib.graph.reading.json_text import read_json
from constructs_lib.graph.reading.template_file import read_template
from constructs_lib.graph.template import (
    Environment,
    Resource,
    Template,
    TemplateError,
    TemplateFile,
)

_ASSET_HASH: Final = re.compile(r"[0-9a-f]{64}")
_ELSEWHERE: Final = re.compile(r"^[a-z0-9+.-]+://|\$\{|\{\{", re.IGNORECASE)
"""A URL with a scheme, or one that is known only at the deployment."""


def load_app(files: Iterable[TemplateFile]) -> App:
    """Load an app from the templates of its stacks; nested stacks are found by themselves.

    Raises
    ------
    TemplateError
        When a file is not a CloudFormation template.
    """
    return App(template for file in files for template in load_stack(file))


def load_stack(file: TemplateFile, unread: list[TemplateError] | None = None) -> Iterator[Template]:
    """Load the template of a stack and those of its nested stacks, as far as these are in the app and can be read.

    Parameters
    ----------
    file
        The template of the stack.
    unread
        Takes what is wrong with the templates of nested stacks; without it they are as unknown as any that lie
        elsewhere.

    Raises
    ------
    TemplateError
        When the file is not a CloudFormation template.
    """
    root = read_template(file)
    _attach_nested(root, {os.path.realpath(file.path)}, [] if unread is None else unread)
    return root.family()


def load_assembly(folder: Path) -> App:
    """Load an app from a cloud assembly folder (``cdk.out``), the nested assemblies of its stages included.

    Raises
    ------
    TemplateError
        When the folder holds no cloud assembly, or a file of it cannot be read.
    """
    return load_app(stacks_of(folder))


def _attach_nested(template: Template, around: set[str], unread: list[TemplateError]) -> None:
    for stack in template.resources.values():
        if stack.type != "AWS::CloudFormation::Stack":
            continue
        environment = Environment(template.environment.account, template.environment.region)
        try:
            path = nested_path(stack)
            if path is None:
                continue
            nested = read_template(TemplateFile(path, environment, template.construct_path, listed=True))
            real = os.path.realpath(path)
            # A template that nests itself would never end.
            if real in around:
                raise TemplateError(path, "expected a template that does not nest itself; take one of the two out")
        except TemplateError as error:
            where = f"the nested stack '{stack.logical_id}' of {template.path}"
            unread.append(TemplateError(error.path, f"{error.message} ({where})"))
            continue
        nested.parent = stack
        template.nested[stack.logical_id] = nested
        _attach_nested(nested, around | {real}, unread)


def nested_path(stack: Resource) -> Path | None:
    """Return the file of a nested stack; None when it is not part of the app.

    It is an asset of the cloud assembly, or what a ``TemplateURL`` without a scheme names beside the template, as the
    commands that package templates take it.

    Raises
    ------
    TemplateError
        When the manifest of the assets cannot be read.
    """
    folder = stack.template.path.parent
    metadata = stack.raw.get("Metadata")
    name = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    path: Any = name if isinstance(name, str) else _local_path(stack) or _asset_path(stack)
    return folder / path if isinstance(path, str) else None


def _local_path(stack: Resource) -> str | None:
    url = _template_url(stack)
    return url if isinstance(url, str) and url and not _ELSEWHERE.search(url) else None


def _template_url(stack: Resource) -> Any:
    properties = stack.raw.get("Properties")
    return properties.get("TemplateURL") if isinstance(properties, dict) else None


def _asset_path(stack: Resource) -> Any:
    hashes = _ASSET_HASH.findall(json.dumps(_template_url(stack)))
    for manifest in _asset_manifests(stack.template) if hashes else ():
        files = read_json(manifest, "an asset manifest").get("files")
        for asset_hash in reversed(hashes):
            asset = files.get(asset_hash) if isinstance(files, dict) else None
            source = asset.get("source") if isinstance(asset, dict) else None
            if isinstance(source, dict):
                return source.get("path")
    return None


def _asset_manifests(template: Template) -> Iterator[Path]:
    """Yield the asset manifest of the stack that a template belongs to."""
    stack = template.root.path
    path = stack.with_name(stack.name.removesuffix(".template.json") + ".assets.json")
    if os.path.isfile(path):
        yield path
