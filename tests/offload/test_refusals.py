"""What the client gets when a service refuses its request."""

from typing import Any

import pytest

from tests.offload.vtl import answer, ask

STEP_FUNCTIONS = "com.amazonaws.swf.service.v2.model#"
CORAL = "com.amazon.coral.service#"


@pytest.mark.parametrize("error", ["ExecutionDoesNotExist", "InvalidArn", "ValidationException"])
def test_an_unknown_job_is_not_found(status: dict[str, Any], error: str) -> None:
    body = {"__type": STEP_FUNCTIONS + error, "message": "Execution Does Not Exist: 'x\"'"}
    assert ask(status, body, code=400) == (404, {"message": "no such job"})


REFUSALS = [
    (400, "ThrottlingException", 429),
    (400, "KmsThrottlingException", 429),
    (400, "AccessDeniedException", 500),
    (400, "UnrecognizedClientException", 500),
    (400, "KmsAccessDeniedException", 500),
    (400, "SerializationException", 500),
    (403, "AccessDeniedException", 500),
    (404, "UnknownOperationException", 500),
    (429, "TooManyRequestsException", 429),
    (413, "RequestEntityTooLargeException", 413),
    (500, "InternalFailure", 500),
    (503, "ServiceUnavailable", 500),
    (302, "", 500),
]


@pytest.mark.parametrize(("code", "error", "expected"), REFUSALS)
def test_step_functions_refuses(
    to_machine: dict[str, Any], status: dict[str, Any], code: int, error: str, expected: int
) -> None:
    body = {"__type": CORAL + error, "message": "Throttling ValidationException InvalidExecutionInput"}
    assert answer(to_machine, code, body).status == expected
    assert ask(status, body, code=code)[0] == expected


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        ("InvalidExecutionInput", 400),
        ("ValidationException", 400),
        ("ExecutionLimitExceeded", 429),
        ("StateMachineDoesNotExist", 500),
        ("StateMachineDeleting", 500),
        ("InvalidArn", 500),
    ],
)
def test_an_execution_cannot_be_started(to_machine: dict[str, Any], error: str, expected: int) -> None:
    got = answer(to_machine, 400, {"__type": STEP_FUNCTIONS + error, "message": 'it\'s "no"'})
    assert (got.status, list(got.body)) == (expected, ["message"])


@pytest.mark.parametrize(
    ("code", "error", "expected"),
    [
        (400, "InvalidParameterValue", 400),  # too large
        (400, "InvalidMessageContents", 400),
        (400, "ThrottlingException", 429),
        (403, "RequestThrottled", 429),
        (400, "KMS.ThrottlingException", 429),
        (403, "AccessDenied", 500),
        (400, "AWS.SimpleQueueService.NonExistentQueue", 500),
        (400, "KMS.DisabledException", 500),
        (503, "ServiceUnavailable", 500),
    ],
)
def test_a_message_is_refused(to_queue: dict[str, Any], code: int, error: str, expected: int) -> None:
    body = {"Error": {"Code": error, "Message": "Throttled InvalidParameterValue", "Type": "Sender"}, "RequestId": "x"}
    got = answer(to_queue, code, body)
    assert (got.status, list(got.body)) == (expected, ["message"])


@pytest.mark.parametrize(("code", "expected"), [(413, 413), (429, 429), (503, 500)])
def test_an_answer_that_is_no_json_is_not_read(to_queue: dict[str, Any], code: int, expected: int) -> None:
    assert answer(to_queue, code, "<html>no</html>").status == expected


def test_every_status_has_one_response(status: dict[str, Any], to_queue: dict[str, Any]) -> None:
    """API Gateway keeps responses by status: of two, one would be lost."""
    for each in (status, to_queue):
        statuses = [response["StatusCode"] for response in each["Integration"]["IntegrationResponses"]]
        assert len(statuses) == len(set(statuses))
