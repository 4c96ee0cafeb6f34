"""The same network as a practitioner writes it: nn.Module, torch.optim.SGD.

PyTorch's own, all of it: nn.Linear layers on examples as rows, the loss
from logits, backward(), and an optimizer that decays the weights by
lambda/m and leaves the biases alone, which is the penalty of the notes.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar
from torch import nn

from reference.specification import Layer, Network, Parameters

__all__ = ["MultilayerPerceptron", "Training", "sum_of_losses", "train"]

ACTIVATIONS = {
    "identity": nn.Identity,
    "sigmoid": nn.Sigmoid,
    "tanh": nn.Tanh,
    "relu": nn.ReLU,
    "leaky_relu": nn.LeakyReLU,
}


class MultilayerPerceptron(nn.Module):
    """The L-layer network, up to Z[L]: the loss takes it from there."""

    def __init__(self, network: Network, parameters: Parameters) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for (W, b), g in zip(parameters, network.activations, strict=True):
            n, n_prev = W.shape
            linear = nn.Linear(n_prev, n, device="meta")
            linear.weight = nn.Parameter(W.clone())
            linear.bias = nn.Parameter(b[:, 0].clone())
            slope = (network.leaky_slope,) if g == "leaky_relu" else ()
            layers += [linear, ACTIVATIONS[g](*slope)]
        self.layers = nn.Sequential(*layers[:-1])

    def forward(self, inputs: Float[Array, "m n_x"]) -> Float[Array, "m n_y"]:
        """Z[L]^T, an example a row."""
        return self.layers(inputs)

    def parameters_of_layers(self) -> Parameters:
        """(W[l], b[l]) for l = 1 ... L, in the notes' shapes."""
        linears = [f for f in self.layers if isinstance(f, nn.Linear)]
        return tuple(
            Layer(f.weight.detach(), f.bias.detach()[:, None]) for f in linears
        )


def sum_of_losses(
    output: str, logits: Float[Array, "m n_y"], targets: Float[Array, "m n_y"]
) -> Float[Scalar, ""]:
    """The loss of all examples; reduction="mean" would divide by n_y too."""
    if output == "sigmoid":
        loss = F.binary_cross_entropy_with_logits
        return loss(logits, targets, reduction="sum")
    outputs = F.relu(logits) if output == "relu" else logits
    return F.mse_loss(outputs, targets, reduction="sum") / 2


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float,
    steps: int,
    l2: float = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    return Training(
        network, parameters, X, Y, learning_rate=learning_rate, steps=steps,
        l2=l2,
    ).run()  # fmt: skip


class Training:
    """The module, its optimizer, and the examples as rows."""

    def __init__(
        self, network: Network, parameters: Parameters, X: Array, Y: Array, *,
        learning_rate: float, steps: int, l2: float = 0.0,
    ) -> None:  # fmt: skip
        self.output, self.l2, self.m = network.activations[-1], l2, X.shape[1]
        self.steps = steps
        self.model = MultilayerPerceptron(network, parameters)
        self.inputs, self.targets = X.T.contiguous(), Y.T.contiguous()
        self.weights = [p for p in self.model.parameters() if p.ndim == 2]
        biases = [p for p in self.model.parameters() if p.ndim == 1]
        groups = [
            {"params": self.weights, "weight_decay": l2 / self.m},
            {"params": biases, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.SGD(groups, lr=learning_rate)

    def run(self) -> tuple[Parameters, Array]:
        """All of the steps."""
        costs = [self.step() for _ in range(self.steps)]
        history = torch.stack(costs) if costs else self.inputs.new_zeros(0)
        return self.model.parameters_of_layers(), history

    def step(self) -> Array:
        """J, and one step down from there."""
        self.optimizer.zero_grad()
        logits = self.model(self.inputs)
        data_cost = sum_of_losses(self.output, logits, self.targets) / self.m
        data_cost.backward()
        # The optimizer's decay has no part in the loss; the cost has it.
        with torch.no_grad():
            penalty = sum(torch.sum(W * W) for W in self.weights)
            J = data_cost.detach() + self.l2 / (2 * self.m) * penalty
        self.optimizer.step()
        return J
