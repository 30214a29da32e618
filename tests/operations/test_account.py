import socket
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ReadTimeoutError

from constructs_lib.operations.account import Account
from constructs_lib.operations.errors import Exit, OperationError


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """Yield a server that accepts connections, in its kernel, and never answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        yield server


def _account(**where: str) -> Account:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    return Account(session, **where)


def test_a_client_is_made_once() -> None:
    account = _account()
    assert account.client("lambda") is account.client("lambda")
    assert account.client("lambda", read_timeout=900) is not account.client("lambda")
    assert account.client("lambda", read_timeout=900).meta.config.read_timeout == 900


def test_a_call_that_may_take_long_is_not_made_again_without_an_answer(silent: socket.socket) -> None:
    account = _account(endpoint_url=f"http://127.0.0.1:{silent.getsockname()[1]}")
    with pytest.raises(ReadTimeoutError):
        account.client("lambda", read_timeout=1).invoke(FunctionName="orders")
    silent.setblocking(False)
    silent.accept()[0].close()
    with pytest.raises(BlockingIOError):  # nobody else has come
        silent.accept()


def test_a_profile_that_there_is_not(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("[profile shop]\nregion = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "nope")
    with pytest.raises(OperationError, match=r"AWS_PROFILE, found .*\(nope\).*choose one of: shop") as said:
        Account()
    assert said.value.code is Exit.USAGE


def test_a_configuration_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "config").write_text("region = eu-west-1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    with pytest.raises(OperationError, match=r"expected a configuration that can be read, found .*config") as said:
        Account()
    assert said.value.code is Exit.USAGE


@pytest.mark.parametrize("where", [{"endpoint_url": "localhost"}, {"region": "eu west"}])
def test_where_nothing_can_be(where: dict[str, str]) -> None:
    with pytest.raises(OperationError, match="expected a region and an endpoint that there can be") as said:
        _account(**where).client("sqs")
    assert said.value.code is Exit.USAGE
