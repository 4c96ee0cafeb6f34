"""Early stopping: all ranks see one dev cost, and stop at one step."""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Network, Parameters
from torch_impl.data_parallel.sharding import Ranks
from torch_impl.data_parallel.training import Training
from torch_impl.early_stopping import stop_early

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
    """(best parameters, costs, dev costs, best step)  (3.1-early-stopping)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    dev = Training(ranks, network, parameters, X_dev, Y_dev)

    def step(state: list[Array]) -> tuple[list[Array], Array]:
        J = training.step()  # from that state, in which the last step left it
        return training.state(), J

    def dev_cost(state: list[Array]) -> Array:
        dev.restore(state)
        with torch.no_grad():
            return dev.cost(dev.losses())

    found = stop_early(step, dev_cost, training.state(), steps, patience)
    training.restore(found[0])
    return training.parameters(), found[1], found[2], found[3]
