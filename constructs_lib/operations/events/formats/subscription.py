"""A notification that SNS could not hand to a function.

The body is the notification as a queue or an HTTP endpoint gets it, not the event of Lambda, which is made of it here.
AWS's guide does not say so; tests of LocalStack that were run against AWS do. An event of Lambda is taken as well.

Sources: https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html (the attributes),
https://docs.aws.amazon.com/lambda/latest/dg/with-sns.html (the event, which spells two fields in another way),
https://github.com/localstack/localstack/blob/main/tests/aws/services/sns/test_sns.py (the body).
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from constructs_lib.operations.events import fields
from constructs_lib.operations.events.event import FailedEvent, Failure, Origin, Stage
from constructs_lib.operations.events.formats.found import Found, only_function, written
from constructs_lib.operations.events.formats.function_dlq import ATTRIBUTES

_RENAMED: Final = {"SigningCertURL": "SigningCertUrl", "UnsubscribeURL": "UnsubscribeUrl"}
_SUBSCRIPTION: Final = re.compile(r"[?&]SubscriptionArn=(arn:[^&]+)")


def parse(found: Found) -> FailedEvent | None:
    """Parse the message, which has the same attributes as one in the dead-letter queue of a function."""
    return _event(found) if found.attributes.keys() >= ATTRIBUTES else None


def parse_by_use(found: Found) -> FailedEvent | None:
    """Parse the message without its attributes, where a subscription has its dead-letter queue."""
    return _event(found) if found.has_use(Origin.SUBSCRIPTION) else None


def _event(found: Found) -> FailedEvent | None:
    if envelope := found.notification():
        topic = fields.string(envelope.get("TopicArn"))
        subscription = _subscription(topic, envelope.get("UnsubscribeURL"))
        payload: Any = _event_of(envelope, subscription)
        text, first = written(payload), fields.time(envelope.get("Timestamp"))
    elif not found.has_use(Origin.SUBSCRIPTION) or found.has_use(Origin.FUNCTION_DLQ):
        return None  # a function that SNS invoked leaves such events in its own dead-letter queue
    elif record := _record_of(found.body):
        subscription = fields.string(record.get("EventSubscriptionArn"))
        notification = fields.mapping(record.get("Sns"))
        topic, first = fields.string(notification.get("TopicArn")), fields.time(notification.get("Timestamp"))
        payload, text = found.body, found.text
    else:
        return None
    # Another subscription of the topic can have the same place, and this one can be deleted.
    use = found.use(Origin.SUBSCRIPTION, lambda use: use.owner == subscription if subscription else use.source == topic)
    return FailedEvent(
        stored=found.stored,
        origin=Origin.SUBSCRIPTION,
        stage=Stage.DELIVERY,
        function=only_function(use),
        source=topic,
        target=subscription or None,
        failure=Failure(found.attributes.get("ErrorMessage"), found.attributes.get("ErrorCode")),
        first=first,
        last=found.stored.stored_at,
        payload=payload,
        payload_text=text,
    )


def _subscription(topic: str | None, unsubscribe: object) -> str | None:
    """Return the ARN of the subscription, which a notification has only in this address."""
    match = _SUBSCRIPTION.search(str(unsubscribe))
    return match[1] if match and match[1].startswith(f"{topic}:") else None


def _event_of(envelope: Mapping[str, Any], subscription: str | None) -> dict[str, Any]:
    notification = {_RENAMED.get(name, name): value for name, value in envelope.items()}
    notification = {"Subject": None, "MessageAttributes": {}, **notification}
    record = {"EventSource": "aws:sns", "EventVersion": "1.0", "EventSubscriptionArn": subscription or ""}
    return {"Records": [{**record, "Sns": notification}]}


def _record_of(body: object) -> Mapping[str, Any]:
    records = fields.mapping(body).get("Records")
    record = fields.mapping(records[0]) if isinstance(records, list) and records else {}
    return record if record.get("EventSource") == "aws:sns" else {}
