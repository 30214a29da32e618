"""Sales reports: Step Functions invokes for each job that was started with ``POST /reports``.

A job is ``{"jobId": "...", "input": {"orders": [{"sku": "TEA-1", "quantity": 2, "unit_price_cents": 495}]}}``, as
`JobApi` hands it over; what the handler returns is the result that ``GET /reports/{id}`` shows. Input that makes no
sense raises, and the job fails with ``InvalidOrdersError``.

A job may come twice. Its report is kept in the table ``IDEMPOTENCY_TABLE`` for an hour and not made again. What raised
is not kept: the next attempt starts anew.
"""

import json
import logging
import os
from collections.abc import Iterator
from typing import Any

from aws_lambda_powertools.utilities.idempotency import DynamoDBPersistenceLayer, IdempotencyConfig, idempotent
from aws_lambda_powertools.utilities.typing import LambdaContext

TOP_SELLERS = 3
PROBLEMS_SHOWN = 10

logger = logging.getLogger(__name__)
store = DynamoDBPersistenceLayer(table_name=os.environ["IDEMPOTENCY_TABLE"])
by_job = IdempotencyConfig(event_key_jmespath="jobId", raise_on_no_idempotency_key=True)


class InvalidOrdersError(ValueError):
    """The orders of a job make no report; its name is what the client sees."""


@idempotent(persistence_store=store, config=by_job)
def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
    """Make the report of one job."""
    report = make_report(event.get("input"))
    logger.info("report made", extra={"job_id": event["jobId"], "total_cents": report["total_cents"]})
    return report


def make_report(job: Any) -> dict[str, Any]:
    """Add up what was sold, by sku and in all, in whole cents.

    Raises
    ------
    InvalidOrdersError
        If ``job`` has no orders, or one of them lacks a sku, a quantity or a price; the first ten problems are named.
    """
    if problems := list(_problems(job)):
        more = [f"and {len(problems) - PROBLEMS_SHOWN} more"] if len(problems) > PROBLEMS_SHOWN else []
        raise InvalidOrdersError("; ".join(problems[:PROBLEMS_SHOWN] + more))
    orders = job["orders"]
    sold: dict[str, dict[str, int]] = {}
    for order in orders:
        line = sold.setdefault(order["sku"], {"quantity": 0, "total_cents": 0})
        line["quantity"] += order["quantity"]
        line["total_cents"] += order["quantity"] * order["unit_price_cents"]  # integers: no cent is rounded away
    return {
        "orders": len(orders),
        "quantity": sum(line["quantity"] for line in sold.values()),
        "total_cents": sum(line["total_cents"] for line in sold.values()),
        "top_sellers": sorted(sold, key=lambda sku: (-sold[sku]["quantity"], sku))[:TOP_SELLERS],
        "skus": {sku: sold[sku] for sku in sorted(sold)},
    }


def _problems(job: Any) -> Iterator[str]:
    orders = job.get("orders") if isinstance(job, dict) else None
    if not isinstance(orders, list) or not orders:
        yield f"orders: expected a list of at least one order, found {_name(orders)}"
        return
    for number, order in enumerate(orders):
        path = f"orders[{number}]"
        if not isinstance(order, dict):
            yield f"{path}: expected an object, found {_name(order)}"
            continue
        sku = order.get("sku")
        if not isinstance(sku, str) or not sku.strip():
            yield f"{path}.sku: expected a text, found {_name(sku)}"
        yield from _integer(order, "quantity", path, 1)
        yield from _integer(order, "unit_price_cents", path, 0)


def _integer(order: dict[str, Any], name: str, path: str, minimum: int) -> Iterator[str]:
    value = order.get(name)
    # To Python, true is the integer 1.
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= 1_000_000:
        yield f"{path}.{name}: expected an integer from {minimum} to 1000000, found {_name(value)}"


def _name(value: object) -> str:
    return "nothing" if value is None else json.dumps(value)[:40]
