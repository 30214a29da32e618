"""Records that a transform cannot handle go to the error prefix of the stream's bucket (V9).

Throttles and time-outs are tried again, three times unless ``NumberOfRetries`` says otherwise; the stream's role has to
be allowed to invoke the function. ministack delivers the raw data instead.
"""

import base64
import contextvars
import json
import time
from typing import Any

from ministack.core.responses import new_uuid
from ministack.services import firehose, lambda_svc

from emulator.permissions import function_of, role_may

Records = list[tuple[str, bytes]]
_transform: contextvars.ContextVar["_Transform | None"] = contextvars.ContextVar("transform", default=None)


class _Transform:
    """One call of the transform for some records."""

    def __init__(self, function: str, retries: int) -> None:
        self.function = function
        self._retries = retries
        self.failed: dict[str, tuple[str, str]] = {}

    def run(self, execute: Any, record: dict[str, Any], event: dict[str, Any]) -> dict[str, Any]:
        """Return an answer that is never an error; note the records that failed."""
        ids = [each["recordId"] for each in event["records"]]
        for _ in range(self._retries + 1):
            result = execute(record, event)
            if not (result.get("throttle") or (result.get("body") or {}).get("errorType") == "Sandbox.Timedout"):
                break
        answer = result.get("body")
        if result.get("throttle"):
            self.failed = dict.fromkeys(ids, ("Lambda.InvokeLimitExceeded", str((answer or {}).get("message"))))
        elif result.get("error"):
            message = str((answer or {}).get("errorMessage") or (answer or {}).get("message"))
            self.failed = dict.fromkeys(ids, ("Lambda.FunctionError", message))
        elif not isinstance(answer, dict) or not isinstance(answer.get("records"), list):
            self.failed = dict.fromkeys(ids, ("Lambda.FunctionError", "expected records in the answer of the function"))
        else:
            fine = {each.get("recordId") for each in answer["records"] if each.get("result") in ("Ok", "Dropped")}
            message = "the function marked the record ProcessingFailed, or left it out"
            self.failed = {id_: ("Lambda.ProcessingFailedStatus", message) for id_ in ids if id_ not in fine}
            answered = [each for each in answer["records"] if each.get("recordId") in fine]
            return {"body": {"records": answered + _dropped(list(self.failed))}}
        return {"body": {"records": _dropped(ids)}}


def apply() -> None:
    """Replace what becomes of records whose transform failed."""
    process, execute = firehose._apply_lambda_processors, lambda_svc._execute_function

    def within_transform(record: dict[str, Any], event: Any) -> Any:
        transform = _transform.get()
        if transform is None:
            return execute(record, event)
        _transform.set(None)
        return transform.run(execute, record, event)

    def with_failures(stream: dict[str, Any], target: dict[str, Any], records: Records, **sinks: Any) -> Any:
        transform = _of(target["config"])
        if transform is None:
            return process(stream, target, records, **sinks)
        role, function = target["config"]["RoleARN"], transform.function
        if function_of(function) is None or not role_may(role, "lambda:InvokeFunction", function):
            reason = ("Lambda.InvokeAccessDenied", f"{role} cannot invoke {function}")
            transform.failed, delivered = {id_: reason for id_, _ in records}, []
        else:
            _transform.set(transform)
            delivered = process(stream, target, records, **sinks)
        for id_, data in records:
            if id_ in transform.failed:
                _keep(stream, target["config"], data, function, *transform.failed[id_])
        return delivered

    lambda_svc._execute_function = within_transform
    firehose._apply_lambda_processors = with_failures


def _of(config: dict[str, Any]) -> _Transform | None:
    processing = config.get("ProcessingConfiguration") or {}
    for processor in processing.get("Processors") or []:
        if processing.get("Enabled") and processor["Type"] == "Lambda":
            values = {each["ParameterName"]: each["ParameterValue"] for each in processor["Parameters"]}
            return _Transform(values["LambdaArn"], int(values.get("NumberOfRetries", 3)))
    return None


def _dropped(ids: list[str]) -> list[dict[str, str]]:
    return [{"recordId": id_, "result": "Dropped"} for id_ in ids]


def _keep(stream: dict[str, Any], config: dict[str, Any], data: bytes, function: str, code: str, message: str) -> None:
    now = firehose._arrival_time(config)
    kind = "processing-failed"
    if config.get("ErrorOutputPrefix"):
        prefix = firehose._evaluate_prefix(config["ErrorOutputPrefix"], now, error_type=kind)
    else:
        prefix = f"{config.get('Prefix', '')}{kind}/{firehose._java_time('yyyy/MM/dd/HH/', now)}"
    document = {
        "attemptsMade": 1,
        "arrivalTimestamp": int(time.time() * 1000),
        "errorCode": code,
        "errorMessage": message,
        "attemptEndingTimestamp": int(time.time() * 1000),
        "rawData": base64.b64encode(data).decode(),
        "lambdaArn": function,
    }
    key = f"{prefix}{stream['name']}-1-{firehose._java_time('yyyy-MM-dd-HH-mm-ss', now)}-{new_uuid()}"
    firehose._put_s3_object(
        firehose._s3_bucket_from_arn(config["BucketARN"]), key, (json.dumps(document) + "\n").encode()
    )
