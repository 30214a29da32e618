"""CloudWatch Logs: log events are put, which the subscription filter hands on."""

import base64
import gzip
import time
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.asynchronous import AsynchronousDriver
from tests.e2e.drivers.driver import Deployed


class LogsDriver(AsynchronousDriver):
    """A log event each; Lambda gets them packed."""

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "LogGroup": built.log_group.log_group_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        client, group = deployed.clients["logs"], deployed.outputs["LogGroup"]
        for token in tokens:
            client.create_log_stream(logGroupName=group, logStreamName=token)
            event = {"timestamp": int(time.time() * 1000), "message": token}
            client.put_log_events(logGroupName=group, logStreamName=token, logEvents=[event])

    def text_of(self, payload: Any) -> str:
        return gzip.decompress(base64.b64decode(payload["awslogs"]["data"])).decode()
