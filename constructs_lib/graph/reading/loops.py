"""Write out ``Fn::ForEach``, the loop of the transform ``AWS::LanguageExtensions``."""

import re
from dataclasses import dataclass, field
from typing import Any, Final

TRANSFORM: Final = "AWS::LanguageExtensions"

_LOOP: Final = "Fn::ForEach::"
_LIMIT: Final = 200_000
"""The most values that the loops of a template are written out to; a template has at most 500 resources."""

Written = dict[str, tuple[str, ...]]
"""Where what a loop makes stands in the template as written, by logical id."""


def expand_loops(body: dict[str, Any]) -> tuple[dict[str, Any], Written]:
    """Return a template without the loops whose collections are known, and where their resources were written.

    A loop over what only the deployment knows stays, and so do all when there would be too much.
    """
    expansion = _Expansion(body)
    try:
        return expansion.value(body, {}, ()), expansion.written
    except _TooMuchError:
        return body, {}


class _TooMuchError(Exception):
    """The loops are not written out."""


@dataclass
class _Expansion:
    body: dict[str, Any]
    written: Written = field(default_factory=dict)
    count: int = 0

    def value(self, raw: Any, variables: dict[str, str], path: tuple[str, ...]) -> Any:
        """Write out a value in which the loops around it have set variables."""
        self.count += 1
        if variables and self.count > _LIMIT:
            raise _TooMuchError
        if isinstance(raw, str):
            return _substitute(raw, variables)
        if isinstance(raw, list):
            return [self.value(one, variables, (*path, str(index))) for index, one in enumerate(raw)]
        if not isinstance(raw, dict):
            return raw
        name = raw.get("Ref")
        if len(raw) == 1 and isinstance(name, str) and name in variables:
            return variables[name]
        mapping: dict[str, Any] = {}
        for key, one in raw.items():
            below = (*path, key)
            pieces = self._loop(one, variables, below) if key.startswith(_LOOP) else None
            if pieces is not None:
                mapping.update(pieces)
                continue
            new = _substitute(key, variables)
            mapping[new] = self.value(one, variables, below)
            if variables and path[:1] == ("Resources",) and isinstance(one, dict) and "Type" in one:
                self.written[new] = below
        text = mapping.get("Fn::Sub")
        # What the loop wrote into a text can be a logical id, within Fn::GetAtt for instance.
        return text if variables and len(mapping) == 1 and isinstance(text, str) and "${" not in text else mapping

    def _loop(self, raw: Any, variables: dict[str, str], path: tuple[str, ...]) -> dict[str, Any] | None:
        """Return what a loop makes; None when that is not known."""
        if not isinstance(raw, list) or len(raw) != 3 or not isinstance(raw[0], str) or not isinstance(raw[2], dict):
            return None
        elements = self._elements(self.value(raw[1], variables, path))
        if elements is None:
            return None
        made: dict[str, Any] = {}
        for element in elements:
            piece = self.value(raw[2], {**variables, raw[0]: element}, (*path, "2"))
            if not isinstance(piece, dict):
                return None
            made.update(piece)
        return made

    def _elements(self, raw: Any) -> list[str] | None:
        if isinstance(raw, list):
            several = [self._elements(one) if isinstance(one, dict) else [str(one)] for one in raw]
            return None if any(one is None for one in several) else [text for one in several for text in one or ()]
        if not isinstance(raw, dict) or len(raw) != 1:
            return None
        ((function, argument),) = raw.items()
        if function == "Ref":
            return self._parameter(argument)
        if function == "Fn::FindInMap" and isinstance(argument, list) and len(argument) == 3:
            found: Any = self.body.get("Mappings")
            for key in argument:
                found = found.get(key) if isinstance(found, dict) and isinstance(key, str) else None
            return self._elements(found) if isinstance(found, list) else None
        return None

    def _parameter(self, name: Any) -> list[str] | None:
        parameters = self.body.get("Parameters")
        declaration = parameters.get(name) if isinstance(parameters, dict) and isinstance(name, str) else None
        if not isinstance(declaration, dict) or not isinstance(declaration.get("Default"), str):
            return None
        default, kind = declaration["Default"], str(declaration.get("Type"))
        if kind.startswith("AWS::SSM::"):
            return None
        if kind == "CommaDelimitedList" or kind.startswith("List<"):
            return [element.strip() for element in default.split(",")]
        return [default]


def _substitute(text: str, variables: dict[str, str]) -> str:
    for name, value in variables.items():
        if name in text:
            text = text.replace(f"${{{name}}}", value)
            text = text.replace(f"&{{{name}}}", re.sub(r"[^0-9A-Za-z]", "", value))
    return text
