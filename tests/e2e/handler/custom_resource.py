"""Makes custom resources: does what ``Token`` asks for, and answers CloudFormation if that ends well."""

import json
import urllib.request
from typing import Any

from index import act  # type: ignore[import-not-found]  # they are deployed side by side


def handler(event: dict[str, Any], context: Any) -> None:
    """Do it for new resources only, what goes is gone; or for who invokes the function directly."""
    if "RequestType" not in event:
        act(event["token"], context)
        return
    if event["RequestType"] == "Create":
        act(event["ResourceProperties"]["Token"], context)
    answer = {name: event[name] for name in ("StackId", "RequestId", "LogicalResourceId")}
    answer |= {"Status": "SUCCESS", "PhysicalResourceId": event.get("PhysicalResourceId", event["RequestId"])}
    request = urllib.request.Request(event["ResponseURL"], data=json.dumps(answer).encode(), method="PUT")
    with urllib.request.urlopen(request, timeout=10):
        pass
