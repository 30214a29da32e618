"""When to ask for more events, and when there are no more."""

from typing import Final

_TOGETHER: Final = 10
_MOST_BYTES: Final = 64 * 2**20
"""How much may wait: a record can have the 6 MB of a payload, and takes three times its size once it is read."""
_EMPTY_ANSWERS: Final = 2
"""How many answers without events, one after the other and with nothing in hand, mean that there are none."""


class Receiving:
    """Counts the questions for events and their answers.

    Parameters
    ----------
    plenty
        How many events may wait.
    at_once
        How many questions may be asked at once.
    """

    def __init__(self, plenty: int, at_once: int) -> None:
        self._plenty = plenty
        self._at_once = at_once
        self._asked = 0
        self._empty = 0
        self._is_narrow = False
        self._is_dry = False

    def ask(self, waiting: int, size: int) -> bool:
        """Say whether to ask now, and count that as done.

        Parameters
        ----------
        waiting
            How many events wait already.
        size
            How many bytes they have.
        """
        # After an answer without events one asks at a time, so that the last answer is known to be the last.
        enough = self._asked >= (1 if self._is_narrow else self._at_once)
        if size >= _MOST_BYTES or self._is_dry or enough or waiting + self._asked * _TOGETHER >= self._plenty:
            return False
        self._asked += 1
        return True

    def answered(self, number: int, *, in_hand: int) -> bool:
        """Take note of an answer; say whether it means that there are no more events.

        Parameters
        ----------
        number
            How many events came.
        in_hand
            How many events are still to be sent or removed. They can hide more, those of their message groups.
        """
        self._asked -= 1
        self._is_narrow = number == 0
        if number:
            self._empty = 0
            return False
        self._is_dry = in_hand > 0
        if in_hand or self._asked:
            return False
        self._empty += 1
        return self._empty >= _EMPTY_ANSWERS

    def changed(self) -> None:
        """Take note that something in hand is done, so that there can be more."""
        self._is_dry = False
