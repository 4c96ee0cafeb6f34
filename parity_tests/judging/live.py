"""Guests of what is alive already: a function, a torch.nn.Module, a model of
JAX.

A guest of a live object has the one network that the object is; the judge
makes its cases of that shape, and puts its parameters into a copy.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from reference.specification import Network, Parameters

__all__ = ["OfFunction", "OfJax", "OfModule"]

Update = Callable[[Sequence[Any], float, float, int], Any]
"""(parameters, learning_rate, l2, m) to an optimizer of torch.optim."""


class OfFunction:
    """A plain function (W, b, X) -> A, of lists of W[l] and b[l].

    network says for which one it is meant; without it, it is asked for all.
    """

    def __init__(
        self,
        function: Callable[[list[Any], list[Any], Any], Any],
        network: Network | None = None,
    ) -> None:
        self.function, self.network = function, network

    def forward(self, network: Network, parameters: Parameters, X: Any) -> Any:
        """A[L]."""
        self.only(network)
        W, b = [layer.W for layer in parameters], [p.b for p in parameters]
        return self.function(W, b, X)

    def only(self, network: Network) -> None:
        """NotImplementedError for another network than its own."""
        if self.network not in (None, network):
            raise NotImplementedError("it has a network of its own")


class OfModule:
    """A torch.nn.Module of Linear layers with activations between them.

    loss is what it is trained with; after one of logits the output is a
    sigmoid. optimizer makes the one that updates it from its parameters,
    learning_rate, l2 and m. Whatever is not given is not judged.
    ValueError where a layer or an activation is not one of the notes'.
    """

    def __init__(
        self, module: Any, loss: Any = None, optimizer: Update | None = None
    ) -> None:
        self.module = copy.deepcopy(module).eval()
        self.loss, self.optimizer = loss, optimizer
        self.logits = "WithLogits" in type(loss).__name__
        self.linear, self.network = read(self.module, self.logits)
        self.dtype = str(self.linear[0].weight.dtype).removeprefix("torch.")

    def forward(self, network: Network, parameters: Parameters, X: Any) -> Any:
        """A[L] as a person computes it: the sigmoid of logits."""
        import torch

        self.put(network, parameters)
        Z = self.module(torch.from_numpy(X).T).T
        return torch.sigmoid(Z) if self.logits else Z

    def cost(
        self, network: Network, parameters: Parameters, X: Any, Y: Any
    ) -> float:
        """Their loss."""
        self.put(network, parameters)
        return self.loss_of(X, Y).item()

    def gradients(
        self, network: Network, parameters: Parameters, X: Any, Y: Any
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """What backward leaves in grad."""
        self.put(network, parameters)
        self.loss_of(X, Y).backward()
        return [
            (layer.weight.grad.numpy(), layer.bias.grad.numpy()[:, None])
            for layer in self.linear
        ]

    def train(
        self, network: Network, parameters: Parameters, X: Any, Y: Any,
        learning_rate: float, steps: int, l2: float = 0.0,
    ) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:  # fmt: skip
        """Steps of their optimizer; the costs are of the loss alone."""
        if self.optimizer is None:
            raise NotImplementedError("without an optimizer")
        self.put(network, parameters)
        own = list(self.module.parameters())
        optimizer = self.optimizer(own, learning_rate, l2, X.shape[1])
        costs = []
        for _ in range(steps):
            optimizer.zero_grad()
            loss = self.loss_of(X, Y)
            loss.backward()
            # The penalty is in the optimizer, and in no loss.
            squares = sum(float((p.weight**2).sum()) for p in self.linear)
            costs.append(loss.item() + l2 / (2 * X.shape[1]) * squares)
            optimizer.step()
        trained = [
            (p.weight.detach().numpy().copy(),
             p.bias.detach().numpy().copy()[:, None])
            for p in self.linear
        ]  # fmt: skip
        return trained, np.array(costs, self.dtype)

    def loss_of(self, X: Any, Y: Any) -> Any:
        """Their loss, whose examples are rows."""
        import torch

        if self.loss is None:
            raise NotImplementedError("without a loss")
        return self.loss(
            self.module(torch.from_numpy(X).T), torch.from_numpy(Y).T
        )

    def put(self, network: Network, parameters: Parameters) -> None:
        """The parameters of a case in place of the module's."""
        import torch

        if network != self.network:
            raise NotImplementedError("it has a network of its own")
        self.module.zero_grad()
        with torch.no_grad():
            for layer, (W, b) in zip(self.linear, parameters, strict=True):
                layer.weight.copy_(torch.from_numpy(W))
                layer.bias.copy_(torch.from_numpy(b[:, 0]))


class OfJax:
    """A JAX function of (params, X) -> A[L], whose examples are rows.

    params is any tree whose matrices are kernels (n[l-1], n[l]), or W[l]
    itself if not kernels, and whose vectors are biases (n[l],), each in the
    order of the layers; network says which one they are. loss is
    (params, X, Y) -> J without its penalty, and is differentiated by
    jax.grad; optimizer makes one of Optax from learning_rate, l2 and m.
    What is not given is not judged. ValueError where the arrays of params
    are not those of the network.
    """

    def __init__(
        self,
        function: Callable[[Any, Any], Any],
        params: Any,
        network: Network,
        loss: Callable[[Any, Any, Any], Any] | None = None,
        optimizer: Callable[[float, float, int], Any] | None = None,
        kernels: bool = True,
    ) -> None:
        import jax

        self.function, self.network = function, network
        self.loss, self.optimizer = loss, optimizer
        leaves, self.tree = jax.tree.flatten(params)
        self.axes = [np.ndim(leaf) for leaf in leaves]
        found = [np.shape(leaf) for leaf in leaves]
        self.kernels = kernels
        matrices = [shape for shape in found if len(shape) == 2]
        wanted = [(k, n) if kernels else (n, k) for n, k in network.shapes]
        biases = [shape for shape in found if len(shape) == 1]
        if (matrices, biases) != (wanted, [(n,) for n, _ in network.shapes]):
            raise ValueError(
                f"params must have matrices of shapes {wanted} and a bias "
                f"for each, got {found}"
            )
        self.dtype = str(leaves[0].dtype)

    def forward(self, network: Network, parameters: Parameters, X: Any) -> Any:
        """A[L]."""
        return np.asarray(self.function(self.put(network, parameters), X.T)).T

    def cost(
        self, network: Network, parameters: Parameters, X: Any, Y: Any
    ) -> float:
        """Their loss."""
        return float(self.loss_of(self.put(network, parameters), X.T, Y.T))

    def gradients(
        self, network: Network, parameters: Parameters, X: Any, Y: Any
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """jax.grad of it."""
        import jax

        params = self.put(network, parameters)
        return self.take(jax.grad(self.loss_of)(params, X.T, Y.T))

    def train(
        self, network: Network, parameters: Parameters, X: Any, Y: Any,
        learning_rate: float, steps: int, l2: float = 0.0,
    ) -> tuple[list[tuple[np.ndarray, np.ndarray]], np.ndarray]:  # fmt: skip
        """Steps of their optimizer; the penalty is in it, and in no loss."""
        import jax

        if self.optimizer is None:
            raise NotImplementedError("without an optimizer")
        m, params = X.shape[1], self.put(network, parameters)
        optimizer = self.optimizer(learning_rate, l2, m)
        state, costs = optimizer.init(params), []
        for _ in range(steps):
            J, dJ = jax.value_and_grad(self.loss_of)(params, X.T, Y.T)
            squares = sum(float((W**2).sum()) for W, _ in self.take(params))
            costs.append(float(J) + l2 / (2 * m) * squares)
            updates, state = optimizer.update(dJ, state, params)
            params = jax.tree.map(lambda a, b: a + b, params, updates)
        return self.take(params), np.array(costs, self.dtype)

    def loss_of(self, params: Any, X: Any, Y: Any) -> Any:
        """Their loss."""
        if self.loss is None:
            raise NotImplementedError("without a loss")
        return self.loss(params, X, Y)

    def put(self, network: Network, parameters: Parameters) -> Any:
        """The parameters of a case as a tree of theirs."""
        import jax
        import jax.numpy as jnp

        if network != self.network:
            raise NotImplementedError("it has a network of its own")
        matrices = iter([W.T if self.kernels else W for W, _ in parameters])
        biases = iter([b[:, 0] for _, b in parameters])
        leaves = [
            jnp.array(next(matrices if axes == 2 else biases))
            for axes in self.axes
        ]
        return jax.tree.unflatten(self.tree, leaves)

    def take(self, params: Any) -> list[tuple[np.ndarray, np.ndarray]]:
        """W[l] and b[l] of such a tree."""
        import jax

        leaves = [np.asarray(leaf) for leaf in jax.tree.leaves(params)]
        matrices = [a.T if self.kernels else a for a in leaves if a.ndim == 2]
        biases = [a[:, None] for a in leaves if a.ndim == 1]
        return list(zip(matrices, biases, strict=True))


def read(module: Any, logits: bool) -> tuple[list[Any], Network]:
    """Its Linear layers, and the network that they and what stands between
    them are."""
    from torch import nn

    names = {nn.Tanh: "tanh", nn.ReLU: "relu", nn.Sigmoid: "sigmoid",
             nn.LeakyReLU: "leaky_relu", nn.Identity: "identity"}  # fmt: skip
    linear: list[Any] = []
    activations: list[str] = []
    slopes = {0.01}
    for part in module.modules():
        if isinstance(part, nn.Linear):
            if part.bias is None:
                raise ValueError("module must have biases in all layers")
            linear.append(part)
            activations.append("identity")
        elif type(part) in names and linear:
            activations[-1] = names[type(part)]
            if isinstance(part, nn.LeakyReLU):
                slopes = {part.negative_slope}
        elif not list(part.children()):
            raise ValueError(
                "module must be of Linear layers and the notes' activations, "
                f"got {type(part).__name__}"
            )
    if not linear:
        raise ValueError("module must have a Linear layer, got none")
    if logits:
        activations[-1] = "sigmoid"
    sizes = (linear[0].in_features, *(p.out_features for p in linear))
    return linear, Network(sizes, tuple(activations), slopes.pop())
