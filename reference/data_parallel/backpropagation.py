"""reference/backpropagation.py, its sums taken rank by rank."""

from jaxtyping import Float
from numpy import floating as Scalar
from numpy import ndarray as Array

from reference import backpropagation
from reference.data_parallel.dropout import shard_dropout
from reference.data_parallel.sharding import Ranks, all_reduce, shard
from reference.regularization import l2_penalty_gradient
from reference.specification import Dropout, Layer, Network, Parameters

__all__ = ["gradient_share", "gradients"]


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
