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
from typing import Any

import numpy as np

from reference.specification import RankError
from reports.checkpoint import Checkpoint, read_checkpoint, write_checkpoint
from reports.folder import Refused
from reports.launcher import launched
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
    # The launcher's ranks are as many as it has started.
    ranks = told.ranks or ("" if launched() else "2")
    counted = f"{mode}:{ranks}" if ranks else mode
    try:
        module = importlib.import_module(package)
        implementation = module.implementation(told.device, told.dtype, counted)
    except (ImportError, ValueError) as error:
        print(f"--engine {told.engine}: {error}", file=sys.stderr)
        return USAGE
    first = implementation.is_first
    if told.checkpoint is not None and not told.checkpoint.parent.is_dir():
        print(f"--checkpoint must be in a folder that is there, got "
              f"{told.checkpoint}", file=sys.stderr)  # fmt: skip
        return USAGE
    say = print if first else (lambda *words, **named: None)
    try:
        last = train_from(implementation, load_study(), told, say)
    except RankError as error:
        print(f"{error}{kept(told)}", file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        print(f"interrupted{kept(told)}", file=sys.stderr)
        return INTERRUPTED
    except Refused as error:
        print(error, file=sys.stderr)
        return USAGE
    say(f"{last.step} steps on {implementation.ranks} ranks{kept(told)}")
    return OK


def kept(told: argparse.Namespace) -> str:
    """Where to go on from."""
    where = told.checkpoint
    return f"; {where} has the last step kept" if where else ""


def train_from(
    implementation: Any, study: Study, told: argparse.Namespace,
    say: Callable[..., None],
) -> Checkpoint:  # fmt: skip
    """The training from its checkpoint on, if there is one, to its end: a
    checkpoint every so many steps, which the first rank writes."""
    case = study.case
    training = {
        "layer_sizes": list(case.network.layer_sizes),
        "activations": list(case.network.activations),
        "dtype": told.dtype,
        "learning_rate": case.learning_rate,
        "l2": case.l2,
        "keep_prob": told.keep_prob,
        "seed": told.seed,
        # Each framework draws masks of its own.
        "masks": implementation.name if told.keep_prob < 1 else None,
    }
    at = told.checkpoint and read_checkpoint(told.checkpoint, training)
    if not at:
        dtype = np.dtype(told.dtype)
        at = Checkpoint(case.cast(dtype)[0], 0, training)
    if not implementation.agree(at.step):
        raise Refused(
            "--checkpoint must be one file for all ranks, got "
            f"{told.checkpoint} of step {at.step} on this one"
        )
    X, Y = study.parts["train"]
    while at.step < told.steps:
        steps = range(at.step, min(at.step + told.every, told.steps))
        after, J = some_steps(implementation, case, at, (X, Y), steps, told)
        at = Checkpoint(after, steps.stop, training)
        if told.checkpoint and implementation.is_first:
            write_checkpoint(told.checkpoint, at)
        dev = implementation.cost(case.network, after, *study.parts["dev"])
        say(f"step {at.step}: J = {J[-1]:.6f}, on the dev set {dev:.6f}",
            flush=True)  # fmt: skip
    return at


def some_steps(
    implementation: Any, case: Any, at: Checkpoint, data: Any, steps: range,
    told: argparse.Namespace,
) -> tuple[Any, np.ndarray]:  # fmt: skip
    """The parameters after these steps, and J before each of them."""
    settings: dict[str, Any] = {
        "learning_rate": case.learning_rate,
        "l2": case.l2,
    }
    given = case.network, at.parameters, *data
    if told.keep_prob == 1:
        return implementation.train(*given, steps=len(steps), **settings)
    m = data[0].shape[1]
    # By the step's number: who goes on draws what would have been drawn.
    masks = [
        implementation.sample_dropout(
            case.network, told.keep_prob, m, told.seed * 2**32 + step
        )
        for step in steps
    ]
    return implementation.train_dropout(*given, masks, **settings)
