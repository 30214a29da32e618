"""When to ask for more events, and when there are no more."""

from typing import Final

_TOGETHER: Final = 10
_AT_ONCE: Final = 4
_EMPTY_ANSWERS: Final = 2
"""How many answers without events, one after the other and with nothing in hand, mean that there are none."""


class Receiving:
    """Counts the questions for events and their answers.

    Parameters
    ----------
    plenty
        How many events may wait.
    """

    def __init__(self, plenty: int) -> None:
        self._plenty = plenty
        self._asked = 0
        self._empty = 0
        self._is_narrow = False
        self._is_dry = False

    def ask(self, waiting: int) -> bool:
        """Say whether to ask now, and count that as done.

        Parameters
        ----------
        waiting
            How many events wait already.
        """
        # After an answer without events one asks at a time, so that the last answer is known to be the last.
        enough = self._asked >= (1 if self._is_narrow else _AT_ONCE)
        if self._is_dry or enough or waiting + self._asked * _TOGETHER >= self._plenty:
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
