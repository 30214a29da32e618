"""How messages name things."""

from collections import Counter
from collections.abc import Collection, Sequence

from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.mappings import Mapping
from constructs_lib.graph.invokers.targets import LATEST, Qualifier
from constructs_lib.graph.template import Resource, Template

_NAMED = 3
"""How many things a message names before it counts the rest."""


def listed(names: Sequence[str]) -> str:
    """Return the names as a phrase, each once, and the number of those beyond the first three."""
    unique = sorted(set(names))
    rest = len(unique) - _NAMED
    if rest > 0:
        return f"{', '.join(unique[:_NAMED])} and {rest} more"
    return " and ".join(filter(None, (", ".join(unique[:-1]), unique[-1])))


def told_apart(resources: Collection[Resource]) -> list[str]:
    """Name each resource, with its stack where another one has the same label."""
    labels = Counter(one.label for one in resources)
    return [f"{one.label} ({_stack(one.template)})" if labels[one.label] > 1 else one.label for one in resources]


def _stack(template: Template) -> str:
    return template.construct_path or template.path.name


def invoker(invocation: Invocation) -> str:
    """Name who invokes, and through which resource."""
    return f"{invocation.service.name} ({invocation.resource.label})"


def qualified(label: str, qualifier: Qualifier) -> str:
    """Name a function together with the alias or version that is meant."""
    return f"{label}:{qualifier}" if isinstance(qualifier, str) and qualifier != LATEST else label


def polled(mapping: Mapping) -> str:
    """Name a mapping, with its source and its function."""
    return f"mapping {mapping.resource.label} from {mapping.source_name} to {mapping.consumer}"
