"""Data parallelism by JAX's own sharding: a mesh of devices, and jit.

The arrays say where they are, and the program stays what it is: the compiler
puts the sums over ranks in. The devices may be of one process, or of many
that jax.distributed has joined; each process calls each function here with
the same arguments, hands its devices their columns of X and Y, and gets the
same result.

A sharded array has shares of one size, so that the examples are filled up
with columns that count for nothing, and so are the rows of W[l] and b[l]
where the weights are sharded too: a layer narrower than the mesh is one row
a device, and nothing on the others.
"""

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from jax import Array as Scalar
from jax.sharding import Mesh, NamedSharding, PartitionSpec
from jaxtyping import Bool, Float, Shaped

from jax_impl import early_stopping
from jax_impl.activations import activation
from jax_impl.early_stopping import cut
from jax_impl.gradient_descent import update
from jax_impl.losses import loss
from jax_impl.network import propagate
from jax_impl.regularization import l2_cost
from reference.specification import (
    Dropout,
    Layer,
    Network,
    Parameters,
    check_keep_prob,
)

__all__ = [
    "Ranks",
    "Training",
    "shares",
    "shard",
    "shard_dropout",
    "forward",
    "cost",
    "gradients",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
    "example_masks",
    "sample_dropout",
]

COLUMNS, ROWS = PartitionSpec(None, "ranks"), PartitionSpec("ranks", None)
EVERYWHERE = PartitionSpec()


class Ranks(NamedTuple):
    """The devices, in one line, and whether the weights are sharded too."""

    mesh: Mesh
    weights: bool

    @property
    def size(self) -> int:
        """R."""
        return self.mesh.size

    def at(self, spec: PartitionSpec) -> NamedSharding:
        """What of an array is where."""
        return NamedSharding(self.mesh, spec)


def jitted(function: Callable[..., Any]) -> Any:
    """jax.jit, compiled for each network, mesh and size."""
    static = {"ranks", "network", "m", "steps", "n"}
    takes = inspect.signature(function).parameters
    return jax.jit(function, static_argnames=tuple(static & set(takes)))


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples"""
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> Array:
    """X = [X_0 ... X_(R-1)]

    Of the size R ceil(m / R), with columns of 0 behind the last example.
    """
    m = X.shape[1]
    behind = ranks.size * shares(m, ranks.size)[0] - m
    return placed(ranks, np.pad(X, ((0, 0), (0, behind))), COLUMNS)


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> Dropout | None:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return None
    parts = [None if D is None else shard(ranks, D) for D in dropout.masks]
    return Dropout(dropout.keep_prob, tuple(parts))


def shard_weights(ranks: Ranks, parameters: Parameters) -> Parameters:
    """W[l] and b[l], whole on each device, or a share of their rows."""
    if not ranks.weights:
        return jax.tree.map(lambda p: placed(ranks, p, EVERYWHERE), parameters)
    return jax.tree.map(
        lambda p: placed(ranks, np.pad(p, ((0, -len(p) % ranks.size), (0, 0))),
                         ROWS),
        parameters,
    )  # fmt: skip


def placed(ranks: Ranks, array: np.ndarray, spec: PartitionSpec) -> Array:
    """The array, of which each process gives its devices what is theirs."""
    return jax.make_array_from_callback(
        array.shape, ranks.at(spec), lambda index: np.array(array[index])
    )


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    return sharded_forward(
        ranks, network, shard_weights(ranks, parameters), shard(ranks, X),
        shard_dropout(ranks, dropout), m=X.shape[1],
    )  # fmt: skip


@jitted
def sharded_forward(
    ranks: Ranks, network: Network, parameters: Parameters, X: Array,
    dropout: Dropout | None, m: int,
) -> tuple[Array, ...]:  # fmt: skip
    kept = own_rows(network, parameters)
    Z, A = propagate(network, kept, X, dropout)
    A.append(activation(network.activations[-1], Z[-1], network.leaky_slope))
    return tuple(everywhere(ranks, A_l)[:, :m] for A_l in A[1:])


def sharded_cost(
    network: Network, parameters: Parameters, X: Array, Y: Array, m: int,
    l2: float | Scalar, dropout: Dropout | None = None,
) -> Scalar:  # fmt: skip
    """J, of the m examples alone."""
    kept = own_rows(network, parameters)
    Z, _ = propagate(network, kept, X, dropout)
    losses = loss(network.activations[-1], Z[-1], Y)
    total = jnp.sum(jnp.where(examples(losses, m), losses, 0))
    return total / m + l2_cost(kept, l2, m)


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
    training = Training(ranks, network, parameters, X, Y, l2=l2)
    return training.cost(shard_dropout(ranks, dropout))


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
    training = Training(ranks, network, parameters, X, Y, l2=l2)
    return training.gradients(shard_dropout(ranks, dropout))


class Training:
    """The parameters and the examples where they belong."""

    def __init__(
        self, ranks: Ranks, network: Network, parameters: Parameters,
        X: Array, Y: Array, *, learning_rate: float | Scalar = 0.0,
        l2: float | Scalar = 0.0,
    ) -> None:  # fmt: skip
        self.fixed = {"ranks": ranks, "network": network, "m": X.shape[1]}
        self.parameters = shard_weights(ranks, parameters)
        self.X, self.Y = shard(ranks, X), shard(ranks, Y)
        self.learning_rate, self.l2 = learning_rate, l2

    def cost(self, dropout: Dropout | None = None) -> Array:
        """J."""
        given = self.parameters, self.X, self.Y, self.l2, dropout
        return cost_of(*given, **self.fixed)

    def gradients(self, dropout: Dropout | None = None) -> Parameters:
        """(dW[l], db[l]) for l = 1 ... L."""
        given = self.parameters, self.X, self.Y, self.l2, dropout
        return gradients_of(*given, **self.fixed)

    def steps(self, steps: int, dropouts: Any = None) -> tuple[Any, Array]:
        """So many steps down, in one call: the parameters, whole, and J
        before each step."""
        self.parameters, whole, costs = descend(
            self.parameters, self.X, self.Y, self.learning_rate, self.l2,
            dropouts, steps=steps, **self.fixed,
        )  # fmt: skip
        return whole, costs

    def compiled(self, steps: int) -> str:
        """The program that takes so many steps, as the compiler left it:
        where it says what the devices tell each other."""
        given = self.parameters, self.X, self.Y, self.learning_rate, self.l2
        lowered = descend.lower(*given, None, steps=steps, **self.fixed)
        return lowered.compile().as_text()


@jitted
def sums_of_ranks(parts: Array, ranks: Ranks, steps: int) -> Array:
    """A row a rank, summed so many times, each sum after the last: what a
    collective takes by itself, inside of a program."""

    def again(parts: Array, _: None) -> tuple[Array, None]:
        total = everywhere(ranks, jnp.sum(parts, axis=0))
        return (parts + total) / 2, None

    return jax.lax.scan(again, parts, length=steps)[0]


@jitted
def cost_of(
    parameters: Parameters, X: Array, Y: Array, l2: Any, dropout: Any,
    ranks: Ranks, network: Network, m: int,
) -> Array:  # fmt: skip
    J = sharded_cost(network, parameters, X, Y, m, l2, dropout)
    return everywhere(ranks, J)


@jitted
def gradients_of(
    parameters: Parameters, X: Array, Y: Array, l2: Any, dropout: Any,
    ranks: Ranks, network: Network, m: int,
) -> Parameters:  # fmt: skip
    dJ = jax.grad(sharded_cost, argnums=1)(
        network, parameters, X, Y, m, l2, dropout
    )
    return own_rows(network, everywhere(ranks, dJ))


def sharded_step(
    parameters: Parameters, X: Array, Y: Array, learning_rate: Any, l2: Any,
    dropout: Any, ranks: Ranks, network: Network, m: int,
) -> tuple[Parameters, Array]:  # fmt: skip
    """J, and one step down, after which every parameter is where it was."""
    J, dJ = jax.value_and_grad(sharded_cost, argnums=1)(
        network, parameters, X, Y, m, l2, dropout
    )
    spec = ROWS if ranks.weights else EVERYWHERE
    after = update(parameters, dJ, learning_rate)
    return jax.lax.with_sharding_constraint(after, ranks.at(spec)), J


@jitted
def descend(
    parameters: Parameters, X: Array, Y: Array, learning_rate: Any, l2: Any,
    dropouts: Any, ranks: Ranks, network: Network, m: int, steps: int,
) -> tuple[Parameters, Parameters, Array]:  # fmt: skip
    after, costs = jax.lax.scan(
        lambda theta, D: sharded_step(
            theta, X, Y, learning_rate, l2, D, ranks, network, m
        ),
        parameters,
        dropouts,
        steps,
    )
    whole = own_rows(network, everywhere(ranks, after))
    return after, whole, everywhere(ranks, costs)


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
    return Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    ).steps(steps)


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
    sharded = [shard_dropout(ranks, D) for D in dropouts]
    stacked = stack(*sharded)
    return Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    ).steps(len(dropouts), stacked)


@jax.jit
def stack(*dropouts: Dropout) -> Dropout:
    """One array for the masks of all steps, which a scan goes along."""
    return jax.tree.map(lambda *D: jnp.stack(D), *dropouts)


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
    """(best parameters, costs, dev costs, best step)  (3.1-early-stopping)"""
    return cut(
        *sharded_early_stopping(
            shard_weights(ranks, parameters),
            (shard(ranks, X), shard(ranks, Y), learning_rate, l2),
            (shard(ranks, X_dev), shard(ranks, Y_dev)),
            patience, X_dev.shape[1],
            ranks=ranks, network=network, m=X.shape[1], steps=steps,
        )
    )  # fmt: skip


@jitted
def sharded_early_stopping(
    parameters: Parameters, data: Any, dev: Any, patience: Any, m_dev: Any,
    ranks: Ranks, network: Network, m: int, steps: int,
) -> Any:  # fmt: skip
    (X, Y, rate, l2), (X_dev, Y_dev) = data, dev
    best, *told = early_stopping.descend(
        lambda theta: sharded_step(
            theta, X, Y, rate, l2, None, ranks, network, m
        ),
        lambda theta: sharded_cost(network, theta, X_dev, Y_dev, m_dev, 0.0),
        parameters,
        steps,
        patience,
    )
    whole = own_rows(network, everywhere(ranks, best))
    return (whole, *everywhere(ranks, told))


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)"""
    return sharded_normalization(shard(ranks, X), ranks=ranks, m=X.shape[1])


@jitted
def sharded_normalization(
    X: Array, ranks: Ranks, m: int
) -> tuple[Array, Array]:
    real, x_1 = examples(X, m), X[:, :1]
    constant = jnp.all((x_1 == X) | ~real, axis=1, keepdims=True)
    mean = jnp.sum(jnp.where(real, X, 0), axis=1, keepdims=True) / m
    mu = jnp.where(constant, x_1, mean)
    squares = jnp.where(real, (X - mu) * (X - mu), 0)
    sigma2 = jnp.sum(squares, axis=1, keepdims=True) / m
    return everywhere(ranks, (mu, jnp.sqrt(sigma2)))


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    given = shard(ranks, predicted), shard(ranks, Y)
    return sharded_accuracy(*given, ranks=ranks, m=Y.shape[1])


@jitted
def sharded_accuracy(predicted: Array, Y: Array, ranks: Ranks, m: int) -> Array:
    right = jnp.all(predicted == (Y > 0.5), axis=0) & examples(Y, m)
    return everywhere(ranks, jnp.sum(right, dtype=Y.dtype) / m)


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)"""
    return masks_of(layer_key(seed, l), np.arange(first, first + m_r),
                    check_keep_prob(keep_prob), n=n)  # fmt: skip


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    keep_prob = check_keep_prob(keep_prob)
    i = shard(ranks, jnp.arange(m)[None, :])
    masks = [
        sharded_masks(layer_key(seed, l), i, keep_prob, n=n, ranks=ranks, m=m)
        for l, n in enumerate(network.layer_sizes[1:-1], start=1)
    ]
    return Dropout(keep_prob, tuple(masks))


def layer_key(seed: int, l: int) -> np.ndarray:
    """Of a layer's masks: a seed may be longer than a key."""
    return np.random.SeedSequence([seed, l]).generate_state(2)


@jitted
def masks_of(key: Array, i: Array, keep_prob: Any, n: int) -> Array:
    """A column for each example i, from its own key."""
    layer = jax.random.wrap_key_data(key, impl="threefry2x32")

    def column(i: Array) -> Array:
        return jax.random.uniform(jax.random.fold_in(layer, i), (n,))

    return jax.vmap(column, out_axes=1)(i) < keep_prob


@jitted
def sharded_masks(
    key: Array, i: Array, keep_prob: Any, n: int, ranks: Ranks, m: int
) -> Array:
    D = masks_of(key, i[0], keep_prob, n=n)
    D = jax.lax.with_sharding_constraint(D, ranks.at(COLUMNS))
    return everywhere(ranks, D)[:, :m]


def own_rows(network: Network, parameters: Parameters) -> Parameters:
    """The parameters without the rows that fill their shares up."""
    return tuple(
        Layer(W[:n], b[:n])
        for (W, b), n in zip(parameters, network.layer_sizes[1:], strict=True)
    )


def examples(X: Array, m: int | Array) -> Array:
    """Which columns are examples, (1, columns)."""
    return jnp.arange(X.shape[1])[None, :] < m


def everywhere(ranks: Ranks, value: Any) -> Any:
    """The same, whole on every device, from where a process can read it."""
    return jax.lax.with_sharding_constraint(value, ranks.at(EVERYWHERE))
