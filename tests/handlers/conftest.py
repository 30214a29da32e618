import importlib.util
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import pytest

HANDLERS = Path(__file__).parents[2] / "handlers"


@pytest.fixture
def load_handler() -> Callable[[str], ModuleType]:
    """Load ``handlers/<name>/index.py``; by path, since every handler is called ``index``."""

    def load(name: str) -> ModuleType:
        spec = importlib.util.spec_from_file_location(f"{name}_handler", HANDLERS / name / "index.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load
