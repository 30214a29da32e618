"""Whose failed events go to a place that is found: on it depends whether SQS moves the messages itself."""

import json
from typing import Any

import pytest

from constructs_lib.graph.world import World
from constructs_lib.operations.events.event import Origin
from constructs_lib.operations.live.reader import read_account
from constructs_lib.operations.places.discovery import places
from constructs_lib.operations.places.finding import find_place
from constructs_lib.operations.places.place import Kind, Place
from constructs_lib.operations.redrive.move_task import applies
from constructs_lib.operations.redrive.options import Options
from tests.operations.live import safe
from tests.operations.live.answers import Answers, Refused
from tests.operations.places.account import ACCOUNT, FAILED, RESIZE, arn, on_failure
from tests.operations.places.shop import MAPPING, SHOP, SOURCES, TOPIC, URLS


def moves_itself(place: Place) -> bool:
    return applies(place, Options())


def test_sqs_may_move_what_comes_from_queues_only(shop: Answers) -> None:
    assert moves_itself(find_place(shop, "failed"))


SUBSCRIPTION = {
    "SubscriptionArn": f"{TOPIC}:1b2c",
    "TopicArn": TOPIC,
    "Protocol": "lambda",
    "Endpoint": RESIZE,
    "Owner": ACCOUNT,
}
RULE = arn("events", "rule/nightly")
TARGETS = [{"Id": "1", "Arn": RESIZE, "DeadLetterConfig": {"Arn": FAILED}}]
OTHERS = [
    (
        Origin.FUNCTION_DLQ,
        {
            "lambda.list_functions": {
                "Functions": [
                    {"FunctionName": "resize", "FunctionArn": RESIZE, "DeadLetterConfig": {"TargetArn": FAILED}}
                ]
            }
        },
    ),
    (
        Origin.DESTINATION,
        {
            "lambda.list_function_event_invoke_configs": {
                "FunctionEventInvokeConfigs": [{"FunctionArn": f"{RESIZE}:live", **on_failure(FAILED)}]
            }
        },
    ),
    (
        Origin.STREAM_BATCH,
        {"lambda.list_event_source_mappings": {"EventSourceMappings": [{**MAPPING, **on_failure(FAILED)}]}},
    ),
    (
        Origin.SUBSCRIPTION,
        {
            "sns.list_subscriptions": {"Subscriptions": [SUBSCRIPTION]},
            "sns.get_subscription_attributes": {
                "Attributes": {"RedrivePolicy": json.dumps({"deadLetterTargetArn": FAILED})}
            },
        },
    ),
    (
        Origin.RULE,
        {
            "events.list_event_buses": {"EventBuses": [{"Name": "default"}]},
            "events.list_rules": {"Rules": [{"Name": "nightly", "Arn": RULE, "EventBusName": "default"}]},
            "events.list_targets_by_rule": {"Targets": TARGETS},
        },
    ),
    (
        Origin.SCHEDULE,
        {
            "scheduler.list_schedules": {
                "Schedules": [
                    {
                        "Name": "hourly",
                        "GroupName": "default",
                        "Arn": arn("scheduler", "schedule/default/hourly"),
                        "Target": {"Arn": RESIZE},
                    }
                ]
            },
            "scheduler.get_schedule": {
                "Target": {"Arn": RESIZE, "RoleArn": "arn:aws:iam::1:role/r", "DeadLetterConfig": {"Arn": FAILED}}
            },
        },
    ),
    (
        Origin.UNKNOWN,
        {
            "iot.list_topic_rules": {"rules": [{"ruleName": "readings", "ruleArn": arn("iot", "rule/readings")}]},
            "iot.get_topic_rule": {
                "rule": {"actions": [], "errorAction": {"sqs": {"roleArn": "r", "queueUrl": f"{URLS}failed"}}}
            },
        },
    ),
]


@pytest.mark.parametrize(("origin", "changed"), OTHERS, ids=[origin.name for origin, _ in OTHERS])
def test_who_else_sends_to_a_queue_is_known_so_that_sqs_moves_nothing_itself(
    shop: Answers, origin: Origin, changed: dict[str, Any]
) -> None:
    shop.answer({**SHOP, **changed})
    found = find_place(shop, "failed")
    assert {use.origin for use in found.uses} == {Origin.SOURCE_QUEUE, origin}
    assert not moves_itself(found)


def test_who_may_not_ask_for_the_queues_of_a_dead_letter_queue_reads_all_queues(shop: Answers) -> None:
    whole = find_place(shop, "failed")
    shop.answer({**SHOP, SOURCES: Refused()})
    told: list[str] = []
    assert find_place(shop, "failed", note=told.append) == whole
    assert told == []
    shop.answer({**SHOP, SOURCES: Refused(), "sqs.list_queues": Refused()})
    assert find_place(shop, "failed", note=told.append).uses == ()
    (problem,) = told
    assert "cannot list the queues" in problem


def test_of_a_queue_of_another_account_nothing_is_asked(shop: Answers) -> None:
    assert find_place(shop, "arn:aws:sqs:eu-west-1:222222222222:failed").uses == ()
    assert SOURCES not in shop.asked


def named_failures(QueueName: str, **_: Any) -> dict[str, str]:  # noqa: N803
    return {"QueueUrl": f"{safe.QUEUES}{QueueName}"}


def named_sources(QueueUrl: str, **_: Any) -> Any:  # noqa: N803
    return {"queueUrls": [f"{safe.QUEUES}jobs"] if QueueUrl.endswith("/failures") else []}


def test_a_place_is_found_with_the_uses_that_the_whole_account_tells() -> None:
    account = Answers({**safe.ANSWERS, "sqs.get_queue_url": named_failures, SOURCES: named_sources})
    live = read_account(account)
    listed = [one for one in places(World(live.app), live.arns) if one.can_be_read]
    assert {one.kind for one in listed} == {Kind.QUEUE, Kind.BUCKET}
    for place in listed:
        found = find_place(account, place.name)
        assert set(found.uses) == set(place.uses)
        assert (found.kind, found.arn, found.prefix) == (place.kind, place.arn, place.prefix)
