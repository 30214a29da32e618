"""Mapping templates of API Gateway, in VTL: what several of them have in common."""

from collections.abc import Sequence

FAILED = '{"message": "the service failed, try again"}'
THROTTLED = '{"message": "too many requests, try again later"}'
TOO_LARGE = '{"message": "the body is too large"}'


def escaped(value: str) -> str:
    """Return a template of a value as it stands between the quotes of a JSON string."""
    # escapeJavaScript escapes single quotes, too, which JSON does not know.
    return f'$util.escapeJavaScript({value}).replaceAll("\\\\\'", "\'")'


def text(value: str) -> str:
    """Return a template of a value as a JSON string."""
    return f'"{escaped(value)}"'


def refused(error: str, expected: Sequence[str], answer: str) -> str:
    """Return the template for calls that a service refuses with a 4xx.

    Only the error's name tells what it was: the services answer 400 or 403 to throttled and denied calls, too. What
    is neither throttled nor expected is no fault of the client: 500.

    Parameters
    ----------
    error
        JSON path of the error's name in the service's answer.
    expected
        Parts of the names of the errors for which the integration response has its status.
    answer
        The template of the answer to those.
    """
    return (
        f"#set($error = $input.path('{error}'))\n"
        f"#if({_has('Throttl', 'ExecutionLimitExceeded')})\n"
        f"#set($context.responseOverride.status = 429)\n{THROTTLED}\n"
        f"#elseif({_has(*expected)})\n{answer}\n"
        f"#else\n#set($context.responseOverride.status = 500)\n{FAILED}\n#end"
    )


def _has(*parts: str) -> str:
    return " || ".join(f"$error.contains('{part}')" for part in parts)
