import time
from collections.abc import Callable
from typing import Any

import pytest

from constructs_lib.failure_redrive.handler.settings import Settings
from constructs_lib.failure_redrive.handler.work import work
from tests.failure_redrive.fakes import BUCKET, FUNCTION, QUEUE, SOURCE, STARTED, FakeAccount

Work = Callable[..., dict[str, Any]]
ENVIRONMENT = {"MAX_CONCURRENCY": "10", "TIMEOUT": "3600", "FUNCTION_ARN": FUNCTION}
OF_QUEUE = {**ENVIRONMENT, "PLACE_ARN": QUEUE, "QUEUE_URL": "https://sqs/failed"}
OF_DEAD_LETTERS = {**OF_QUEUE, "SOURCE_QUEUE_ARN": SOURCE}
OF_BUCKET = {**ENVIRONMENT, "PLACE_ARN": BUCKET, "PREFIX": "failed/"}


@pytest.fixture
def fake() -> FakeAccount:
    return FakeAccount()


def job(**more: Any) -> dict[str, Any]:
    return {"started": STARTED, "deadline": time.time() + 3600, "interval": 0, "error": None, "hold": 1000, **more}


@pytest.fixture
def messages(fake: FakeAccount) -> Work:
    """Work on the queue, once, or as the state machine does: again as long as it is told to."""

    def do(
        *, limit: int | None = None, environment: dict[str, str] | None = None, to_the_end: bool = False, **more: Any
    ) -> dict[str, Any]:
        settings = Settings.of_environment(environment or OF_QUEUE)
        part = work({"job": job(**more), "limit": limit}, settings, fake, 900)
        for _ in range(100):
            if not (to_the_end and part["again"]):
                return part
            part = work(part, settings, fake, 900)
        raise AssertionError("it has no end")

    return do


@pytest.fixture
def objects(fake: FakeAccount) -> Work:
    """Work on the objects of the bucket."""

    def do(items: list[dict[str, Any]] | None = None, *, remaining: float = 900, **more: Any) -> dict[str, Any]:
        part = {"Items": fake.items() if items is None else items, "BatchInput": {"job": job(**more)}}
        return work(part, Settings.of_environment(OF_BUCKET), fake, remaining)

    return do
