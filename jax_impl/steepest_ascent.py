"""The gradient is the direction of steepest ascent, mirrored from
reference/steepest_ascent.py.

Differs from the reference:
- the slope is a forward-mode derivative, which shares no pass with
  backpropagation.

JAX's own: jax.jvp; optax.tree.norm for the length.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Scalar
from jaxtyping import Float

from jax_impl.network import cost
from reference.specification import Network, Parameters

__all__ = ["steepest_direction", "directional_derivative"]


def steepest_direction(dJ: Parameters) -> Parameters:
    """v = dJ / ||dJ||, of length 1                                  (P1.1)"""
    length = jnp.sqrt(sum(jnp.sum(a * a) for a in jax.tree.leaves(dJ)))
    return jax.tree.map(lambda a: a / length, dJ)


def directional_derivative(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    direction: Parameters,
    l2: float | Scalar = 0.0,
) -> Float[Scalar, ""]:
    """d/dt J(theta + t v) at t = 0, which is dJ . v                 (P1.1)"""

    def J(parameters: Parameters) -> Array:
        return cost(network, parameters, X, Y, l2)

    return jax.jvp(J, (parameters,), (direction,))[1]
