import base64
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any

import pytest

ORDER: dict[str, Any] = {
    "customer": "c-17",
    "reference": "2026-044",
    "items": [
        {"sku": "TEA-1", "quantity": 3, "unit_price_cents": 495},
        {"sku": "CUP-2", "quantity": 1, "unit_price_cents": 1001},
    ],
}


@pytest.fixture
def orders(load_handler: Callable[[str], ModuleType]) -> ModuleType:
    return load_handler("orders")


def request(body: object, method: str = "POST", path: str = "/orders") -> dict[str, Any]:
    return {
        "httpMethod": method,
        "path": path,
        "requestContext": {"path": f"/prod{path}"},
        "isBase64Encoded": False,
        "body": body if isinstance(body, str | None) else json.dumps(body),
    }


def call(orders: ModuleType, event: dict[str, Any]) -> tuple[int, dict[str, str], dict[str, Any]]:
    answer = orders.handler(event, None)
    assert set(answer) == {"statusCode", "headers", "body"}  # API Gateway answers 502 to other fields
    assert answer["headers"]["Content-Type"] == "application/json"
    return answer["statusCode"], answer["headers"], json.loads(answer["body"])


def problems(orders: ModuleType, body: object) -> list[str]:
    status, _, answer = call(orders, request(body))
    assert status == 400
    assert answer["message"] == "the order is not valid"
    found = answer["problems"]
    assert isinstance(found, list)
    return found


def test_an_order_is_priced_in_cents(orders: ModuleType) -> None:
    status, headers, answer = call(orders, request(ORDER))

    assert status == 201
    assert answer == {**ORDER, "id": answer["id"], "total_cents": 3 * 495 + 1001}
    assert headers["Location"] == f"/prod/orders/{answer['id']}"


def test_a_repeated_request_gets_the_same_id(orders: ModuleType) -> None:
    first = call(orders, request(ORDER))[2]["id"]
    repeated = call(orders, request(dict(reversed(ORDER.items()))))[2]["id"]
    another = call(orders, request({**ORDER, "reference": "2026-045"}))[2]["id"]

    assert first == repeated != another


def test_a_base64_body_is_decoded(orders: ModuleType) -> None:
    event = request(base64.b64encode(json.dumps(ORDER).encode()).decode())
    event["isBase64Encoded"] = True

    assert call(orders, event)[0] == 201


@pytest.mark.parametrize("body", ["no base64!", base64.b64encode(b"\xff").decode()])
def test_a_broken_base64_body_is_refused(orders: ModuleType, body: str) -> None:
    status, _, answer = call(orders, {**request(body), "isBase64Encoded": True})

    assert status == 400
    assert "expected a body of base64-encoded UTF-8" in answer["problems"][0]


@pytest.mark.parametrize("body", [None, ""])
def test_no_body(orders: ModuleType, body: str | None) -> None:
    assert problems(orders, body) == ["expected an order as JSON, found no body"]


@pytest.mark.parametrize(
    "body", ["{", "[" * 200_000, f'{{"total": {"9" * 5_000}}}'], ids=["cut", "deep", "long number"]
)
def test_a_body_that_is_not_json(orders: ModuleType, body: str) -> None:
    (problem,) = problems(orders, body)

    assert problem.startswith("expected an order as JSON: ")


@pytest.mark.parametrize(("body", "found"), [("[]", "[]"), ("null", "nothing"), ('"text"', '"text"')])
def test_a_body_that_is_no_object(orders: ModuleType, body: str, found: str) -> None:
    assert problems(orders, body) == [f"expected an object, found {found}"]


def test_everything_that_is_wrong_is_listed(orders: ModuleType) -> None:
    items = [{"sku": " ", "quantity": 0, "unit_price_cents": 4.95}, 5, {"quantity": True, "unit_price_cents": "4"}]

    assert problems(orders, {"customer": 17, "items": items}) == [
        "customer: expected a text, found 17",
        "reference: expected a text, found nothing",
        'items[0].sku: expected a text, found " "',
        "items[0].quantity: expected an integer from 1 to 1000000, found 0",
        "items[0].unit_price_cents: expected an integer from 0 to 1000000, found 4.95",
        "items[1]: expected an object, found 5",
        "items[2].sku: expected a text, found nothing",
        "items[2].quantity: expected an integer from 1 to 1000000, found true",
        'items[2].unit_price_cents: expected an integer from 0 to 1000000, found "4"',
    ]


@pytest.mark.parametrize(("items", "found"), [(None, "nothing"), ([], "[]"), ({}, "{}")])
def test_an_order_needs_items(orders: ModuleType, items: object, found: str) -> None:
    expected = f"items: expected a list of 1 to 100 items, found {found}"

    assert problems(orders, {**ORDER, "items": items}) == [expected]


def test_an_order_has_an_end(orders: ModuleType) -> None:
    (problem,) = problems(orders, {**ORDER, "items": ORDER["items"] * 51})

    assert problem.startswith("items: expected a list of 1 to 100 items, found [")
    assert len(problem) < 120


def test_other_paths_and_methods(orders: ModuleType) -> None:
    assert call(orders, request(None, "GET", "/orders/17"))[0] == 404
    status, headers, _ = call(orders, request(None, "DELETE"))
    assert (status, headers["Allow"]) == (405, "POST")
    assert call(orders, request(ORDER, path="/orders/"))[0] == 201


def test_the_log_names_the_order(orders: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")

    _, _, answer = call(orders, request(ORDER))
    problems(orders, None)

    accepted, refused = caplog.records
    assert (accepted.message, vars(accepted)["order_id"]) == ("order accepted", answer["id"])
    assert (refused.message, len(vars(refused)["problems"])) == ("order refused", 1)
