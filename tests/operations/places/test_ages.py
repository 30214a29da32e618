from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.places.ages import oldest_ages
from tests.operations.places.answers import answer

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def result(number: int, *values: float) -> dict[str, Any]:
    return {"Id": f"q{number}", "Values": list(values)}


def test_the_newest_of_the_last_minutes_counts(account: Account) -> None:
    with Stubber(account.client("cloudwatch")) as stub:
        pages: list[dict[str, Any]] = [
            {"MetricDataResults": [result(0, 120, 60), result(1)], "NextToken": "more"},
            {"MetricDataResults": [result(0, 1), result(2, 7)]},
        ]
        for page in pages:
            stub.add_response("get_metric_data", page)
        assert oldest_ages(account, ["a", "b", "c"], NOW) == {"a": 120, "c": 7}


def test_hundreds_of_queues_are_asked_about_at_once(account: Account) -> None:
    asked = []

    def metrics(parameters: dict[str, Any]) -> dict[str, Any]:
        queries = parameters["MetricDataQueries"]
        asked.append(len(queries))
        assert parameters["EndTime"] - parameters["StartTime"] == timedelta(minutes=15)
        names = [one["MetricStat"]["Metric"]["Dimensions"][0]["Value"] for one in queries]
        return {"MetricDataResults": [result(index, int(name[1:])) for index, name in enumerate(names)]}

    answer(account, "cloudwatch", {"GetMetricData": metrics})
    found = oldest_ages(account, [f"n{number}" for number in range(1_200)], NOW)
    assert asked == [500, 500, 200]
    assert found == {f"n{number}": number for number in range(1_200)}


def test_cloudwatch_may_not_be_asked(account: Account) -> None:
    with Stubber(account.client("cloudwatch")) as stub:
        stub.add_client_error("get_metric_data", "AccessDenied", "not authorized")
        with pytest.raises(OperationError, match=r"cannot read the ages of the oldest messages: .*AccessDenied"):
            oldest_ages(account, ["a"], NOW)
