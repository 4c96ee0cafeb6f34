"""What a person names to have it judged: a module, a file, or a thing in it."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

from parity_tests.judging.guest import METHODS, method_of

__all__ = ["NoTarget", "load"]


class NoTarget(ValueError):
    """There is nothing to judge where the target points."""


def load(target: str) -> Any:
    """The object of module, file.py, module:object or file.py:object.

    A class or a function without parameters of that name is called for the
    object, and so is a module's implementation, if it has no method itself.
    NoTarget where nothing is found, or nothing that can be judged.
    """
    where, _, name = target.partition(":")
    if where.endswith(".py"):
        module = from_file(Path(where))
    elif not where.strip(".") or "/" in where:
        raise NoTarget(f"TARGET must be a module, a .py file or "
                       f"module:object, got {target!r}")  # fmt: skip
    else:
        # As python -m has it: what lies in the working folder comes first.
        sys.path.insert(0, "")
        try:
            module = importlib.import_module(where)
        except ModuleNotFoundError as error:
            if error.name and where.startswith(error.name):
                raise NoTarget(
                    f"TARGET must be a module, a .py file or module:object, "
                    f"got {target}: no module {error.name}"
                ) from None
            raise
    found: Any = module
    for part in filter(None, name.split(".")):
        if not hasattr(found, part):
            raise NoTarget(f"TARGET must name what is there, got {target}: "
                           f"{where} has no {part}")  # fmt: skip
        found = getattr(found, part)
    if isinstance(found, ModuleType) and not methods_of(found):
        found = getattr(found, "implementation", found)
    if (callable(found) and not methods_of(found)) or isinstance(found, type):
        found = found()
    if not methods_of(found):
        makers = ", ".join(f"{target}:{name}" for name in makers_in(found))
        raise NoTarget(
            f"TARGET must have at least one of {', '.join(METHODS)}; "
            f"{target} has none" + (f"; is it {makers}?" if makers else "")
        )
    return found


def from_file(path: Path) -> Any:
    """The module of a file, which may import its neighbours."""
    if not path.is_file():
        raise NoTarget(f"TARGET must be a file that is there, got {path}")
    # Last, and by a name that is free: types.py takes no library's place.
    sys.path.append(str(path.parent.resolve()))
    name = path.stem if path.stem not in sys.modules else f"{path.stem}_"
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def makers_in(found: Any) -> list[str]:
    """What of a module's own may be, or make, the thing to judge."""
    if not isinstance(found, ModuleType):
        return []
    return [
        name
        for name, value in vars(found).items()
        if getattr(value, "__module__", None) == found.__name__
        and not name.startswith("_")
        and (methods_of(value) or takes_nothing(value))
    ]


def takes_nothing(value: Any) -> bool:
    """Whether it is a function that may be called without arguments."""
    if not inspect.isfunction(value):
        return False
    return not any(
        p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        for p in inspect.signature(value).parameters.values()
    )


def methods_of(found: Any) -> list[str]:
    """The methods of the contract that it has."""
    return [name for name in METHODS if method_of(found, name)]
