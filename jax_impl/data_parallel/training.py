"""What a training keeps from step to step, and where; its steps are one
program."""

from typing import Any

import jax
from jax import Array
from jax import Array as Scalar

from jax_impl.data_parallel.network import sharded_cost
from jax_impl.data_parallel.sharding import (
    EVERYWHERE,
    ROWS,
    Ranks,
    everywhere,
    jitted,
    own_rows,
    shard,
    shard_weights,
)
from jax_impl.gradient_descent import update
from reference.specification import Network, Parameters

__all__ = ["Training", "sharded_step"]


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
