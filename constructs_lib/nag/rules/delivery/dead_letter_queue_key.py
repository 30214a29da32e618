"""The key of the dead-letter queue of a subscription or a rule has to let the service use it."""

from collections import defaultdict
from collections.abc import Iterator

from constructs_lib.graph.failures.delivery_queues import DeliveryQueue, delivery_queues
from constructs_lib.graph.iam.keys import key_places, keys_of
from constructs_lib.graph.iam.resource_policies import allows_service
from constructs_lib.graph.iam.verdict import Verdict
from constructs_lib.graph.template import Resource
from constructs_lib.graph.world import World
from constructs_lib.nag.finding import Finding, Severity
from constructs_lib.nag.rule import Rule
from constructs_lib.nag.wording import listed

_AWS_MANAGED = "alias/aws/sqs"
_ACTIONS = ("kms:GenerateDataKey", "kms:Decrypt")


class DeadLetterQueueKey(Rule):
    """The service that sends to an encrypted dead-letter queue may not use its key."""

    severity = Severity.ERROR
    description = (
        "The dead-letter queue of an SNS subscription or of the target of an EventBridge rule is encrypted with a key "
        "that the service may not use: the key that AWS manages for SQS, which no service may use, or one whose "
        "policy does not name the service. What could not be delivered is lost."
    )
    fix = (
        "CDK: a customer managed key, key.grant(ServicePrincipal('sns.amazonaws.com'), 'kms:GenerateDataKey*', "
        "'kms:Decrypt'), or QueueEncryption.SQS_MANAGED. CloudFormation: a statement of KeyPolicy that allows the two "
        "actions to sns.amazonaws.com or events.amazonaws.com, or SqsManagedSseEnabled: true without KmsMasterKeyId."
    )
    source = "https://docs.aws.amazon.com/sns/latest/dg/sns-configure-dead-letter-queue.html"

    def check(self, world: World) -> Iterator[Finding]:
        """Yield the queues with the key of AWS, and the keys whose policy does not name the service."""
        queues: dict[Resource, list[DeliveryQueue]] = defaultdict(list)
        for one in delivery_queues(world):
            queues[one.queue].append(one)
        for queue, several in queues.items():
            for place in key_places(world, queue):
                if (place.text() or "").endswith(_AWS_MANAGED):
                    yield self.finding(
                        queue,
                        place.dotted,
                        f"queue {queue.label} is encrypted with {_AWS_MANAGED}, whose policy lets in no service: "
                        f"{_lost(several)}. Use a customer managed key, or the encryption of SQS itself.",
                    )
            for key in keys_of(world, queue):
                for principal in sorted({one.service.principal for one in several}):
                    senders = [one for one in several if one.service.principal == principal]
                    lacking = [one for one in _ACTIONS if allows_service(world, key, one, principal) is Verdict.NO]
                    if lacking:
                        yield self.finding(
                            key,
                            "KeyPolicy",
                            f"the policy of key {key.label}, which encrypts queue {queue.label}, does not allow "
                            f"{principal}.amazonaws.com {listed(lacking)}: {_lost(senders)}. Allow it in the policy of "
                            "the key.",
                        )


def _lost(senders: list[DeliveryQueue]) -> str:
    names = listed([one.place.resource.label for one in senders])
    return f"events that could not be delivered for {names} are lost"
