"""Patterns in which ``*`` is any text and ``?`` any character, as policies and filters write them."""

import re


def covers(pattern: str, text: str) -> bool:
    """Say whether a pattern matches a text; a wildcard in the text is matched by one of the pattern only."""
    if "*" not in pattern and "?" not in pattern:
        return pattern == text
    pieces = [{"*": ".*", "?": "."}.get(one, re.escape(one)) for one in re.sub(r"\*+", "*", pattern)]
    return re.fullmatch("".join(pieces), text, re.DOTALL) is not None


def overlap(one: str, other: str) -> bool:
    """Say whether some text matches both patterns."""
    # Which beginnings of ``other`` can match what has been read of ``one``, a character at a time.
    reached = _skip({0}, other)
    for character in one:
        following = set(reached) if character == "*" else set()
        for index in reached:
            if character == "*":
                following.update(range(index, len(other) + 1))
            elif index < len(other) and other[index] == "*":
                following.add(index)
            elif index < len(other) and ("?" in (character, other[index]) or character == other[index]):
                following.add(index + 1)
        reached = _skip(following, other)
    return len(other) in reached


def _skip(indexes: set[int], pattern: str) -> set[int]:
    """Add what is reached when the ``*`` that come next match nothing."""
    found = set(indexes)
    for index in indexes:
        following = index
        while following < len(pattern) and pattern[following] == "*":
            following += 1
            found.add(following)
    return found
