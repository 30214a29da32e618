"""Somebody should learn that a failed event waits."""

from collections.abc import Iterator

from constructs_lib.graph.failures.alarms import alarms
from constructs_lib.graph.failures.consumers import consumers
from constructs_lib.graph.failures.failure_queues import FailurePlace, failure_places
from constructs_lib.graph.invokers.mappings import QUEUE
from constructs_lib.graph.invokers.unseen import known_elsewhere, used_unseen
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed

_METRICS = frozenset({"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"})
_SENT = "NumberOfMessagesSent"


class FailureQueueUnwatched(Rule):
    """A queue of failed events that neither an alarm watches nor anything reads."""

    severity = Severity.WARNING
    description = (
        "Failed events go to a queue that no alarm watches and nothing reads. Nobody learns of them, and SQS deletes "
        "them when their retention ends. A queue that is exported, or named in a parameter of Systems Manager, may be "
        "watched elsewhere and is no finding."
    )
    fix = (
        "CDK: failures.metric_approximate_number_of_messages_visible().create_alarm(self, 'Alarm', threshold=1, "
        "evaluation_periods=1). CloudFormation: an AWS::CloudWatch::Alarm on ApproximateNumberOfMessagesVisible with "
        "the dimension QueueName."
    )
    source = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues."""
        senders: dict[Resource, list[FailurePlace]] = {}
        for place in world.once(failure_places):
            if place.target is not None and place.target.type == QUEUE and world.exists(place.target):
                senders.setdefault(place.target, []).append(place)
        for queue, places in senders.items():
            # Messages that SQS itself moves do not count as sent.
            moved = any(place.resource.type == QUEUE for place in places)
            metrics = _METRICS if moved else _METRICS | {_SENT}
            watched = world.once(alarms).watch("AWS/SQS", queue, metrics)
            if watched or world.once(consumers).may_read(queue):
                continue
            # A stack for monitoring imports it.
            if used_unseen(world, queue) or known_elsewhere(world, queue):
                continue
            blind = moved and world.once(alarms).watch("AWS/SQS", queue, frozenset({_SENT}))
            yield self.finding(
                queue,
                "",
                f"queue {queue.label}, where failed events of {listed([one.resource.label for one in places])} end, "
                f"has no consumer and no alarm on its depth: nobody learns of them before they expire{_but(blind)}. "
                "Add an alarm on ApproximateNumberOfMessagesVisible.",
            )


def _but(blind: bool) -> str:
    return f"; {_SENT}, which has an alarm, does not count what SQS moves" if blind else ""
