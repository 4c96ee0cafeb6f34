"""reference/early_stopping.py on ranks, which all stop at one step."""

from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.data_parallel.gradient_descent import step
from reference.data_parallel.network import cost
from reference.data_parallel.sharding import Ranks
from reference.early_stopping import stop_early
from reference.specification import Network, Parameters

__all__ = ["train_early_stopping"]


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
