"""Says why Lambda did not invoke a function, and what to do about it."""

from typing import Final

from constructs_lib.operations.errors import OperationError
from constructs_lib.operations.invocation.target import Target
from constructs_lib.operations.refusals import error_code, refusal

_THROTTLES: Final = {
    "ConcurrentInvocationLimitExceeded": "the functions of the account use all of its concurrency: "
    "try again later, or ask for a higher quota",
    "ReservedFunctionConcurrentInvocationLimitExceeded": "the function uses all of its reserved concurrency, or that "
    "is 0: try again later, or raise it",
    "ConcurrentSnapshotCreateLimitExceeded": "too many snapshots of functions are made: try again later",
}
"""By reason (source: API model, ``lambda.ThrottleReason``); what is left out are rates."""

_KEY: Final = "of its environment variables"
_ADVICE: Final = {
    "ResourceNotFoundException": "check the name, the qualifier, --region and --profile: it may be deleted",
    "RequestTooLargeException": "put the data into S3 and send where it is",
    "SerializedRequestEntityTooLargeException": "put the data into S3 and send where it is",
    "InvalidRequestContentException": "send JSON",
    "NoPublishedVersionException": "publish a version, and invoke it or an alias",
    "ModeNotSupportedException": "invoke it with another type of invocation",
    "RecursiveInvocationException": "find the loop that leads from the function back to itself",
    "ServiceQuotaExceededException": "ask for a higher quota",
    "ResourceConflictException": "try again when the function is active",
    "ResourceNotReadyException": "try again when the function is active",
    "SnapStartNotReadyException": "try again when the version is active",
    "KMSAccessDeniedException": f"let the function's role use the key {_KEY}: allow kms:Decrypt",
    "KMSDisabledException": f"enable the key {_KEY}",
    "KMSInvalidStateException": f"make the key {_KEY} usable again: it may be waiting for deletion",
    "KMSNotFoundException": f"set another key for the encryption {_KEY}, as this one does not exist",
    "SubnetIPAddressLimitReachedException": "add a subnet with free addresses to the function's VPC configuration",
    "ENILimitReachedException": "ask for more network interfaces in the VPC, or remove some",
    "ServiceException": "try again later; the function may have run",
}
"""By code (source: API model, the errors of ``lambda.Invoke``)."""


def refused(error: Exception, target: Target) -> OperationError:
    """Return the error that says why a function was not invoked.

    Parameters
    ----------
    error
        What boto3 raised.
    target
        What was to be invoked.
    """
    from botocore.exceptions import ClientError, HTTPClientError

    doing = f"invoke {target}"
    if isinstance(error, HTTPClientError):
        return OperationError(
            f"cannot {doing}: expected an answer, found none ({error}); the function may have run, or still run, and "
            "is not invoked again: check what it did first"
        )
    code = error_code(error)
    if isinstance(error, ClientError):
        message = str(error.response.get("Error", {}).get("Message") or error)
        advice = _advice(code, error, message)
        if advice is not None:
            return OperationError(f"cannot {doing}: expected an answer, found {code}: {message}; {advice}")
    return refusal(error, doing)


def _advice(code: str, error: Exception, message: str) -> str | None:
    if code == "TooManyRequestsException":
        response = getattr(error, "response", {})
        advice = _THROTTLES.get(str(response.get("Reason")), "try again later, with a lower rate")
        seconds = response.get("retryAfterSeconds")
        return f"{advice}; Lambda says to wait {seconds} s" if seconds else advice
    if code == "InvalidParameterValueException":
        if "unqualified" in message.lower():
            return "a durable function is invoked with a qualifier: give a version, an alias or $LATEST"
        if "tenant" in message.lower():
            return "give --tenant-id for a function with tenant isolation, and leave it out for others"
    return _ADVICE.get(code)
