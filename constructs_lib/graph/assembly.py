"""Load the templates of an app: from a cloud assembly folder, or from a list of files."""

import json
import os
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
    return App(template for file in files for template in load_stack(file))


def load_stack(file: TemplateFile) -> Iterator[Template]:
    """Load the template of a stack and those of its nested stacks, as far as these are in the app and can be read.

    Raises
    ------
    TemplateError
        When the file is not a CloudFormation template.
    """
    root = read_template(file)
    _attach_nested(root, {os.path.realpath(file.path)})
    return root.family()


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
    if folder.is_file():
        raise TemplateError(
            f"{folder}: expected the folder of a cloud assembly, found a file; pass the folder around it"
        )
    manifest = folder / "manifest.json"
    artifacts = read_json(manifest, "the manifest of a cloud assembly").get("artifacts", {})
    try:
        for name, artifact in sorted(artifacts.items()):
            properties = artifact.get("properties") if isinstance(artifact, dict) else None
            if not isinstance(properties, dict):
                continue
            if artifact.get("type") == "cdk:cloud-assembly":
                yield from stacks_of(_inner(folder, properties["directoryName"]))
            elif artifact.get("type") == "aws:cloudformation:stack" and "templateFile" in properties:
                environment = environment_of(artifact.get("environment", ""), properties.get("stackName", name))
                path = folder / properties["templateFile"]
                yield TemplateFile(path, environment, str(artifact.get("displayName") or name), listed=True)
    except (AttributeError, KeyError, TypeError) as error:
        raise TemplateError(
            f"{manifest}: expected the manifest of a cloud assembly, found another shape ({error!r}); "
            "run 'cdk synth' to write it again"
        ) from error


def _inner(folder: Path, name: str) -> Path:
    """Return the folder of an assembly within another, never that one itself or one around it: reading must end."""
    inner = Path(os.path.normpath(folder / name))
    if not inner.is_relative_to(os.path.normpath(folder)) or inner == Path(os.path.normpath(folder)):
        raise TypeError(f"directoryName {name!r}")
    return inner


def environment_of(uri: str, stack_name: str | None = None) -> Environment:
    """Return the environment that an ``aws://account/region`` of a manifest denotes."""
    account, _, region = uri.removeprefix("aws://").partition("/")
    return Environment(
        account if account and account != "unknown-account" else UNKNOWN_ACCOUNT,
        region if region and region != "unknown-region" else UNKNOWN_REGION,
        stack_name,
    )


def _attach_nested(template: Template, seen: set[str]) -> None:
    for stack in template.resources.values():
        if stack.type != "AWS::CloudFormation::Stack":
            continue
        environment = Environment(template.environment.account, template.environment.region)
        try:
            path = _nested_path(stack)
            if path is None:
                continue
            nested = read_template(TemplateFile(path, environment, template.construct_path, listed=True))
        except TemplateError:
            # YAML, for instance: as unknown as a nested stack whose template lies elsewhere.
            continue
        real = os.path.realpath(path)
        # A template that nests itself would never end.
        if real not in seen:
            nested.parent = stack
            template.nested[stack.logical_id] = nested
            _attach_nested(nested, seen | {real})


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
    if path.is_file():
        yield path
