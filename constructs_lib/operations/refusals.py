"""Says what AWS refused in words that tell what to do."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from constructs_lib.operations.errors import OperationError

_DENIED: Final = ("AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException", "403")
_CREDENTIALS: Final = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
    "InvalidAccessKeyId",
    "SignatureDoesNotMatch",
)
_THROTTLED: Final = (
    "Throttling",
    "ThrottlingException",
    "ThrottledException",
    "TooManyRequestsException",
    "RequestThrottled",
    "SlowDown",
    "ProvisionedThroughputExceededException",
    "LimitExceededException",
    "KmsThrottled",
    "KMSThrottlingException",
    "KMS.ThrottlingException",
)
_MISSING: Final = (
    "AWS.SimpleQueueService.NonExistentQueue",
    "QueueDoesNotExist",
    "ResourceNotFoundException",
    "NoSuchBucket",
    "NoSuchKey",
    "NotFound",
    "NotFoundException",
    "404",
)


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn what boto3 raises within into an error that says what was being done.

    Parameters
    ----------
    doing
        What is done within, such as ``read the queue orders-failed``.

    Raises
    ------
    OperationError
        When AWS refuses a call, or cannot be reached.
    """
    from botocore.exceptions import BotoCoreError, ClientError

    try:
        yield
    except (ClientError, BotoCoreError) as error:
        raise refusal(error, doing) from error


def refusal(error: Exception, doing: str) -> OperationError:
    """Return the error that says why something could not be done, and what to do about it.

    Parameters
    ----------
    error
        What boto3 raised.
    doing
        What was being done, such as ``read the queue orders-failed``.
    """
    from botocore.exceptions import (
        ClientError,
        ConnectTimeoutError,
        CredentialRetrievalError,
        EndpointConnectionError,
        NoCredentialsError,
        PartialCredentialsError,
        ReadTimeoutError,
        TokenRetrievalError,
        UnauthorizedSSOTokenError,
    )

    if isinstance(error, ClientError):
        code, message = error_code(error), str(error.response.get("Error", {}).get("Message") or error)
        return OperationError(f"cannot {doing}: expected an answer, found {code}: {message}; {_advice(code, message)}")
    unknown = NoCredentialsError, PartialCredentialsError, CredentialRetrievalError
    if isinstance(error, (*unknown, TokenRetrievalError, UnauthorizedSSOTokenError)):
        return OperationError(f"cannot {doing}: expected credentials, found none that count ({error}); sign in first")
    if isinstance(error, EndpointConnectionError | ConnectTimeoutError | ReadTimeoutError):
        return OperationError(
            f"cannot {doing}: expected an answer, found none ({error}); check the network, --region and --endpoint-url"
        )
    return OperationError(f"cannot {doing}: expected an answer, found {error}; correct the call or the configuration")


def error_code(error: Exception) -> str:
    """Return the code of an error that AWS answered; empty for any other error."""
    response = getattr(error, "response", None) or {}
    return str(response.get("Error", {}).get("Code", ""))


def is_missing(error: Exception) -> bool:
    """Say whether AWS answered that there is no such thing."""
    return error_code(error) in _MISSING


def is_throttled(error: Exception) -> bool:
    """Say whether AWS answered that there are too many calls."""
    return error_code(error) in _THROTTLED


def is_denied(error: Exception) -> bool:
    """Say whether AWS answered that this is not allowed, be it by a policy or by a key."""
    code = error_code(error)
    return code in _DENIED or _is_about_key(code)


def _is_about_key(code: str) -> bool:
    """Say whether a code is about a key: services write them as KmsDisabled, KMSDisabledException, and with a dot."""
    return code.casefold().startswith("kms") and code not in _THROTTLED


def _advice(code: str, message: str) -> str:
    if _is_about_key(code) and "denied" not in code.casefold():
        return "enable or restore the key that encrypts it"
    if _is_about_key(code) or (code in _DENIED and "kms:" in message.lower()):
        return "allow kms:Decrypt on the key that encrypts it, in the key's policy and in yours"
    if code in _DENIED:
        return "ask for the permission that it names"
    if code in _CREDENTIALS:
        return "sign in again"
    if code in _THROTTLED:
        return "try again later, or with a lower rate"
    if code in _MISSING:
        return "check the name, --region and --profile: it may be deleted"
    return "see what it says"
