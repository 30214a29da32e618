from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest
from aws_lambda_powertools.utilities.idempotency.exceptions import IdempotencyKeyError

from tests.handlers.conftest import CONTEXT, InMemoryTable


@pytest.fixture
def reports(load_idempotent: Callable[[str], ModuleType]) -> ModuleType:
    return load_idempotent("reports")


def order(sku: object = "TEA-1", quantity: object = 1, unit_price_cents: object = 495) -> dict[str, object]:
    return {"sku": sku, "quantity": quantity, "unit_price_cents": unit_price_cents}


def job(*orders: object, job_id: str = "j-1") -> dict[str, Any]:
    return {"jobId": job_id, "input": {"orders": list(orders)}}


def test_a_report(reports: ModuleType) -> None:
    event = job(
        order("TEA-1", 2, 495),
        order("POT-1", 1, 2999),
        order("TEA-1", 3, 450),
        order("CUP-1", 4, 0),
        order("BAG-1", 1, 10),
    )

    assert reports.handler(event, CONTEXT) == {
        "orders": 5,
        "quantity": 11,
        "total_cents": 5349,
        "top_sellers": ["TEA-1", "CUP-1", "BAG-1"],
        "skus": {
            "BAG-1": {"quantity": 1, "total_cents": 10},
            "CUP-1": {"quantity": 4, "total_cents": 0},
            "POT-1": {"quantity": 1, "total_cents": 2999},
            "TEA-1": {"quantity": 5, "total_cents": 2340},
        },
    }


@pytest.mark.parametrize(
    ("job", "problem"),
    [
        (None, "orders: expected a list of at least one order, found nothing"),
        ([], "orders: expected a list"),
        ({"orders": []}, r"orders: expected a list of at least one order, found \[\]"),
        ({"orders": [7]}, r"orders\[0\]: expected an object, found 7"),
        ({"orders": [order(sku=" ")]}, r'orders\[0\]\.sku: expected a text, found " "'),
        ({"orders": [order(), order(quantity=0)]}, r"orders\[1\]\.quantity: expected an integer from 1 to 1000000"),
        ({"orders": [order(quantity=True)]}, r"orders\[0\]\.quantity: .*, found true"),
        ({"orders": [order(unit_price_cents=4.95)]}, r"orders\[0\]\.unit_price_cents: .* from 0 .*, found 4\.95"),
        ({"orders": [{}]}, r"sku: .*; orders\[0\]\.quantity: .*; orders\[0\]\.unit_price_cents: .* nothing$"),
        ({"orders": [7] * 12}, r"orders\[9\]: expected an object, found 7; and 2 more$"),
    ],
)
def test_orders_that_make_no_sense_fail_the_job(
    reports: ModuleType, table: InMemoryTable, job: object, problem: str
) -> None:
    with pytest.raises(reports.InvalidOrdersError, match=problem):
        reports.handler({"jobId": "j-1", "input": job}, CONTEXT)

    assert table.items == {}


def test_a_job_that_comes_again_is_answered_from_the_record(
    reports: ModuleType, caplog: pytest.LogCaptureFixture, table: InMemoryTable
) -> None:
    caplog.set_level("INFO")

    first = reports.handler(job(order()), CONTEXT)
    assert reports.handler(job(order()), CONTEXT) == first

    assert [vars(record)["job_id"] for record in caplog.records] == ["j-1"]
    assert table.statuses() == ["COMPLETED"]


def test_two_jobs_with_the_same_orders_are_two_jobs(reports: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    for job_id in ("j-1", "j-2"):
        reports.handler(job(order(), job_id=job_id), CONTEXT)

    assert [vars(record)["job_id"] for record in caplog.records] == ["j-1", "j-2"]


def test_a_failed_job_is_tried_again(
    reports: ModuleType, table: InMemoryTable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_: object) -> None:
        raise OSError("for a while")

    with monkeypatch.context() as patch:
        patch.setattr(reports, "make_report", broken)
        with pytest.raises(OSError, match="for a while"):
            reports.handler(job(order()), CONTEXT)
    assert table.items == {}

    assert reports.handler(job(order()), CONTEXT)["total_cents"] == 495


def test_an_event_without_a_job_id_raises(reports: ModuleType) -> None:
    with pytest.raises(IdempotencyKeyError):
        reports.handler({"input": {"orders": [order()]}}, CONTEXT)
