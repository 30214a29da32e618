import json

import pytest

from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.places.place import Use
from constructs_lib.operations.redrive.homes import Home, Way, home_of
from constructs_lib.operations.redrive.reason import Reason
from tests.operations.redrive.failed import (
    BATCH,
    FIFO,
    FUNCTION,
    OTHER,
    QUEUE,
    STREAM,
    destination,
    failed,
    message,
    place,
)

MEGABYTE = 1024**2
TOPIC = "arn:aws:sns:eu-west-1:123456789012:orders"
RULE = "arn:aws:events:eu-west-1:123456789012:rule/orders"


def reason(found: Home | Reason) -> str:
    assert isinstance(found, Reason), found
    return found.text


@pytest.mark.parametrize(
    "origin", [Origin.FUNCTION_DLQ, Origin.DESTINATION, Origin.SUBSCRIPTION, Origin.RULE, Origin.SCHEDULE]
)
def test_events_for_a_function_go_to_it_asynchronously(origin: Origin) -> None:
    event = failed(origin, function=FUNCTION, payload={"a": 1})
    assert home_of(event, place()) == Home(Way.INVOKE, FUNCTION)


def test_the_qualifier_stays_but_for_latest() -> None:
    assert home_of(destination(function=f"{FUNCTION}:live"), place()) == Home(Way.INVOKE, f"{FUNCTION}:live")
    assert home_of(destination(function=f"{FUNCTION}:$LATEST"), place()) == Home(Way.INVOKE, FUNCTION)


def test_the_place_tells_the_function_if_it_serves_one_only() -> None:
    event = failed(Origin.FUNCTION_DLQ, payload={})
    one = Use(Origin.FUNCTION_DLQ, FUNCTION, (FUNCTION,))
    assert home_of(event, place(one)) == Home(Way.INVOKE, FUNCTION)
    other_origin = Use(Origin.DESTINATION, OTHER, (OTHER,))
    assert home_of(event, place(one, other_origin)) == Home(Way.INVOKE, FUNCTION)
    shared = place(one, Use(Origin.FUNCTION_DLQ, OTHER, (OTHER,)))
    assert "--to FUNCTION" in reason(home_of(event, shared))
    assert "--to FUNCTION" in reason(home_of(event, place()))
    assert home_of(event, shared, to="mine") == Home(Way.INVOKE, "mine")


def test_only_a_use_of_the_same_source_tells_the_function() -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:"
    uses = [Use(Origin.SUBSCRIPTION, f"{topic}{name}:1", (arn,), f"{topic}{name}") for name, arn in
            (("a", FUNCTION), ("b", OTHER))]  # fmt: skip
    event = failed(Origin.SUBSCRIPTION, source=f"{topic}b", payload={})
    assert home_of(event, place(*uses)) == Home(Way.INVOKE, OTHER)


@pytest.mark.parametrize("origin", [Origin.RULE, Origin.SCHEDULE])
def test_what_is_for_another_target_stays(origin: Origin) -> None:
    uses = [Use(origin, RULE, (FUNCTION,), RULE), Use(origin, RULE, (), RULE)]
    event = failed(origin, source=RULE, target=QUEUE, payload={})
    for one in (uses, uses[:1]):
        assert reason(home_of(event, place(*one))) == f"its target is {QUEUE}, which is no function"
    assert home_of(event, place(*uses), to="mine") == Home(Way.INVOKE, "mine")


def test_what_is_for_another_subscription_stays() -> None:
    uses = [
        Use(Origin.SUBSCRIPTION, f"{TOPIC}:1", (FUNCTION,), TOPIC),
        Use(Origin.SUBSCRIPTION, f"{TOPIC}:2", (), TOPIC),
    ]
    gone = "is gone, or serves no function; give --to FUNCTION"
    for name in ("2", "3"):
        event = failed(Origin.SUBSCRIPTION, source=TOPIC, target=f"{TOPIC}:{name}", payload={})
        assert reason(home_of(event, place(*uses))) == f"its subscription {TOPIC}:{name} {gone}"
    ours = failed(Origin.SUBSCRIPTION, source=TOPIC, target=f"{TOPIC}:1", payload={})
    assert home_of(ours, place(*uses)) == Home(Way.INVOKE, FUNCTION)


def test_what_names_no_subscription_can_be_of_one_that_serves_no_function() -> None:
    uses = [
        Use(Origin.SUBSCRIPTION, f"{TOPIC}:1", (FUNCTION,), TOPIC),
        Use(Origin.SUBSCRIPTION, f"{TOPIC}:2", (), TOPIC),
    ]
    event = failed(Origin.SUBSCRIPTION, source=TOPIC, payload={})
    assert "none or several" in reason(home_of(event, place(*uses)))
    assert home_of(event, place(uses[0])) == Home(Way.INVOKE, FUNCTION)


def test_a_use_without_an_owner_is_any_subscription() -> None:
    event = failed(Origin.SUBSCRIPTION, source=TOPIC, target=f"{TOPIC}:1", payload={})
    assert home_of(event, place(Use(Origin.SUBSCRIPTION, "", (FUNCTION,)))) == Home(Way.INVOKE, FUNCTION)


def test_messages_go_back_to_the_queue_they_name() -> None:
    assert home_of(message(), place()) == Home(Way.QUEUE, QUEUE)
    nameless = failed(Origin.SOURCE_QUEUE, "hello", payload="hello")
    one = Use(Origin.SOURCE_QUEUE, QUEUE, (FUNCTION,), QUEUE)
    assert home_of(nameless, place(one)) == Home(Way.QUEUE, QUEUE)
    assert "--to FUNCTION" in reason(home_of(nameless, place(one, Use(Origin.SOURCE_QUEUE, FIFO, (), FIFO))))


def test_a_message_of_a_fifo_queue_has_the_lane_of_its_group() -> None:
    first, second = home_of(message(queue=FIFO, group="a"), place()), home_of(message(queue=FIFO, group="b"), place())
    assert isinstance(first, Home)
    assert isinstance(second, Home)
    assert first.arn == FIFO
    assert first.lane != second.lane
    assert "no message group" in reason(home_of(message(queue=FIFO), place()))


def test_a_message_for_another_function_is_invoked() -> None:
    assert home_of(message(queue=FIFO, group="a"), place(), to="mine") == Home(Way.INVOKE, "mine")


def test_a_stream_batch_is_invoked_synchronously_in_the_lane_of_its_shard() -> None:
    event = failed(Origin.STREAM_BATCH, function=FUNCTION, source=STREAM, batch=BATCH)
    for partial in (True, False):
        use = Use(Origin.STREAM_BATCH, "mapping", (FUNCTION,), STREAM, partial_batches=partial)
        home = home_of(event, place(use))
        assert isinstance(home, Home)
        assert (home.way, home.arn, home.partial_batches) == (Way.BATCH, FUNCTION, partial)
        assert home.lane is not None
        assert "shardId-0" in home.lane


def test_nothing_is_said_about_answers_when_the_mapping_is_not_known() -> None:
    home = home_of(failed(Origin.STREAM_BATCH, function=FUNCTION, source=STREAM, batch=BATCH), place())
    assert isinstance(home, Home)
    assert home.partial_batches is None


def test_a_batch_without_records_and_place_stays() -> None:
    assert "records" in reason(home_of(failed(Origin.KAFKA_BATCH, function=FUNCTION), place()))


def test_a_kafka_batch_with_its_records_is_invoked() -> None:
    home = home_of(failed(Origin.KAFKA_BATCH, function=FUNCTION, payload={"records": {}}), place())
    assert isinstance(home, Home)
    assert home.way is Way.BATCH


def test_what_is_not_known_stays_even_with_another_function() -> None:
    event = failed(Origin.UNKNOWN, "<xml/>", why_raw="it is no JSON")
    assert "it is no JSON" in reason(home_of(event, place(), to="mine"))


def test_what_scheduler_cut_off_stays() -> None:
    said = {"IS_PAYLOAD_TRUNCATED": {"DataType": "String", "StringValue": "true"}}
    event = failed(Origin.SCHEDULE, function=FUNCTION, payload={}, attributes=said)
    assert "IS_PAYLOAD_TRUNCATED" in reason(home_of(event, place()))
    said["IS_PAYLOAD_TRUNCATED"]["StringValue"] = "false"
    assert isinstance(home_of(event, place()), Home)


@pytest.mark.parametrize(("more", "fits"), [(0, True), (1, False)])
def test_the_limit_of_asynchronous_invocations(more: int, fits: bool) -> None:
    payload = "x" * (MEGABYTE - 2 + more)
    found = home_of(failed(Origin.FUNCTION_DLQ, json.dumps(payload), function=FUNCTION, payload=payload), place())
    assert isinstance(found, Home) == fits


def test_a_record_without_its_payload_stays_but_null_is_one() -> None:
    assert "payload" in reason(home_of(failed(Origin.DESTINATION, function=FUNCTION), place()))
    null = failed(Origin.DESTINATION, function=FUNCTION, payload=None)
    assert home_of(null, place()) == Home(Way.INVOKE, FUNCTION)
