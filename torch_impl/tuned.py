"""Gradient descent for speed: many steps in one call.

PyTorch's own, all of it: torch.compile makes one function of the forward
pass, what autograd derives from it, and the update, for several steps in a
row. On the CPU it is C++ that is called without a return to Python; on a
CUDA device its kernels are captured as one graph, and replayed.
"""

import contextlib
import functools
from collections.abc import Callable, Iterator
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor as Array
from torch import Tensor as Scalar

from reference.specification import Layer, Network, Parameters
from torch_impl.gradient_descent import repeat, step

__all__ = ["Training", "train", "steps_in_one", "compiling"]

MANY = 2**16
"""Graphs that one function may be compiled to; the default is 8."""
SMALL = 2**22
"""Multiplications of a step from which the call itself no longer counts."""
LAYERS = 60
"""Layers in one function, all steps together: more take minutes to compile."""


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
    """The functions that take the steps: many at once, and the rest."""

    def __init__(
        self, network: Network, parameters: Parameters, X: Array, Y: Array, *,
        learning_rate: float, steps: int, l2: float = 0.0,
    ) -> None:  # fmt: skip
        # As tensors: a number would be compiled into the function.
        rate, decay = X.new_tensor(learning_rate), X.new_tensor(l2)
        self.start = network, parameters, X, Y, rate, decay
        many = min(steps_in_one(network, X.shape[1]), max(steps, 1))
        self.calls: list[Callable[..., Any]] = []
        for k, times in ((many, steps // many), (1, steps % many)):
            descend = compiled(k, X.is_cuda)
            # A graph goes on where it is: it can only come first.
            if X.is_cuda and times > 1 and not self.calls:
                with compiling():
                    descend = captured(descend, *self.start)
            self.calls += times * [descend]

    def run(self) -> tuple[Parameters, Array]:
        """All of the steps; once, since a graph goes on where it is."""
        network, parameters, X, *others = self.start
        costs = [X.new_zeros(0)]
        with compiling():
            for descend in self.calls:
                parameters, J = descend(network, parameters, X, *others)
                costs.append(J)
        return parameters, torch.cat(costs)


def steps_in_one(network: Network, m: int) -> int:
    """How many steps one call of the compiled function takes."""
    multiplications = 3 * m * sum(n * n_prev for n, n_prev in network.shapes)
    return max(1, LAYERS // network.L) if multiplications < SMALL else 1


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Let torch.compile trace autograd.grad, for any number of networks."""
    from torch._dynamo import config  # a second's import, for this alone

    with config.patch(
        trace_autograd_ops=True,
        recompile_limit=MANY,
        accumulated_recompile_limit=MANY,
    ):
        yield


@functools.cache
def compiled(steps: int, on_cuda: bool) -> Callable[..., Any]:
    """So many steps of gradient_descent.py as one compiled function."""

    def descend(
        network: Any, parameters: Any, X: Any, Y: Any, rate: Any, l2: Any
    ) -> Any:
        return repeat(
            lambda theta: step(network, theta, X, Y, rate, l2),
            parameters,
            steps,
        )

    return torch.compile(
        descend,
        fullgraph=True,
        dynamic=False,
        options={} if on_cuda else {"cpp_wrapper": True},
    )


def captured(
    descend: Callable[..., Any],
    network: Network,
    parameters: Parameters,
    *data: Scalar,
) -> Callable[..., Any]:
    """descend as a CUDA graph; its parameters stay where they are."""
    descend(network, parameters, *data)  # compiles, which a capture must not
    theta = tuple(Layer(W.clone(), b.clone()) for W, b in parameters)
    torch.cuda.synchronize()
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        after, J = descend(network, theta, *data)
        for old, new in zip(theta, after, strict=True):
            old.W.copy_(new.W)
            old.b.copy_(new.b)

    def replay(*_: Any) -> Any:
        graph.replay()
        return theta, J.clone()

    return replay
