"""Load the templates of an app: from a cloud assembly folder, or from a list of files."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from constructs_lib.graph.app import App
from constructs_lib.graph.template import (
    UNKNOWN_ACCOUNT,
    UNKNOWN_REGION,
    Environment,
    Resource,
    Template,
    TemplateError,
    TemplateFile,
    read_json,
    read_template,
)

_ASSET_HASH = re.compile(r"[0-9a-f]{64}")


def load_app(files: Iterable[TemplateFile]) -> App:
    """Load an app from the templates of its stacks; nested stacks are found by themselves.

    Raises
    ------
    TemplateError
        When a file is not a CloudFormation template.
    """
    templates: list[Template] = []
    for file in files:
        root = read_template(file)
        _attach_nested(root, {file.path.resolve()})
        templates.extend(root.family())
    return App(templates)


def load_assembly(folder: Path) -> App:
    """Load an app from a cloud assembly folder (``cdk.out``), the nested assemblies of its stages included.

    Raises
    ------
    TemplateError
        When the folder holds no cloud assembly, or a file of it cannot be read.
    """
    return load_app(stacks_of(folder))


def stacks_of(folder: Path) -> Iterator[TemplateFile]:
    """Yield the stack templates that a cloud assembly lists."""
    manifest = folder / "manifest.json"
    artifacts = read_json(manifest, "the manifest of a cloud assembly").get("artifacts", {})
    if not isinstance(artifacts, dict):
        raise TemplateError(f"{manifest}: expected a mapping 'artifacts'; run 'cdk synth' to write it again")
    for name, artifact in sorted(artifacts.items()):
        properties = artifact.get("properties") if isinstance(artifact, dict) else None
        if not isinstance(properties, dict):
            continue
        if artifact.get("type") == "cdk:cloud-assembly":
            yield from stacks_of(folder / str(properties.get("directoryName")))
        elif artifact.get("type") == "aws:cloudformation:stack" and "templateFile" in properties:
            environment = environment_of(artifact.get("environment", ""), properties.get("stackName", name))
            path = folder / properties["templateFile"]
            yield TemplateFile(path, environment, artifact.get("displayName", name))


def environment_of(uri: str, stack_name: str | None = None) -> Environment:
    """Return the environment that an ``aws://account/region`` of a manifest denotes."""
    account, _, region = uri.removeprefix("aws://").partition("/")
    return Environment(
        account if account and account != "unknown-account" else UNKNOWN_ACCOUNT,
        region if region and region != "unknown-region" else UNKNOWN_REGION,
        stack_name,
    )


def _attach_nested(template: Template, seen: set[Path]) -> None:
    for stack in template.resources.values():
        if stack.type != "AWS::CloudFormation::Stack":
            continue
        path = _nested_path(stack)
        # A template that nests itself would never end.
        if path is None or path.resolve() in seen:
            continue
        environment = Environment(template.environment.account, template.environment.region)
        nested = read_template(TemplateFile(path, environment, template.construct_path))
        nested.parent = stack
        template.nested[stack.logical_id] = nested
        _attach_nested(nested, seen | {path.resolve()})


def _nested_path(stack: Resource) -> Path | None:
    """Return the file of a nested stack; None when it is not part of the app."""
    folder = stack.template.path.parent
    metadata = stack.raw.get("Metadata")
    name = metadata.get("aws:asset:path") if isinstance(metadata, dict) else None
    path: Any = name if isinstance(name, str) else _asset_path(stack)
    return folder / path if isinstance(path, str) else None


def _asset_path(stack: Resource) -> Any:
    properties = stack.raw.get("Properties")
    url = properties.get("TemplateURL") if isinstance(properties, dict) else None
    hashes = _ASSET_HASH.findall(json.dumps(url))
    for manifest in _asset_manifests(stack.template) if hashes else ():
        files = read_json(manifest, "an asset manifest").get("files", {})
        for asset_hash in reversed(hashes):
            if asset_hash in files:
                return files[asset_hash].get("source", {}).get("path")
    return None


def _asset_manifests(template: Template) -> Iterator[Path]:
    """Yield the asset manifest of the stack that a template belongs to."""
    stack = template.root.path
    path = stack.with_name(stack.name.removesuffix(".template.json") + ".assets.json")
    if path.is_file():
        yield path
