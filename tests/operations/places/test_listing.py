import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.live.reader import Live
from constructs_lib.operations.places import listing
from constructs_lib.operations.places.listing import Listed, Listing, list_failures
from constructs_lib.operations.places.queues import waiting_in_queue
from constructs_lib.operations.places.watching import Alarm
from tests.operations.places.account import (
    ACCOUNT,
    BUCKET,
    FAILED,
    JOBS,
    RESIZE,
    arn,
    function,
    live_of,
    on_failure,
    queue,
    resource,
)
from tests.operations.places.answers import Answer, RefusedError, answer

TOPIC = arn("sns", "broken")
GONE = "AWS.SimpleQueueService.NonExistentQueue"


@pytest.fixture
def shop(account: Account, monkeypatch: pytest.MonkeyPatch) -> "Shop":
    return Shop(account, monkeypatch)


class Shop:
    """An account with some queues."""

    def __init__(self, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
        self.resources: dict[str, dict[str, Any]] = {}
        self.arns: dict[str, str] = {}
        self.problems: list[str] = []
        self.unread: frozenset[str] = frozenset()
        self.messages: dict[str, int | str] = {}
        """How many messages are in a queue, or what AWS says instead."""
        self.ages: dict[str, float] = {}
        self.account = account
        monkeypatch.setattr(listing, "read_account", self._live)
        answer(account, "sqs", {"GetQueueUrl": self._url, "GetQueueAttributes": self._attributes})
        answer(account, "cloudwatch", {"GetMetricData": self._metrics})
        answer(account, "sts", {"GetCallerIdentity": lambda _: {"Account": ACCOUNT}})

    def add(self, logical_id: str, arn: str, made: dict[str, Any]) -> None:
        self.resources[logical_id] = made
        self.arns[logical_id] = arn

    def moved(self, name: str, messages: int | str) -> None:
        """Add a queue whose failed messages are moved to another one."""
        self.add(f"Source{name}", arn("sqs", f"source-{name}"), queue(f"source-{name}", RedrivePolicy=policy(name)))
        self.add(f"Failed{name}", arn("sqs", name), queue(name))
        self.messages[name] = messages

    def list(self, **options: str) -> Listing:
        return list_failures(self.account, **options)

    def _live(self, _: Account) -> Live:
        return live_of(self.arns, *self.problems, unread=self.unread, **self.resources)

    def _url(self, parameters: Answer) -> Answer:
        return {"QueueUrl": f"https://sqs.eu-west-1.amazonaws.com/111111111111/{parameters['QueueName']}"}

    def _attributes(self, parameters: Answer) -> Answer:
        found = self.messages[parameters["QueueUrl"].rpartition("/")[2]]
        if isinstance(found, str):
            raise RefusedError(found, "refused")
        names = dict.fromkeys(parameters["AttributeNames"], "0")
        return {"Attributes": {**names, "ApproximateNumberOfMessages": str(found), "MessageRetentionPeriod": "1000"}}

    def _metrics(self, parameters: Answer) -> Answer:
        if self.ages.get("*"):
            raise RefusedError("AccessDenied", "not authorized")
        results = []
        for query in parameters["MetricDataQueries"]:
            name = query["MetricStat"]["Metric"]["Dimensions"][0]["Value"]
            assert self.messages[name], "an empty queue has no oldest message"
            results.append({"Id": query["Id"], "Values": [self.ages[name]] if name in self.ages else []})
        return {"MetricDataResults": results}


def policy(name: str) -> dict[str, Any]:
    return {"deadLetterTargetArn": arn("sqs", name), "maxReceiveCount": 3}


def by_name(found: Listing) -> dict[str, Listed]:
    return {one.place.name: one for one in found.places}


def test_those_with_the_most_events_come_first(shop: Shop) -> None:
    for name, messages in {"few": 2, "none": 0, "many": 90}.items():
        shop.moved(name, messages)
    shop.add("Resize", RESIZE, function(DeadLetterConfig={"TargetArn": TOPIC}))
    assert [one.place.name for one in shop.list().places] == ["many", "few", "none", "broken"]


def test_the_age_of_the_oldest_where_cloudwatch_knows_it(shop: Shop) -> None:
    for name in ("known", "unknown"):
        shop.moved(name, 1)
    shop.moved("empty", 0)
    shop.ages = {"known": 400}
    found = by_name(shop.list())
    ages = {name: one.waiting.oldest for name, one in found.items() if one.waiting}
    assert ages == {"known": 400, "unknown": None, "empty": None}
    assert found["known"].waiting is not None
    assert found["known"].waiting.left == 600


def test_what_cannot_be_read_is_told_and_the_rest_is_listed(shop: Shop) -> None:
    shop.problems = ["cannot list the rules"]
    shop.moved("denied", "AccessDenied")
    shop.moved("locked", "KmsAccessDenied")
    shop.moved("open", 3)
    shop.ages = {"*": 1}
    found = shop.list()
    waiting = {name: one.waiting.events if one.waiting else None for name, one in by_name(found).items()}
    assert waiting == {"open": 3, "denied": None, "locked": None}
    assert not any(one.is_missing for one in found.places)
    told = "\n".join(found.problems)
    assert len(found.problems) == 4
    for part in ("cannot list the rules", "wait in denied", "wait in locked", "ages of the oldest messages"):
        assert part in told


def test_a_queue_that_is_gone_loses_what_should_go_there(shop: Shop) -> None:
    shop.moved("gone", GONE)
    found = shop.list()
    (one,) = found.places
    assert (one.is_missing, one.waiting) == (True, None)
    assert not found.problems


def test_a_queue_of_another_account_may_be_there_unseen(shop: Shop) -> None:
    shop.messages["theirs"] = GONE
    shop.add("Resize", RESIZE, function(DeadLetterConfig={"TargetArn": "arn:aws:sqs:eu-west-1:222222222222:theirs"}))
    found = shop.list()
    (one,) = found.places
    assert (one.is_missing, one.waiting) == (False, None)
    assert "cannot read how many events wait in theirs" in found.problems[0]


def test_the_age_of_a_queue_of_another_account_is_not_that_of_ours(shop: Shop) -> None:
    shop.moved("failed", 3)
    shop.ages = {"failed": 400}
    theirs = "arn:aws:sqs:eu-west-1:222222222222:failed"
    shop.add("Resize", RESIZE, function(DeadLetterConfig={"TargetArn": theirs}))
    ages = {one.place.arn: one.waiting.oldest for one in shop.list().places if one.waiting}
    assert ages == {FAILED: 400, theirs: None}


def in_bucket(shop: Shop, lifecycle: Callable[[Answer], Answer]) -> Listing:
    written = datetime.now(UTC) - timedelta(hours=2)
    answers: dict[str, Callable[[Answer], Answer]] = {
        "ListObjectsV2": lambda _: {"Contents": [{"Key": "a", "LastModified": written}]},
        "GetBucketLifecycleConfiguration": lifecycle,
    }
    answer(shop.account, "s3", answers)
    shop.add("Resize", RESIZE, function())
    config = resource("Lambda::EventInvokeConfig", FunctionName="resize", Qualifier="$LATEST", **on_failure(BUCKET))
    shop.resources["Config"] = config
    return shop.list()


def test_a_bucket(shop: Shop) -> None:
    rule = {"Status": "Enabled", "Filter": {}, "Expiration": {"Days": 1}}
    found = in_bucket(shop, lambda _: {"Rules": [rule]})
    (one,) = found.places
    assert one.place.name == "s3://kept/aws/lambda/async/resize/"
    assert one.waiting is not None
    assert one.waiting.events == 1
    assert one.waiting.oldest == pytest.approx(7_200, abs=60)
    assert one.waiting.left == pytest.approx(86_400 - 7_200, abs=60)
    assert not found.problems


def test_a_bucket_whose_lifecycle_may_not_be_read(shop: Shop) -> None:
    def refuse(_: Answer) -> Answer:
        raise RefusedError("AccessDenied")

    found = in_bucket(shop, refuse)
    (one,) = found.places
    assert one.waiting is not None
    assert one.waiting.events == 1
    (problem,) = found.problems
    assert "cannot read how long events are kept in s3://kept/aws/lambda/async/resize/" in problem


def test_readers_and_alarms(shop: Shop) -> None:
    shop.moved("failed", 1)
    shop.add("Resize", RESIZE, function())
    shop.resources["Reads"] = resource("Lambda::EventSourceMapping", EventSourceArn=FAILED, FunctionName=RESIZE)
    shop.resources["Alarm"] = resource(
        "CloudWatch::Alarm",
        AlarmName="depth",
        Namespace="AWS/SQS",
        MetricName="ApproximateNumberOfMessagesVisible",
        Dimensions=[{"Name": "QueueName", "Value": "failed"}],
    )
    (one,) = shop.list().places
    assert (one.readers, one.alarms) == (("function resize",), (Alarm("depth", False),))


def test_only_what_is_for_a_function(shop: Shop) -> None:
    shop.add("Resize", RESIZE, function())
    shop.add("Other", arn("lambda", "function:other"), function("other", DeadLetterConfig={"TargetArn": TOPIC}))
    shop.moved("failed", 1)
    shop.resources["Reads"] = resource(
        "Lambda::EventSourceMapping", EventSourceArn=arn("sqs", "source-failed"), FunctionName=RESIZE
    )
    shop.add("Jobs", JOBS, queue("jobs"))
    shop.resources["Polls"] = resource(
        "Lambda::EventSourceMapping", EventSourceArn=JOBS, FunctionName=arn("lambda", "function:other")
    )
    found = shop.list(function="resize")
    assert [one.place.name for one in found.places] == ["failed"]
    assert not found.gaps
    assert [gap.arn for gap in shop.list(function="other").gaps] == [JOBS]


def test_no_such_function(shop: Shop) -> None:
    with pytest.raises(OperationError, match="found 'reszie'"):
        shop.list(function="reszie")


@pytest.mark.parametrize("unread", ["lambda:ListFunctions", "functions"])
def test_a_function_of_which_nobody_may_know_is_no_wrong_name(shop: Shop, unread: str) -> None:
    shop.problems, shop.unread = ["cannot list the functions"], frozenset({unread})
    shop.moved("failed", 1)
    source = arn("sqs", "source-failed")
    shop.resources["Reads"] = resource("Lambda::EventSourceMapping", EventSourceArn=source, FunctionName=RESIZE)
    shop.moved("other", 1)
    found = shop.list(function="resize")
    assert [one.place.name for one in found.places] == ["failed"]
    assert found.problems == ["cannot list the functions"]


def test_a_function_of_another_region_is_not_looked_for(shop: Shop) -> None:
    shop.add("Resize", RESIZE, function())
    with pytest.raises(OperationError, match="expected a function in eu-west-1, found one in us-east-1"):
        shop.list(function=RESIZE.replace("eu-west-1", "us-east-1"))


def test_who_watches_is_unknown_when_it_may_not_be_read(shop: Shop) -> None:
    shop.moved("failed", 1)
    shop.unread = frozenset({"cloudwatch:DescribeAlarms", "pipes:ListPipes"})
    (one,) = shop.list().places
    assert (one.readers, one.alarms) == (None, None)


def test_only_what_a_stack_has_made(shop: Shop) -> None:
    shop.moved("ours", 1)
    shop.moved("theirs", 1)
    made = [{"ResourceType": "AWS::SQS::Queue", "PhysicalResourceId": "https://sqs/111111111111/source-ours"}]
    answer(shop.account, "cloudformation", {"ListStackResources": lambda _: {"StackResourceSummaries": made}})
    assert [one.place.name for one in shop.list(stack="shop").places] == ["ours"]


def test_thousands_of_queues_are_read_a_few_at_a_time(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    lock, now, most = threading.Lock(), 0, 0
    read = waiting_in_queue

    def counted(*arguments: Any) -> Any:
        nonlocal now, most
        with lock:
            now += 1
            most = max(most, now)
        try:
            return read(*arguments)
        finally:
            with lock:
                now -= 1

    monkeypatch.setattr(listing, "waiting_in_queue", counted)
    for number in range(1_000):
        shop.moved(f"q{number}", number)
    found = shop.list()
    assert sum(one.waiting.events for one in found.places if one.waiting) == sum(range(1_000))
    assert most <= 16
