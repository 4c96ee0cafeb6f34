"""Mistakes in the order of backpropagation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after, current
from reference import Layer

__all__ = ["MISTAKES"]

activation = current("activations.activation")
activation_derivative = current("activations.activation_derivative")
bias_gradient = current("network.bias_gradient")
input_gradient = current("network.input_gradient")
l2_cost = current("regularization.l2_cost")
l2_penalty_gradient = current("regularization.l2_penalty_gradient")
layer_dropout_gradient = current("dropout.layer_dropout_gradient")
loss = current("losses.loss")
loss_gradient = current("losses.loss_gradient")
mean_over_examples = current("losses.mean_over_examples")
propagate = current("network.propagate")
weight_gradient = current("network.weight_gradient")


def backpropagation(
    slope_of: Callable[..., Any] = lambda g, Z, A, l: (g[l - 2], Z[l - 1]),
    input_of: Callable[..., Any] = lambda g, Z, A, l: A[l - 1],
    with_slope: bool = True,
    share: Callable[..., Any] = lambda m, n_prev: (1, 1, m),
    slope_after: bool = False,
    of_J: Callable[[int, int], float] = lambda m, n_x: 1,
) -> Callable[..., Any]:
    """The right one, but for what is given."""

    def rule(network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
             dropout: Any = None) -> Any:  # fmt: skip
        m, g = X.shape[1], network.activations
        Z, A = propagate(network, parameters, X, dropout)
        losses = loss(g[-1], Z[-1], Y)
        dZ = loss_gradient(g[-1], Z[-1], Y)
        layers: list[Layer] = []
        for l in range(network.L, 0, -1):
            W, _ = parameters[l - 1]
            A_prev = input_of(g, Z, A, l)
            of_W, of_b, among = share(m, W.shape[1])
            dW = weight_gradient(dZ, A_prev) * of_W
            dW = (dW + l2_penalty_gradient(W, l2, among)).astype(X.dtype)
            db = (bias_gradient(dZ) * of_b).astype(X.dtype)
            layers.insert(0, Layer(dW, db))
            if l > 1:
                dA = input_gradient(W, dZ)
                dZ = layer_dropout_gradient(dA, l - 1, dropout)
                if with_slope:
                    name, at = slope_of(g, Z, A, l)
                    leak = network.leaky_slope
                    dZ = dZ * activation_derivative(name, at, leak)
                if slope_after:
                    at, leak = (A[l - 1], Z[l - 1]), network.leaky_slope
                    dZ = dZ * from_output(g[l - 2], *at, leak)
        J = mean_over_examples(losses) + l2_cost(parameters, l2, m)
        return X.dtype.type(J * of_J(*X.shape[::-1])), tuple(layers)

    return rule


def from_output(name: str, A: Any, Z: Any, leak: float) -> Any:
    """g' as people write it: of sigmoid and tanh from A."""
    if name == "sigmoid":
        return A * (1 - A)
    if name == "tanh":
        return 1 - A * A
    return activation_derivative(name, Z, leak)


def first_layer_frozen(result: Any, *_: Any) -> Any:
    J, (first, *rest) = result
    return J, (Layer(0 * first.W, 0 * first.b), *rest)


def halved_in_one_layer(result: Any, *_: Any) -> Any:
    J, dJ = result
    *others, last = dJ
    return J, (*others, Layer(last.W, last.b / 2))


def clipped(result: Any, *_: Any) -> Any:
    J, dJ = result
    return J, tuple(Layer(dW.clip(-0.1, 0.1), db.clip(-0.1, 0.1))
                    for dW, db in dJ)  # fmt: skip


AT = "backpropagation.cost_and_gradients"


def among(examples: slice) -> Callable[..., Any]:
    """These examples alone, over all m; J of all of them."""

    def rule(network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
             dropout: Any = None) -> Any:  # fmt: skip
        right = backpropagation()
        J, dJ = right(network, parameters, X, Y, l2, dropout)
        masks = dropout and type(dropout)(
            dropout.keep_prob,
            tuple(D if D is None else D[:, examples] for D in dropout.masks),
        )
        m, kept = X.shape[1], X[:, examples].shape[1]
        if not kept:
            return J, tuple(
                Layer(l2_penalty_gradient(W, l2, m) + 0 * dW, 0 * db)
                for (W, _), (dW, db) in zip(parameters, dJ, strict=True)
            )
        _, of_kept = right(
            network, parameters, X[:, examples], Y[:, examples], 0.0, masks
        )
        return J, tuple(
            Layer((dW * (kept / m) + l2_penalty_gradient(W, l2, m))
                  .astype(X.dtype), (db * (kept / m)).astype(X.dtype))
            for (dW, db), (W, _) in zip(of_kept, parameters, strict=True)
        )  # fmt: skip

    return rule


def back(change: Callable[..., Any]) -> Callable[..., Any]:
    """Backpropagation with dZ = change(g, dA, Z, slope)."""

    def rule(network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
             dropout: Any = None) -> Any:  # fmt: skip
        m, g = X.shape[1], network.activations
        Z, A = propagate(network, parameters, X, dropout)
        dZ, layers = loss_gradient(g[-1], Z[-1], Y), list[Layer]()
        for l in range(network.L, 0, -1):
            W, _ = parameters[l - 1]
            dW = weight_gradient(dZ, A[l - 1]) + l2_penalty_gradient(W, l2, m)
            layers.insert(0, Layer(dW.astype(X.dtype), bias_gradient(dZ)))
            if l > 1:
                dA = input_gradient(W, dZ)
                dA = layer_dropout_gradient(dA, l - 1, dropout)
                dZ = change(g[l - 2], dA, Z[l - 1], network.leaky_slope)
        losses = loss(g[-1], Z[-1], Y)
        return mean_over_examples(losses) + l2_cost(parameters, l2, m), tuple(
            layers
        )

    return rule


def of_dA(g: str, dA: Any, Z: Any, slope: Any) -> Any:
    if g == "relu":
        return np.where(dA > 0, dA, 0)
    return dA * activation_derivative(g, Z, slope)


def of_slope(g: str, dA: Any, Z: Any, slope: Any) -> Any:
    if g == "leaky_relu":
        return np.where(Z > 0, dA, slope).astype(dA.dtype)
    return dA * activation_derivative(g, Z, slope)


by_the_sign_of_dA, slope_for_product = back(of_dA), back(of_slope)


def unpenalized_layer(l: int) -> Callable[..., Any]:
    """dW of one layer without its share of the penalty."""

    def change(result: Any, network: Any, parameters: Any, X: Any, Y: Any,
               l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
        J, dJ = result
        layers = list(dJ)
        share = l2_penalty_gradient(parameters[l].W, l2, X.shape[1])
        layers[l] = Layer(dJ[l].W - share, dJ[l].b)
        return J, tuple(layers)

    return change


def scaled_to_1(result: Any, *_: Any) -> Any:
    J, dJ = result
    norm = np.sqrt(sum(float(np.sum(a * a)) for pair in dJ for a in pair))
    return J, tuple(
        Layer((dW / max(norm, 1)).astype(dW.dtype),
              (db / max(norm, 1)).astype(db.dtype)) for dW, db in dJ
    )  # fmt: skip


def bias_of_dA(network: Any, parameters: Any, X: Any, Y: Any, l2: Any = 0.0,
               dropout: Any = None) -> Any:  # fmt: skip
    seen: list[Any] = []

    def keeping(g: str, dA: Any, Z: Any, slope: Any) -> Any:
        seen.insert(0, dA)
        return dA * activation_derivative(g, Z, slope)

    J, dJ = back(keeping)(network, parameters, X, Y, l2, dropout)
    hidden = zip(dJ[:-1], seen, strict=True)
    return J, (*(Layer(dW, bias_gradient(dA)) for (dW, _), dA in hidden),
               dJ[-1])  # fmt: skip


M = Mistake
MISTAKES = (
    M("g' of the next layer", "2.12", AT, "gradients",
      "dZ[l-1] was made with the derivative of layer l's activation.",
      "It is g[l-1]' at Z[l-1].",
      backpropagation(lambda g, Z, A, l: (g[l - 1], Z[l - 1]))),
    M("g' at A", "2.12", AT, "gradients",
      "The derivative, which takes Z, was given A.", "Give it Z[l-1].",
      backpropagation(lambda g, Z, A, l: (g[l - 2], A[l - 1]))),
    M("g' left out", "2.12", AT, "gradients",
      "dA[l-1] was taken for dZ[l-1].", "Multiply by g'(Z[l-1]).",
      backpropagation(with_slope=False)),
    M("Z for A_prev", "2.10", AT, "gradients",
      "dW[l] was made with Z[l-1].", "It takes A[l-1].",
      backpropagation(input_of=lambda g, Z, A, l: Z[l - 1])),
    M("first layer frozen", "2.10", AT, "gradients",
      "The gradient of the first layer is 0.",
      "Hand all parameters to the optimizer, with requires_grad.",
      after(AT, first_layer_frozen)),
    M("half of one db", "2.11", AT, "gradients",
      "db of the last layer is half of what it should be.",
      "(2.11) is the same for all layers.", after(AT, halved_in_one_layer)),
    M("gradient clipped", "2.10", AT, "gradients",
      "Entries beyond 0.1 were cut off.",
      "The notes clip nothing.", after(AT, clipped)),
    M("gradients summed", "2.9", "losses.loss_gradient", "gradients",
      "dW and db are sums over the examples, and not means.",
      "Divide by m: a loss with reduction='sum' does not.",
      after("losses.loss_gradient", lambda dZ, *_: dZ * dZ.shape[1])),
    M("gradients with 1/m twice", "2.9", "losses.loss_gradient",
      "gradients", "dZ had 1/m, and dW and db once more.", "Divide once.",
      after("losses.loss_gradient", lambda dZ, *_: dZ / dZ.shape[1])),
    M("gradients over the outputs too", "2.9", "losses.loss_gradient",
      "gradients",
      "The mean runs over all n_L m entries, as reduction='mean' has it.",
      "Sum over the outputs, and divide by m.",
      after("losses.loss_gradient", lambda dZ, *_: dZ / dZ.shape[0])),
    M("gradients doubled", "2.9", "losses.loss_gradient", "gradients",
      "dZ is 2 (A - Y), the gradient of a whole square.",
      "It is A - Y.",
      after("losses.loss_gradient", lambda dZ, *_: 2 * dZ)),
    M("gradients halved", "2.9", "losses.loss_gradient", "gradients",
      "dZ is (A - Y) / 2: the mean has 1/(2m).", "It is A - Y.",
      after("losses.loss_gradient", lambda dZ, *_: dZ / 2)),
    M("dW transposed", "2.10", AT, "gradients",
      "dW has the shape (n[l-1], n[l]), as the kernel of a library.",
      "dW = dZ A_prev^T / m has the shape of W.",
      after(AT, lambda result, *_: (result[0], tuple(
          Layer(dW.T, db) for dW, db in result[1])))),
    M("features taken for examples", "2.10", AT, "gradients",
      "The sums were divided by n_x, the rows of X.",
      "Examples are columns: m = X.shape[1].",
      lambda network, *data, **named: backpropagation(
          share=lambda m, _: (m / network.layer_sizes[0],) * 2
          + (network.layer_sizes[0],), of_J=lambda m, n: m / n)(
          network, *data, **named)),
    M("nodes taken for examples", "2.10", AT, "gradients",
      "dW, db and the decay were divided by n[l-1], the rows of A_prev.",
      "Examples are columns: m = A_prev.shape[1].",
      backpropagation(share=lambda m, n: (m / n, m / n, n))),
    M("db added up for each input", "2.11", AT, "gradients",
      "db was summed inside the loop over the inputs: n[l-1] times too "
      "large.", "Sum once.",
      backpropagation(share=lambda m, n: (1, n, m))),
    M("dW of A before dropout", "3.1-dropout", AT, "gradients",
      "dW[l] was made with A[l-1] as it was before it was dropped out.",
      "Keep A[l-1] after dropout: that is what the layer was given.",
      backpropagation(input_of=lambda g, Z, A, l: A[0] if l == 1
                      else activation(g[l - 2], Z[l - 1], 0.01))),
    M("sigmoid' at A", "2.12", AT, "gradients",
      "The derivative of a hidden sigmoid, which takes Z, was given A.",
      "Give it Z[l-1]; or write A (1 - A).",
      backpropagation(lambda g, Z, A, l: (g[l - 2], (
          A if g[l - 2] == "sigmoid" else Z)[l - 1]))),
    M("tanh' at A", "2.12", AT, "gradients",
      "The derivative of a hidden tanh, which takes Z, was given A.",
      "Give it Z[l-1]; or write 1 - A^2.",
      backpropagation(lambda g, Z, A, l: (g[l - 2], (
          A if g[l - 2] == "tanh" else Z)[l - 1]))),
    M("g' from A after dropout", "3.1-dropout", AT, "gradients",
      "A (1 - A) and 1 - A^2 were made of the A that was dropped out and "
      "scaled.", "Take the A from before dropout.",
      backpropagation(with_slope=False, slope_after=True)),
    M("gradient of -J", "2.10", AT, "gradients",
      "All signs are turned, those of the penalty too.",
      "dW is dJ/dW: the update subtracts it.",
      after(AT, lambda result, *_: (result[0], tuple(
          Layer(-dW, -db) for dW, db in result[1])))),
    M("last example left out", "2.10", AT, "gradients",
      "The loop over the examples ends one too early: the last has no "
      "share in dW and db.", "range(m) has m numbers.",
      among(slice(None, -1))),
    M("first example left out", "2.10", AT, "gradients",
      "The loop over the examples begins at 1: the first has no share in "
      "dW and db.", "range(m) begins at 0.", among(slice(1, None))),
    M("g' of the layer before", "2.12", AT, "gradients",
      "dZ[l-1] was made with the activation of layer l - 2.",
      "It is g[l-1]' at Z[l-1].",
      backpropagation(lambda g, Z, A, l: (g[max(l - 3, 0)], Z[l - 1]))),
    M("ReLU' where dA is positive", "2.12", AT, "gradients",
      "dA was cut off where dA itself is negative, and not where Z is.",
      "dZ = dA (Z > 0).", by_the_sign_of_dA),
    M("slope for slope times dA", "2.12", AT, "gradients",
      "dZ was set to the slope where Z <= 0, and not dA multiplied by it.",
      "dZ = dA g'(Z).", slope_for_product),
    M("ReLU' in every hidden layer", "2.12", AT, "gradients",
      "The way back takes every hidden layer for ReLU.",
      "Each layer has its own g'.",
      backpropagation(lambda g, Z, A, l: ("relu", Z[l - 1]))),
    M("tanh' in every hidden layer", "2.12", AT, "gradients",
      "The way back takes every hidden layer for tanh.",
      "Each layer has its own g'.",
      backpropagation(lambda g, Z, A, l: ("tanh", Z[l - 1]))),
    M("sigmoid' in every hidden layer", "2.12", AT, "gradients",
      "The way back takes every hidden layer for a sigmoid.",
      "Each layer has its own g'.",
      backpropagation(lambda g, Z, A, l: ("sigmoid", Z[l - 1]))),
    M("the output's derivative in every layer", "2.12", AT, "gradients",
      "The hidden layers have the derivative of the last's activation.",
      "Each layer has its own g'.",
      backpropagation(lambda g, Z, A, l: (g[-1], Z[l - 1]))),
    M("dW reshaped for transposed", "2.10", AT, "gradients",
      "dW was made as (n[l-1], n[l]), and reshaped: its entries are "
      "scrambled.", "Transpose.",
      after(AT, lambda result, *_: (result[0], tuple(
          Layer(dW.T.reshape(dW.shape), db) for dW, db in result[1])))),
    M("db forgotten", "2.11", AT, "gradients", "db is 0.",
      "db = 1/m sum of dZ.",
      after(AT, lambda result, *_: (result[0], tuple(
          Layer(dW, 0 * db) for dW, db in result[1])))),
    M("last layer without the penalty's gradient", "3.1-l2", AT,
      "gradients", "dW[L] lacks lambda/m W[L].", "Add it in each layer.",
      after(AT, unpenalized_layer(-1))),
    M("first layer without the penalty's gradient", "3.1-l2", AT,
      "gradients", "dW[1] lacks lambda/m W[1].", "Add it in each layer.",
      after(AT, unpenalized_layer(0))),
    M("gradients of the last layer alone", "2.12", AT, "gradients",
      "Nothing goes further back than layer L: all others are 0.",
      "dZ[l-1] = W[l]^T dZ[l] g'(Z[l-1]).",
      after(AT, lambda result, *_: (result[0], (*(
          Layer(0 * dW, 0 * db) for dW, db in result[1][:-1]),
          result[1][-1])))),
    M("norm of the gradient clipped", "2.10", AT, "gradients",
      "The gradient was scaled down to a norm of 1.",
      "The notes clip nothing.", after(AT, scaled_to_1)),
    M("db of dA", "2.11", AT, "gradients",
      "db of the hidden layers is the mean of dA, without g'(Z).",
      "db = 1/m sum of dZ.", bias_of_dA),
)  # fmt: skip
