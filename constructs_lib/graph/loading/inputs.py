"""From the paths that a command is given to the apps in them."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final

from constructs_lib.graph.app import App
from constructs_lib.graph.loading.assembly import load_stack
from constructs_lib.graph.loading.cycles import find_cycle
from constructs_lib.graph.loading.folders import Loose, is_assembly, search
from constructs_lib.graph.loading.loose import apps_of
from constructs_lib.graph.loading.manifest import stacks_of
from constructs_lib.graph.reading.text import SIZE_LIMIT, TEMPLATE, BadTextError, decode
from constructs_lib.graph.template import Template, TemplateError, TemplateFile

STANDARD_INPUT: Final = "-"
_STANDARD_INPUT_NAME: Final = Path("stdin")


def load_inputs(paths: Iterable[str], exclude: Sequence[str] = ()) -> Iterator[App | TemplateError]:
    """Yield the apps that paths hold, and what is wrong with files that cannot be read or can never be deployed.

    The folder of a cloud assembly is one app, with its stages. A template file is an app with its nested stacks;
    template files are one app when one imports what another one, and only that one, exports. A template that another
    one nests is not checked once more by itself.

    Parameters
    ----------
    paths
        Folders of cloud assemblies, folders that hold such folders or templates, however deep, template files, and
        ``-`` for standard input. What is found in a folder and is no template is passed over; what is named has to be
        one, and there has to be one in all.
    exclude
        Patterns, as ``patterns_in`` makes them, for what to leave out of folders.
    """
    given = list(paths)
    nothing = True
    for one in _load(given, exclude):
        nothing = False
        yield one
        if isinstance(one, App):
            yield from _cycles(one)
    for path in given if nothing else ():
        yield TemplateError(
            Path(path), "expected templates or a cloud assembly, found none; pass the folder that holds them"
        )


def _cycles(app: App) -> Iterator[TemplateError]:
    for template in app.templates:
        cycle = find_cycle(template)
        if cycle is not None:
            yield TemplateError(
                template.path,
                f"expected resources that can be made one after the other, found {' → '.join([*cycle, cycle[0]])}, "
                "which CloudFormation refuses; take out one of the references",
            )


def _load(paths: list[str], exclude: Sequence[str]) -> Iterator[App | TemplateError]:
    files: dict[str, Loose] = {}
    assemblies: dict[str, Path] = {}
    if STANDARD_INPUT in paths:
        yield from _standard_input()
    for path in paths:
        if path == STANDARD_INPUT:
            continue
        if not os.path.isdir(path):
            files[os.path.realpath(path)] = Loose(Path(path), named=True)
        elif is_assembly(Path(path)):
            assemblies[os.path.realpath(path)] = Path(path)
        else:
            for found in search(Path(path), exclude):
                if isinstance(found, TemplateError):
                    yield found
                elif isinstance(found, Loose):
                    files.setdefault(os.path.realpath(found.path), found)
                else:
                    assemblies[os.path.realpath(found)] = found
    for folder in assemblies.values():
        yield from _assembly(folder)
    yield from apps_of(files.values())


def _standard_input() -> Iterator[App | TemplateError]:
    try:
        text = decode(_read_standard_input())
    except BadTextError as error:
        yield error.at(_STANDARD_INPUT_NAME, TEMPLATE)
        return
    yield from app_of([TemplateFile(_STANDARD_INPUT_NAME, text=text)])


def _read_standard_input() -> bytes:
    # A command that is started without one, with <&-, has none.
    if sys.stdin is None:
        raise BadTextError("a standard input that is closed", "pass a file")
    try:
        return sys.stdin.buffer.read(SIZE_LIMIT + 1)
    except OSError as error:
        raise BadTextError(f"a standard input that cannot be read ({error.strerror})", "pass a file") from error


def _assembly(folder: Path) -> Iterator[App | TemplateError]:
    files: list[TemplateFile] = []
    unread: list[TemplateError] = []
    try:
        files.extend(stacks_of(folder, unread))
    except TemplateError as error:
        unread.append(error)
    yield from unread
    yield from app_of(files)


def app_of(files: Iterable[TemplateFile]) -> Iterator[App | TemplateError]:
    """Yield the app of the templates that can be read, after what is wrong with the others."""
    templates: list[Template] = []
    unread: list[TemplateError] = []
    for file in files:
        try:
            templates.extend(load_stack(file, unread))
        except TemplateError as error:
            unread.append(error)
    yield from unread
    if templates:
        yield App(templates)
