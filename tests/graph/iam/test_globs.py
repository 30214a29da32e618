from itertools import product

import pytest

from constructs_lib.graph.iam import globs


@pytest.mark.parametrize(
    ("pattern", "text", "covered"),
    [
        ("", "", True),
        ("*", "", True),
        ("*", "/a/b", True),
        ("/in/*", "/in/", True),
        ("/in/*", "/out/a", False),
        ("/in/*", "/*", False),
        ("/*", "/in/*", True),
        ("a?c", "abc", True),
        ("a?c", "ac", False),
        ("a.c", "abc", False),
        ("[ab]", "a", False),
    ],
)
def test_what_a_pattern_covers(pattern: str, text: str, covered: bool) -> None:
    assert globs.covers(pattern, text) is covered


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("/in/*", "/in/*.jpg", True),
        ("/in/*", "/out/*", False),
        ("/*.png", "/*.jpg", False),
        ("/in/*", "*.jpg", True),
        ("*", "", True),
        ("", "", True),
        ("", "a", False),
        ("a**", "*b*", True),
        ("?", "", False),
    ],
)
def test_what_patterns_have_in_common(one: str, other: str, common: bool) -> None:
    assert globs.overlap(one, other) is common
    assert globs.overlap(other, one) is common


def test_overlap_against_every_short_text() -> None:
    patterns = ["".join(several) for size in range(4) for several in product("ab*?", repeat=size)]
    texts = ["".join(several) for size in range(6) for several in product("ab", repeat=size)]
    matched = {one: {text for text in texts if globs.covers(one, text)} for one in patterns}
    for one, other in product(patterns, repeat=2):
        assert globs.overlap(one, other) is bool(matched[one] & matched[other]), (one, other)
