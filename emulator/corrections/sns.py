"""SNS invokes functions asynchronously; what it cannot deliver goes to the subscription's DLQ (V18, Y10).

A function that is gone or does not permit the topic is a client error: no retries. ministack runs the function once.
"""

import json
import logging
from typing import Any

from ministack.core.arn import parse_arn
from ministack.services import sns, sqs

from emulator import dead_letters
from emulator.corrections.asynchronous import invoke
from emulator.permissions import function_of, service_may_invoke

_log = logging.getLogger("emulator.sns")


def apply() -> None:
    """Replace the delivery to functions."""
    sns._deliver_to_lambda = _deliver


def _deliver(function: str, envelope: str, topic: str, subscription: str, *_: Any) -> None:
    if function_of(function) is None or not service_may_invoke(function, "sns.amazonaws.com", topic):
        _log.warning("%s cannot invoke %s", subscription, function)
        _to_dead_letter_queue(topic, subscription, envelope)
        return
    record = {"EventVersion": "1.0", "EventSubscriptionArn": subscription, "EventSource": "aws:sns"}
    invoke(function, {"Records": [{**record, "Sns": json.loads(envelope)}]})


def _to_dead_letter_queue(topic: str, subscription: str, envelope: str) -> None:
    subscriptions = sns._topic_by_arn_any_scope(topic)["subscriptions"]
    attributes = next(s["attributes"] for s in subscriptions if s["arn"] == subscription)
    queue = json.loads(attributes.get("RedrivePolicy") or "{}").get("deadLetterTargetArn")
    if queue is None:
        return
    if sqs.queue_policy_allows(queue, "sns.amazonaws.com", topic, parse_arn(topic).account_id):
        dead_letters.send(queue, envelope)
    else:
        _log.warning("%s does not let SNS send what %s failed to deliver: it is lost", queue, subscription)
