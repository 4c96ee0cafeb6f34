"""python -m reports fit: a training on ranks, that goes on where it was.

The breast cancer data, normalized by all training examples; the examples of
a step are shared by ranks, which are processes of its own or those that a
launcher has started, on one machine or on many.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from reference.specification import RankError
from reports.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from reports.folder import Refused
from reports.launcher import launched, leave
from reports.training import Study, load_study

__all__ = ["ENGINES", "fit", "train_from"]

ENGINES = {
    "numpy": ("reference", "sharded"),
    "ddp": ("torch_impl", "ddp"),
    "fsdp": ("torch_impl", "fsdp"),
    "sharded": ("jax_impl", "sharded"),
    "sharded_weights": ("jax_impl", "sharded_weights"),
}
"""By the word of the command line: the package, and its mode."""
OK, USAGE, FAILED, INTERRUPTED = 0, 2, 4, 130


def fit(told: argparse.Namespace) -> int:
    """Train, and tell how it goes; the exit status."""
    package, mode = ENGINES[told.engine]
    place = launched()
    if place is not None and place.size > 1 and place.package != package:
        print(f"--engine must be of {place.launcher}, which has started this "
              f"rank of {place.size}, got {told.engine}",
              file=sys.stderr)  # fmt: skip
        return USAGE
    if told.checkpoint is not None and not told.checkpoint.parent.is_dir():
        print(f"--checkpoint must be in a folder that is there, got "
              f"{told.checkpoint}", file=sys.stderr)  # fmt: skip
        return USAGE
    # The launcher's ranks are as many as it has started.
    ranks = told.ranks or ("" if place else "2")
    counted = f"{mode}:{ranks}" if ranks else mode
    try:
        module = importlib.import_module(package)
        implementation = module.implementation(told.device, told.dtype, counted)
        say = print if implementation.is_first else silent
        last = train_from(implementation, load_study(), told, say)
    except (ImportError, ValueError) as error:
        print(f"--engine {told.engine}: {error}", file=sys.stderr)
        return USAGE
    except RankError as error:
        print(f"{error}{kept(told)}", file=sys.stderr)
        return leave(FAILED)
    except KeyboardInterrupt:
        print(f"interrupted{kept(told)}", file=sys.stderr)
        return INTERRUPTED
    except Refused as error:
        print(error, file=sys.stderr)
        return USAGE
    say(f"{last.step} steps on {implementation.ranks} ranks{kept(told)}")
    return OK


def silent(*words: str, **named: Any) -> None:
    """The first rank says it for all."""


def kept(told: argparse.Namespace) -> str:
    """Where to go on from."""
    where = told.checkpoint
    there = where is not None and where.exists()
    return f"; {where} has the last step kept" if there else ""


def train_from(
    implementation: Any, study: Study, told: argparse.Namespace,
    say: Callable[..., None],
) -> Checkpoint:  # fmt: skip
    """The training from its checkpoint on, if there is one, to its end: a
    checkpoint every so many steps, which the first rank writes."""
    case, drops = study.case, told.keep_prob < 1
    training = {
        "layer_sizes": list(case.network.layer_sizes),
        "activations": list(case.network.activations),
        "dtype": told.dtype,
        "learning_rate": case.learning_rate,
        "l2": case.l2,
        "keep_prob": told.keep_prob,
        # Each framework draws masks of its own.
        "masks": [implementation.name, told.seed] if drops else None,
    }
    start = Checkpoint(case.cast(np.dtype(told.dtype))[0], 0, training)
    at = common(implementation, told.checkpoint, start)
    X, Y = study.parts["train"]
    while at.step < told.steps:
        steps = range(at.step, min(at.step + told.every, told.steps))
        after = some_steps(implementation, case, at, (X, Y), steps, told)
        at = Checkpoint(after, steps.stop, training)
        if told.checkpoint and implementation.is_first:
            write_checkpoint(told.checkpoint, at)
        J = implementation.cost(case.network, after, X, Y, case.l2)
        dev = implementation.cost(case.network, after, *study.parts["dev"])
        say(f"step {at.step}: J = {J:.6f}, on the dev set {dev:.6f}",
            flush=True)  # fmt: skip
    return at


def common(
    implementation: Any, path: Path | None, start: Checkpoint
) -> Checkpoint:
    """What all ranks go on from: the file's, or the start.

    Refused on all of them where one cannot read it, or reads another.
    """
    at, fault = start, ""
    try:
        if path is not None:
            at = read_checkpoint(path, start) or start
    except Refused as error:
        fault = str(error)
    marks = implementation.gather(0 if fault else at.mark())
    if fault:
        raise Refused(fault)
    if len(set(marks)) > 1:
        raise Refused(
            f"--checkpoint must be one file for all ranks, got {path} of "
            f"step {at.step} on this one, and not the same on the ranks "
            f"{[r for r, mark in enumerate(marks) if mark != at.mark()]}"
        )
    return at


def some_steps(
    implementation: Any, case: Any, at: Checkpoint, data: Any, steps: range,
    told: argparse.Namespace,
) -> Any:  # fmt: skip
    """The parameters after these steps."""
    settings: dict[str, Any] = {
        "learning_rate": case.learning_rate,
        "l2": case.l2,
    }
    given = case.network, at.parameters, *data
    if told.keep_prob == 1:
        return implementation.train(*given, steps=len(steps), **settings)[0]
    m = data[0].shape[1]
    # By the step's number: who goes on draws what would have been drawn.
    masks = [
        implementation.sample_dropout(
            case.network, told.keep_prob, m, told.seed * 2**32 + step
        )
        for step in steps
    ]
    return implementation.train_dropout(*given, masks, **settings)[0]
