"""All templates of an app, and what can be looked up over all of them."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Any

from constructs_lib.graph.template import Resource, Template
from constructs_lib.graph.variables import Choice, domains


class App:
    """The templates of one app, nested stacks included.

    Parameters
    ----------
    templates
        The templates; parents before their nested stacks.
    """

    def __init__(self, templates: Iterable[Template]) -> None:
        self.templates = tuple(templates)
        self.by_type: dict[str, list[Resource]] = defaultdict(list)
        """The resources of each type, in the order of templates and logical ids."""
        self.exports: list[tuple[Template, dict[str, Any]]] = []
        """The outputs that are exported, each with its template."""
        self._indexes = {id(template): index for index, template in enumerate(self.templates)}
        for template in self.templates:
            for _, resource in sorted(template.resources.items()):
                self.by_type[resource.type].append(resource)
            for output in template.section("Outputs").values():
                export = output.get("Export") if isinstance(output, dict) else None
                if isinstance(export, dict):
                    self.exports.append((template, output))

    def index(self, template: Template) -> int:
        """Return the position of a template among the templates of the app."""
        return self._indexes[id(template)]

    @cached_property
    def domains(self) -> dict[str, tuple[Choice, ...]]:
        """The choices of each open parameter that conditions compare with literals."""
        return domains(self)
