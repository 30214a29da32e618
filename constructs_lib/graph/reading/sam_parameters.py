"""Stand-ins for the parameters of a SAM template whose values only the deployment knows."""

import re
from typing import Any, Final

_STAND_IN: Final = "Unknown{}Parameter"


def stand_ins(body: dict[str, Any]) -> dict[str, str]:
    """Return a text for each parameter that is one and has no default, by the names of the parameters.

    The translator refuses a reference where it makes a name of the value, that of an alias for instance.
    """
    parameters = body.get("Parameters")
    return {
        name: _STAND_IN.format(name)
        for name, declaration in (parameters.items() if isinstance(parameters, dict) else ())
        if isinstance(declaration, dict) and "Default" not in declaration and _is_text(str(declaration.get("Type")))
    }


def _is_text(kind: str) -> bool:
    return kind not in ("Number", "CommaDelimitedList") and "List<" not in kind


def without_stand_ins(body: dict[str, Any], used: dict[str, str]) -> dict[str, Any]:
    """Return a template in which the values that are stand-ins are references again; in logical ids they stay."""
    names = {text: name for name, text in used.items()}
    found = re.compile("|".join(map(re.escape, names)))

    def restored(raw: Any) -> Any:
        if isinstance(raw, str):
            return {"Ref": names[raw]} if raw in names else raw
        if isinstance(raw, list):
            return [restored(one) for one in raw]
        if not isinstance(raw, dict):
            return raw
        return {key: substituted(one) if key == "Fn::Sub" else restored(one) for key, one in raw.items()}

    def substituted(raw: Any) -> Any:
        if isinstance(raw, str):
            return found.sub(lambda match: f"${{{names[match[0]]}}}", raw)
        return [substituted(raw[0]), *map(restored, raw[1:])] if isinstance(raw, list) and raw else restored(raw)

    result: dict[str, Any] = restored(body)
    return result
