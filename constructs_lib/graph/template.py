"""A CloudFormation template as read from a file, and the resources in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from constructs_lib.graph.metadata import construct_paths

UNKNOWN_REGION = "${Region}"
"""What ``AWS::Region`` resolves to in a stack whose region is not known: equal in all such stacks, never a name.

Without colons, so that an ARN with it in it has the fields of any ARN.
"""
UNKNOWN_ACCOUNT = "${AccountId}"
"""The same for ``AWS::AccountId``."""
UNKNOWN_PARTITION = "${Partition}"
"""The same for ``AWS::Partition``, which is taken as unknown in every region."""


class TemplateError(ValueError):
    """A template or cloud assembly cannot be read; the message says which file, and what to do.

    Parameters
    ----------
    path
        The file.
    message
        What was expected, what was found, and what to do.
    """

    def __init__(self, path: Path, message: str) -> None:
        super().__init__(f"{path}: {message}")
        self.path = path
        self.message = message


class NotATemplateError(TemplateError):
    """A file can be read, but holds something else than a template."""


@dataclass(frozen=True)
class Environment:
    """Where a stack is deployed, as far as it is known before the deployment."""

    account: str = UNKNOWN_ACCOUNT
    region: str = UNKNOWN_REGION
    stack_name: str | None = None


@dataclass(frozen=True)
class TemplateFile:
    """A template to load, and what is known about its stack."""

    path: Path
    environment: Environment = Environment()
    construct_path: str = ""
    listed: bool = False
    """Whether a cloud assembly lists it: such a template may have no resources."""
    text: str | None = None
    """What it holds, when it is no file but standard input."""


@dataclass(eq=False)
class Template:
    """One template file; compared by identity."""

    path: Path
    body: dict[str, Any]
    environment: Environment
    construct_path: str = ""
    parent: "Resource | None" = None
    """The ``AWS::CloudFormation::Stack`` that makes this a nested stack."""
    nested: dict[str, "Template"] = field(default_factory=dict)
    """The templates of the nested stacks, by the logical id of their ``AWS::CloudFormation::Stack``."""
    written: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Where the resources that loops and SAM made are written in the file, by logical id; others stand in there."""
    text: str | None = None
    """What it holds, when it is no file but standard input."""
    resources: dict[str, "Resource"] = field(init=False)

    def __post_init__(self) -> None:
        self.resources = {
            logical_id: Resource(self, logical_id, raw["Type"], raw)
            for logical_id, raw in self.section("Resources").items()
            if isinstance(raw, dict) and isinstance(raw.get("Type"), str)
        }

    def section(self, name: str) -> dict[str, Any]:
        """Return a top-level section such as ``Parameters``; empty when it is missing or malformed."""
        section = self.body.get(name)
        return section if isinstance(section, dict) else {}

    @property
    def root(self) -> "Template":
        """The template of the stack that this one, when it is nested, belongs to."""
        return self if self.parent is None else self.parent.template.root

    @cached_property
    def _family_paths(self) -> Mapping[str, Mapping[str, str]]:
        return construct_paths(self.path)

    @property
    def construct_paths(self) -> Mapping[str, str]:
        """The construct paths by logical id, as far as CDK wrote them beside the template."""
        return self.root._family_paths.get(self.path.name, {})

    def family(self) -> "Iterator[Template]":
        """Yield this template and, depth first, its nested ones."""
        yield self
        for template in self.nested.values():
            yield from template.family()


@dataclass(eq=False, slots=True)
class Resource:
    """A resource of a template; compared by identity."""

    template: Template
    logical_id: str
    type: str
    raw: dict[str, Any]

    def __repr__(self) -> str:
        return f"<{self.type} {self.logical_id} in {self.template.path.name}>"

    @property
    def condition(self) -> str | None:
        """The name of the condition on which the resource exists."""
        condition = self.raw.get("Condition")
        return condition if isinstance(condition, str) else None

    @property
    def label(self) -> str:
        """What to call the resource in a message: its construct path within the stack, or its logical id."""
        path = self.construct_path
        if path is None:
            return self.logical_id
        stack = self.template.construct_path
        within = path.removeprefix(stack + "/") if stack and path.startswith(stack + "/") else path.partition("/")[2]
        return within.removesuffix("/Resource").removesuffix("/Default") or self.logical_id

    @property
    def construct_path(self) -> str | None:
        """The construct path, when CDK made the template."""
        metadata = self.raw.get("Metadata")
        path = metadata.get("aws:cdk:path") if isinstance(metadata, dict) else None
        return path if isinstance(path, str) else self.template.construct_paths.get(self.logical_id)
