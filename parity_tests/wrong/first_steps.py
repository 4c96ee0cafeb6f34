"""Mistakes with one neuron, one layer, one example."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after, sigmoid
from reference import Layer
from reference.network import cost
from reference.one_example import gradients_example, node

__all__ = ["MISTAKES"]


def looped_sums(w: Any, b: Any, X: Any, Y: Any) -> Any:
    Z = w.T @ X + b
    dZ = sigmoid(Z) - Y
    J = np.sum(np.logaddexp(np.zeros_like(Z), Z) - Y * Z)
    return J / X.shape[1], X @ dZ.T, np.sum(dZ, axis=1, keepdims=True)


def last_example_alone(w: Any, b: Any, X: Any, Y: Any) -> Any:
    J, *_ = looped_sums(w, b, X, Y)
    dz = sigmoid(w.T @ X[:, -1:] + b) - Y[:, -1:]
    m = X.shape[1]
    return J, X[:, -1:] * dz / m, dz / m


def averaged_too_early(w: Any, b: Any, X: Any, Y: Any) -> Any:
    J, _, db = looped_sums(w, b, X, Y)
    return J, np.mean(X, axis=1, keepdims=True) * db, db / X.shape[1]


def shares_of_the_mean(network: Any, parameters: Any, X: Any, Y: Any) -> Any:
    m = X.shape[1]
    shares = [
        gradients_example(network, parameters, X[:, [i]], Y[:, [i]])
        for i in range(m)
    ]
    return tuple(
        Layer(np.stack([dW / m for dW, _ in layer]),
              np.stack([db / m for _, db in layer]))
        for layer in zip(*shares, strict=True)
    )  # fmt: skip


def first_bias_for_all(W: Any, b: Any, a_prev: Any, *rest: Any) -> Any:
    nodes = [node(W[i : i + 1], b[:1], a_prev, *rest) for i in range(len(W))]
    z, a = zip(*nodes, strict=True)
    return np.concatenate(z), np.concatenate(a)


def example_without_its_slopes(
    layers: Any, network: Any, parameters: Any, x: Any, y: Any
) -> Any:
    dz = layers[-1].b
    found = [layers[-1]]
    for l in range(network.L - 1, 0, -1):
        dz = parameters[l].W.T @ dz
        found.insert(0, Layer(layers[l - 1].W * 0 + dz, dz))
    return tuple(found)


def biases_added(parameters: Any) -> Any:
    W_all, b_all = parameters[0]
    for W, _ in parameters[1:]:
        W_all = W @ W_all
    total = sum(float(np.sum(b)) for _, b in parameters)
    return Layer(W_all, np.zeros((len(W_all), 1), b_all.dtype) + total)


def last_bias_alone(parameters: Any) -> Any:
    W_all, _ = parameters[0]
    for W, _ in parameters[1:]:
        W_all = W @ W_all
    return Layer(W_all, parameters[-1].b + 0)


def layer_by_layer(dJ: Any) -> Any:
    def unit(a: Any) -> Any:
        return a / np.sqrt(np.sum(a * a))

    return tuple(Layer(unit(dW), unit(db)) for dW, db in dJ)


def along_the_weights(
    slope: Any,
    network: Any,
    parameters: Any,
    X: Any,
    Y: Any,
    direction: Any,
    l2: Any = 0.0,
) -> Any:
    penalty = sum(np.sum(W * V) for (W, _), (V, _)
                  in zip(parameters, direction, strict=True))  # fmt: skip
    return slope - (l2 / X.shape[1] * penalty).astype(X.dtype)


def per_length(slope: Any, network: Any, parameters: Any, X: Any, Y: Any,
               direction: Any, *_: Any) -> Any:  # fmt: skip
    squares = sum(np.sum(a * a) for layer in direction for a in layer)
    return slope / np.sqrt(squares)


def moved_in_the_loop(parameters: Any, X: Any, Y: Any, rate: Any) -> Any:
    w, b = parameters
    J, *_ = looped_sums(w, b, X, Y)
    for i in range(X.shape[1]):
        x, y = X[:, i : i + 1], Y[:, i : i + 1]
        _, dw, db = looped_sums(w, b, x, y)
        w, b = w - rate * dw, b - rate * db
    return Layer(w, b), J


M = Mistake
MISTAKES = (
    M("images mixed", "1.1-notation", "flattening.flatten_images",
      "notation",
      "reshape(n_x, m) in one step takes its columns across the images.",
      "Reshape to (m, n_x), and transpose.",
      lambda images: images.reshape(-1, len(images))),
    M("images column by column", "1.1-notation",
      "flattening.flatten_images", "notation",
      "The pixels of an image were taken column by column.",
      "Take them row by row, in C order.",
      lambda images: images.reshape(len(images), -1, order="F").T),
    M("examples as rows of X", "1.1-notation",
      "flattening.flatten_images", "notation",
      "X is (m, n_x), as the notes print it.",
      "Examples are columns, as the notes draw it: transpose.",
      lambda images: images.reshape(len(images), -1)),
    M("a price below zero", "1-relu-neuron", "price_model.price",
      "price_model", "The max(0, .) is missing.", "Apply ReLU.",
      lambda w, b, X: w.T @ X + b),
    M("a price mirrored at zero", "1-relu-neuron", "price_model.price",
      "price_model", "|Z| was taken for max(0, Z).", "Apply ReLU.",
      lambda w, b, X: np.abs(w.T @ X + b)),
    M("y_hat without its sigmoid", "1.2-model",
      "logistic_regression.logistic_model", "logistic_regression",
      "w^T x + b was handed back, which is no probability.",
      "Apply the sigmoid.", lambda w, b, X: w.T @ X + b),
    M("b inside the weights", "1.2-model",
      "logistic_regression.logistic_model", "logistic_regression",
      "b was added to w, and not to w^T x.", "Add b after the product.",
      lambda w, b, X: sigmoid((w + b).T @ X)),
    M("theta without its 1", "1.2-theta", "logistic_regression.theta_model",
      "logistic_regression", "x_0 is 0, and the bias lost.", "x_0 = 1.",
      lambda theta, X: sigmoid(theta[1:].T @ X)),
    M("theta with its bias last", "1.2-theta",
      "logistic_regression.theta_model", "logistic_regression",
      "x_0 = 1 was put below x, where theta_0 does not meet it.",
      "Put it on top.",
      lambda theta, X: sigmoid(theta.T @ np.concatenate(
          [X, np.ones_like(X[:1])]))),
    M("loop without 1/m", "A1.2", "logistic_regression.looped_gradients",
      "logistic_regression",
      "The sums of the loop are not divided by m.",
      "Divide J, dw and db by m after it.", looped_sums),
    M("sums begun anew in the loop", "A1.2",
      "logistic_regression.looped_gradients", "logistic_regression",
      "dw and db are set to 0 inside the loop, and hold the last example.",
      "Set them to 0 before it.", last_example_alone),
    M("vectorized with the mean of X", "A1.3",
      "logistic_regression.vectorized_gradients", "logistic_regression",
      "dZ is averaged before it meets X.", "dw = X dZ^T / m.",
      averaged_too_early),
    M("vectorized without 1/m", "A1.3",
      "logistic_regression.vectorized_gradients", "logistic_regression",
      "dw and db are sums.", "Divide by m.", looped_sums),
    M("direction not of length 1", "P1.1",
      "steepest_ascent.steepest_direction", "steepest_ascent",
      "The gradient itself was taken for its direction.",
      "Divide by its length.", lambda dJ: dJ),
    M("each array of length 1", "P1.1",
      "steepest_ascent.steepest_direction", "steepest_ascent",
      "W[l] and b[l] were divided each by its own length.",
      "One length for all of theta.", layer_by_layer),
    M("steepest descent", "P1.1", "steepest_ascent.steepest_direction",
      "steepest_ascent", "Minus the gradient points downhill.",
      "The gradient points uphill.",
      after("steepest_ascent.steepest_direction", lambda v, _: tuple(
          Layer(-W, -b) for W, b in v))),
    M("slope without the penalty", "P1.1",
      "steepest_ascent.directional_derivative", "steepest_ascent",
      "The slope is that of the data alone.", "J includes the penalty.",
      after("steepest_ascent.directional_derivative", along_the_weights)),
    M("ends not averaged", "1.2-convex", "convexity.midpoint_gap",
      "convexity", "J at both ends is added, and not halved.", "Halve it.",
      lambda network, start, end, X, Y: cost(network, start, X, Y)
      + cost(network, end, X, Y)),
    M("middle of the weights alone", "1.2-convex", "convexity.midpoint",
      "convexity", "b is that of the start.", "Take the middle of b too.",
      lambda start, end: tuple(
          Layer((W + V) / 2, b + 0)
          for (W, b), (V, _) in zip(start, end, strict=True))),
    M("shares that have 1/m already", "2.6",
      "one_example.gradients_by_example", "one_example",
      "One example's share is divided by m, and the mean once more.",
      "dW of one example is dz a_prev^T.", shares_of_the_mean),
    M("first bias for all nodes", "2.2", "one_example.layer_by_nodes",
      "one_example", "Every node was given b[l]_1.",
      "Node i has its own b[l]_i.", first_bias_for_all),
    M("first weights for all nodes", "2.1", "one_example.layer_by_nodes",
      "one_example", "Every node was given the first row of W[l].",
      "Node i has row i.",
      lambda W, b, a_prev, *rest: tuple(
          np.concatenate(x) for x in zip(*(
              node(W[:1], b[i : i + 1], a_prev, *rest)
              for i in range(len(W))), strict=True))),
    M("one example without slopes", "2.8", "one_example.gradients_example",
      "one_example",
      "dz[l-1] lacks g'(z[l-1]), and dW[l-1] its input.",
      "dz[l-1] = W[l]^T dz[l] * g[l-1]'(z[l-1]).",
      after("one_example.gradients_example", example_without_its_slopes)),
    M("one example's dz turned", "2.5", "one_example.gradients_example",
      "one_example", "y - a in place of a - y.", "dz[L] = a[L] - y.",
      after("one_example.gradients_example", lambda dJ, *_: tuple(
          Layer(-dW, -db) for dW, db in dJ))),
    M("one example's db forgotten", "2.7", "one_example.gradients_example",
      "one_example", "db[l] is 0.", "db[l] = dz[l].",
      after("one_example.gradients_example", lambda dJ, *_: tuple(
          Layer(dW, 0 * db) for dW, db in dJ))),
    M("biases only added", "2.2-linear-collapse", "linear_collapse.collapse",
      "linear_collapse", "b' is the sum of the b[l].",
      "b[l] goes through the weights above it: b' = W b' + b.",
      biases_added),
    M("last bias alone", "2.2-linear-collapse", "linear_collapse.collapse",
      "linear_collapse", "The biases below the last layer are lost.",
      "b' = W b' + b.", last_bias_alone),
    M("along a direction of length 1", "P1.1",
      "steepest_ascent.directional_derivative", "steepest_ascent",
      "The direction was divided by its length first.",
      "dJ . v, of v as it is.",
      after("steepest_ascent.directional_derivative", per_length)),
    M("gap turned round", "1.2-convex", "convexity.midpoint_gap",
      "convexity", "J in the middle, less the mean of both ends.",
      "(J(start) + J(end)) / 2 - J(middle).",
      after("convexity.midpoint_gap", lambda gap, *_: -gap)),
    *(
        M(f"{words}, {way}", clause,
          f"logistic_regression.{way}_gradients", "logistic_regression",
          happened, mend,
          after(f"logistic_regression.{way}_gradients", change))
        for way, clause in (("looped", "A1.2"), ("vectorized", "A1.3"))
        for words, happened, mend, change in (
            ("dz turned", "y - a in place of a - y.", "dz = a - y.",
             lambda result, *_: (result[0], -result[1], -result[2])),
            ("db without 1/m", "db is a sum, and not a mean.",
             "Divide db by m too.",
             lambda result, w, b, X, Y: (
                 *result[:2], result[2] * X.dtype.type(X.shape[1]))),
            ("dw without 1/m", "dw is a sum, and not a mean.",
             "Divide dw by m too.",
             lambda result, w, b, X, Y: (
                 result[0], result[1] * X.dtype.type(X.shape[1]),
                 result[2])),
            ("J without 1/m", "J is a sum, and not a mean.",
             "Divide J by m too.",
             lambda result, w, b, X, Y: (
                 result[0] * X.dtype.type(X.shape[1]), *result[1:])),
        )
    ),
    M("updated inside the loop", "A1.2", "logistic_regression.looped_step",
      "logistic_regression",
      "w and b move after each example: stochastic descent.",
      "Move them once, after the loop.", moved_in_the_loop),
)  # fmt: skip
