"""What a template leaves open until it is deployed: its parameters, and the region and account when unknown."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from constructs_lib.graph.template import UNKNOWN_ACCOUNT, UNKNOWN_REGION, Template
from constructs_lib.graph.values import Scalar, scalar_text

if TYPE_CHECKING:
    from constructs_lib.graph.app import App


@dataclass(frozen=True)
class Other:
    """The choice that a parameter is none of the values it is compared with."""

    excluded: frozenset[str]


Choice = str | bool | Other


class Undecided(Exception):  # noqa: N818 - control flow of the exploration of worlds, not an error
    """The answer depends on a choice that has not been made.

    Parameters
    ----------
    key
        Names the choice.
    options
        What can be chosen.
    """

    def __init__(self, key: str, options: tuple[Choice, ...]) -> None:
        super().__init__(key)
        self.key = key
        self.options = options


def variable(app: "App", template: Template, raw: Any) -> str | None:
    """Return the key of the variable that a ``Ref`` denotes; None when it is no open ``Ref``.

    A nested stack's parameter is what its parent passes. One that the parent does not pass has its default for
    certain, so it is not open.
    """
    name = raw["Ref"] if isinstance(raw, dict) and len(raw) == 1 and "Ref" in raw else None
    if not isinstance(name, str):
        return None
    environment = template.environment
    if name in ("AWS::Region", "AWS::Partition", "AWS::URLSuffix"):
        return name if environment.region == UNKNOWN_REGION else None
    if name == "AWS::AccountId":
        return name if environment.account == UNKNOWN_ACCOUNT else None
    if name == "AWS::StackName":
        return f"{app.index(template)} {name}" if environment.stack_name is None else None
    if name not in template.section("Parameters"):
        return None
    if template.parent is None:
        return f"{app.index(template)} {name}"
    return variable(app, template.parent.template, passed(template, name))


def passed(template: Template, name: str) -> Any:
    """Return what the parent passes for a parameter of a nested stack; None when it passes nothing."""
    properties = template.parent.raw.get("Properties") if template.parent else None
    parameters = properties.get("Parameters") if isinstance(properties, dict) else None
    return parameters.get(name) if isinstance(parameters, dict) else None


def domains(app: "App") -> dict[str, tuple[Choice, ...]]:
    """Return, for each variable that conditions compare with literals, the choices that make a difference."""
    compared: dict[str, set[str]] = defaultdict(set)
    allowed: dict[str, set[str]] = {}
    for template in app.templates:
        for operands in _comparisons(template.section("Conditions")):
            for one, other in (operands, operands[::-1]):
                key = variable(app, template, one)
                if key is not None and isinstance(other, Scalar):
                    compared[key].add(scalar_text(other))
        for name, parameter in template.section("Parameters").items():
            values = parameter.get("AllowedValues") if isinstance(parameter, dict) else None
            if template.parent is None and isinstance(values, list):
                key = f"{app.index(template)} {name}"
                allowed[key] = {scalar_text(value) for value in values if isinstance(value, Scalar)}
    return {key: _options(literals, allowed.get(key)) for key, literals in compared.items()}


def _options(compared: set[str], allowed: set[str] | None) -> tuple[Choice, ...]:
    # The unremarkable value comes first: of equal findings, that of the first world is shown.
    rest = () if allowed and not allowed - compared else (Other(frozenset(compared)),)
    return (*rest, *sorted(compared & allowed if allowed else compared))


def _comparisons(section: Any) -> Iterator[list[Any]]:
    pending = [section]
    while pending:
        expression = pending.pop()
        if isinstance(expression, dict):
            operands = expression.get("Fn::Equals")
            if isinstance(operands, list) and len(operands) == 2:
                yield operands
            pending.extend(expression.values())
        elif isinstance(expression, list):
            pending.extend(expression)
