import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from botocore.exceptions import ClientError

HANDLERS = Path(__file__).parents[2] / "handlers"

CONTEXT = SimpleNamespace(get_remaining_time_in_millis=lambda: 30_000)


class InMemoryTable:
    """The calls of a DynamoDB client that the idempotency utility makes, with the names of an ``IdempotencyTable``."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, dict[str, str]]] = {}

    def put_item(self, *, Item: dict[str, dict[str, str]], **condition: Any) -> None:  # noqa: N803 (names of boto3)
        old = self.items.get(Item["id"]["S"])
        values = condition["ExpressionAttributeValues"]
        if old and int(old["expiration"]["N"]) >= int(values[":now"]["N"]) and not self._interrupted(old, values):
            answer: Any = {"Error": {"Code": "ConditionalCheckFailedException"}, "Item": old}
            raise ClientError(answer, "PutItem")
        self.items[Item["id"]["S"]] = Item

    @staticmethod
    def _interrupted(item: dict[str, dict[str, str]], values: dict[str, dict[str, str]]) -> bool:
        until = int(item["in_progress_expiration"]["N"])
        return item["status"] == values[":inprogress"] and until < int(values[":now_in_millis"]["N"])

    def update_item(
        self,
        *,
        Key: dict[str, dict[str, str]],  # noqa: N803
        ExpressionAttributeNames: dict[str, str],  # noqa: N803
        ExpressionAttributeValues: dict[str, dict[str, str]],  # noqa: N803
        **_: Any,
    ) -> None:
        for name, attribute in ExpressionAttributeNames.items():
            self.items[Key["id"]["S"]][attribute] = ExpressionAttributeValues[name.replace("#", ":")]

    def delete_item(self, *, Key: dict[str, dict[str, str]], **_: Any) -> None:  # noqa: N803
        del self.items[Key["id"]["S"]]

    def statuses(self) -> list[str]:
        return [item["status"]["S"] for item in self.items.values()]


@pytest.fixture
def load_handler() -> Callable[[str], ModuleType]:
    """Load ``handlers/<name>/index.py``; by path, since every handler is called ``index``."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"{name}_handler", HANDLERS / name / "index.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def table() -> InMemoryTable:
    return InMemoryTable()


@pytest.fixture
def load_idempotent(
    load_handler: Callable[[str], ModuleType], table: InMemoryTable, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], ModuleType]:
    """Load a handler that keeps its records in ``table``."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):  # or boto3 would ask the machine for some
        monkeypatch.setenv(name, "none")
    monkeypatch.delenv("AWS_PROFILE", raising=False)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setenv("IDEMPOTENCY_TABLE", "idempotency")

    def load(name: str) -> ModuleType:
        module = load_handler(name)
        monkeypatch.setattr(module.store, "client", table)
        return module

    return load
