import boto3
import pytest

from constructs_lib.operations.account import Account
from tests.operations.live.answers import Answers
from tests.operations.places.account import REGION
from tests.operations.places.shop import SHOP


@pytest.fixture(scope="session")
def session() -> boto3.Session:
    """Return the one session of all tests: it reads what it knows of each service once."""
    return boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name=REGION)


@pytest.fixture
def account(session: boto3.Session) -> Account:
    return Account(session)


@pytest.fixture(scope="session")
def shared_shop() -> Answers:
    """Return one account for all: making the clients takes far longer than reading with them."""
    return Answers(SHOP)


@pytest.fixture
def shop(shared_shop: Answers) -> Answers:
    shared_shop.answer(SHOP)
    return shared_shop
