"""The places in which failed events wait, as the configuration names them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from constructs_lib.graph.failures.failure_queues import failure_places
from constructs_lib.operations.places.arns import arn_of
from constructs_lib.operations.places.place import Kind, Place, Use
from constructs_lib.operations.places.uses import found_use

if TYPE_CHECKING:
    from constructs_lib.graph.world import World

_KINDS: Final = {
    "sqs": Kind.QUEUE,
    "s3": Kind.BUCKET,
    "sns": Kind.TOPIC,
    "lambda": Kind.FUNCTION,
    "events": Kind.BUS,
}
KAFKA: Final = "kafka://"


def places(world: "World", arns: Mapping[str, str]) -> list[Place]:
    """Return every place that is named as a failure target, by name, with all that is said of whose events go there.

    In a bucket, each function and each mapping has a place of its own: the keys that Lambda gives their events.

    Parameters
    ----------
    world
        The configuration.
    arns
        The ARNs of its resources, by logical id; what has none is left out.
    """
    found: dict[tuple[Kind, str, str], dict[Use, None]] = {}
    for named in world.once(failure_places):
        arn = arn_of(named.value, arns)
        kind = kind_of(arn) if arn is not None else None
        one = found_use(named, arns)
        if arn is None or kind is None or one is None:
            continue
        prefix = one.prefix if kind is Kind.BUCKET else ""
        found.setdefault((kind, arn, prefix), {})[one.use] = None
    made = [Place(kind, arn, tuple(uses), prefix) for (kind, arn, prefix), uses in found.items()]
    return sorted(made, key=lambda one: (one.kind.value, one.name, one.arn))


def kind_of(arn: str) -> Kind | None:
    """Return what an ARN, or ``kafka://topic``, is; None when failed events cannot go there."""
    if arn.startswith(KAFKA):
        return Kind.KAFKA_TOPIC
    fields = arn.split(":")
    return _KINDS.get(fields[2]) if len(fields) > 5 and fields[0] == "arn" else None
