"""Early stopping: stop when the dev cost rises, and keep the best.

Symbol      Shape     Meaning
costs       (K + 1,)  costs[k] is J on the training set after k updates
dev_costs   (K + 1,)  J on the dev set likewise: no penalty, no dropout
best_step   scalar    updates after which the dev cost was least
patience    scalar    updates without a new least that are waited for, >= 1

Source: notes, section 3.1. The notes leave open what "starts increasing"
is; here a dev cost counts as better only if it is less than all before it,
and the parameters handed back are the best, not the last.
"""

from collections.abc import Callable
from typing import TypeVar

import numpy as np
from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference.gradient_descent import step
from reference.network import cost
from reference.specification import Network, Parameters

__all__ = ["stop_early", "train_early_stopping"]

P = TypeVar("P")


def stop_early(
    step: Callable[[P], tuple[P, Scalar]],
    dev_cost: Callable[[P], Scalar],
    parameters: P,
    steps: int,
    patience: int,
) -> tuple[P, Float[Array, " K"], Float[Array, " K"], int]:
    """Repeat { step } until J_dev(k) >= J_dev(best) for k = best + 1 ...
    best + patience                                    (3.1-early-stopping)
    """
    costs, dev_costs = [], []
    best, best_step, k = parameters, 0, 0
    while True:
        after, J = step(parameters)
        costs.append(J)
        dev_costs.append(dev_cost(parameters))
        if k > 0 and dev_costs[k] < dev_costs[best_step]:
            best, best_step = parameters, k
        if k == steps or k - best_step >= patience:
            break
        parameters, k = after, k + 1
    return best, np.stack(costs), np.stack(dev_costs), best_step


def train_early_stopping(
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
    return stop_early(
        lambda theta: step(network, theta, X, Y, learning_rate, l2),
        lambda theta: cost(network, theta, X_dev, Y_dev),
        parameters,
        steps,
        patience,
    )
