"""The job API: jobs are started over HTTP."""

import json
from collections.abc import Sequence
from typing import Any

from tests.e2e.drivers.driver import Deployed
from tests.e2e.drivers.http import request
from tests.e2e.drivers.rest_api import url_of
from tests.e2e.drivers.state_machine import StateMachineDriver, check_failure


class JobApiDriver(StateMachineDriver):
    """A job each; a failed one is tried again by the state machine."""

    attempts = 3  # the first and two retries, by default of the pattern

    def outputs(self, built: Any) -> dict[str, str]:
        return {**super().outputs(built), "Api": built.api.rest_api_id, "Stage": built.api.deployment_stage.stage_name}

    def send(self, deployed: Deployed, tokens: Sequence[str]) -> None:
        for token in tokens:
            response = request("POST", url_of(deployed, "jobs"), json.dumps({"token": token}))
            assert response.status == 202, response

    def check(self, deployed: Deployed, kept: dict[str, Any], token: str) -> None:
        assert set(kept) == {"jobId", "input"}, kept
        assert kept["jobId"]
        assert kept["input"]["token"] == token, kept
        check_failure(kept["input"]["failure"], token)
