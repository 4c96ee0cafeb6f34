"""Data parallelism: R ranks share the examples, and compute as one.

Symbol      Shape        Meaning
R           scalar       number of ranks, >= 1: processes or devices
m_r         scalar       examples of rank r, their sum is m; 0 is allowed
X_r, Y_r    (n, m_r)     the columns of X and Y that rank r holds
part        any          what one rank has computed from its examples
seed, l, i  scalars      a mask's seed, its layer, its example

Source: the notes' own equations, each with its sum over the examples taken
rank by rank. Here the ranks take turns in one process; in the mirrors they
are processes or devices, and all_reduce and all_gather what they say to
each other. Nothing may depend on R but the order of rounding: m is that of
all ranks together, the penalty has no examples and counts once, and a
rank without an example adds nothing, where a mean of its own would be 0/0.
"""

from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Shaped
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference import backpropagation
from reference import network as networks
from reference.early_stopping import stop_early
from reference.gradient_descent import repeat, update
from reference.losses import loss
from reference.network import propagate
from reference.regularization import l2_cost, l2_penalty_gradient
from reference.specification import (
    Dropout,
    Layer,
    Network,
    Parameters,
    check_keep_prob,
)

__all__ = [
    "Ranks",
    "shares",
    "shard",
    "shard_dropout",
    "all_reduce",
    "all_gather",
    "cost_share",
    "gradient_share",
    "forward",
    "cost",
    "gradients",
    "step",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
    "example_masks",
    "sample_dropout",
]


class Ranks(NamedTuple):
    """R ranks, which here take turns."""

    size: int


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples

    The last may get less, or none, as by PyTorch's chunk and JAX's padding:
    so no library's gather has to be told how many there are.
    """
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> list[Array]:
    """X = [X_0 ... X_(R-1)]"""
    ends = np.cumsum(shares(X.shape[1], ranks.size))[:-1]
    return np.split(X, ends, axis=1)


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> list[Any]:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return [None] * ranks.size
    layers = [
        [None] * ranks.size if D is None else shard(ranks, D)
        for D in dropout.masks
    ]
    masks = zip(*layers, strict=True) if layers else [()] * ranks.size
    return [Dropout(dropout.keep_prob, D) for D in masks]


def all_reduce(parts: list[Any]) -> Any:
    """sum_r part_r"""
    return sum(parts[1:], start=parts[0])


def all_gather(parts: list[Array]) -> Shaped[Array, "n m"]:
    """[part_0 ... part_(R-1)]"""
    return np.concatenate(parts, axis=1)


def cost_share(
    network: Network,
    parameters: Parameters,
    X_r: Float[Array, "n_x m_r"],
    Y_r: Float[Array, "n_y m_r"],
    m: int,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """1/m sum_(i on r) L(i), by the m of all ranks              (1.2-cost)"""
    Z, _ = propagate(network, parameters, X_r, dropout)
    return np.sum(loss(network.activations[-1], Z[-1], Y_r)) / m


def gradient_share(
    network: Network,
    parameters: Parameters,
    X_r: Float[Array, "n_x m_r"],
    Y_r: Float[Array, "n_y m_r"],
    m: int,
    dropout: Dropout | None = None,
) -> Parameters:
    """m_r/m dJ_r/dW[l], m_r/m dJ_r/db[l], of the rank's own mean J_r
    (2.10, 2.11)

    A rank without an example has no mean, and the share 0.
    """
    m_r = X_r.shape[1]
    if m_r == 0:
        return tuple(Layer(0 * W, 0 * b) for W, b in parameters)
    dJ_r = backpropagation.gradients(
        network, parameters, X_r, Y_r, dropout=dropout
    )
    return tuple(Layer(m_r / m * dW, m_r / m * db) for dW, db in dJ_r)


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    shards = zip(shard(ranks, X), shard_dropout(ranks, dropout), strict=True)
    parts = [networks.forward(network, parameters, *r) for r in shards]
    return tuple(all_gather(list(A)) for A in zip(*parts, strict=True))


def cost(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """J = sum_r 1/m sum_(i on r) L(i) + lambda/(2m) sum_l ||W[l]||^2
    (1.2-cost, 3.1-l2)"""
    m = X.shape[1]
    parts = [
        cost_share(network, parameters, X_r, Y_r, m, D_r)
        for X_r, Y_r, D_r in zip(
            shard(ranks, X), shard(ranks, Y), shard_dropout(ranks, dropout),
            strict=True,
        )
    ]  # fmt: skip
    return all_reduce(parts) + l2_cost(parameters, l2, m)


def gradients(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Parameters:
    """dW = sum_r m_r/m dW_r + lambda/m W,  db = sum_r m_r/m db_r
    (2.10, 2.11, 3.1-l2)"""
    m = X.shape[1]
    parts = [
        gradient_share(network, parameters, X_r, Y_r, m, D_r)
        for X_r, Y_r, D_r in zip(
            shard(ranks, X), shard(ranks, Y), shard_dropout(ranks, dropout),
            strict=True,
        )
    ]  # fmt: skip
    return tuple(
        Layer(
            all_reduce([dW for dW, _ in layer]) + l2_penalty_gradient(W, l2, m),
            all_reduce([db for _, db in layer]),
        )
        for (W, _), layer in zip(
            parameters, zip(*parts, strict=True), strict=True
        )
    )


def step(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    learning_rate: float | Scalar,
    l2: float | Scalar,
    dropout: Dropout | None = None,
) -> tuple[Parameters, Float[Scalar, ""]]:
    """J before the update, then the same update on every rank       (A1.1)"""
    J = cost(ranks, network, parameters, X, Y, l2, dropout)
    dJ = gradients(ranks, network, parameters, X, Y, l2, dropout)
    return update(parameters, dJ, learning_rate), J


def train(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    return repeat(
        lambda theta: step(ranks, network, theta, X, Y, learning_rate, l2),
        parameters,
        steps,
    )


def train_dropout(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    costs = []
    for D in dropouts:
        parameters, J = step(
            ranks, network, parameters, X, Y, learning_rate, l2, D
        )
        costs.append(J)
    return parameters, np.stack(costs)


def train_early_stopping(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    X_dev: Float[Array, "n_x m_dev"],
    Y_dev: Float[Array, "n_y m_dev"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    patience: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " K"], Float[Array, " K"], int]:
    """(best parameters, costs, dev costs, best step)  (3.1-early-stopping)

    The dev examples are shared out too, and the dev cost is of all: every
    rank sees the same, and stops at the same step.
    """
    return stop_early(
        lambda theta: step(ranks, network, theta, X, Y, learning_rate, l2),
        lambda theta: cost(ranks, network, theta, X_dev, Y_dev),
        parameters,
        steps,
        patience,
    )


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)

    The mu of all ranks is there before a rank looks at the distance to it:
    variances of their own would leave out how their means differ.
    """
    m, x_1 = X.shape[1], X[:, :1]
    shards = shard(ranks, X)
    other = all_reduce([count(X_r != x_1) for X_r in shards])
    mean = all_reduce([total(X_r) / m for X_r in shards])
    mu = np.where(other == 0, x_1, mean)
    sigma2 = all_reduce([total((X_r - mu) * (X_r - mu)) / m for X_r in shards])
    return mu, np.sqrt(sigma2)


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    shards = zip(shard(ranks, predicted), shard(ranks, Y), strict=True)
    right = [np.all(p_r == (Y_r > 0.5), axis=0) for p_r, Y_r in shards]
    return all_reduce([np.sum(r, dtype=Y.dtype) for r in right]) / Y.shape[1]


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)

    One stream a layer, of which example i has the draws i n ... i n + n - 1,
    whoever holds it: a rank goes on to its first, and draws no other's.
    """
    stream = np.random.PCG64(np.random.SeedSequence([seed, l]))
    rng = np.random.Generator(stream.advance(first * n))
    D = rng.random((m_r, n)) < check_keep_prob(keep_prob)
    return D.T


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    masks, m_r = [], shares(m, ranks.size)
    first = [sum(m_r[:r]) for r in range(ranks.size)]
    for l, n in enumerate(network.layer_sizes[1:-1], start=1):
        parts = [
            example_masks(seed, l, n, keep_prob, *r)
            for r in zip(first, m_r, strict=True)
        ]
        masks.append(all_gather(parts))
    return Dropout(keep_prob, tuple(masks))


def total(X: Float[Array, "n_x m_r"]) -> Float[Array, "n_x 1"]:
    return np.sum(X, axis=1, keepdims=True)


def count(X: Bool[Array, "n_x m_r"]) -> Any:
    return np.sum(X, axis=1, keepdims=True)
