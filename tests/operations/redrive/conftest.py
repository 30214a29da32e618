"""An account whose clients answer what a test tells them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from botocore.stub import Stubber

from constructs_lib.operations.account import Account
from tests.operations import stubs

Stub = Callable[..., Stubber]


@pytest.fixture
def account() -> Account:
    return stubs.account()


@pytest.fixture
def stub(account: Account) -> Iterator[Stub]:
    """Return a stubber for a client of the account; all that it was told must have been asked for at the end."""
    stubbers: list[Stubber] = []
    with ExitStack() as stack:

        def make(service: str, **options: int) -> Stubber:
            stubbers.append(stack.enter_context(Stubber(account.client(service, **options))))
            return stubbers[-1]

        yield make
    for stubber in stubbers:
        stubber.assert_no_pending_responses()
