import pytest

from constructs_lib.nag.reports.places import plain


@pytest.mark.parametrize("odd", ["\x1b", "\x7f", "\x9b", "\ud800", "\u2028", "\u202e", "\u2066", "\u200f"])
def test_what_steers_a_terminal_or_turns_a_line_around_is_replaced(odd: str) -> None:
    assert plain(f"a{odd}b") == "a�b"


@pytest.mark.parametrize("text", ["a\tb\n", "Grüße", "日本語", "🙂"])
def test_letters_of_any_language_stay(text: str) -> None:
    assert plain(text) == text
