"""What the handler noted."""

import json
from collections import Counter
from pathlib import Path


class Journal:
    """Reads the file that the handler writes."""

    def __init__(self, file: Path) -> None:
        self._file = file
        file.touch()

    def attempts(self) -> Counter[str]:
        """Count by token how often the handler began."""
        return self._count("started")

    def handled(self) -> Counter[str]:
        """Count by token how often the handler ended well."""
        return self._count("done")

    def requests(self, token: str) -> set[str]:
        """Return the ids of the requests in which the handler began with a token."""
        lines = (json.loads(line) for line in self._file.read_text().splitlines())
        return {request for noted, what, request in lines if (noted, what) == (token, "started")}

    def release(self, token: str) -> None:
        """Let the handler go on that holds a slot for a token."""
        self._file.with_name(token).touch()

    def _count(self, what: str) -> Counter[str]:
        lines = (json.loads(line) for line in self._file.read_text().splitlines())
        return Counter(token for token, noted, _request in lines if noted == what)
