"""Clients that answer by what they are asked, in any order and by several threads; for the rest there is Stubber."""

from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any

from constructs_lib.operations.account import Account

Answer = dict[str, Any]


class RefusedError(Exception):
    """Raise it to answer with an error."""

    def __init__(self, code: str, message: str = "no") -> None:
        super().__init__(code)
        self.code = code
        self.message = message


def answer(account: Account, service: str, operations: Mapping[str, Callable[[dict[str, Any]], Answer]]) -> None:
    """Let the client of a service answer with what the function for an operation returns for the parameters."""
    events = account.client(service).meta.events

    def note(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)

    def reply(model: Any, context: dict[str, Any], **_: Any) -> tuple[Any, Answer]:
        try:
            return SimpleNamespace(status_code=200), operations[model.name](context["asked"])
        except RefusedError as error:
            refused = {"Error": {"Code": error.code, "Message": error.message}, "ResponseMetadata": {}}
            return SimpleNamespace(status_code=400), refused

    events.register("before-parameter-build", note)
    events.register("before-call", reply)
