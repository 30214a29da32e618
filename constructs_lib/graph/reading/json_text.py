"""Read JSON, in which no key may stand twice."""

import json
import re
from pathlib import Path
from typing import Any, Final

from constructs_lib.graph.reading.text import BadTextError, read_text

_TOKEN: Final = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\]:]')


def parse_json(text: str) -> Any:
    """Return what a JSON text says.

    Raises
    ------
    BadTextError
        When it is not JSON, is nested too deeply, or holds a mapping with a key twice.
    """
    try:
        return json.loads(text, object_pairs_hook=_mapping)
    except _DuplicateKeyError as error:
        raise BadTextError(_duplicate(text), "remove or rename one of the two") from error
    except (ValueError, RecursionError) as error:
        detail = str(error) if isinstance(error, ValueError) else "nested too deeply"
        raise BadTextError(f"text that is not JSON ({detail})", "pass a JSON file") from error


def read_json(path: Path, expected: str) -> dict[str, Any]:
    """Read a JSON object from a file.

    Parameters
    ----------
    path
        The file.
    expected
        What the file should be, for the error message.

    Raises
    ------
    TemplateError
        When the file is missing, empty, not JSON or no object.
    """
    try:
        content = parse_json(read_text(path))
        if not isinstance(content, dict):
            raise BadTextError(f"a JSON {type(content).__name__}", "pass a file that holds a JSON object")
    except BadTextError as error:
        raise error.at(path, expected) from error
    return content


class _DuplicateKeyError(Exception):
    """Stops the parser at a mapping with a key twice."""


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    mapping = dict(pairs)
    if len(mapping) != len(pairs):
        raise _DuplicateKeyError
    return mapping


def _duplicate(text: str) -> str:
    """Describe the first key that stands twice in one mapping."""
    around: list[set[str]] = []
    previous = ""
    for match in _TOKEN.finditer(text):
        token = match[0]
        if token in "{[":
            around.append(set())
        elif token in "}]":
            around.pop()
        elif token == ":":
            if previous in around[-1]:
                line = text.count("\n", 0, match.start()) + 1
                return f"the key {previous} twice in one mapping (line {line})"
            around[-1].add(previous)
        else:
            previous = token
    # Two spellings of one key, as with \\u0041 for A.
    return "a key twice in one mapping"
