import base64
import hashlib
import importlib.util
import os
import shutil
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from aws_cdk import App, AssetStaging, Stack
from aws_cdk import aws_lambda as lambda_

from constructs_lib import bundling
from constructs_lib.bundling import bundle_python

ARM = lambda_.Architecture.ARM_64
X86 = lambda_.Architecture.X86_64
PY314 = lambda_.Runtime.PYTHON_3_14


@pytest.fixture(autouse=True)
def hermetic(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep pip and uv from everything but the wheels a test makes."""
    for name in list(os.environ):
        if name.startswith(("PIP_", "UV_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("UV_NO_CONFIG", "1")
    monkeypatch.setenv("UV_NO_CACHE", "1")


@pytest.fixture
def handler(tmp_path: Path) -> Path:
    folder = tmp_path / "handler"
    folder.mkdir()
    (folder / "index.py").write_text("def handler(event, context): ...\n")
    (folder / "__pycache__").mkdir()
    (folder / "__pycache__" / "index.cpython-314.pyc").write_bytes(b"stale")
    return folder


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect the requirement files that are installed."""
    collected: list[Path] = []
    install = bundling._install

    def spy(requirements: Path, output: Path, target: bundling._Target) -> None:
        collected.append(requirements)
        install(requirements, output, target)

    monkeypatch.setattr(bundling, "_install", spy)
    return collected


@pytest.fixture(params=["pip", "uv"])
def installer(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    if request.param == "uv":
        hide_pip(monkeypatch)
    return str(request.param)


def hide_pip(monkeypatch: pytest.MonkeyPatch) -> None:
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "pip" else find_spec(name))


def make_wheel(folder: Path, name: str, tag: str = "py3-none-any", *, script: bool = False) -> Path:
    """Write a valid wheel whose only module names the wheel's tag."""
    folder.mkdir(exist_ok=True)
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}/__init__.py": f"TAG = {tag!r}\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: {'none' in tag}\nTag: {tag}\n",
    }
    if script:
        files[f"{info}/entry_points.txt"] = f"[console_scripts]\n{name} = {name}:main\n"
    record = "".join(f"{path},sha256={digest(text)},{len(text)}\n" for path, text in files.items())
    wheel = folder / f"{name}-1.0-{tag}.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**files, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return wheel


def digest(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def require(handler: Path, wheels: Path, *requirements: str) -> None:
    lines = ["--no-index", f"--find-links {wheels}", *requirements]
    (handler / "requirements.txt").write_text("\n".join(lines) + "\n")


def synth(
    tmp_path: Path,
    entry: Path,
    targets: Sequence[tuple[lambda_.Runtime, lambda_.Architecture]] = ((PY314, ARM),),
    context: dict[str, object] | None = None,
) -> list[Path]:
    """Synthesize a function for each target; return the folders of their assets."""
    AssetStaging.clear_asset_hash_cache()  # as in a new process
    app = App(outdir=str(tmp_path / "cdk.out"), context=context)
    stack = Stack(app, "Stack")
    assets = []
    for number, (runtime, architecture) in enumerate(targets):
        function = lambda_.Function(
            stack,
            f"Function{number}",
            code=bundle_python(str(entry), runtime=runtime, architecture=architecture),
            handler="index.handler",
            runtime=runtime,
            architecture=architecture,
        )
        staging = function.node.find_child("Code").node.find_child("Stage")
        assert isinstance(staging, AssetStaging)
        assets.append(Path(staging.absolute_staged_path))
    return assets


def content(asset: Path) -> dict[str, bytes]:
    return {str(path.relative_to(asset)): path.read_bytes() for path in asset.rglob("*") if path.is_file()}


def test_a_folder_without_requirements_is_copied(tmp_path: Path, handler: Path, runs: list[Path]) -> None:
    arm, x86 = synth(tmp_path, handler, [(PY314, ARM), (PY314, X86)])

    assert content(arm) == {"index.py": (handler / "index.py").read_bytes()}
    assert arm == x86  # source alone fits every machine
    assert runs == []


@pytest.mark.parametrize("architecture", [ARM, X86], ids=["arm64", "x86_64"])
@pytest.mark.parametrize("runtime", [lambda_.Runtime.PYTHON_3_12, PY314], ids=lambda runtime: str(runtime.name))
def test_the_wheels_are_those_of_the_function(
    tmp_path: Path, handler: Path, installer: str, runtime: lambda_.Runtime, architecture: lambda_.Architecture
) -> None:
    for python in ("cp312", "cp314"):
        for machine in ("aarch64", "x86_64"):
            make_wheel(tmp_path / "wheels", "native", f"{python}-{python}-manylinux_2_28_{machine}")
    require(handler, tmp_path / "wheels", "native==1.0")

    (asset,) = synth(tmp_path, handler, [(runtime, architecture)])

    python = {"python3.12": "cp312", "python3.14": "cp314"}[runtime.name]
    machine = {"arm64": "aarch64", "x86_64": "x86_64"}[architecture.name]
    assert (asset / "native" / "__init__.py").read_text() == f"TAG = '{python}-{python}-manylinux_2_28_{machine}'\n"
    assert (asset / "index.py").read_bytes() == (handler / "index.py").read_bytes()


@pytest.mark.parametrize(
    "tag",
    [
        "py3-none-any",
        "py2.py3-none-any",
        "cp310-abi3-manylinux_2_34_aarch64",
        "py3-none-manylinux_2_28_aarch64",
        "cp314-cp314-manylinux_2_17_aarch64.manylinux2014_aarch64",
        "cp314-cp314-manylinux2014_aarch64",
        "cp314-cp314-linux_aarch64",
    ],
)
def test_every_wheel_that_the_runtime_loads_is_accepted(
    tmp_path: Path, handler: Path, installer: str, tag: str
) -> None:
    make_wheel(tmp_path / "wheels", "package", tag)
    require(handler, tmp_path / "wheels", "package==1.0")

    (asset,) = synth(tmp_path, handler)

    assert "package/__init__.py" in content(asset)


@pytest.mark.parametrize(
    ("runtime", "tag"),
    [
        (PY314, "cp314-cp314-manylinux_2_28_x86_64"),
        (PY314, "cp313-cp313-manylinux_2_28_aarch64"),
        (PY314, "cp314-cp314t-manylinux_2_28_aarch64"),
        (PY314, "cp314-cp314-musllinux_1_2_aarch64"),
        (PY314, "cp314-cp314-manylinux_2_35_aarch64"),
        (PY314, "cp314-cp314-macosx_11_0_arm64"),
        (lambda_.Runtime.PYTHON_3_11, "cp311-cp311-manylinux_2_28_aarch64"),  # Amazon Linux 2 has glibc 2.26
    ],
)
def test_a_wheel_that_the_runtime_cannot_load_is_refused(
    tmp_path: Path, handler: Path, installer: str, runtime: lambda_.Runtime, tag: str
) -> None:
    make_wheel(tmp_path / "wheels", "native", tag)
    require(handler, tmp_path / "wheels", "native==1.0")
    abi = runtime.name.replace("python3.", "cp3")

    with pytest.raises(RuntimeError, match=rf"no wheel of native==1\.0 for {abi} arm64: expected .* or older; choose"):
        synth(tmp_path, handler, [(runtime, ARM)])

    assert list((tmp_path / "cdk.out").glob("asset.*")) == []


def test_the_way_out_depends_on_the_runtime(tmp_path: Path, handler: Path) -> None:
    require(handler, tmp_path, "native==1.0")

    with pytest.raises(RuntimeError, match=r"manylinux_2_26_x86_64 .*take a newer Python.*Architecture\.ARM_64"):
        synth(tmp_path, handler, [(lambda_.Runtime.PYTHON_3_11, X86)])
    with pytest.raises(RuntimeError, match=r"manylinux_2_34_aarch64 or older") as error:
        synth(tmp_path, handler)

    assert "take a newer Python" not in str(error.value)


def test_source_distributions_are_never_built(tmp_path: Path, handler: Path) -> None:
    (tmp_path / "wheels").mkdir()
    shutil.make_archive(str(tmp_path / "wheels" / "native-1.0"), "gztar", handler)
    require(handler, tmp_path / "wheels", "native==1.0")

    with pytest.raises(RuntimeError, match=r"no wheel of native==1\.0"):
        synth(tmp_path, handler)


def test_markers_are_those_of_the_function_not_of_this_machine(tmp_path: Path, handler: Path, installer: str) -> None:
    markers = {
        "lambda_only": 'python_version == "3.13" and platform_machine == "aarch64" and sys_platform == "linux"',
        "other_python": 'python_version != "3.13"',
        "other_machine": 'platform_machine == "x86_64"',
        "other_system": 'sys_platform == "darwin" or platform_system == "Windows"',
    }
    for name in markers:
        make_wheel(tmp_path / "wheels", name)
    require(handler, tmp_path / "wheels", *(f"{name}==1.0; {marker}" for name, marker in markers.items()))

    (asset,) = synth(tmp_path, handler, [(lambda_.Runtime.PYTHON_3_13, ARM)])

    assert {name for name in markers if (asset / name).exists()} == {"lambda_only"}


def test_hashes_are_verified(tmp_path: Path, handler: Path, installer: str) -> None:
    wheel = make_wheel(tmp_path / "wheels", "package")
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    require(handler, tmp_path / "wheels", f"package==1.0 --hash=sha256:{right}")

    (asset,) = synth(tmp_path, handler)

    assert "package/__init__.py" in content(asset)
    require(handler, tmp_path / "wheels", f"package==1.0 --hash=sha256:{'0' * 64}")
    with pytest.raises(RuntimeError, match=r"could not install .*requirements\.txt for cp314 arm64:\n(.|\n)*(?i:hash)"):
        synth(tmp_path, handler)


def test_the_asset_is_the_same_from_run_to_run_and_installer_to_installer(
    tmp_path: Path, handler: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(tmp_path / "wheels", "package", script=True)
    require(handler, tmp_path / "wheels", "package==1.0")

    (first,) = synth(tmp_path / "first", handler)
    (second,) = synth(tmp_path / "second", handler)
    hide_pip(monkeypatch)
    (by_uv,) = synth(tmp_path / "uv", handler)

    assert set(content(first)) == {
        "index.py",
        "requirements.txt",
        "package/__init__.py",
        "package-1.0.dist-info/METADATA",
        "package-1.0.dist-info/WHEEL",
        "package-1.0.dist-info/entry_points.txt",
    }
    assert content(first) == content(second) == content(by_uv)
    assert first.name == second.name == by_uv.name


def test_the_source_wins_over_a_wheel(tmp_path: Path, handler: Path) -> None:
    make_wheel(tmp_path / "wheels", "package")
    require(handler, tmp_path / "wheels", "package==1.0")
    (handler / "package").mkdir()
    (handler / "package" / "__init__.py").write_text("MINE = True\n")

    (asset,) = synth(tmp_path, handler)

    assert (asset / "package" / "__init__.py").read_text() == "MINE = True\n"


def test_modules_of_the_folder_do_not_shadow_those_of_pip(tmp_path: Path, handler: Path) -> None:
    make_wheel(tmp_path / "wheels", "package")
    require(handler, tmp_path / "wheels", "package==1.0")
    (handler / "json.py").write_text("raise RuntimeError\n")

    (asset,) = synth(tmp_path, handler)

    assert {"json.py", "package/__init__.py"} <= set(content(asset))


def test_functions_that_share_folder_and_target_bundle_once(tmp_path: Path, handler: Path, runs: list[Path]) -> None:
    make_wheel(tmp_path / "wheels", "package")
    require(handler, tmp_path / "wheels", "package==1.0")

    assets = synth(tmp_path, handler, [(PY314, ARM), (PY314, ARM), (PY314, X86), (lambda_.Runtime.PYTHON_3_13, ARM)])

    assert assets[0] == assets[1]
    assert len(set(assets)) == 3  # the hash tells architectures and Python versions apart
    assert len(runs) == 3


def test_only_a_changed_folder_is_bundled_again(tmp_path: Path, handler: Path, runs: list[Path]) -> None:
    make_wheel(tmp_path / "wheels", "package")
    require(handler, tmp_path / "wheels", "package==1.0")

    def bundled_again(change: Callable[[], object]) -> bool:
        before = len(runs)
        change()
        synth(tmp_path, handler)
        return len(runs) > before

    assert bundled_again(lambda: None)
    assert not bundled_again(lambda: None)
    assert not bundled_again(lambda: (handler / "__pycache__" / "new.pyc").write_bytes(b"new"))
    assert bundled_again(lambda: (handler / "index.py").write_text("changed = True\n"))
    assert bundled_again(lambda: require(handler, tmp_path / "wheels", "# changed", "package==1.0"))


def test_a_stack_that_is_not_deployed_is_not_bundled(tmp_path: Path, handler: Path, runs: list[Path]) -> None:
    require(handler, tmp_path, "missing==1.0")

    (asset,) = synth(tmp_path, handler, context={"aws:cdk:bundling-stacks": ["Other"]})

    assert asset == handler
    assert runs == []


def test_docker_is_never_tried(tmp_path: Path, handler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    marker = tmp_path / "docker-ran"
    docker = tmp_path / "docker"
    docker.write_text(f"#!/bin/sh\ntouch {marker}\n")
    docker.chmod(0o755)
    monkeypatch.setenv("CDK_DOCKER", str(docker))
    make_wheel(tmp_path / "wheels", "package")
    require(handler, tmp_path / "wheels", "package==1.0")
    synth(tmp_path, handler)
    require(handler, tmp_path / "wheels", "missing==1.0")

    with pytest.raises(RuntimeError, match="no wheel of missing"):
        synth(tmp_path, handler)

    assert not marker.exists()


def test_neither_pip_nor_uv(tmp_path: Path, handler: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    require(handler, tmp_path, "package==1.0")
    hide_pip(monkeypatch)
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(RuntimeError, match=r"expected pip in .* or uv on the PATH .*, found neither: run `python -m"):
        synth(tmp_path, handler)

    assert list((tmp_path / "cdk.out").glob("asset.*")) == []


def test_the_entry_is_no_folder(tmp_path: Path) -> None:
    file = tmp_path / "index.py"
    file.touch()

    with pytest.raises(ValueError, match=r"expected a folder with Python source at .*/missing, found nothing: give"):
        bundle_python(str(tmp_path / "missing"), runtime=PY314, architecture=ARM)
    with pytest.raises(ValueError, match=r"at .*/index\.py, found a file"):
        bundle_python(str(file), runtime=PY314, architecture=ARM)


@pytest.mark.parametrize("name", ["nodejs24.x", "python2.7", "provided.al2023"])
def test_the_runtime_is_not_python(handler: Path, name: str) -> None:
    with pytest.raises(ValueError, match=f"expected a Python 3 runtime, found '{name}': give runtime="):
        bundle_python(str(handler), runtime=lambda_.Runtime(name), architecture=ARM)


def test_the_architecture_is_unknown(handler: Path) -> None:
    with pytest.raises(ValueError, match="expected arm64 or x86_64, found 'riscv64': give architecture="):
        bundle_python(str(handler), runtime=PY314, architecture=lambda_.Architecture.custom("riscv64"))
