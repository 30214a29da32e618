"""Trying a call again while AWS says that there are too many, or nothing."""

import random
import time
from collections.abc import Callable
from typing import Final, TypeVar

from constructs_lib.operations.redrive.reason import Reason
from constructs_lib.operations.refusals import error_code, is_denied, is_missing, is_throttled, refusal

T = TypeVar("T")

_LONGEST: Final = 10.0
_UNKNOWN_CALLER: Final = (
    "ExpiredToken",
    "ExpiredTokenException",
    "InvalidClientTokenId",
    "UnrecognizedClientException",
)
_BUSY: Final = ("ResourceConflictException", "SnapStartNotReadyException", "CodeArtifactUserPendingException")
"""The function is being changed, or woken up. Source: the errors of Invoke in botocore's model of Lambda."""


class Patience:
    """Tries a call again with growing pauses, for some time.

    Parameters
    ----------
    seconds
        For how long, from now.
    pause
        Waits for so many seconds; what is true for it ends the patience.
    """

    def __init__(self, seconds: float, pause: Callable[[float], object] = time.sleep) -> None:
        self._deadline = time.monotonic() + seconds
        self._pause = pause
        self._next = 0.5

    def call(self, doing: str, call: Callable[[], T], *, twice: bool = True) -> T | Reason:
        """Return what a call returns, or why AWS does not do what it asks for.

        Parameters
        ----------
        doing
            What the call does, as in ``invoke the function orders``.
        call
            The call.
        twice
            Whether it may be made again when it may have been heard. Default: it may.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        maybe_sent = False
        while True:
            try:
                return call()
            except (ClientError, BotoCoreError) as error:
                maybe_sent = maybe_sent or _maybe_sent(error)
                passing = _is_passing(error)
                if not (passing and (twice or not maybe_sent) and self.wait()):
                    closes = passing or _closes(error)
                    text = str(refusal(error, doing))
                    return Reason(text, refused=True, closes=closes, passes=passing, maybe_sent=maybe_sent)

    def outlasts(self, error: BaseException | None) -> bool:
        """Wait before the next try if an error says that there are too many calls; say whether there is to be one.

        Parameters
        ----------
        error
            What boto3 raised, of a call that can be made again.
        """
        return isinstance(error, Exception) and _is_passing(error) and self.wait()

    def wait(self) -> bool:
        """Wait before the next try; say whether there is to be one."""
        pause = random.uniform(self._next / 2, self._next)
        if time.monotonic() + pause > self._deadline or self._pause(pause):
            return False
        self._next = min(_LONGEST, self._next * 2)
        return True


def _is_passing(error: Exception) -> bool:
    from botocore.exceptions import ClientError, HTTPClientError

    if isinstance(error, ClientError) and not is_denied(error):
        return is_throttled(error) or error_code(error) in _BUSY or _status(error) >= 500 or _status(error) == 429
    return isinstance(error, HTTPClientError)


def _maybe_sent(error: Exception) -> bool:
    """Whether the call may have been done, although no answer says so."""
    from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, HTTPClientError

    if isinstance(error, ClientError):
        return _status(error) >= 500
    return isinstance(error, HTTPClientError) and not isinstance(error, EndpointConnectionError | ConnectTimeoutError)


def _closes(error: Exception) -> bool:
    from botocore.exceptions import ClientError, ParamValidationError

    if not isinstance(error, ClientError):
        return not isinstance(error, ParamValidationError)  # of this event; else there are no credentials
    return is_denied(error) or is_missing(error) or error_code(error) in _UNKNOWN_CALLER or _status(error) in (401, 403)


def _status(error: Exception) -> int:
    response = getattr(error, "response", None) or {}
    return int(response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0))
