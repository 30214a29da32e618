"""The function of a redrive, and the folder that it runs from: this package without what needs the CDK."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, BundlingOutput, DockerImage, Duration, ILocalBundling
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib.acknowledge import acknowledge_no_dead_letter_queue
from constructs_lib.facts import FUNCTION_TIMEOUT_MAX_SECONDS
from constructs_lib.function import LambdaFunction

_PACKAGE: Final = Path(__file__).parents[1]
_PACKED: Final = (
    "__init__.py",
    "facts.py",
    "failure_redrive/__init__.py",
    "failure_redrive/handler",
    "operations/__init__.py",
    "operations/account.py",
    "operations/errors.py",
    "operations/refusals.py",
    "operations/events",
    "operations/places/__init__.py",
    "operations/places/place.py",
    "operations/redrive",
)
"""What the handler imports, and folders around it; boto3 is in the runtime. Nothing here knows the CDK."""
_HANDLER: Final = "constructs_lib.failure_redrive.handler.index.handler"
_RUNTIME: Final = lambda_.Runtime.PYTHON_3_14


def make_function(scope: Construct, environment: Mapping[str, str]) -> LambdaFunction:
    """Return the function that does a part of a redrive, without any permission.

    Parameters
    ----------
    scope
        Where it stands in the construct tree.
    environment
        What ``handler.settings`` reads.
    """
    function = LambdaFunction(
        scope,
        "Function",
        code=handler_code(),
        handler=_HANDLER,
        runtime=_RUNTIME,
        # Events are taken for a few minutes only; a function that gets the records of a stream may take the rest.
        timeout=Duration.seconds(FUNCTION_TIMEOUT_MAX_SECONDS),
        memory_size=512,
        environment=environment,
        description="Sends failed events back to where they belong.",
    )
    acknowledge_no_dead_letter_queue(function, "Step Functions invokes synchronously, which uses no such queue")
    return function


def handler_code() -> lambda_.AssetCode:
    """Return the code, of which the hash depends on nothing but the files."""
    return lambda_.Code.from_asset(
        str(Path(__file__).parent / "handler"),  # CDK needs a folder to look at; what counts is what is packed
        asset_hash_type=AssetHashType.OUTPUT,
        bundling=BundlingOptions(
            image=_RUNTIME.bundling_image,  # required, never pulled: copying succeeds or raises
            local=_Copies(),
            output_type=BundlingOutput.NOT_ARCHIVED,
        ),
    )


def copy_handler(output: Path) -> None:
    """Copy what the function runs into a folder."""
    for name in _PACKED:
        source, target = _PACKAGE / name, output / "constructs_lib" / name
        if source.is_dir():
            shutil.copytree(source, target, ignore=_other_than_code)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)


def _other_than_code(folder: str, names: list[str]) -> list[str]:
    """Return what tools leave beside the code, such as caches, which would change the hash."""
    return [name for name in names if not (name.endswith(".py") or _is_package(Path(folder) / name))]


def _is_package(path: Path) -> bool:
    return (path / "__init__.py").is_file()


@jsii.implements(ILocalBundling)
class _Copies:
    def try_bundle(self, output_dir: str, *, image: DockerImage, **_options: object) -> bool:  # noqa: ARG002
        """Fill ``output_dir``; never return False, since CDK would try Docker then."""
        copy_handler(Path(output_dir))
        return True
