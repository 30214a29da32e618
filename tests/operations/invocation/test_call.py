import json
from base64 import b64decode

import pytest
from botocore.exceptions import EndpointConnectionError

from constructs_lib.facts import ASYNC_PAYLOAD_MAX_BYTES, PAYLOAD_MAX_BYTES
from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.call import invoke
from constructs_lib.operations.invocation.request import InvocationType
from tests.operations.invocation.wire import LOG, Wire, answer, failure, no_answer, refusal, success

EVENT, DRY_RUN = InvocationType.EVENT, InvocationType.DRY_RUN


def test_a_synchronous_invocation_tells_all_that_lambda_says(wire: Wire) -> None:
    wire.answers = [success({"booked": True})]
    found = invoke(wire.account, "orders", b'{"id": 7}')
    assert (found.status, found.executed_version, found.request_id) == (200, "7", "6f1e")
    assert json.loads(found.payload) == {"booked": True}
    assert found.payload_size == len(found.payload)
    assert found.error is None
    assert found.log == LOG
    assert found.report is not None
    assert (found.report.duration_ms, found.report.billed_duration_ms) == (12.34, 13)


def test_what_is_sent(wire: Wire) -> None:
    wire.answers = [success(None)]
    invoke(wire.account, "orders:live", '{"é": 1}', client_context='{"custom": {}}', tenant_id="blue")
    (call,) = wire.calls
    assert call.url.endswith("/2015-03-31/functions/orders/invocations?Qualifier=live")
    assert call.body == '{"é": 1}'.encode()
    sent = {name: text.decode() if isinstance(text, bytes) else text for name, text in call.headers.items()}
    assert sent["X-Amz-Invocation-Type"] == "RequestResponse"
    assert sent["X-Amz-Log-Type"] == "Tail"
    assert sent["X-Amz-Tenant-Id"] == "blue"
    assert b64decode(sent["X-Amz-Client-Context"]) == b'{"custom": {}}'


@pytest.mark.parametrize(("how", "status"), [(EVENT, 202), (DRY_RUN, 204)])
def test_without_waiting_there_is_a_status_alone(wire: Wire, how: InvocationType, status: int) -> None:
    wire.answers = [answer(status)]
    wire.configuration = refusal(500, "ServiceException")  # nobody asks
    found = invoke(wire.account, "orders", "{}", invocation_type=how)
    assert (found.status, found.payload, found.executed_version) == (status, b"", None)
    assert (found.error, found.log, found.report) == (None, None, None)
    assert wire.calls[0].headers["X-Amz-Invocation-Type"] == how.value.encode()
    assert "X-Amz-Log-Type" not in wire.calls[0].headers


def test_a_function_error_is_an_answer(wire: Wire) -> None:
    wire.answers = [failure({"errorMessage": "sold out", "errorType": "StockError", "stackTrace": ["  a\n    b\n"]})]
    found = invoke(wire.account, "orders")
    assert found.status == 200
    assert found.error is not None
    assert (found.error.kind, found.error.type, found.error.message) == ("Unhandled", "StockError", "sold out")
    assert found.error.trace == ("  a", "    b")
    assert b"sold out" in found.payload


@pytest.mark.parametrize(
    ("how", "limit"), [(InvocationType.REQUEST_RESPONSE, PAYLOAD_MAX_BYTES), (EVENT, ASYNC_PAYLOAD_MAX_BYTES)]
)
def test_the_limit_of_the_payload(wire: Wire, how: InvocationType, limit: int) -> None:
    wire.answers = [answer(202)]
    invoke(wire.account, "orders", b'"' + b"x" * (limit - 2) + b'"', invocation_type=how)
    with pytest.raises(
        OperationError, match=rf"at most {limit:,} bytes \({limit >> 20} MB\).* found {limit + 1:,};"
    ) as said:
        invoke(wire.account, "orders", b'"' + b"x" * (limit - 1) + b'"', invocation_type=how)
    assert said.value.code is Exit.USAGE
    assert len(wire.calls) == 1


def test_the_size_is_that_of_utf_8(wire: Wire) -> None:
    with pytest.raises(OperationError, match=f"found {ASYNC_PAYLOAD_MAX_BYTES + 2:,}"):
        invoke(wire.account, "orders", '"' + "é" * (ASYNC_PAYLOAD_MAX_BYTES // 2) + '"', invocation_type=EVENT)


def test_throttled_calls_are_tried_again(wire: Wire) -> None:
    wire.answers = [*(refusal(429, "TooManyRequestsException") for _ in range(4)), success("done")]
    assert invoke(wire.account, "orders").payload == b'"done"'
    assert len(wire.calls) == 5


def test_calls_that_never_arrived_are_tried_again(wire: Wire) -> None:
    wire.answers = [EndpointConnectionError(endpoint_url="https://lambda"), success("done")]
    assert invoke(wire.account, "orders").payload == b'"done"'


def test_a_synchronous_call_without_an_answer_is_not_made_again(wire: Wire) -> None:
    wire.answers = [no_answer(), success("done twice")]
    with pytest.raises(
        OperationError, match=r"found none .* may have run, or still run, and is not invoked again"
    ) as said:
        invoke(wire.account, "orders")
    assert said.value.code is Exit.REFUSED
    assert len(wire.calls) == 1


def test_an_asynchronous_call_without_an_answer_is_made_again(wire: Wire) -> None:
    """As boto3 does: Lambda delivers asynchronous events at least once anyway."""
    wire.answers = [no_answer(), answer(202)]
    assert invoke(wire.account, "orders", invocation_type=EVENT).status == 202


def test_a_response_that_breaks_off_is_told(wire: Wire) -> None:
    cut = success("whole")
    cut.headers["Content-Length"] = "100"
    wire.answers = [cut]
    with pytest.raises(OperationError, match="cannot invoke orders"):
        invoke(wire.account, "orders")
