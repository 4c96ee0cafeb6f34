"""What a training keeps from step to step: the engine's, and PyTorch's."""

from typing import Any

import torch
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Dropout, Layer, Network, Parameters
from torch_impl.data_parallel.engines import engine
from torch_impl.data_parallel.sharding import (
    Ranks,
    all_reduce,
    part,
    shard,
    whole,
)
from torch_impl.losses import loss

__all__ = ["Training"]


class Training:
    """The model in its engine, its optimizer, and the rank's examples."""

    def __init__(
        self, ranks: Ranks, network: Network, parameters: Parameters,
        X: Array, Y: Array, *, learning_rate: float | Scalar = 0.0,
        l2: float | Scalar = 0.0,
    ) -> None:  # fmt: skip
        self.ranks, self.l2, self.m = ranks, l2, X.shape[1]
        self.output = network.activations[-1]
        self.X, self.Y = shard(ranks, X), shard(ranks, Y)
        self.model = engine(ranks, network, parameters)
        named = dict(self.model.named_parameters())
        self.weights = [p for name, p in named.items() if name[-1] == "W"]
        self.biases = [p for name, p in named.items() if name[-1] == "b"]
        groups: list[dict[str, Any]] = [
            {"params": self.weights, "weight_decay": l2 / self.m},
            {"params": self.biases, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.SGD(groups, lr=learning_rate)

    def losses(self, dropout: Dropout | None = None) -> Array:
        """The sum of the rank's losses: 0, with gradients, where it has no
        example, for the others wait for them."""
        Z = self.model(self.X, dropout)[-1]
        return torch.sum(loss(self.output, Z, self.Y))

    def backward(self, losses: Array) -> None:
        """The engine's mean over ranks becomes that over examples."""
        (losses * (self.ranks.size / self.m)).backward()

    def cost(self, losses: Array) -> Array:
        """J, by the sums of all ranks."""
        J = all_reduce(self.ranks, losses) / self.m
        if self.l2 == 0:
            return J
        own = [part(W.detach()) for W in self.weights]
        squares = torch.stack([torch.sum(W * W) for W in own]).sum()
        if self.ranks.engine == "fsdp":  # of the rank's own rows
            squares = all_reduce(self.ranks, squares)
        return J + self.l2 / (2 * self.m) * squares

    def step(self, dropout: Dropout | None = None) -> Array:
        """J, and one step down from there; every rank takes the same."""
        self.optimizer.zero_grad()
        losses = self.losses(dropout)
        self.backward(losses)
        J = self.cost(losses)
        self.optimizer.step()
        return J

    def parameters(self) -> Parameters:
        """(W[l], b[l]) for l = 1 ... L, whole."""
        pairs = zip(self.weights, self.biases, strict=True)
        return tuple(Layer(whole(W), whole(b)) for W, b in pairs)

    def gradients(self) -> Parameters:
        """(dW[l], db[l]) likewise, without the penalty's."""
        pairs = zip(self.weights, self.biases, strict=True)
        return tuple(Layer(whole(W.grad), whole(b.grad)) for W, b in pairs)

    def state(self) -> list[Array]:
        """What of the parameters this rank holds, as it is now."""
        return [part(p.detach()).clone() for p in self.model.parameters()]

    def restore(self, state: list[Array]) -> None:
        """Make it what it was."""
        for p, before in zip(self.model.parameters(), state, strict=True):
            part(p.detach()).copy_(before)
