"""Resources that need each other, so that CloudFormation cannot create any of them first."""

import re
from typing import Any, Final

from constructs_lib.graph.template import Resource, Template

_VARIABLE: Final = re.compile(r"\$\{([^!.}][^.}]*)")


def find_cycle(template: Template) -> list[str] | None:
    """Return the logical ids of resources each of which needs the next one, and the last one the first.

    Only what holds under all conditions counts: neither resources with a condition nor the branches of an ``Fn::If``.
    """
    needs = {one.logical_id: _needs(one) for one in template.resources.values() if one.condition is None}
    done: set[str] = set()
    for start in needs:
        trail: dict[str, None] = {}
        pending = [(start, False)]
        while pending:
            name, left = pending.pop()
            if left:
                done.add(trail.popitem()[0])
            elif name in trail:
                names = list(trail)
                return names[names.index(name) :]
            elif name not in done:
                trail[name] = None
                pending.append((name, True))
                pending.extend((other, False) for other in sorted(needs[name]) if other in needs)
    return None


def _needs(resource: Resource) -> set[str]:
    """Return the logical ids that a resource refers to, and other names."""
    after = resource.raw.get("DependsOn")
    found = {one for one in (after if isinstance(after, list) else [after]) if isinstance(one, str)}
    pending: list[Any] = [resource.raw.get("Properties")]
    while pending:
        part = pending.pop()
        if isinstance(part, list):
            pending.extend(part)
        elif isinstance(part, dict):
            if len(part) == 1:
                ((function, argument),) = part.items()
                if function == "Fn::If":
                    continue
                found.update(_names(function, argument))
            pending.extend(part.values())
    return found


def _names(function: str, argument: Any) -> list[str]:
    first = argument[0] if isinstance(argument, list) and argument else argument
    if not isinstance(first, str):
        return []
    if function == "Fn::Sub":
        own = argument[1] if isinstance(argument, list) and len(argument) > 1 else None
        return [name for name in _VARIABLE.findall(first) if not isinstance(own, dict) or name not in own]
    if function == "Fn::GetAtt":
        return [first.partition(".")[0]]
    return [first] if function == "Ref" else []
