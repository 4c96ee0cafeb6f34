"""Mistakes with signals through many layers, and with checking gradients."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after
from reference import Layer

__all__ = ["MISTAKES"]


def one_sided(f: Any, theta: np.ndarray, epsilon: float) -> np.ndarray:
    rises = [f(theta + epsilon * e) - f(theta) for e in np.eye(len(theta))]
    return np.stack(rises) / epsilon


def without_the_2(f: Any, theta: np.ndarray, epsilon: float) -> np.ndarray:
    return np.stack([
        (f(theta + epsilon * e) - f(theta - epsilon * e)) / epsilon
        for e in np.eye(len(theta))
    ])  # fmt: skip


def all_at_once(f: Any, theta: np.ndarray, epsilon: float) -> np.ndarray:
    rise = f(theta + epsilon) - f(theta - epsilon)
    return np.full(len(theta), rise / (2 * epsilon), theta.dtype)


def over_the_larger(a: np.ndarray, b: np.ndarray) -> Any:
    sizes = max(np.linalg.norm(a), np.linalg.norm(b))
    return np.asarray(np.linalg.norm(a - b) / sizes, a.dtype)[()]


def without_the_roots(a: np.ndarray, b: np.ndarray) -> Any:
    return np.sum((a - b) ** 2) / (np.sum(a * a) + np.sum(b * b))


def columns_first(network: Any, theta: np.ndarray) -> Any:
    layers, k = [], 0
    for n, n_prev in network.shapes:
        W = theta[k : k + n * n_prev].reshape(n, n_prev, order="F")
        k += n * n_prev
        layers.append(Layer(W, theta[k : k + n].reshape(n, 1)))
        k += n
    return tuple(layers)


def biases_first(parameters: Any) -> np.ndarray:
    return np.concatenate([
        a.reshape(-1) for W, b in parameters for a in (b, W)
    ])  # fmt: skip


def without_the_penalty(
    dJ: Any,
    network: Any,
    parameters: Any,
    X: Any,
    Y: Any,
    epsilon: Any,
    l2: Any = 0.0,
) -> Any:
    m = X.shape[1]
    pairs = zip(dJ, parameters, strict=True)
    return tuple(
        Layer((dW - l2 / m * W).astype(dW.dtype), db)
        for (dW, db), (W, _) in pairs
    )


M = Mistake
MISTAKES = (
    M("signal one layer late", "3.2.2-vanishing",
      "vanishing_gradients.repeated_weight", "vanishing",
      "w^(l-1) in place of w^l.", "Begin with w.",
      lambda w, L: np.array([w**l for l in range(L)], w.dtype)),
    M("signal that adds up", "3.2.2-vanishing",
      "vanishing_gradients.repeated_weight", "vanishing",
      "l w in place of w^l.", "Multiply by w in each layer.",
      lambda w, L: np.array([w * l for l in range(1, L + 1)], w.dtype)),
    M("variance for its root", "3.2.2-vanishing",
      "vanishing_gradients.root_mean_square", "vanishing",
      "The square root is missing.", "Take it.", lambda A: np.mean(A * A)),
    M("deviation for size", "3.2.2-vanishing",
      "vanishing_gradients.root_mean_square", "vanishing",
      "The mean was subtracted.", "Average the squares as they are.",
      lambda A: np.std(A)),
    M("mean size for its square's", "3.2.2-vanishing",
      "vanishing_gradients.root_mean_square", "vanishing",
      "|A| was averaged.", "Average the squares, and take the root.",
      lambda A: np.mean(np.abs(A))),
    M("one-sided difference", "3.2.3-two-sided",
      "gradient_checking.two_sided", "order_of_accuracy",
      "(f(theta + eps) - f(theta)) / eps errs by eps, not eps^2.",
      "Step to both sides.", one_sided),
    M("difference without its 2", "3.2.3-two-sided",
      "gradient_checking.two_sided", "order_of_accuracy",
      "The rise over 2 eps was divided by eps.", "Divide by 2 eps.",
      without_the_2),
    M("all of theta moved", "3.2.3-two-sided",
      "gradient_checking.two_sided", "order_of_accuracy",
      "Every entry moves at once, and each is given the whole rise.",
      "Move one entry at a time.", all_at_once),
    M("difference without the penalty", "3.2.3-two-sided",
      "gradient_checking.numerical_gradients", "order_of_accuracy",
      "J of the differences lacks the penalty that dW has.",
      "Compute J with lambda.",
      after("gradient_checking.numerical_gradients", without_the_penalty)),
    M("relative to the larger", "3.2.3-check",
      "gradient_checking.relative_difference",
      "gradient_check",
      "The distance was divided by the larger norm.",
      "Divide by the sum of both.", over_the_larger),
    M("relative difference of squares", "3.2.3-check",
      "gradient_checking.relative_difference",
      "gradient_check",
      "The norms were squared: 1e-7 then stands for 3e-4.",
      "Take the roots.", without_the_roots),
    M("W read by columns", "3.2.3-check", "gradient_checking.unflatten",
      "gradient_check",
      "theta was taken apart in another order than put together.",
      "Rows first, in both.", columns_first),
    M("biases in front", "3.2.3-check", "gradient_checking.flatten",
      "gradient_check",
      "theta was put together in another order than taken apart.",
      "W[l] first, and then b[l], in both.", biases_first),
    M("a mistake in backpropagation", "3.2.3-check",
      "activations.tanh_derivative", "gradient_check",
      "g' = 1 - A^2 lost its square, and the check has to say so.",
      "Square A.", lambda Z: 1 - np.tanh(Z)),
    M("NaN passes", "3.2.3-check", "gradient_checking.verdict",
      "gradient_check", "A comparison that NaN fails decides for correct.",
      "Ask for what is right, so that NaN is wrong.",
      lambda difference: "wrong" if difference > 1e-3 else "correct"),
    M("all is well below 1e-3", "3.2.3-check",
      "gradient_checking.verdict", "gradient_check",
      "There is no grade between 1e-7 and 1e-3.",
      "Correct below 1e-7, suspicious up to 1e-3.",
      lambda difference: "correct" if difference < 1e-3 else "wrong"),
    M("norm for root mean square", "3.2.2-vanishing",
      "vanishing_gradients.root_mean_square", "vanishing",
      "The Frobenius norm, which grows with the number of entries.",
      "Divide by their number before the root.",
      lambda A: np.sqrt(np.sum(A * A))),
)  # fmt: skip
