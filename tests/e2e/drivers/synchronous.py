"""Sources whose client waits for the answer: it is told of each failure, and nobody retries."""

from abc import abstractmethod
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.e2e.drivers.driver import Deployed, Driver


@dataclass(frozen=True)
class Answer:
    """What a client was told."""

    status: int
    text: str

    @property
    def succeeded(self) -> bool:
        """Whether the client has what it asked for."""
        return self.status == 200


class SynchronousDriver(Driver):
    """What all of them share; how to ask is the source's."""

    attempts = 1
    outlasts_throttles = False
    failed_status: int
    """What the client gets when the handler raises or times out."""
    refused_status: int
    """What the client gets when Lambda refuses the call: no concurrency is left, or the caller has no permission."""

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        with ThreadPoolExecutor(len(tokens)) as clients:
            answers = list(clients.map(lambda token: self.ask(deployed, token), tokens))
        for token, answer in zip(tokens, answers, strict=True):
            if answer.succeeded:
                assert token in answer.text  # its own answer, and no other's
            else:
                is_slow = token.split("-")[1] == "slow"  # which fails only if it is throttled
                assert answer.status == (self.refused_status if is_slow else self.failed_status), (token, answer)
                deployed.captured[token] = answer.text

    def collect(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        """Do nothing: the client knows already."""

    @abstractmethod
    def ask(self, deployed: Deployed, token: str) -> Answer:
        """Send one event, and wait for the answer."""
