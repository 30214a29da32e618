"""Suppressions in the metadata of a template, or of a resource of it.

Ours, for a resource, or under the ``Metadata`` of the template for all in the file::

    Metadata:
      LambdaInvocation:
        suppress:
          - id: AsyncFailureTarget
            reason: events are reproducible

cdk-nag's is read as well: ``cdk_nag: {rules_to_suppress: [{id: LambdaInvocation-AsyncFailureTarget, reason: …}]}``.
"""

import base64
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from constructs_lib.graph.template import Template
from constructs_lib.nag.finding import Finding
from constructs_lib.nag.result import Origin, Problem, Suppression
from constructs_lib.nag.rules import all_rules
from constructs_lib.nag.suppressions.claim import NAMESPACE, Claim, rule_id

_SHAPE: Final = f"{NAMESPACE}: {{suppress: [{{id: …, reason: …}}]}}"


@dataclass(frozen=True)
class _InResources:
    """Covers the findings of some resources of a template; of a resource that SAM made as of its source."""

    template: Template
    place: str

    def __call__(self, finding: Finding) -> bool:
        resource = finding.resource
        return resource.template is self.template and self.place in ("", source_of(self.template, resource.logical_id))


def source_of(template: Template, logical_id: str) -> str:
    """Return the logical id under which the source of a resource is written."""
    return template.written.get(logical_id, ("Resources", logical_id))[1]


def metadata_claims(template: Template) -> Iterator[Claim | Problem]:
    """Yield the suppressions in a template, and what is wrong with those that cannot be read."""
    blocks = [("", template.body.get("Metadata"))]
    seen = set()
    for resource in template.resources.values():
        if "Metadata" in resource.raw:
            place = source_of(template, resource.logical_id)
            if place not in seen:
                seen.add(place)
                blocks.append((place, resource.raw["Metadata"]))
    for place, metadata in blocks:
        if isinstance(metadata, dict):
            yield from _own(template, place, metadata)
            yield from _of_cdk_nag(template, place, metadata)


def _own(template: Template, place: str, metadata: dict[str, Any]) -> Iterator[Claim | Problem]:
    block = metadata.get(NAMESPACE)
    if block is None:
        return
    entries = block.get("suppress") if isinstance(block, dict) else None
    for entry in entries if isinstance(entries, list) else [None]:
        if isinstance(entry, dict) and isinstance(entry.get("id"), str):
            yield _claim(template, place, entry["id"], entry.get("reason"))
        else:
            where = f" of '{place}'" if place else ""
            yield Problem(template.path, f"expected '{_SHAPE}' in the metadata{where}, found another shape; correct it")


def _of_cdk_nag(template: Template, place: str, metadata: dict[str, Any]) -> Iterator[Claim]:
    block = metadata.get("cdk_nag")
    entries = block.get("rules_to_suppress") if isinstance(block, dict) else None
    ours = {rule.id for rule in all_rules()} if entries else set()
    for entry in entries if isinstance(entries, list) else ():
        name = entry.get("id") if isinstance(entry, dict) else None
        # Most of what stands there is for the rules of other packs.
        if isinstance(name, str) and (rule_id(name) in ours or rule_id(name) != name):
            reason = entry.get("reason")
            if entry.get("is_reason_encoded") is True and isinstance(reason, str):
                reason = _decoded(reason)
            yield _claim(template, place, name, reason)


def _claim(template: Template, place: str, name: str, reason: Any) -> Claim:
    text = reason.strip() if isinstance(reason, str) else ""
    suppression = Suppression(rule_id(name), text, Origin.METADATA, template.path, place)
    return Claim(suppression, _InResources(template, place))


def _decoded(reason: str) -> str:
    try:
        return base64.b64decode(reason, validate=True).decode()
    except ValueError:
        return reason
