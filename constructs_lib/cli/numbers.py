"""Numbers in options, refused in words."""

import argparse


def count(text: str) -> int:
    """Return a whole number of one or more.

    Raises
    ------
    argparse.ArgumentTypeError
        When it is none.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1 on, found '{text}'")
    return number


def rate(text: str) -> float:
    """Return a number above zero.

    Raises
    ------
    argparse.ArgumentTypeError
        When it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = 0
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(f"expected a number above 0, such as 5 or 0.5, found '{text}'")
    return number
