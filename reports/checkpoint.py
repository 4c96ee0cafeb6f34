"""A training to go on with: the parameters after so many steps, in a file.

safetensors, which every framework reads: W1, b1, ... as they are, and beside
them the step and what the training was. How many ranks made it is not in
it, and any number of ranks goes on from it.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from reference import Layer, Parameters
from reports.folder import Refused

__all__ = ["Checkpoint", "read_checkpoint", "write_checkpoint"]


@dataclass(frozen=True)
class Checkpoint:
    """The parameters after step updates of a training."""

    parameters: Parameters
    step: int
    training: dict[str, Any]
    """What has to be the same for whoever goes on."""


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """All of it or nothing: whoever is killed leaves the one before."""
    from safetensors.numpy import save

    arrays = {
        f"{name}{l}": np.ascontiguousarray(array)
        for l, layer in enumerate(checkpoint.parameters, start=1)
        for name, array in zip("Wb", layer, strict=True)
    }
    told = {
        "step": str(checkpoint.step),
        "training": json.dumps(checkpoint.training, sort_keys=True),
    }
    part = path.with_name(f".{path.name}.part")
    with open(part, "wb") as file:
        file.write(save(arrays, told))
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)


def read_checkpoint(path: Path, training: dict[str, Any]) -> Checkpoint | None:
    """What is there, None if nothing is; Refused where it is no checkpoint,
    or one of another training."""
    # Imported late: who writes and reads none does without it.
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return None
    try:
        with safe_open(path, "np") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            told = file.metadata() or {}
        step, found = int(told["step"]), json.loads(told["training"])
        layers = tuple(
            Layer(arrays[f"W{l}"], arrays[f"b{l}"])
            for l in range(1, len(arrays) // 2 + 1)
        )
    except (SafetensorError, KeyError, ValueError, OSError) as error:
        raise Refused(
            "--checkpoint must be a file of python -m reports fit, got "
            f"{path}: {type(error).__name__}: {error}"
        ) from None
    for name, due in training.items():
        if found.get(name) != due:
            raise Refused(
                f"{path} is of another training: {name} is "
                f"{found.get(name)!r} there, and {due!r} here"
            )
    return Checkpoint(layers, step, found)
