from base64 import b64encode

import pytest

from constructs_lib.facts import CLIENT_CONTEXT_MAX_BYTES
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.request import InvocationType, Request, checked_request
from constructs_lib.operations.invocation.target import Target

SYNCHRONOUS = InvocationType.REQUEST_RESPONSE


def _request(
    payload: bytes | str | None = None,
    *,
    how: InvocationType = SYNCHRONOUS,
    context: bytes | str | None = None,
    tenant: str | None = None,
) -> Request:
    return checked_request(Target("orders", None), how, payload, context, tenant)


@pytest.mark.parametrize(
    "payload",
    [
        "{}",
        "null",
        '"\\ud800"',
        "1e999",
        "9" * 5_000,
        ' {"a": [1, 2.50]}\n',
        "[" * 100_000 + "]" * 100_000,
    ],
)
def test_json_is_sent_to_the_letter(payload: str) -> None:
    assert _request(payload).payload == payload.encode()
    assert _request(payload.encode()).payload == payload.encode()


@pytest.mark.parametrize(
    ("payload", "found"),
    [
        ('{"a": 1,\n "b" 2}', "line 2, column 6: expecting ':' delimiter"),
        ("order.json", "line 1, column 1: expecting value"),
        ("", "found nothing; leave it out"),
        (" \n", "found nothing"),
        ("NaN", "found NaN"),
        ("[1, -Infinity]", "found -Infinity"),
        (b'"\xff"', "no UTF-8 at byte 2"),
        ('"\udcff"', "no UTF-8 at byte 2"),
    ],
)
def test_what_is_no_json_is_not_sent(payload: bytes | str, found: str) -> None:
    with pytest.raises(OperationError, match=f"expected JSON as the payload, .*{found}") as said:
        _request(payload)
    assert said.value.code is Exit.USAGE


def test_a_byte_order_mark_is_no_json() -> None:
    with pytest.raises(OperationError, match="line 1, column 1"):
        _request(b"\xef\xbb\xbf{}")


def test_the_limit_of_the_client_context() -> None:
    """Base64 has four bytes for three: 3,580 is the most below 3,583."""
    most = '"' + "x" * (CLIENT_CONTEXT_MAX_BYTES // 4 * 3 - 2) + '"'
    assert _request(context=most).client_context == b64encode(most.encode()).decode()
    with pytest.raises(OperationError, match="at most 3,583 bytes of base64 as the client context, found 3,584;"):
        _request(context=most[:-1] + 'x"')


def test_the_client_context_is_json() -> None:
    with pytest.raises(OperationError, match="expected JSON as the client context, found an error in line 1"):
        _request(context="{custom: 1}")


def test_lambda_passes_no_client_context_on_with_an_event() -> None:
    with pytest.raises(OperationError, match="no client context for an asynchronous invocation"):
        _request(context="{}", how=InvocationType.EVENT)


@pytest.mark.parametrize("tenant", ["blue", "a" * 256, "a b:/=+-@._1"])
def test_tenants(tenant: str) -> None:
    assert _request(tenant=tenant).arguments()["TenantId"] == tenant


@pytest.mark.parametrize("tenant", ["", "a" * 257, "a\nb", "ä"])
def test_what_is_no_tenant(tenant: str) -> None:
    with pytest.raises(OperationError, match="expected a tenant id"):
        _request(tenant=tenant)
