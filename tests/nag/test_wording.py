import pytest

from constructs_lib.graph.values import UNKNOWN
from constructs_lib.nag.wording import listed, qualified


@pytest.mark.parametrize(
    ("names", "phrase"),
    [
        (["a"], "a"),
        (["b", "a", "b"], "a and b"),
        (["c", "a", "b"], "a, b and c"),
        (["a", "b", "c", "d", "e"], "a, b, c and 2 more"),
    ],
)
def test_listed(names: list[str], phrase: str) -> None:
    assert listed(names) == phrase


def test_names_of_functions() -> None:
    assert qualified("F", "live") == "F:live"
    assert qualified("F", "$LATEST") == qualified("F", UNKNOWN) == "F"
