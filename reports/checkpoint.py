"""A training to go on with: the parameters after so many steps, in a file.

safetensors, which every framework reads: W1, b1, ... as they are, and beside
them the step and what the training was. How many ranks made it is not in
it, and any number of ranks goes on from it.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
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

    def mark(self) -> int:
        """A number from 1 on, by which ranks see that they have the same."""
        digest = hashlib.sha256(str(self.step).encode())
        for array in (a for layer in self.parameters for a in layer):
            digest.update(np.ascontiguousarray(array).tobytes())
        return 1 + int.from_bytes(digest.digest()[:7], "big")


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """All of it or nothing: whoever is killed leaves the one before."""
    from safetensors.numpy import save

    arrays = named_arrays(checkpoint.parameters)
    told = {
        "step": str(checkpoint.step),
        "training": json.dumps(checkpoint.training, sort_keys=True),
    }
    part = path.with_name(f".{path.name}.part")
    try:
        with open(part, "wb") as file:
            file.write(save(arrays, told))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:  # of a full disk, which names no file
        with suppress(OSError):
            part.unlink()
        raise OSError(error.errno, error.strerror, str(path)) from None


def read_checkpoint(path: Path, start: Checkpoint) -> Checkpoint | None:
    """What is there, None if nothing is; Refused where it is no checkpoint,
    or one of another training than that from the start."""
    # Imported late: who writes and reads none does without it.
    from safetensors import SafetensorError, safe_open

    if not path.exists():
        return None
    try:
        with safe_open(path, "np") as file:
            arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            told = file.metadata() or {}
        step, found = int(told["step"]), dict(json.loads(told["training"]))
    except (
        SafetensorError, KeyError, TypeError, ValueError, OSError
    ) as error:  # fmt: skip
        raise no_checkpoint(path, f"{type(error).__name__}: {error}") from None
    for name, due in start.training.items():
        if found.get(name) != due:
            raise Refused(
                f"{path} is of another training: {name} is "
                f"{found.get(name)!r} there, and {due!r} here"
            )
    if step < 0:
        raise no_checkpoint(path, f"step {step}")
    due = named_arrays(start.parameters)
    if set(arrays) != set(due):
        raise no_checkpoint(path, f"arrays {', '.join(sorted(arrays))}")
    for name, array in arrays.items():
        kind = f"{name} {array.shape} {array.dtype}"
        if kind != f"{name} {due[name].shape} {due[name].dtype}":
            raise no_checkpoint(path, kind)
        if not np.all(np.isfinite(array)):
            raise no_checkpoint(path, f"{name} with NaN or infinity")
    layers = tuple(
        Layer(arrays[f"W{l}"], arrays[f"b{l}"])
        for l in range(1, len(start.parameters) + 1)
    )
    return Checkpoint(layers, step, found)


def no_checkpoint(path: Path, why: str) -> Refused:
    """What a person is told whose file is none."""
    return Refused(
        f"--checkpoint must be a file of python -m reports fit, got {path}: "
        f"{why}"
    )


def named_arrays(parameters: Parameters) -> dict[str, np.ndarray]:
    """W1, b1, ..."""
    return {
        f"{name}{l}": np.ascontiguousarray(array)
        for l, layer in enumerate(parameters, start=1)
        for name, array in zip("Wb", layer, strict=True)
    }
