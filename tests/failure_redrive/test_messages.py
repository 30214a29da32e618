import contextlib
import json
import random
import time
from typing import Any

import pytest

from tests.failure_redrive.conftest import OF_DEAD_LETTERS, Work
from tests.failure_redrive.fakes import FUNCTION, SOURCE, STARTED, FakeAccount, Killed, record, refused


def ids(fake: FakeAccount) -> list[int]:
    return sorted(event["id"] for event in fake.invoked)


def test_an_event_is_removed_after_lambda_has_accepted_it(fake: FakeAccount, messages: Work) -> None:
    fake.put_message(record(1))
    answer = messages()
    assert (answer["sent"], answer["left"], answer["again"], answer["done"]) == (1, {}, False, True)
    assert fake.invoked == [{"id": 1}]
    assert fake.messages == []
    assert [call for call in fake.calls if "receive" not in call] == ["invoke", "delete_message_batch"]


def test_all_are_sent(fake: FakeAccount, messages: Work) -> None:
    for number in range(47):
        fake.put_message(record(number))
    assert messages()["sent"] == 47
    assert ids(fake) == list(range(47))
    assert fake.messages == []


def test_what_lambda_refuses_stays_and_is_visible(fake: FakeAccount, messages: Work) -> None:
    for number in range(25):
        fake.put_message(record(number))
    fake.refuse = lambda operation, _: refused("AccessDeniedException") if operation == "invoke" else None
    answer = messages()
    assert (answer["sent"], answer["again"], answer["done"]) == (0, False, False)
    assert any("AccessDenied" in reason for reason in answer["left"])
    assert len(fake.messages) == 25
    assert fake.hidden == set()
    assert fake.calls.count("invoke") <= 10  # each other one would be refused likewise


def test_what_is_no_event_stays_with_a_reason(
    fake: FakeAccount, messages: Work, capsys: pytest.CaptureFixture[str]
) -> None:
    odd = [fake.put_message("no event"), fake.put_message("{}")]
    fake.put_message(record(1))
    answer = messages()
    assert (answer["sent"], sum(answer["left"].values()), answer["done"]) == (1, 2, False)
    assert [message["MessageId"] for message in fake.messages] == odd
    assert fake.hidden == set()
    logged = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert {line["event"] for line in logged if "event" in line} == set(odd)


def put_event_of_a_rule(fake: FakeAccount, target: str) -> None:
    fake.put_message(json.dumps({"id": 1}))
    said = {"RULE_ARN": "arn:aws:events:eu-west-1:123456789012:rule/orders", "TARGET_ARN": target}
    fake.messages[-1]["MessageAttributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in said.items()
    }


def test_only_events_of_a_rule_that_were_for_the_function_go_to_it(fake: FakeAccount, messages: Work) -> None:
    put_event_of_a_rule(fake, FUNCTION)
    put_event_of_a_rule(fake, SOURCE)
    answer = messages()
    assert (answer["sent"], answer["left"]) == (1, {f"its target is {SOURCE}, which is no function": 1})
    assert len(fake.invoked) == len(fake.messages) == 1


def test_notifications_go_to_the_function_whatever_subscription_they_name(fake: FakeAccount, messages: Work) -> None:
    topic = "arn:aws:sns:eu-west-1:123456789012:orders"
    unsubscribe = f"https://sns.eu-west-1.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic}:1"
    notification = {"Type": "Notification", "TopicArn": topic, "Message": "hello", "UnsubscribeURL": unsubscribe}
    fake.put_message(json.dumps(notification))
    assert messages()["sent"] == 1
    assert fake.invoked[0]["Records"][0]["EventSubscriptionArn"] == f"{topic}:1"


def test_what_belongs_to_another_function_stays(fake: FakeAccount, messages: Work) -> None:
    fake.put_message(record(1, function="arn:aws:lambda:eu-west-1:123456789012:function:other"))
    answer = messages()
    assert fake.invoked == []
    assert list(answer["left"]) == [
        "it belongs to arn:aws:lambda:eu-west-1:123456789012:function:other, which this redrive does not serve"
    ]


def test_what_failed_after_the_start_is_for_another_execution(fake: FakeAccount, messages: Work) -> None:
    fake.put_message(record(1), at=STARTED + 1)
    fake.put_message(record(2))
    answer = messages()
    assert (ids(fake), answer["done"]) == ([2], True)
    assert fake.bodies() == [record(1)]
    assert fake.hidden == set()


def test_a_limit_holds(fake: FakeAccount, messages: Work) -> None:
    for number in range(25):
        fake.put_message(record(number))
    answer = messages(limit=12)
    assert (answer["sent"], answer["again"], answer["done"]) == (12, False, True)
    assert len(fake.messages) == 13


def test_only_events_with_the_error_are_sent_and_others_are_no_failure(fake: FakeAccount, messages: Work) -> None:
    fake.put_message(record(1, error="KeyError"))
    fake.put_message(record(2, error="ValueError"))
    answer = messages(error="keyerror")
    assert (ids(fake), answer["left"], answer["done"]) == ([1], {}, True)
    assert fake.bodies() == [record(2)]


def test_dead_letters_go_to_their_queue_in_one_call(fake: FakeAccount, messages: Work) -> None:
    for number in range(10):
        fake.put_message(f"order {number}", source=SOURCE)
    answer = messages(environment=OF_DEAD_LETTERS)
    assert (answer["sent"], answer["done"]) == (10, True)
    assert [entry["MessageBody"] for entry in fake.sent] == [f"order {number}" for number in range(10)]
    assert fake.calls.count("send_message_batch") == 1


def test_the_order_of_a_message_group_is_kept(fake: FakeAccount, messages: Work) -> None:
    environment = {name: f"{arn}.fifo" if name.endswith("_ARN") else arn for name, arn in OF_DEAD_LETTERS.items()}
    for number in range(8):
        fake.put_message(f"{number}", source=f"{SOURCE}.fifo", group="even" if number % 2 == 0 else "odd")

    def refuse(_: str, request: dict[str, Any]) -> Any:
        bodies = [entry.get("MessageBody") for entry in request.get("Entries", [])]
        return refused("InvalidMessageContents") if "2" in bodies else None

    fake.refuse = refuse
    answer = messages(environment=environment)
    assert [entry["MessageBody"] for entry in fake.sent if entry["MessageGroupId"] == "odd"] == ["1", "3", "5", "7"]
    assert [entry["MessageBody"] for entry in fake.sent if entry["MessageGroupId"] == "even"] == ["0"]
    assert fake.bodies() == ["2", "4", "6"]
    assert sum(answer["left"].values()) == 3


def test_nothing_overtakes_what_has_no_home_in_its_message_group(fake: FakeAccount, messages: Work) -> None:
    environment = {name: f"{arn}.fifo" if name.endswith("_ARN") else arn for name, arn in OF_DEAD_LETTERS.items()}
    fake.put_message("1", source=f"{SOURCE}.fifo", group="a")
    fake.put_message("2", source=f"{SOURCE}-others.fifo", group="a")
    fake.put_message("3", source=f"{SOURCE}.fifo", group="a")
    fake.put_message("4", source=f"{SOURCE}.fifo", group="b")
    messages(environment=environment)
    assert [entry["MessageBody"] for entry in fake.sent] == ["1", "4"]
    assert fake.bodies() == ["2", "3"]


def test_what_cannot_be_removed_ends_it_and_stays_hidden(fake: FakeAccount, messages: Work) -> None:
    for number in range(30):
        fake.put_message(record(number))
    fake.lasting = {"handle-m0"}
    answer = messages()
    assert (answer["again"], answer["done"]) == (False, False)
    assert any("could not be removed" in reason for reason in answer["left"])
    assert "m0" in fake.hidden  # or another worker would send it once more, at once
    assert ids(fake) == list(range(10))  # nothing more is sent: it could not be removed, either


def test_a_queue_that_cannot_be_read_is_an_error(fake: FakeAccount, messages: Work) -> None:
    fake.refuse = lambda operation, _: refused("AccessDenied") if operation == "receive_message" else None
    with pytest.raises(Exception, match=r"cannot read the failure queue: .*AccessDenied"):
        messages()


def test_nothing_is_taken_when_the_time_is_over(fake: FakeAccount, messages: Work) -> None:
    fake.put_message(record(1))
    answer = messages(deadline=time.time() - 1)
    assert (answer["sent"], answer["again"], answer["done"]) == (0, False, False)
    assert list(answer["left"]) == ["the time of the execution was over"]
    assert fake.calls == []


def test_too_many_that_stay_do_not_go_unsaid(fake: FakeAccount, messages: Work) -> None:
    for _ in range(50):
        fake.put_message("no event")
    answer = messages(hold=20, to_the_end=True)
    assert (answer["sent"], answer["done"]) == (0, False)
    assert any("behind those that stay" in reason for reason in answer["left"])
    assert len(fake.messages) == 50


@pytest.mark.parametrize("seed", range(5))
def test_it_ends_with_every_event_sent_once_and_all_else_in_the_queue(
    fake: FakeAccount, messages: Work, seed: int
) -> None:
    mixed = random.Random(seed)
    good = [number for number in range(120) if mixed.random() < 0.6]
    for number in range(120):
        fake.put_message(record(number) if number in good else f"odd {number}")
    answer = messages(hold=80, to_the_end=True)
    assert ids(fake) == good
    assert fake.bodies() == [f"odd {number}" for number in range(120) if number not in good]
    assert fake.hidden == set()
    assert (answer["sent"], answer["done"]) == (len(good), False)


@pytest.mark.parametrize("kill_at", range(1, 24))
def test_killed_at_any_call_each_event_is_somewhere(fake: FakeAccount, messages: Work, kill_at: int) -> None:
    good = [number for number in range(12) if number % 5]
    for number in range(12):
        fake.put_message(record(number) if number in good else "odd")
    fake.kill_at = kill_at
    with contextlib.suppress(Killed):
        messages()
    there = {json.loads(body)["requestPayload"]["id"] for body in fake.bodies() if body != "odd"}
    assert there | set(ids(fake)) == set(good)
    assert fake.bodies().count("odd") == 3
