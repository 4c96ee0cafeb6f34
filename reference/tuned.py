"""Gradient descent for speed: the same steps, few calls, no temporaries.

What costs a small network its time is the number of calls, and a large one
the memory that each call asks for. So all W[l] and b[l] are parts of one
vector theta, updated at once; b[l] is a column beside W[l], where it meets
a row of ones under A[l-1] and costs no call of its own; each array is made
once and written again; and a step is a list of calls, made before the
first. J is found for several steps at once, from the Z[L] they left.

Symbol   Shape                  Meaning
theta    (k,)                   all layers, one after the other
T        (n[l], n[l-1] + 1)     [W[l] b[l]] where b is folded in, else W[l]
A        (n[l] + 1, m)          A[l] over a row of ones, where b is folded in
dZ, dA   (n[l], m)              m times dJ/dZ[l] and dJ/dA[l]
G        like theta             m times dJ/dtheta, before the penalty

Source: notes, algorithm 1.1; the derivatives are those of (2.9) to (2.12).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float
from numpy import ndarray as Array

from reference.losses import loss
from reference.specification import Layer, Network, Parameters

__all__ = ["Training", "train"]

Call = tuple[Callable[..., Any], tuple[Any, ...]]
"""A function, and its arguments."""

FOLD = 2**14
"""Entries of Z[l] and A[l-1] up to which b[l] is folded into the product."""
WIDE = 4
"""n[l-1] / n[l] from which dT^T = A dZ^T is the faster product, and T is
kept transposed."""
SMALL = 2**18
"""Multiplications up to which np.dot, the shorter way to BLAS, is faster."""
KEPT = 2**15
"""Entries of Z[L] that are kept for their cost."""


def train(
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float,
    steps: int,
    l2: float = 0.0,
    workers: int = 1,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)

    workers is how many threads share the examples; BLAS should then be set
    to one thread, since each of them calls it.
    """
    return Training(
        network, parameters, X, Y, learning_rate=learning_rate, steps=steps,
        l2=l2, workers=workers,
    ).run()  # fmt: skip


class Training:
    """Everything that the steps write on, made before the first of them."""

    def __init__(
        self, network: Network, parameters: Parameters, X: Array, Y: Array, *,
        learning_rate: float, steps: int, l2: float = 0.0, workers: int = 1,
    ) -> None:  # fmt: skip
        m, dtype = X.shape[1], X.dtype
        ends = np.linspace(0, m, min(workers, m) + 1).astype(int)
        self.layout = layout = Layout(network, int(np.diff(ends).max()))
        self.theta, self.decay = layout.vector(dtype), layout.vector(dtype)
        for part, shrinks, (W, b) in zip(
            layout.parts(self.theta), layout.parts(self.decay), parameters,
            strict=True,
        ):  # fmt: skip
            part.W[:], part.b[:], shrinks.W[:] = W, b, l2
        self.m, self.l2, self.steps = m, l2, steps
        self.rate = np.asarray(learning_rate / m, dtype)
        self.passes = [
            Pass(network, layout, self.theta, X[:, i:j], Y[:, i:j], steps)
            for i, j in pairwise(ends)
        ]
        self.penalty, self.shrunk = np.zeros(steps, dtype), self.theta.copy()
        # e^-Z may overflow to inf, and 1 / (1 + inf) is the sigmoid's 0. Each
        # thread has settings of its own.
        quiet = partial(np.seterr, over="ignore")
        self.pool = ThreadPoolExecutor(max(1, workers - 1), initializer=quiet)
        for _ in self.passes[1:]:
            self.pool.submit(int)  # so that its thread is there

    def run(self) -> tuple[Parameters, Array]:
        """All of the steps; once, since theta is where they end."""
        with self.pool, np.errstate(over="ignore"):
            for k in range(self.steps):
                self.step(k)
        losses = sum(each.losses(self.steps) for each in self.passes)
        trained = tuple(
            Layer(T.W.copy(), T.b.copy()) for T in self.layout.parts(self.theta)
        )
        return trained, (losses + self.penalty / 2) / self.m

    def step(self, k: int) -> None:
        """theta := theta - alpha/m (G + lambda W), each G by a thread"""
        first, *others = self.passes
        theta, G, shrunk = self.theta, first.G, self.shrunk
        beside = [self.pool.submit(other.run, k) for other in others]
        first.run(k)
        for future, other in zip(beside, others, strict=True):
            future.result()
            np.add(G, other.G, G)
        if self.l2 > 0:
            np.multiply(theta, self.decay, shrunk)
            self.penalty[k] = np.dot(theta, shrunk)
            np.add(G, shrunk, G)
        np.multiply(G, self.rate, G)
        np.subtract(theta, G, theta)


class Part(NamedTuple):
    """One layer's views of theta, or of a vector like it."""

    T: Array
    W: Array
    b: Array


class Layout:
    """Where each layer lies in theta, for passes of so many examples."""

    def __init__(self, network: Network, m: int) -> None:
        self.shapes = network.shapes
        self.folded = [max(shape) * m <= FOLD for shape in network.shapes]
        self.wide = [n_prev > WIDE * n for n, n_prev in network.shapes]

    def vector(self, dtype: np.dtype) -> Array:
        """A vector of zeros, like theta."""
        return np.zeros(sum(n * (k + 1) for n, k in self.shapes), dtype)

    def parts(self, theta: Array) -> list[Part]:
        """T, W[l] and b[l] of each layer."""
        found, start = [], 0
        for (n, n_prev), folded, wide in zip(
            self.shapes, self.folded, self.wide, strict=True
        ):
            k, end = n_prev + folded, start + n * (n_prev + 1)
            flat = theta[start : start + n * k]
            T = flat.reshape(k, n).T if wide else flat.reshape(n, k)
            b = T[:, n_prev:] if folded else theta[end - n : end, None]
            found.append(Part(T, T[:, :n_prev], b))
            start = end
        return found


class Pass:
    """Forward and back through the network, on some of the examples."""

    def __init__(
        self, network: Network, layout: Layout, theta: Array, X: Array,
        Y: Array, steps: int,
    ) -> None:  # fmt: skip
        self.network, self.layout, self.Y = network, layout, Y
        self.G = layout.vector(X.dtype)
        self.T, self.dT = layout.parts(theta), layout.parts(self.G)
        self.Z = np.empty(
            (min(steps, max(1, KEPT // Y.size)), *Y.shape), X.dtype
        )
        self.sums, self.counted = np.zeros(steps, X.dtype), 0
        self.zero, self.one, self.slope = (
            np.array(x, X.dtype) for x in (0, 1, network.leaky_slope)
        )
        self.buffers = np.empty(
            (3, max(network.layer_sizes[1:]) * X.shape[1]), X.dtype
        )
        m, folded = X.shape[1], layout.folded
        # What has one node reads X once a step: no copy of it would pay.
        if folded[0]:
            X = np.vstack([X, np.ones((1, m), X.dtype)])
        elif network.layer_sizes[1] > 1:
            X = np.ascontiguousarray(X)
        self.A = [X]
        for n, below in zip(network.layer_sizes[1:-1], folded[1:], strict=True):
            self.A.append(np.ones((n + below, m), X.dtype))
        self.output = self.buffer(0, len(Y))
        self.forward = list(self.forward_calls())
        self.backward = list(self.backward_calls())

    def buffer(self, i: int, n: int) -> Array:
        """One of the three arrays that are shared by all layers, (n, m)."""
        m = self.Y.shape[1]
        return self.buffers[i, : n * m].reshape(n, m)

    def forward_calls(self) -> Iterator[Call]:
        """Z = W A_prev + b,  A = g(Z),  and Z[L] alone          (2.3, 2.4)"""
        for l, (n, n_prev) in enumerate(self.network.shapes, start=1):
            T, A = self.T[l - 1], self.A[l - 1]
            Z = self.A[l][:n] if l < self.network.L else self.output
            yield product(n, n_prev, A), (T.T, A, Z)
            if not self.layout.folded[l - 1]:
                yield np.add, (Z, T.b, Z)
            if l < self.network.L:
                yield from self.activate(l, Z)

    def backward_calls(self) -> Iterator[Call]:
        """dT = dZ A_prev^T,  dZ_prev = W^T dZ * g'(Z_prev)  (2.9 to 2.12)"""
        dZ = self.output
        yield from self.output_error(dZ)
        ones = np.ones((self.Y.shape[1], 1), dZ.dtype)
        for l in range(self.network.L, 0, -1):
            n, n_prev = self.network.shapes[l - 1]
            T, dT, A = self.T[l - 1], self.dT[l - 1], self.A[l - 1]
            if self.layout.wide[l - 1]:
                turned = np.empty(dZ.shape[::-1], dZ.dtype)
                yield np.copyto, (turned, dZ.T)
                yield product(n, n_prev, A), (A, turned, dT.T.T)
            else:
                yield product(n, n_prev, A), (dZ, A.T, dT.T)
            if not self.layout.folded[l - 1]:
                yield np.dot, (dZ, ones, dT.b)
            if l > 1:
                dA = self.buffer((self.network.L - l + 1) % 2, n_prev)
                yield product(n, n_prev, A), (T.W.T, dZ, dA)
                yield from self.differentiate(l - 1, A[:n_prev])
                yield np.multiply, (dA, A[:n_prev], dA)
                dZ = dA

    def activate(self, l: int, Z: Array) -> Iterator[Call]:
        """A = g(Z) in Z's place                                      (2.4)"""
        spare = self.buffer(2, len(Z))
        match self.network.activations[l - 1]:
            case "sigmoid":
                yield np.negative, (Z, Z)
                yield np.exp, (Z, Z)
                yield np.add, (Z, self.one, Z)
                yield np.reciprocal, (Z, Z)
            case "tanh":
                yield np.tanh, (Z, Z)
            case "relu":
                yield partial(np.maximum, out=Z), (Z, self.zero)
            case "leaky_relu":
                yield np.multiply, (Z, self.slope, spare)
                yield partial(np.maximum, out=Z), (Z, spare)

    def differentiate(self, l: int, A: Array) -> Iterator[Call]:
        """g'(Z), told from A = g(Z), in A's place          (2.3-derivatives)"""
        spare = self.buffer(2, len(A))
        match self.network.activations[l - 1]:
            case "identity":
                yield A.fill, (1,)
            case "sigmoid":
                yield np.subtract, (self.one, A, spare)
                yield np.multiply, (A, spare, A)
            case "tanh":
                yield np.multiply, (A, A, A)
                yield np.subtract, (self.one, A, A)
            case "relu":
                yield np.greater, (A, self.zero, A)
            case "leaky_relu":
                yield np.greater, (A, self.zero, A)
                yield partial(np.maximum, out=A), (A, self.slope)

    def output_error(self, Z: Array) -> Iterator[Call]:
        """dZ = A - Y, and for a ReLU (A - Y) * g'(Z), in Z's place   (2.9)"""
        spare = self.buffer(2, len(Z))
        rectified = self.network.activations[-1] == "relu"
        if rectified:
            yield np.greater, (Z, self.zero, spare)
        yield from self.activate(self.network.L, Z)
        yield np.subtract, (Z, self.Y, Z)
        if rectified:
            yield np.multiply, (Z, spare, Z)

    def run(self, k: int) -> None:
        """Leave G of step k, and keep its Z[L]."""
        for function, arguments in self.forward:
            function(*arguments)
        slot = k % len(self.Z)
        if slot == 0:
            self.losses(k)
        self.Z[slot] = self.output
        for function, arguments in self.backward:
            function(*arguments)

    def losses(self, k: int) -> Array:
        """sum_i L(i) of the steps before k                        (1.2-loss)

        Those since the last call are found now.
        """
        kept = k - self.counted
        Z = self.Z[:kept].reshape(-1, self.Z.shape[2])
        Y = np.tile(self.Y, (kept, 1))
        L = loss(self.network.activations[-1], Z, Y)
        self.sums[self.counted : k] = L.reshape(kept, self.Y.size).sum(axis=1)
        self.counted = k
        return self.sums


def product(n: int, n_prev: int, A: Array) -> Callable[..., Any]:
    """The faster of two ways to the same product of BLAS."""
    return np.dot if n * n_prev * A.shape[1] <= SMALL else np.matmul
