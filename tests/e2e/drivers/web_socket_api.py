"""WebSocket APIs: clients send messages over connections that stay open."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

from tests.e2e.clients import wait_until
from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.synchronous import Answer, SynchronousDriver
from tests.e2e.drivers.web_socket_client import Connection, RefusedError


class WebSocketApiDriver(SynchronousDriver):
    """Each client has a connection, over which the handler answers; if it failed, API Gateway does."""

    handler = "web_socket.handler"
    failed_status = refused_status = 500  # for want of statuses of messages: the text says "Internal server error"

    def outputs(self, built: Any) -> dict[str, str]:
        return {"Api": built.api.api_id, "Stage": built.stage.stage_name}

    @contextmanager
    def ready(self, deployed: Deployed, tokens: Sequence[str]) -> Iterator[None]:
        url = f"{deployed.clients.url}/_aws/execute-api/{deployed.outputs['Api']}/{deployed.outputs['Stage']}"
        with ExitStack() as opened:
            # One after the other: to connect invokes the function, too, which may have one slot only.
            self.connections = {token: opened.enter_context(connect(url)) for token in tokens}
            yield

    def ask(self, deployed: Deployed, token: str) -> Answer:
        connection = self.connections[token]
        connection.send(json.dumps({"token": token}))
        text = connection.receive()
        answer = json.loads(text)
        if "message" not in answer:
            return Answer(200, text)
        assert set(answer) == {"message", "connectionId", "requestId"}, answer  # no error text
        assert answer["message"] == "Internal server error", answer
        return Answer(500, text)


def connect(url: str) -> Connection:
    """Connect, as soon as the function has the concurrency: it may be told still of those who have left."""

    def attempt() -> Connection | None:
        try:
            return Connection(url)
        except RefusedError:
            return None

    connection = wait_until(attempt, "a connection", seconds=20)
    assert connection is not None
    return connection
