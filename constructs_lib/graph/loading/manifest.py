"""The stacks that the manifest of a cloud assembly lists."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from constructs_lib.graph.reading.json_text import read_json
from constructs_lib.graph.template import UNKNOWN_ACCOUNT, UNKNOWN_REGION, Environment, TemplateError, TemplateFile


def stacks_of(folder: Path, unread: list[TemplateError] | None = None) -> Iterator[TemplateFile]:
    """Yield the stack templates that a cloud assembly lists.

    Parameters
    ----------
    folder
        The folder of the assembly.
    unread
        Takes what is wrong with artifacts, the assemblies of stages for instance, so that the others are listed all
        the same; without it, the first one that is wrong is raised.

    Raises
    ------
    TemplateError
        When the folder holds no cloud assembly, or its manifest cannot be read.
    """
    if os.path.isfile(folder):
        raise TemplateError(folder, "expected the folder of a cloud assembly, found a file; pass the folder around it")
    manifest = folder / "manifest.json"
    artifacts = read_json(manifest, "the manifest of a cloud assembly").get("artifacts", {})
    if not isinstance(artifacts, dict):
        raise _odd(manifest, f"artifacts {artifacts!r}")
    for name, artifact in sorted(artifacts.items()):
        try:
            yield from _stacks(folder, name, artifact, unread)
        except (AttributeError, KeyError, TypeError) as error:
            _keep(_odd(manifest, repr(error)), unread)
        except TemplateError as error:
            _keep(error, unread)


def stacks_beside(folder: Path) -> dict[str, TemplateFile]:
    """Return the templates in a folder that a manifest in it, if there is one, lists, by the names of their files."""
    if not os.path.isfile(folder / "manifest.json"):
        return {}
    try:
        files = list(stacks_of(folder, []))
    except TemplateError:
        return {}
    return {file.path.name: file for file in files if file.path.parent == folder}


def _stacks(folder: Path, name: str, artifact: Any, unread: list[TemplateError] | None) -> Iterator[TemplateFile]:
    properties = artifact.get("properties") if isinstance(artifact, dict) else None
    if not isinstance(properties, dict):
        return
    if artifact.get("type") == "cdk:cloud-assembly":
        yield from stacks_of(_inner(folder, properties["directoryName"]), unread)
    elif artifact.get("type") == "aws:cloudformation:stack" and "templateFile" in properties:
        environment = environment_of(artifact.get("environment", ""), properties.get("stackName", name))
        path = folder / properties["templateFile"]
        yield TemplateFile(path, environment, str(artifact.get("displayName") or name), listed=True)


def _keep(error: TemplateError, unread: list[TemplateError] | None) -> None:
    if unread is None:
        raise error
    unread.append(error)


def _odd(manifest: Path, found: str) -> TemplateError:
    return TemplateError(
        manifest,
        f"expected the manifest of a cloud assembly, found another shape ({found}); run 'cdk synth' to write it again",
    )


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
