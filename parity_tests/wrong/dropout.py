"""Mistakes in dropout."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake
from reference import Dropout
from reference.gradient_descent import step

__all__ = ["MISTAKES"]


def one_mask_for_all(rng: Any, shape: tuple[int, int], keep_prob: float) -> Any:
    column = rng.random((shape[0], 1)) < keep_prob
    return np.broadcast_to(column, shape).copy()


def one_mask_for_a_row(
    rng: Any, shape: tuple[int, int], keep_prob: float
) -> Any:
    row = rng.random((1, shape[1])) < keep_prob
    return np.broadcast_to(row, shape).copy()


def same_mask_in_all_layers(
    rng: Any, network: Any, keep_prob: float, m: int
) -> Any:
    hidden = network.layer_sizes[1:-1]
    U = rng.random((max(hidden), m))
    return Dropout(keep_prob, tuple(U[:n] < keep_prob for n in hidden))


def seeded_inside(rng: Any, shape: tuple[int, int], keep_prob: float) -> Any:
    return np.random.default_rng(1).random(shape) < keep_prob


def first_mask_always(network: Any, parameters: Any, X: Any, Y: Any,
                      dropouts: Any, *, learning_rate: Any,
                      l2: Any = 0.0) -> Any:  # fmt: skip
    costs = []
    for _ in dropouts:
        parameters, J = step(
            network, parameters, X, Y, learning_rate, l2, dropouts[0]
        )
        costs.append(J)
    return parameters, np.stack(costs)


def of_its_own_share(A: np.ndarray, D: np.ndarray, keep_prob: Any) -> Any:
    return (A * D / max(np.mean(D), 0.01)).astype(A.dtype)


def next_layers(A: np.ndarray, l: int, masks: Any) -> Any:
    if not masks:
        return A
    same = [k for k, D in enumerate(masks.masks, 1)
            if D is not None and D.shape == A.shape and k != l]  # fmt: skip
    keep_prob, D = masks.at(same[0] if same else l)
    return A if D is None else A * D / keep_prob


def forgotten_after_the_first(dA: np.ndarray, l: int, masks: Any) -> Any:
    keep_prob, D = masks.at(l) if masks and l > 1 else (1, None)
    return dA if D is None else dA * D / keep_prob


def reshaped_mask(A: np.ndarray, l: int, masks: Any) -> Any:
    keep_prob, D = masks.at(l) if masks else (1, None)
    if D is None:
        return A
    return A * np.reshape(D, D.shape[::-1]).T / keep_prob


M = Mistake
MISTAKES = (
    M("dropout without scaling", "3.1-dropout", "dropout.dropout",
      "forward", "The division by keep_prob is missing.",
      "Divide by keep_prob, and the mean of A stays.",
      lambda A, D, keep_prob: A * D),
    M("scaled by the drop probability", "3.1-dropout", "dropout.dropout",
      "forward", "A D was divided by 1 - keep_prob.",
      "Divide by keep_prob.",
      lambda A, D, p: A * D / (p if p == 1 else 1 - p)),
    M("scaled down", "3.1-dropout", "dropout.dropout", "forward",
      "A D was multiplied by keep_prob, as at test time without inversion.",
      "Divide by keep_prob in training, and do nothing at test time.",
      lambda A, D, keep_prob: A * D * keep_prob),
    M("scaled by its own share", "3.1-dropout", "dropout.dropout",
      "forward", "A D was divided by the share that happened to be kept.",
      "Divide by keep_prob.", of_its_own_share),
    M("mask inverted", "3.1-dropout", "dropout.dropout", "forward",
      "The nodes with D = 0 were kept.", "Multiply by D.",
      lambda A, D, keep_prob: A * ~D / keep_prob),
    M("dropout left out", "3.1-dropout", "dropout.dropout", "forward",
      "A model in evaluation mode drops nothing.",
      "Set the training mode.", lambda A, D, keep_prob: A),
    M("another layer's mask", "3.1-dropout", "dropout.layer_dropout",
      "forward", "The masks are counted from another layer.",
      "D[l] belongs to A[l].", next_layers),
    M("dropped nodes still learn", "3.1-dropout",
      "dropout.dropout_gradient", "gradients",
      "The backward pass does not apply the mask.",
      "Multiply dA by the same D.", lambda dA, D, keep_prob: dA / keep_prob),
    M("gradient not scaled", "3.1-dropout", "dropout.dropout_gradient",
      "gradients", "The backward pass does not divide by keep_prob.",
      "Divide dA by keep_prob too.", lambda dA, D, keep_prob: dA * D),
    M("gradient past dropout", "3.1-dropout", "dropout.dropout_gradient",
      "gradients", "The backward pass knows nothing of dropout.",
      "Multiply dA by D, and divide by keep_prob.",
      lambda dA, D, keep_prob: dA),
    M("one layer forgotten on the way back", "3.1-dropout",
      "dropout.layer_dropout_gradient", "gradients",
      "The mask of the first hidden layer is left out in backpropagation.",
      "Every layer that was dropped on the way out is on the way back.",
      forgotten_after_the_first),
    M("keep_prob taken for the drop probability", "3.1-dropout",
      "dropout.dropout_mask", "dropout_law",
      "The mask keeps a node with probability 1 - keep_prob.",
      "A library's p or rate is 1 - keep_prob.",
      lambda rng, shape, p: rng.random(shape) >= p),
    M("uniform law for normal", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law", "randn() < keep_prob keeps too many.",
      "Draw from a uniform law on [0, 1).",
      lambda rng, shape, p: rng.standard_normal(shape) < p),
    M("one mask for all examples", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law",
      "A node is dropped for every example of the step, or for none.",
      "D has the shape of A.", one_mask_for_all),
    M("one mask for all nodes", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law",
      "All nodes of a layer are dropped together for an example.",
      "D has the shape of A.", one_mask_for_a_row),
    M("one mask for all layers", "3.1-dropout", "dropout.sample_dropout",
      "dropout_law", "The same draws serve every layer.",
      "Draw anew for each; split the key in JAX.",
      same_mask_in_all_layers),
    M("seeded inside", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law",
      "The generator is seeded where it is used: the same mask always.",
      "Seed once, outside, and hand the generator on.", seeded_inside),
    M("keep_prob 1 % off", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law", "The threshold is 0.99 keep_prob.",
      "It is keep_prob.",
      lambda rng, shape, p: rng.random(shape) < (p if p == 1 else 0.99 * p)),
    M("an exact share kept", "3.1-dropout", "dropout.dropout_mask",
      "dropout_law", "As many nodes are kept in every mask.",
      "Draw each by itself.",
      lambda rng, shape, p: (
          rng.permutation(math.prod(shape)) < round(p * math.prod(shape))
      ).reshape(shape)),
    M("one mask for all steps", "3.1-dropout",
      "gradient_descent.train_dropout", "dropout_training",
      "The mask of the first step is used in all.",
      "Draw a mask for each step.", first_mask_always),
    M("mask reshaped for transposed", "3.1-dropout",
      "dropout.layer_dropout", "forward",
      "reshape takes the entries of D in their order: other nodes drop.",
      "Transpose D.", reshaped_mask),
    M("scaled twice", "3.1-dropout", "dropout.dropout", "forward",
      "A D was divided by keep_prob twice.", "Divide once.",
      lambda A, D, keep_prob: (A * D / keep_prob / keep_prob)
      .astype(A.dtype)),
    M("gradient scaled twice", "3.1-dropout", "dropout.dropout_gradient",
      "gradients", "dA D was divided by keep_prob twice.", "Divide once.",
      lambda dA, D, keep_prob: (dA * D / keep_prob / keep_prob)
      .astype(dA.dtype)),
    M("gradient scaled up by keep_prob", "3.1-dropout",
      "dropout.dropout_gradient", "gradients",
      "dA D was multiplied by keep_prob.", "Divide by it.",
      lambda dA, D, keep_prob: (dA * D * keep_prob).astype(dA.dtype)),
)  # fmt: skip
