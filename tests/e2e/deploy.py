"""Deploys a synthesized app as the CDK command does: assets first, then each template through CloudFormation."""

import io
import json
import zipfile
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from tests.e2e.clients import Clients, WaitedTooLongError, wait_until

DEPLOY_SECONDS = 60
_VERSION = "/cdk-bootstrap/hnb659fds/version"


class DeploymentError(AssertionError):
    """A stack was not made; the message says which resources failed, and why."""


def bootstrap(clients: Clients, account: str, region: str) -> str:
    """Make what templates expect of a bootstrapped account; return the name of the bucket for assets."""
    bucket = f"cdk-hnb659fds-assets-{account}-{region}"
    clients["s3"].create_bucket(Bucket=bucket)
    clients["ssm"].put_parameter(Name=_VERSION, Value="30", Type="String")
    return bucket


def deploy(clients: Clients, bucket: str, assembly: Path, stack: str) -> dict[str, str]:
    """Make a stack and return its outputs.

    Raises
    ------
    DeploymentError
        If CloudFormation refuses the template, or does not make the stack within a minute.
    """
    _upload_assets(clients, bucket, assembly, stack)
    cloudformation = clients["cloudformation"]
    try:
        cloudformation.create_stack(
            StackName=stack,
            TemplateBody=(assembly / f"{stack}.template.json").read_text(),
            Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"],
        )
    except ClientError as error:
        raise DeploymentError(f"expected {stack} to be CREATE_COMPLETE, found {error}") from error

    def ended() -> dict[str, Any] | None:
        (found,) = cloudformation.describe_stacks(StackName=stack)["Stacks"]
        return None if found["StackStatus"].endswith("_IN_PROGRESS") else found

    try:
        found = wait_until(ended, f"{stack} to be deployed", seconds=DEPLOY_SECONDS)
    except WaitedTooLongError as error:
        raise DeploymentError(f"{error}\n{_events(clients, stack)}") from error
    if found is None or found["StackStatus"] != "CREATE_COMPLETE":
        raise DeploymentError(f"expected {stack} to be CREATE_COMPLETE, found {found}\n{_events(clients, stack)}")
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def delete(clients: Clients, stack: str) -> None:
    """Delete a stack, and wait until it is gone."""
    clients["cloudformation"].delete_stack(StackName=stack)

    def gone() -> bool:
        stacks = clients["cloudformation"].list_stacks()["StackSummaries"]
        return all(found["StackStatus"] == "DELETE_COMPLETE" for found in stacks if found["StackName"] == stack)

    wait_until(gone, f"{stack} to be deleted", seconds=DEPLOY_SECONDS)


def zipped(folder: Path) -> bytes:
    """Return the files of a folder as one zip."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file()):
            archive.write(file, file.relative_to(folder))
    return packed.getvalue()


def _upload_assets(clients: Clients, bucket: str, assembly: Path, stack: str) -> None:
    manifest = json.loads((assembly / f"{stack}.assets.json").read_text())
    for asset in manifest["files"].values():
        source = assembly / asset["source"]["path"]
        if source.name.endswith(".template.json"):
            continue  # it is handed over as it is
        body = zipped(source) if source.is_dir() else source.read_bytes()
        for destination in asset["destinations"].values():
            clients["s3"].put_object(Bucket=bucket, Key=destination["objectKey"], Body=body)


def _events(clients: Clients, stack: str) -> str:
    events = clients["cloudformation"].describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if "FAILED" in event["ResourceStatus"]]
    lines = [
        f"  {event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', 'no reason')}"
        for event in failed or events[:10]
    ]
    return "\n".join(["CloudFormation says:", *lines])
