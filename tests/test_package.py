"""The distribution: what an import costs, and what a wheel holds."""

import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path
from types import ModuleType

import pytest

import constructs_lib
from constructs_lib import operations

ROOT = Path(__file__).parents[1]
HEAVY = ("aws_cdk", "cdk_nag", "constructs", "jsii", "boto3")


def run(*command: str | Path, cwd: Path = ROOT) -> str:
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder))
    (built,) = folder.glob("*.whl")
    return built


def test_importing_the_package_loads_neither_cdk_nor_jsii() -> None:
    loaded = run(sys.executable, "-c", "import sys, constructs_lib; print(*sys.modules)").split()
    assert "constructs_lib" in loaded
    assert not [name for name in loaded if name.split(".")[0] in HEAVY]


@pytest.mark.parametrize("package", [constructs_lib, operations], ids=lambda package: package.__name__)
def test_every_export_can_be_loaded(package: ModuleType) -> None:
    for name in package.__all__:
        assert getattr(package, name).__name__ == name
    assert set(package.__all__) <= set(dir(package))


@pytest.mark.parametrize("package", [constructs_lib, operations], ids=lambda package: package.__name__)
def test_what_is_not_exported_is_an_attribute_error(package: ModuleType) -> None:
    with pytest.raises(AttributeError, match=f"module '{package.__name__}' has no attribute 'Nothing'"):
        package.Nothing  # noqa: B018


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"constructs_lib"}
    assert "constructs_lib/py.typed" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_the_wheel_runs_in_an_empty_environment(wheel: Path, tmp_path: Path) -> None:
    """The command needs no dependency at all, and so no Node.js in a pipeline."""
    venv.create(tmp_path / "env", with_pip=True)
    bin_folder = tmp_path / "env" / ("Scripts" if os.name == "nt" else "bin")
    run(bin_folder / "python", "-m", "pip", "install", "--quiet", "--no-index", "--no-deps", wheel, cwd=tmp_path)
    assert "constructs_lib" in run(
        bin_folder / "python", "-c", "import constructs_lib; print(constructs_lib)", cwd=tmp_path
    )
    assert "summary" in run(bin_folder / "lambda-invocations", "--help", cwd=tmp_path)
