import json

import pytest
from botocore.exceptions import ReadTimeoutError
from urllib3.exceptions import ProtocolError

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.streaming import IncompleteError, stream
from tests.operations.invocation.wire import LOG, Wire, events, in_base64, no_answer


def test_chunks_are_passed_on_one_by_one(wire: Wire) -> None:
    wire.answers = [events(b"Once upon", b" a time", LogResult=in_base64(LOG))]
    parts: list[bytes] = []
    found = stream(wire.account, "tales:live", "{}", into=parts.append)
    assert parts == [b"Once upon", b" a time"]
    assert (found.status, found.executed_version, found.payload_size, found.error) == (200, "7", 16, None)
    assert found.log == LOG
    assert found.report is not None
    assert found.report.billed_duration_ms == 13
    assert wire.calls[0].url.endswith("/2021-11-15/functions/tales/response-streaming-invocations?Qualifier=live")


def test_an_empty_response(wire: Wire) -> None:
    wire.answers = [events()]
    parts: list[bytes] = []
    assert stream(wire.account, "tales", into=parts.append).payload_size == 0
    assert parts == []


def test_an_error_after_the_first_byte_is_in_the_answer(wire: Wire) -> None:
    details = json.dumps({"errorType": "StoryError", "errorMessage": "no end", "trace": ["at tell (tale.js:3)"]})
    wire.answers = [events(b"Once", ErrorCode="Unhandled", ErrorDetails=details, LogResult=in_base64(LOG))]
    found = stream(wire.account, "tales", into=bytes)
    assert found.payload_size == 4
    assert found.error is not None
    assert (str(found.error), found.error.trace) == ("StoryError: no end", ("at tell (tale.js:3)",))
    assert found.log == LOG


@pytest.mark.parametrize(
    "broken", [ProtocolError("Connection broken"), ReadTimeoutError(endpoint_url="https://lambda", error="timed out")]
)
def test_a_response_that_breaks_off_is_never_whole(wire: Wire, broken: Exception) -> None:
    wire.answers = [events(b"Once", b" upon", broken=broken)]
    parts: list[bytes] = []
    with pytest.raises(
        IncompleteError, match=r"expected more after 9 bytes, found .*the function may have run"
    ) as said:
        stream(wire.account, "tales", into=parts.append)
    assert (said.value.size, said.value.code) == (9, Exit.REFUSED)
    assert b"".join(parts) == b"Once upon"


def test_a_response_without_its_last_event_is_not_whole(wire: Wire) -> None:
    wire.answers = [events(b"Once")]
    body = wire.answers[0].raw  # type: ignore[union-attr]
    body.truncate(len(body.getvalue()) - 10)
    with pytest.raises(IncompleteError, match="found the end of the connection"):
        stream(wire.account, "tales", into=bytes)


def test_a_damaged_response_is_not_whole(wire: Wire) -> None:
    wire.answers = [events(b"Once upon a time")]
    body = wire.answers[0].raw  # type: ignore[union-attr]
    body.getbuffer()[-20] ^= 1
    with pytest.raises(IncompleteError, match="Checksum"):
        stream(wire.account, "tales", into=bytes)


def test_it_is_not_invoked_again_without_an_answer(wire: Wire) -> None:
    wire.answers = [no_answer(), events(b"twice")]
    with pytest.raises(OperationError, match="is not invoked again"):
        stream(wire.account, "tales", into=bytes)
    assert len(wire.calls) == 1


def test_what_cannot_be_written_ends_it(wire: Wire) -> None:
    def full(part: bytes) -> None:
        raise OSError(28, "No space left on device")

    wire.answers = [events(b"Once")]
    with pytest.raises(OSError, match="No space"):
        stream(wire.account, "tales", into=full)
