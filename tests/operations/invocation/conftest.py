import pytest

from tests.operations.invocation.wire import Wire


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch) -> Wire:
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)  # between the attempts
    return Wire()
