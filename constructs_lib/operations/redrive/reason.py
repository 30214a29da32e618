"""Why an event stays where it is."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Reason:
    """Why an event stays where it is.

    The words are the same for all events that stay for one reason, so that they can be counted.
    """

    text: str
    refused: bool = False
    """Whether AWS refused it, or did not answer."""
    closes: bool = False
    """Whether the same would be said of every event for that home, so that there is no use in trying."""
    passes: bool = False
    """Of those: whether that may be over in a while, as when there are too many calls."""
    maybe_sent: bool = False
    """Whether the home may have got the event all the same."""

    def __str__(self) -> str:
        return self.text
