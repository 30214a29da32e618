"""Functions for the emulator, which runs them on this machine: bundled for its processor, C library and Python.

`bundle_python` of the library chooses wheels for the machines of Lambda, which this one may not run.
"""

import hashlib
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from constructs_lib import LambdaFunction
from scripts.local.emulator import ROOT

RUNTIME = lambda_.Runtime(f"python3.{sys.version_info.minor}", lambda_.RuntimeFamily.PYTHON)
"""The emulator runs every Python function on its own interpreter; ``make`` chooses the same for it and for us."""
ARCHITECTURE = (
    lambda_.Architecture.ARM_64 if platform.machine() in ("arm64", "aarch64") else lambda_.Architecture.X86_64
)
_BUNDLES = ROOT / ".local" / "functions"


def local_function(scope: Construct, id: str, *, code: Path, **settings: Any) -> LambdaFunction:
    """Make a function of a folder of Python source, to run on this machine."""
    bundle = lambda_.Code.from_asset(str(_bundle(code)))
    return LambdaFunction(scope, id, code=bundle, runtime=RUNTIME, architecture=ARCHITECTURE, **settings)


def _bundle(folder: Path) -> Path:
    """Return a folder with the source and its requirements, which is made once."""
    digest = hashlib.sha256(f"{sys.version} {platform.machine()}".encode())
    for file in sorted(folder.glob("*.*")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    bundle = _BUNDLES / f"{folder.name}-{digest.hexdigest()[:16]}"
    if bundle.is_dir():
        return bundle
    _BUNDLES.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_BUNDLES) as made:
        contents = Path(made) / "contents"
        shutil.copytree(folder, contents, ignore=shutil.ignore_patterns("__pycache__"))
        requirements = folder / "requirements.txt"
        if requirements.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile"]
            subprocess.run([*pip, "--target", str(contents), "--requirement", str(requirements)], check=True)
        contents.rename(bundle)  # whole or not at all
    return bundle
