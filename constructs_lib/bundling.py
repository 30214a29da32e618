"""Pack a folder of Python source and its requirements into a Lambda asset, without containers.

CDK's own bundler needs Docker. Wheels are built per platform already, so that choosing the right ones is enough; what
has no wheel is refused instead of being built for the wrong machine.
"""

import importlib.util
import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import jsii
from aws_cdk import AssetHashType, BundlingOptions, BundlingOutput, DockerImage, ILocalBundling
from aws_cdk import aws_lambda as lambda_

_REQUIREMENTS: Final = "requirements.txt"
_EXCLUDED: Final = (
    "__pycache__",
    "*.pyc",
    ".venv",
    ".git",
    ".mypy_cache",
    ".pytest_cache",
    ".ruff_cache",
    ".DS_Store",
)
"""What neither the asset nor its hash contains: it changes from run to run and from machine to machine."""

_MACHINES: Final = {"arm64": "aarch64", "x86_64": "x86_64"}
_AMAZON_LINUX_2023_SINCE: Final = 12  # docs: lambda/lambda-runtimes; python3.12 and newer, AL2 before
_GLIBC_AL2023: Final = 34  # docs: linux/al2023 "Comparing AL2 and AL2023"; glibc 2.34
_GLIBC_AL2: Final = 26  # the same; glibc 2.26
_GLIBC_OLDEST: Final = 5  # PEP 600: manylinux1 is manylinux_2_5

# What installers write about themselves and this machine; the importlib.metadata of a package does without.
_INSTALLER_NOTES: Final = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")

# Even when told another platform, pip judges environment markers (`; python_version < "3.13"`) by the interpreter that
# runs it, and so would leave out what only the function needs. It has no option for it, hence this start of pip.
_PIP_WITH_MARKERS: Final = """
import json, runpy, sys
from pip._vendor.packaging import markers
environment = json.loads(sys.argv.pop(1))
markers.default_environment = lambda: dict(environment)
runpy.run_module("pip", run_name="__main__", alter_sys=True)
"""


def bundle_python(entry: str, *, runtime: lambda_.Runtime, architecture: lambda_.Architecture) -> lambda_.AssetCode:
    """Pack a folder of Python source, with the wheels of its ``requirements.txt`` if it has one.

    The wheels are those of the function's Python version and architecture, whatever machine this runs on: manylinux
    up to the glibc of the runtime's Amazon Linux (2.34 from python3.12 on, 2.26 before) and pure Python. Source
    distributions are never built. pip of the running interpreter installs, or ``uv`` where pip is missing; their own
    configuration (index, certificates, ``PIP_...``, ``UV_...``) applies, and requirements with hashes are verified.

    The asset's hash comes from the folder, the Python version and the architecture, so that an unchanged folder is
    bundled once. Pin every version in ``requirements.txt``: a new release alone does not change the hash.

    Parameters
    ----------
    entry : str
        The folder, absolute or relative to the working directory. Its files land at the root of the asset, where
        they win over an equally named file of a wheel. Caches, ``.git`` and ``.venv`` are left out.
    runtime : aws_cdk.aws_lambda.Runtime
        The Python runtime of the function.
    architecture : aws_cdk.aws_lambda.Architecture
        The architecture of the function.

    Returns
    -------
    aws_cdk.aws_lambda.AssetCode
        The code for one function. Installing happens when the function is created, and only if CDK bundles its stack.

    Raises
    ------
    ValueError
        If ``entry`` is no folder, ``runtime`` is not Python 3 or ``architecture`` is neither arm64 nor x86_64.
    RuntimeError
        Later, from the function that uses the code: if a requirement has no wheel for the target, the installation
        fails, or there is neither pip nor uv. Nothing stays behind in ``cdk.out``.
    """
    folder = Path(entry).resolve()
    if not folder.is_dir():
        found = "a file" if folder.exists() else "nothing"
        raise ValueError(
            f"expected a folder with Python source at {folder}, found {found}: "
            "give entry= the path of the folder, absolute or relative to the working directory"
        )
    target = _Target.of(runtime, architecture)
    if not (folder / _REQUIREMENTS).is_file():
        return lambda_.Code.from_asset(str(folder), exclude=list(_EXCLUDED))
    return lambda_.Code.from_asset(
        str(folder),
        exclude=list(_EXCLUDED),
        asset_hash_type=AssetHashType.SOURCE,
        bundling=BundlingOptions(
            image=runtime.bundling_image,  # required, never pulled: the local bundler succeeds or raises
            command=target.pip_options(),  # never run either; it puts version, architecture and glibc into the hash
            local=_LocalBundler(folder, target),
            # Otherwise a folder whose only file is an archive would become that archive.
            output_type=BundlingOutput.NOT_ARCHIVED,
        ),
    )


@dataclass(frozen=True)
class _Target:
    """The interpreter and machine that the wheels are for."""

    minor: int
    architecture: str

    @classmethod
    def of(cls, runtime: lambda_.Runtime, architecture: lambda_.Architecture) -> "_Target":
        """Read the target from a function's settings."""
        version = re.fullmatch(r"python3\.(\d+)", runtime.name)
        if version is None:
            raise ValueError(
                f"expected a Python 3 runtime, found {runtime.name!r}: "
                "give runtime=Runtime.PYTHON_3_14, or use Code.from_asset for another language"
            )
        if architecture.name not in _MACHINES:
            raise ValueError(
                f"expected arm64 or x86_64, found {architecture.name!r}: "
                "give architecture=Architecture.ARM_64 or Architecture.X86_64"
            )
        return cls(int(version[1]), architecture.name)

    @property
    def version(self) -> str:
        """Python's version, such as ``3.14``."""
        return f"3.{self.minor}"

    @property
    def abi(self) -> str:
        """The tag of Python's binary interface, such as ``cp314``."""
        return f"cp3{self.minor}"

    @property
    def machine(self) -> str:
        """The machine's name in wheel tags."""
        return _MACHINES[self.architecture]

    @property
    def glibc(self) -> int:
        """The minor version of glibc 2 in the runtime."""
        return _GLIBC_AL2023 if self.minor >= _AMAZON_LINUX_2023_SINCE else _GLIBC_AL2

    def platforms(self) -> list[str]:
        """List every platform tag that the runtime can load, the best one first."""
        modern = [f"manylinux_2_{minor}" for minor in range(self.glibc, _GLIBC_OLDEST - 1, -1)]
        # pip expands manylinux2014 to the older names itself; linux_* is what a wheel built on the machine is called.
        return [f"{system}_{self.machine}" for system in (*modern, "manylinux2014", "linux")]

    def pip_options(self) -> list[str]:
        """Return the options of pip that choose wheels for this target only."""
        abis = [f"--abi={abi}" for abi in (self.abi, "abi3", "none")]
        platforms = [f"--platform={platform}" for platform in self.platforms()]
        return ["--only-binary=:all:", "--implementation=cp", f"--python-version={self.version}", *abis, *platforms]

    def uv_options(self) -> list[str]:
        """Return the options of uv that choose wheels for this target only."""
        # uv knows some glibc versions only; 2.17 is its closest one below Amazon Linux 2.
        glibc = self.glibc if self.glibc == _GLIBC_AL2023 else 17
        platform = f"{self.machine}-manylinux_2_{glibc}"
        return ["--only-binary=:all:", "--python-version", self.version, "--python-platform", platform]

    def markers(self) -> dict[str, str]:
        """Return the environment that requirement markers see in the function (PEP 508)."""
        return {
            "implementation_name": "cpython",
            "implementation_version": f"{self.version}.0",
            "os_name": "posix",
            "platform_machine": self.machine,
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{self.version}.0",
            "python_version": self.version,
            "sys_platform": "linux",
        }


@jsii.implements(ILocalBundling)
class _LocalBundler:
    """Installs into the folder that CDK names; jsii hands the text of an exception on to the user as it is."""

    def __init__(self, folder: Path, target: _Target) -> None:
        self._folder = folder
        self._target = target

    def try_bundle(self, output_dir: str, *, image: DockerImage, **_options: object) -> bool:  # noqa: ARG002
        """Fill ``output_dir``; raise instead of returning False, since CDK would try Docker then."""
        output = Path(output_dir)
        try:
            _install(self._folder / _REQUIREMENTS, output, self._target)
            _make_reproducible(output)
            shutil.copytree(self._folder, output, ignore=shutil.ignore_patterns(*_EXCLUDED), dirs_exist_ok=True)
        except BaseException:
            shutil.rmtree(output, ignore_errors=True)  # CDK would leave it in cdk.out
            raise
        return True


def _install(requirements: Path, output: Path, target: _Target) -> None:
    command = _installer(target)
    command += ["--requirement", str(requirements), "--target", str(output)]
    # Relative paths in the file (`./wheels/x.whl`) mean the folder it lies in.
    done = subprocess.run(command, cwd=requirements.parent, capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return
    output_text = (done.stderr.strip() or done.stdout.strip()).replace(str(output), "the asset")
    raise RuntimeError(_explain(requirements, target, output_text))


def _installer(target: _Target) -> list[str]:
    """Begin the command line of pip, or of uv where this interpreter has no pip."""
    if importlib.util.find_spec("pip") is not None:
        # -P: modules in the folder must not shadow those that pip imports.
        start = [sys.executable, "-P", "-c", _PIP_WITH_MARKERS, json.dumps(target.markers())]
        quiet = ["--quiet", "--no-color", "--no-input", "--disable-pip-version-check"]
        return [*start, "install", *quiet, "--no-compile", *target.pip_options()]
    uv = shutil.which("uv")
    if uv is not None:
        quiet = ["--quiet", "--color=never", "--no-progress"]
        files = ["--no-compile-bytecode", "--link-mode=copy", "--python", sys.executable]
        return [uv, "pip", "install", *quiet, *files, *target.uv_options()]
    raise RuntimeError(
        f"expected pip in {sys.executable} or uv on the PATH to install {_REQUIREMENTS}, found neither: "
        "run `python -m ensurepip`, or install uv"
    )


def _explain(requirements: Path, target: _Target, output: str) -> str:
    unreachable = re.search(r"Retrying \(|Failed to fetch|error sending request", output)
    missing = re.search(r"No matching distribution found for (\S+)|(\S+) has no (?:usable )?wheels", output)
    indented = "\n".join(f"  {line}" for line in output.splitlines())
    if missing is None or unreachable:
        return f"could not install {requirements} for {target.abi} {target.architecture}:\n{indented}"
    other = "X86_64" if target.architecture == "arm64" else "ARM_64"
    newer = "" if target.glibc == _GLIBC_AL2023 else "take a newer Python (python3.12 and later accept newer wheels), "
    return (
        f"no wheel of {missing[1] or missing[2]} for {target.abi} {target.architecture}: expected pure Python, or "
        f"{target.platforms()[0]} or older; choose another version in {requirements}, {newer}build a wheel for this "
        f"platform and name its folder there with --find-links, or set architecture=Architecture.{other} if that has "
        f"one\n{indented}"
    )


def _make_reproducible(output: Path) -> None:
    """Remove what differs between two installations of the same wheels."""
    for info in output.glob("*.dist-info"):
        for name in _INSTALLER_NOTES:
            (info / name).unlink(missing_ok=True)
    (output / ".lock").unlink(missing_ok=True)  # of uv
    shutil.rmtree(output / "bin", ignore_errors=True)  # console scripts, which start with this machine's Python path
