"""Invokes a function."""

from base64 import b64decode
from typing import Any

from constructs_lib.operations.account import Account
from constructs_lib.operations.invocation.answer import Answer
from constructs_lib.operations.invocation.function_error import function_error
from constructs_lib.operations.invocation.refused import refused
from constructs_lib.operations.invocation.report_line import report_of
from constructs_lib.operations.invocation.request import InvocationType, Request, checked_request
from constructs_lib.operations.invocation.target import target_of
from constructs_lib.operations.invocation.waiting import patient_client


def invoke(
    account: Account,
    function: str,
    payload: bytes | str | None = None,
    *,
    invocation_type: InvocationType = InvocationType.REQUEST_RESPONSE,
    qualifier: str | None = None,
    client_context: bytes | str | None = None,
    tenant_id: str | None = None,
) -> Answer:
    """Invoke a function.

    A synchronous invocation waits for as long as the function may run. It is tried again when Lambda answers that it
    is throttled or has an error of its own, as boto3 does, but never when no answer comes: the function may have run.

    Parameters
    ----------
    account
        The account.
    function
        A name, a partial ARN or an ARN; each may end with ``:`` and a qualifier.
    payload
        JSON. At most 6,291,456 bytes, and 1,048,576 if asynchronous (source: AWS Lambda Developer Guide, Lambda
        quotas). Default: none.
    invocation_type
        How. Default: synchronously.
    qualifier
        A version or an alias. Default: the one that ``function`` ends with; else ``$LATEST``.
    client_context
        JSON for the ``client_context`` of the function's context object, of at most 3,583 bytes in base64. Not for
        asynchronous invocations. Default: none.
    tenant_id
        The tenant, which a function with tenant isolation needs. Default: none.

    Returns
    -------
    Answer
        It has an ``error`` if the function failed.

    Raises
    ------
    OperationError
        When the parameters are wrong (``code`` is then ``Exit.USAGE``), Lambda refuses the call, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    target = target_of(function, qualifier, account.region)
    request = checked_request(target, invocation_type, payload, client_context, tenant_id)
    is_waiting = invocation_type is InvocationType.REQUEST_RESPONSE
    try:
        client = patient_client(account, target) if is_waiting else account.client("lambda")
        response = client.invoke(**request.arguments())
        # Reading the payload can fail as well: it comes after the head of the answer.
        return _answer(request, response, response["Payload"].read())
    except (ClientError, BotoCoreError) as error:
        raise refused(error, target) from error


def _answer(request: Request, response: dict[str, Any], payload: bytes) -> Answer:
    log = decoded_log(response.get("LogResult"))
    kind = response.get("FunctionError")
    return Answer(
        target=request.target,
        type=request.type,
        status=response["StatusCode"],
        executed_version=response.get("ExecutedVersion"),
        payload=payload,
        payload_size=len(payload),
        error=function_error(kind, payload) if kind else None,
        log=log,
        report=report_of(log) if log else None,
        request_id=response.get("ResponseMetadata", {}).get("RequestId"),
        durable_execution_arn=response.get("DurableExecutionArn"),
    )


def decoded_log(log: str | None) -> str | None:
    """Return the end of a log as text; it can begin within a character."""
    return None if log is None else b64decode(log).decode(errors="replace")
