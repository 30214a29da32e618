"""Load rules that are not in the catalogue, from a module or a file."""

import sys
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from inspect import isabstract
from pathlib import Path
from types import ModuleType
from typing import Final

from constructs_lib.cli.errors import UsageError
from constructs_lib.nag.rule import Rule

_MODULE: Final = "lambda_invocations_rules_{}"


def load_rules(name: str) -> list[Rule]:
    """Return one object of each rule that a module defines.

    Parameters
    ----------
    name
        The name of a module, which may lie in the working directory, or the path of a file that ends with ``.py``.

    Raises
    ------
    UsageError
        When it cannot be loaded, or defines no rule.
    """
    try:
        module = _from_file(Path(name)) if name.endswith(".py") else _from_name(name)
        kinds = [one for one in vars(module).values() if isinstance(one, type) and issubclass(one, Rule)]
        rules = [kind() for kind in kinds if kind.__module__ == module.__name__ and not isabstract(kind)]
    except (Exception, SystemExit) as error:
        raise UsageError(
            f"{name}: expected a module with rules, found that it fails ({error!r}); correct it"
        ) from error
    if not rules:
        raise UsageError(f"{name}: expected a module that defines subclasses of Rule, found none; define one in it")
    for rule in rules:
        missing = [one for one in ("severity", "description", "fix", "source") if not hasattr(rule, one)]
        if missing:
            raise UsageError(
                f"{name}: expected {rule.id} to have {', '.join(missing)}, found none; set it in the class"
            )
    return rules


def _from_name(name: str) -> ModuleType:
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    return import_module(name)


def _from_file(path: Path) -> ModuleType:
    name = _MODULE.format(path.stem)
    spec = spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
