"""Order API: validates and prices an order that API Gateway hands over synchronously.

``POST /orders`` takes JSON such as::

    {"customer": "c-17", "reference": "2026-044",
     "items": [{"sku": "TEA-1", "quantity": 2, "unit_price_cents": 495}]}

Nobody retries a synchronous call but the client, so that everything that is wrong is answered, all of it at once.
Nothing is stored: the id is a digest of the order. A client that repeats a request, having lost the answer, gets the
same id; ``reference``, the customer's own number of the order, keeps two equal orders apart.
"""

import base64
import hashlib
import json
import logging
from collections.abc import Iterator
from typing import Any

logger = logging.getLogger(__name__)


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer a proxy event of a REST API: 201, 400, 404 or 405."""
    if event["path"].rstrip("/") != "/orders":
        return _answer(404, {"message": f"expected /orders, found {event['path']}"})
    if event["httpMethod"] != "POST":
        return _answer(405, {"message": f"expected POST, found {event['httpMethod']}"}, {"Allow": "POST"})
    try:
        order = _read(event)
    except ValueError as error:
        return _refuse([str(error)])
    if problems := list(_problems(order)):
        return _refuse(problems)
    priced = _price(order)
    logger.info("order accepted", extra={"order_id": priced["id"], "total_cents": priced["total_cents"]})
    # The path in the request context begins with the stage, which the client must name, too.
    location = f"{event['requestContext']['path'].rstrip('/')}/{priced['id']}"
    return _answer(201, priced, {"Location": location})


def _read(event: dict[str, Any]) -> Any:
    body = event.get("body")
    if not body:
        raise ValueError("expected an order as JSON, found no body")
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else body
    except ValueError as error:
        raise ValueError(f"expected a body of base64-encoded UTF-8: {error}") from error
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"expected an order as JSON: {error}") from error


def _problems(order: Any) -> Iterator[str]:
    if not isinstance(order, dict):
        yield f"expected an object, found {_name(order)}"
        return
    yield from _text(order, "customer", "")
    yield from _text(order, "reference", "")
    items = order.get("items")
    if not isinstance(items, list) or not 1 <= len(items) <= 100:
        yield f"items: expected a list of 1 to 100 items, found {_name(items)}"
        return
    for number, item in enumerate(items):
        path = f"items[{number}]"
        if not isinstance(item, dict):
            yield f"{path}: expected an object, found {_name(item)}"
            continue
        yield from _text(item, "sku", f"{path}.")
        yield from _integer(item, "quantity", f"{path}.", 1)
        yield from _integer(item, "unit_price_cents", f"{path}.", 0)


def _text(fields: dict[str, Any], name: str, path: str) -> Iterator[str]:
    value = fields.get(name)
    if not isinstance(value, str) or not value.strip():
        yield f"{path}{name}: expected a text, found {_name(value)}"


def _integer(fields: dict[str, Any], name: str, path: str, minimum: int) -> Iterator[str]:
    value = fields.get(name)
    # To Python, true is the integer 1.
    if not isinstance(value, int) or isinstance(value, bool) or not minimum <= value <= 1_000_000:
        yield f"{path}{name}: expected an integer from {minimum} to 1000000, found {_name(value)}"


def _name(value: object) -> str:
    return "nothing" if value is None else json.dumps(value)[:40]


def _price(order: dict[str, Any]) -> dict[str, Any]:
    fields = ("sku", "quantity", "unit_price_cents")
    items = [{field: item[field] for field in fields} for item in order["items"]]
    accepted = {"customer": order["customer"], "reference": order["reference"], "items": items}
    digest = hashlib.sha256(json.dumps(accepted, sort_keys=True).encode()).hexdigest()
    total = sum(item["quantity"] * item["unit_price_cents"] for item in items)  # integers: no cent is rounded away
    return {"id": digest[:32], **accepted, "total_cents": total}


def _refuse(problems: list[str]) -> dict[str, Any]:
    logger.info("order refused", extra={"problems": problems})
    return _answer(400, {"message": "the order is not valid", "problems": problems})


def _answer(status: int, body: dict[str, Any], headers: dict[str, str] | None = None) -> dict[str, Any]:
    headers = {"Content-Type": "application/json", **(headers or {})}
    return {"statusCode": status, "headers": headers, "body": json.dumps(body)}
