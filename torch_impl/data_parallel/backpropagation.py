"""The gradients, which the engine sums over the ranks."""

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Dropout, Layer, Network, Parameters
from torch_impl.data_parallel.dropout import shard_dropout
from torch_impl.data_parallel.sharding import Ranks
from torch_impl.data_parallel.training import Training
from torch_impl.regularization import l2_cost

__all__ = ["gradients"]


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
    training = Training(ranks, network, parameters, X, Y)
    training.backward(training.losses(shard_dropout(ranks, dropout)))
    W = [W.detach().requires_grad_() for W, _ in parameters]
    layers = tuple(Layer(W_l, None) for W_l in W)
    penalty = torch.autograd.grad(l2_cost(layers, l2, X.shape[1]), W)
    return tuple(
        Layer(dW + decay, db)
        for (dW, db), decay in zip(training.gradients(), penalty, strict=True)
    )
