"""The functions that CloudFront runs, and what is set there that Lambda@Edge does not take."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from constructs_lib.facts import EDGE_REGION, EDGE_STORAGE_MAX_MEBIBYTES, EDGE_TIMEOUT_MAX_SECONDS
from constructs_lib.graph.arn import ALIAS, VERSION
from constructs_lib.graph.iam.roles import execution_role
from constructs_lib.graph.iam.statements import statements
from constructs_lib.graph.invokers import services
from constructs_lib.graph.invokers.invocation import Invocation
from constructs_lib.graph.invokers.invocations import invocations
from constructs_lib.graph.invokers.targets import LATEST
from constructs_lib.graph.node import Node
from constructs_lib.graph.template import UNKNOWN_REGION, Resource
from constructs_lib.graph.values import Reference

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_DISTRIBUTION: Final = "AWS::CloudFront::Distribution"
_PRINCIPALS: Final = ("edgelambda.amazonaws.com", "*")


@dataclass(frozen=True)
class Forbidden:
    """A setting that Lambda@Edge does not take."""

    place: Node
    what: str


def edge_functions(world: "World") -> Mapping[Resource, Sequence[Invocation]]:
    """Return the functions that distributions run, with the associations; ask with ``world.once``."""
    found: dict[Resource, list[Invocation]] = defaultdict(list)
    for function, several in world.once(invocations).items():
        for one in several:
            if one.service is services.CLOUDFRONT and one.resource.type == _DISTRIBUTION:
                found[function].append(one)
    return found


def forbidden(world: "World", function: Resource) -> Iterator[Forbidden]:
    """Yield the settings of a function that Lambda@Edge does not take (facts Y4)."""
    properties = world.properties(function)
    for path, is_bad, what in _FORBIDDEN:
        place = properties.get(path)
        if is_bad(place):
            yield Forbidden(place, what)
    if function.template.environment.region not in (UNKNOWN_REGION, EDGE_REGION):
        yield Forbidden(properties, f"the Region {function.template.environment.region} instead of {EDGE_REGION}")
    role = execution_role(world, function)
    if role is not None and not _trusted(world.properties(role)["AssumeRolePolicyDocument"]):
        yield Forbidden(properties["Role"], "a role that edgelambda.amazonaws.com may not assume")


def unnumbered(one: Invocation) -> bool:
    """Say whether an association certainly names no numbered version."""
    if isinstance(one.qualifier, Reference):
        return one.qualifier.resource.type == ALIAS
    return isinstance(one.qualifier, str) and (one.qualifier == LATEST or not one.qualifier.isdecimal())


def provisioned(one: Invocation) -> Node | None:
    """Return the provisioned concurrency of the version that an association names; None when there is none."""
    value = one.evidence.value
    if not isinstance(value, Reference) or value.resource.type != VERSION:
        return None
    place = one.evidence.world.properties(value.resource)["ProvisionedConcurrencyConfig"]
    return place if place.present else None


def _trusted(policy: Node) -> bool:
    """Say whether a role may be one that Lambda@Edge can assume."""
    found = [one for statement in statements(policy) for one in statement.principals()]
    return any(not isinstance(one, str) or one in _PRINCIPALS for one in found)


def _is(*texts: str) -> Callable[[Node], bool]:
    return lambda place: place.text() in texts


def _above(limit: float) -> Callable[[Node], bool]:
    return lambda place: (place.number() or 0) > limit


def _filled(place: Node) -> bool:
    return any(one.present for one in place.children)


def _other_runtime(place: Node) -> bool:
    name = place.text()
    return name is not None and not name.startswith(("nodejs", "python"))


_FORBIDDEN: Final[tuple[tuple[str, Callable[[Node], bool], str], ...]] = (
    ("Timeout", _above(EDGE_TIMEOUT_MAX_SECONDS), f"a timeout above {EDGE_TIMEOUT_MAX_SECONDS} s"),
    ("Runtime", _other_runtime, "a runtime other than Node.js and Python"),
    ("PackageType", _is("Image"), "a container image as its code"),
    ("Architectures", lambda place: any(one.text() == "arm64" for one in place.children), "the architecture arm64"),
    ("Code.SourceKMSKeyArn", lambda place: place.present, "code that a key of its own encrypts"),
    ("DeadLetterConfig", lambda place: place["TargetArn"].present, "a dead-letter queue"),
    ("VpcConfig", lambda place: _filled(place["SubnetIds"]), "a VPC"),
    ("Layers", _filled, "layers"),
    ("Environment", lambda place: _filled(place["Variables"]), "environment variables"),
    ("TracingConfig.Mode", _is("Active"), "active tracing"),
    (
        "EphemeralStorage.Size",
        _above(EDGE_STORAGE_MAX_MEBIBYTES),
        f"more than {EDGE_STORAGE_MAX_MEBIBYTES} MB of storage in /tmp",
    ),
)
