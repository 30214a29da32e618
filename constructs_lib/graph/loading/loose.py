"""From template files that no cloud assembly lists to apps: which ones nest others, and which ones belong together."""

import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.assembly import load_stack
from constructs_lib.graph.loading.folders import Loose
from constructs_lib.graph.loading.manifest import stacks_beside
from constructs_lib.graph.reading.template_file import is_template
from constructs_lib.graph.reading.text import TEMPLATE, BadTextError, decode, read_bytes
from constructs_lib.graph.template import NotATemplateError, Template, TemplateError, TemplateFile

_TYPES: Final = (b"AWS::", b"Custom::", b"AWSTemplateFormatVersion")
_NESTS: Final = (b"AWS::CloudFormation::Stack", b"AWS::Serverless::Application")
_LINKS: Final = (b"Export", b"ImportValue")

Family = list[Template]
"""A template and those nested in it."""


def apps_of(files: Iterable[Loose]) -> Iterator[App | TemplateError]:
    """Yield the apps that template files make up.

    A file is an app with its nested stacks. Files are one app when one imports what another one, and only that one,
    exports. What is nested in another file is not checked by itself. Most files have nothing to do with others; they
    are read one after the other, so that not all are in memory.
    """
    alone, together = [], []
    beside: dict[Path, dict[str, TemplateFile]] = {}
    for file in files:
        content = _content(file)
        if isinstance(content, TemplateError):
            yield content
            continue
        if not os.path.isfile(file.path):
            # What a pipe held is gone.
            file = replace(file, content=content)
        if any(mark in content for mark in (*_NESTS, *_LINKS)):
            together.append(file)
        elif file.named or (b"Resources" in content and any(mark in content for mark in _TYPES)):
            alone.append(file)
    families: list[Family] = []
    for file in together:
        family, unread = _load(file, beside)
        yield from unread
        if family:
            families.append(family)
    roots = list(_roots(families))
    nested = {os.path.realpath(template.path) for family in roots for template in family[1:]}
    for group in _linked(roots):
        yield App(template for family in group for template in family)
    for file in alone:
        if os.path.realpath(file.path) not in nested:
            family, unread = _load(file, beside)
            yield from unread
            if family:
                yield App(family)


def _content(file: Loose) -> bytes | TemplateError:
    try:
        return read_bytes(file.path)
    except BadTextError as error:
        return error.at(file.path, TEMPLATE)


def _load(file: Loose, beside: dict[Path, dict[str, TemplateFile]]) -> tuple[Family, list[TemplateError]]:
    unread: list[TemplateError] = []
    folder = file.path.parent
    if folder not in beside:
        beside[folder] = stacks_beside(folder)
    try:
        text = None if file.content is None else decode(file.content)
        template = beside[folder].get(file.path.name) or TemplateFile(file.path, text=text)
        family = list(load_stack(template, unread))
    except BadTextError as error:
        return [], [error.at(file.path, TEMPLATE)]
    except NotATemplateError as error:
        return [], [error] if file.named else []
    except TemplateError as error:
        return [], [error]
    return (family, unread) if file.named or is_template(family[0].body) else ([], [])


def _roots(families: list[Family]) -> Iterator[Family]:
    """Yield those that are not nested in another one; of two that nest each other, the second one."""
    around: dict[str, set[str]] = defaultdict(set)
    for family in families:
        for template in family[1:]:
            around[os.path.realpath(template.path)].add(os.path.realpath(family[0].path))
    dropped: set[str] = set()
    for family in families:
        real = os.path.realpath(family[0].path)
        if around[real] - dropped - {real}:
            dropped.add(real)
        else:
            yield family


def _linked(families: list[Family]) -> list[list[Family]]:
    """Group those of which one imports what another one, and only that one, exports."""
    exporters: dict[str, list[int]] = defaultdict(list)
    for index, family in enumerate(families):
        for name in {name for template in family for name in _exports(template)}:
            exporters[name].append(index)
    group = list(range(len(families)))

    def first(index: int) -> int:
        while group[index] != index:
            index = group[index]
        return index

    for index, family in enumerate(families):
        for name in _imports(family) if exporters else ():
            if len(exporters.get(name, ())) == 1:
                one, other = sorted((first(index), first(exporters[name][0])))
                group[other] = one
    groups: dict[int, list[Family]] = defaultdict(list)
    for index, family in enumerate(families):
        groups[first(index)].append(family)
    return list(groups.values())


def _exports(template: Template) -> Iterator[str]:
    for output in template.section("Outputs").values():
        export = output.get("Export") if isinstance(output, dict) else None
        name = export.get("Name") if isinstance(export, dict) else None
        if isinstance(name, str):
            yield name


def _imports(family: Family) -> Iterator[str]:
    pending: list[Any] = [template.body for template in family]
    while pending:
        part = pending.pop()
        if isinstance(part, dict):
            name = part.get("Fn::ImportValue")
            if isinstance(name, str):
                yield name
            pending.extend(part.values())
        elif isinstance(part, list):
            pending.extend(part)
