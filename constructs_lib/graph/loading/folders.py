"""Find the templates and the cloud assemblies in a folder."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from constructs_lib.graph.loading.exclusion import is_excluded
from constructs_lib.graph.reading.json_text import read_json
from constructs_lib.graph.template import TemplateError

_SUFFIXES: Final = (".json", ".yaml", ".yml", ".template")
_SKIPPED: Final = "node_modules"


@dataclass(frozen=True)
class Loose:
    """A template file that no cloud assembly lists."""

    path: Path
    named: bool = False
    """Whether somebody named it: then it has to be a template. Other files are found in a folder."""
    content: bytes | None = None
    """What was read, when it cannot be read once more."""


def is_assembly(folder: Path) -> bool:
    """Say whether a folder is that of a cloud assembly: whether it has its manifest."""
    manifest = folder / "manifest.json"
    if not os.path.isfile(manifest):
        return False
    if os.path.isfile(folder / "cdk.out"):
        return True
    try:
        # Web pages and extensions have a manifest of that name as well.
        return "artifacts" in read_json(manifest, "a manifest")
    except TemplateError:
        return False


def search(folder: Path, exclude: Sequence[str] = ()) -> Iterator[Loose | Path | TemplateError]:
    """Yield the files that may be templates, the folders of cloud assemblies, and what cannot be read.

    Links are followed, each folder is visited once. Folders whose name begins with a dot, and those of Node.js
    packages, are passed over, and so is what matches one of the patterns.
    """
    seen: set[str] = set()
    pending = [folder]
    while pending:
        here = pending.pop()
        real = os.path.realpath(here)
        if real in seen:
            continue
        seen.add(real)
        try:
            names = sorted(os.listdir(here))
            # Who may list a folder may not look at what is in it.
            os.stat(os.path.join(here, os.curdir))
        except OSError as error:
            reason = str(error.strerror).lower()
            yield TemplateError(here, f"expected a folder of templates, found {reason}; check its permissions")
            continue
        inner = []
        for name in names:
            path = here / name
            if is_excluded(path, exclude):
                continue
            if os.path.isdir(path):
                if name.startswith(".") or name == _SKIPPED:
                    continue
                if is_assembly(path):
                    yield path
                else:
                    inner.append(path)
            elif name.lower().endswith(_SUFFIXES):
                yield Loose(path)
        pending.extend(reversed(inner))
