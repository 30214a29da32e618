import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from constructs_lib.operations.errors import Exit, OperationError
from constructs_lib.operations.invocation.call import invoke
from constructs_lib.operations.invocation.streaming import stream
from tests.operations.invocation.wire import Wire, refusal

UNQUALIFIED = "You cannot invoke a durable function using an unqualified ARN."
THROTTLED = "TooManyRequestsException"
RESERVED = "ReservedFunctionConcurrentInvocationLimitExceeded"


@pytest.mark.parametrize(
    ("status", "code", "message", "advice"),
    [
        (400, "InvalidParameterValueException", UNQUALIFIED, "give a version, an alias or $LATEST"),
        (400, "InvalidParameterValueException", "Tenant ID configuration not specified", "give --tenant-id"),
        (400, "InvalidParameterValueException", "no such thing", "see what it says"),
        (400, "InvalidRequestContentException", "Could not parse request body into json", "send JSON"),
        (400, "RecursiveInvocationException", "loop", "find the loop"),
        (400, "ModeNotSupportedException", "no", "another type of invocation"),
        (402, "ServiceQuotaExceededException", "no", "ask for a higher quota"),
        (403, "AccessDeniedException", "not authorized to perform: lambda:InvokeFunction", "ask for the permission"),
        (404, "ResourceNotFoundException", "Function not found", "check the name, the qualifier, --region"),
        (409, "ResourceConflictException", "Pending", "when the function is active"),
        (409, "SnapStartNotReadyException", "initializing", "when the version is active"),
        (413, "RequestTooLargeException", "too large", "put the data into S3"),
        (500, "ServiceException", "internal", "the function may have run"),
        (502, "KMSAccessDeniedException", "denied", "let the function's role use the key"),
        (502, "KMSDisabledException", "disabled", "enable the key"),
        (502, "KMSInvalidStateException", "PendingDeletion", "make the key of its environment variables usable again"),
        (502, "KMSNotFoundException", "none", "set another key"),
        (502, "SubnetIPAddressLimitReachedException", "full", "add a subnet"),
    ],
)
def test_what_lambda_refuses_is_told_with_what_to_do(
    wire: Wire, status: int, code: str, message: str, advice: str
) -> None:
    for run in (invoke, lambda account, name: stream(account, name, into=bytes)):
        wire.answers = [refusal(status, code, message) for _ in range(5)]
        with pytest.raises(OperationError) as said:
            run(wire.account, "orders")
        assert str(said.value).startswith(f"cannot invoke orders: expected an answer, found {code}: {message}; ")
        assert advice in str(said.value)
        assert said.value.code is Exit.REFUSED
        assert len(wire.answers) == (0 if status >= 500 else 4)  # as boto3 does


@pytest.mark.parametrize(
    ("reason", "advice"),
    [
        ("ConcurrentInvocationLimitExceeded", "use all of its concurrency"),
        (RESERVED, "all of its reserved concurrency, or that is 0"),
        ("CallerRateLimitExceeded", "with a lower rate"),
    ],
)
def test_throttles_tell_what_is_used_up(wire: Wire, reason: str, advice: str) -> None:
    wire.answers = [refusal(429, THROTTLED, "Rate Exceeded.", Reason=reason) for _ in range(5)]
    with pytest.raises(OperationError, match=rf"TooManyRequestsException: Rate Exceeded\.; .*{advice}.* to wait 3 s"):
        invoke(wire.account, "orders")
    assert not wire.answers


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (EndpointConnectionError(endpoint_url="https://lambda"), "check the network"),
        (NoCredentialsError(), "sign in first"),
    ],
)
def test_what_keeps_the_call_from_being_made(wire: Wire, error: Exception, said: str) -> None:
    wire.answers = [error] * 5
    with pytest.raises(OperationError, match=f"cannot invoke orders: .*{said}"):
        invoke(wire.account, "orders")
