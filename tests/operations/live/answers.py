"""An account in which a table answers each call, in any order and by any thread; what is not in it, is not there."""

from collections.abc import Mapping
from copy import deepcopy
from types import SimpleNamespace
from typing import Any

import boto3
from botocore import xform_name
from botocore.validate import validate_parameters

from constructs_lib.operations.account import Account

REGION = "eu-west-1"
ID = "123456789012"


class Refused(dict[str, str]):
    """The answer that AWS refuses."""

    def __init__(self, code: str = "AccessDeniedException", message: str = "not authorized") -> None:
        super().__init__(Code=code, Message=message)


class Answers(Account):
    """The account.

    Parameters
    ----------
    table
        By service and method, as in ``sqs.list_queues``: the answer, a ``Refused``, or a function of the parameters
        that returns either.
    """

    def __init__(self, table: Mapping[str, Any], region: str = REGION) -> None:
        super().__init__(boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=region))
        self.answer(table)
        self.session.events.register("before-parameter-build", self._keep)
        self.session.events.register("before-call", self._answer)

    def answer(self, table: Mapping[str, Any]) -> None:
        """Answer by another table from now on."""
        self.table = {"sts.get_caller_identity": {"Account": ID}, **table}
        self.asked: list[str] = []

    def _keep(self, params: Any, context: dict[str, Any], **_: Any) -> None:
        context["asked"] = dict(params)

    def _answer(self, model: Any, context: dict[str, Any], **_: Any) -> Any:
        call = f"{model.service_model.service_name}.{xform_name(model.name)}"
        self.asked.append(call)
        answer = self.table.get(call, {})
        if callable(answer):
            answer = answer(**context["asked"])
        if isinstance(answer, Refused):
            return SimpleNamespace(status_code=400), {"Error": answer}
        if answer and model.output_shape is not None:
            validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), deepcopy(answer)  # botocore decodes documents in place
