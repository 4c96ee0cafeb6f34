"""Keras 3 on PyTorch or JAX: compile, and train_on_batch.

Which of the two is for KERAS_BACKEND to say, before it is imported.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np

from parity_tests.cases import Case
from reference import Parameters
from reports.speed.contenders import Contender

__all__ = ["Keras", "build"]


class Keras:
    """Dense layers with an L2 regularizer, keras.optimizers.SGD."""

    def __init__(self, case: Case, dtype: str, backend: str) -> None:
        self.backend, self.dtype = backend, dtype
        keras.config.set_floatx(dtype)
        if backend == "jax":
            import jax

            jax.config.update("jax_enable_x64", dtype == "float64")
            jax.config.update("jax_default_matmul_precision", "highest")
        sizes, g = case.network.layer_sizes, case.network.activations
        _, X, Y = case.cast(np.dtype(dtype))
        # As tensors: of a NumPy array each step would make a copy.
        tensor = keras.ops.convert_to_tensor
        self.rows = tensor(np.ascontiguousarray(X.T))
        self.labels = tensor(Y.T.copy())
        names = (*g[:-1], None)
        self.model = keras.Sequential([
            keras.Input((sizes[0],)),
            *(
                keras.layers.Dense(
                    n, activation=name,
                    kernel_regularizer=keras.regularizers.L2(
                        case.l2 / (2 * case.m)
                    ),
                )
                for n, name in zip(sizes[1:], names, strict=True)
            ),
        ])  # fmt: skip
        self.model.compile(
            keras.optimizers.SGD(case.learning_rate),
            keras.losses.BinaryCrossentropy(from_logits=True),
            # Its loss is a mean over the outputs too.
            loss_weights=[sizes[-1]],
        )

    def fresh(self, start: Parameters, steps: int) -> Any:
        self.model.set_weights([a for W, b in start for a in (W.T, b[:, 0])])
        self.wait((self.model, []))
        return self.model

    def train(self, start: Any, steps: int) -> Any:
        return start, [
            start.train_on_batch(self.rows, self.labels) for _ in range(steps)
        ]

    def wait(self, trained: Any) -> None:
        if self.backend == "jax":
            import jax

            jax.block_until_ready([v.value for v in trained[0].weights])
        else:
            import torch

            if torch.cuda.is_available():
                torch.cuda.synchronize()

    def theta(self, trained: Any) -> np.ndarray:
        arrays = trained[0].get_weights()
        return np.concatenate([a.T.ravel() for a in arrays])

    def costs(self, trained: Any) -> np.ndarray:
        return np.array(trained[1])


def build(contender: Contender, case: Case, dtype: str, device: str) -> Keras:
    """The peer at work."""
    return Keras(case, dtype, contender.mode)
