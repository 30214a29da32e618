"""The mapping templates, rendered: what the services are sent, and what the client gets."""

import json
from typing import Any
from urllib.parse import parse_qs

import pytest

from tests.offload.vtl import NASTY, answer, ask, request

NASTY_IDS = ["a'b", 'a"b', "a\\b", 'x", "executionArn": "y', "a b", "日本", "$id", "#end", "a:b:c", "n" * 300]


def event(kind: str, **details: Any) -> dict[str, Any]:
    return {"events": [{"id": 3, "previousEventId": 2, "timestamp": 1.5, "type": kind, **details}], "nextToken": "x"}


@pytest.mark.parametrize("text", NASTY)
def test_a_message_is_the_body_as_it_is(to_queue: dict[str, Any], text: str) -> None:
    for body in (text, json.dumps({text: [text]}), json.dumps({text: text}, ensure_ascii=False)):
        sent = parse_qs(request(to_queue, body=body), keep_blank_values=True, strict_parsing=True)
        assert sent == {"Action": ["SendMessage"], "MessageBody": [body]}


@pytest.mark.parametrize("text", NASTY)
def test_an_input_is_the_body_as_it_is(to_machine: dict[str, Any], text: str) -> None:
    for body in (text, json.dumps({text: [text]}), json.dumps({text: text}, ensure_ascii=False)):
        sent = json.loads(request(to_machine, body=body))
        assert sent == {"stateMachineArn": sent["stateMachineArn"], "input": body}


@pytest.mark.parametrize("id", NASTY_IDS)
def test_a_job_is_asked_for_by_its_id(status: dict[str, Any], id: str) -> None:
    sent = json.loads(request(status, parameters={"path": {"id": id}}))
    assert sent.pop("executionArn").split(":execution:")[1].split(":", 1)[1] == id
    assert sent == {"reverseOrder": True, "maxResults": 1, "includeExecutionData": True}


def test_who_posts_gets_the_id(to_queue: dict[str, Any]) -> None:
    result = {"MD5OfMessageBody": "x", "MessageId": "1-2-3"}
    got = answer(to_queue, 200, {"SendMessageResponse": {"SendMessageResult": result, "ResponseMetadata": {}}})
    assert got == (202, {"messageId": "1-2-3"}, {})


ARN = "arn:aws:states:us-east-1:123456789012:execution:Machine:1-2-3"


def test_who_starts_an_execution_gets_its_id(to_machine: dict[str, Any]) -> None:
    assert answer(to_machine, 200, {"executionArn": ARN, "startDate": 1.5}) == (202, {"executionId": "1-2-3"}, {})


def test_who_starts_a_job_is_told_where_to_ask(start: dict[str, Any]) -> None:
    got = answer(start, 200, {"executionArn": ARN, "startDate": 1.5}, context={"path": "/prod/jobs"})
    assert got == (202, {"jobId": "1-2-3", "status": "queued"}, {"Location": "/prod/jobs/1-2-3"})


ENTERED = {"stateEnteredEventDetails": {"name": "Work", "input": "{}"}}
PUBLISHING = {"stateEnteredEventDetails": {"name": "PublishSucceeded", "input": "{}"}}


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        (event("ExecutionStarted", executionStartedEventDetails={"input": "{}"}), "queued"),
        (event("TaskStateEntered", **ENTERED), "queued"),
        (event("LambdaFunctionScheduled", lambdaFunctionScheduledEventDetails={"resource": "x"}), "queued"),
        (event("LambdaFunctionStarted"), "running"),
        # The next try waits for its time, however long the worker is throttled.
        (event("LambdaFunctionFailed", lambdaFunctionFailedEventDetails={"error": "Lambda.TooManyRequests"}), "queued"),
        (event("LambdaFunctionTimedOut", lambdaFunctionTimedOutEventDetails={"error": "States.Timeout"}), "queued"),
        (event("LambdaFunctionScheduleFailed"), "queued"),
        (event("LambdaFunctionStartFailed"), "queued"),
        (event("ExecutionRedriven"), "queued"),
        # The work is done; what follows keeps and tells its outcome.
        (event("LambdaFunctionSucceeded", lambdaFunctionSucceededEventDetails={"output": "{}"}), "running"),
        (event("TaskStateExited", stateExitedEventDetails={"name": "Work"}), "running"),
        (event("TaskStateEntered", **PUBLISHING), "running"),
        (event("TaskScheduled", taskScheduledEventDetails={"resourceType": "sns"}), "running"),
        (event("TaskStarted", taskStartedEventDetails={"resourceType": "sqs"}), "running"),
        (event("TaskFailed", taskFailedEventDetails={"resourceType": "sns", "error": "x"}), "running"),
        (event("FailStateEntered", stateEnteredEventDetails={"name": "Failed"}), "running"),
    ],
)
def test_a_job_that_has_not_ended_is_queued_or_running(status: dict[str, Any], last: Any, expected: str) -> None:
    assert ask(status, last) == (200, {"jobId": "1-2-3", "status": expected})


@pytest.mark.parametrize("result", [*NASTY, None, 0, 1.50, True, [], {}, {"a'\"\\": [{"b": "日本 $x #end"}]}])
def test_a_job_that_succeeded_has_the_result(status: dict[str, Any], result: Any) -> None:
    for output in (json.dumps(result), json.dumps(result, ensure_ascii=False)):
        last = event("ExecutionSucceeded", executionSucceededEventDetails={"output": output})
        assert ask(status, last) == (200, {"jobId": "1-2-3", "status": "succeeded", "result": result})


@pytest.mark.parametrize("error", [text for text in NASTY if text])
@pytest.mark.parametrize("kind", ["Failed", "Aborted", "TimedOut"])
def test_a_job_that_failed_has_the_error(status: dict[str, Any], kind: str, error: str) -> None:
    last = event(f"Execution{kind}", **{f"execution{kind}EventDetails": {"error": error, "cause": "x"}})
    assert ask(status, last) == (200, {"jobId": "1-2-3", "status": "failed", "error": error})


@pytest.mark.parametrize("kind", ["ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"])
def test_a_job_that_ended_without_an_error_says_how(status: dict[str, Any], kind: str) -> None:
    assert ask(status, event(kind)) == (200, {"jobId": "1-2-3", "status": "failed", "error": kind})


@pytest.mark.parametrize("id", NASTY_IDS)
def test_the_status_is_json_whatever_the_id(status: dict[str, Any], id: str) -> None:
    assert ask(status, event("LambdaFunctionStarted"), id) == (200, {"jobId": id, "status": "running"})


def test_an_answer_without_an_event_is_none_about_the_job(status: dict[str, Any]) -> None:
    assert ask(status, {"events": []})[0] == 500
