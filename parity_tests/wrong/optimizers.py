"""Mistakes of optimizers: another rule for the step, another order of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.gradient_descent import accumulated, moved, stepped
from parity_tests.wrong.mistake import Mistake, current
from reference import Layer
from reference.gradient_descent import repeat

__all__ = ["MISTAKES"]

activation_derivative = current("activations.activation_derivative")
cost_and_gradients = current("backpropagation.cost_and_gradients")
l2_penalty_gradient = current("regularization.l2_penalty_gradient")
layer_dropout_gradient = current("dropout.layer_dropout_gradient")
loss_gradient = current("losses.loss_gradient")
propagate = current("network.propagate")


def adam(state: Any, dW: Any, k: int) -> Any:
    v, s = state or (0 * dW, 0 * dW)
    v, s = 0.9 * v + 0.1 * dW, 0.999 * s + 0.001 * dW * dW
    root = np.sqrt(s / (1 - 0.999 ** (k + 1)))
    return (v, s), v / (1 - 0.9 ** (k + 1)) / (root + 1e-8)


def rmsprop(state: Any, dW: Any, k: int) -> Any:
    s = 0.01 * dW * dW + (0 if state is None else 0.99 * state)
    return s, dW / (np.sqrt(s) + 1e-8)


def adagrad(state: Any, dW: Any, k: int) -> Any:
    s = dW * dW + (0 if state is None else state)
    return s, dW / (np.sqrt(s) + 1e-10)


def nesterov(state: Any, dW: Any, k: int) -> Any:
    v = dW if state is None else 0.9 * state + dW
    return v, dW + 0.9 * v


def averaged(state: Any, dW: Any, k: int) -> Any:
    v = 0.1 * dW + (0 if state is None else 0.9 * state)
    return v, v


def optimized(rule: Callable[[Any, Any, int], Any]) -> Callable[..., Any]:
    """Training that moves by what rule makes of a gradient and its state."""

    def train(network: Any, parameters: Any, X: Any, Y: Any, *,
              learning_rate: Any, steps: int,
              l2: Any = 0.0) -> Any:  # fmt: skip
        costs, states = [], [(None, None)] * network.L
        for k in range(steps):
            J, dJ = cost_and_gradients(network, parameters, X, Y, l2)
            found = [
                [
                    rule(state, a, k)
                    for state, a in zip(pair, layer, strict=True)
                ]
                for pair, layer in zip(states, dJ, strict=True)
            ]
            states = [(of_W[0], of_b[0]) for of_W, of_b in found]
            moves = [
                (of_W[1].astype(X.dtype), of_b[1].astype(X.dtype))
                for of_W, of_b in found
            ]
            parameters = moved(parameters, moves, learning_rate, learning_rate)
            costs.append(J)
        return parameters, np.stack(costs) if costs else np.zeros(0)

    return train


def updated_too_early(network: Any, parameters: Any, X: Any, Y: Any,
                      learning_rate: Any, l2: Any,
                      dropout: Any = None) -> Any:  # fmt: skip
    """dA[l-1] through the W[l] of after the update."""
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    after = moved(parameters, dJ, learning_rate, learning_rate)
    g, m = network.activations, X.shape[1]
    Z, A = propagate(network, parameters, X, dropout)
    dZ, layers = loss_gradient(g[-1], Z[-1], Y), list(after)
    for l in range(network.L, 1, -1):
        dA = layer_dropout_gradient(layers[l - 1].W.T @ dZ, l - 1, dropout)
        slope = network.leaky_slope
        dZ = dA * activation_derivative(g[l - 2], Z[l - 1], slope)
        W, b = parameters[l - 2]
        dW = dZ @ A[l - 2].T / m + l2_penalty_gradient(W, l2, m)
        db = np.sum(dZ, axis=1, keepdims=True) / m
        layers[l - 2] = Layer(W - learning_rate * dW, b - learning_rate * db)
    return tuple(layers), J


def biases_late(network: Any, parameters: Any, X: Any, Y: Any,
                learning_rate: Any, l2: Any,
                dropout: Any = None) -> Any:  # fmt: skip
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    half = moved(parameters, dJ, learning_rate, 0 * learning_rate)
    _, again = cost_and_gradients(network, half, X, Y, l2, dropout)
    return moved(half, again, 0 * learning_rate, learning_rate), J


def unpenalized(network: Any, parameters: Any, X: Any, Y: Any,
                learning_rate: Any, l2: Any,
                dropout: Any = None) -> Any:  # fmt: skip
    J, dJ = cost_and_gradients(network, parameters, X, Y, 0.0, dropout)
    return moved(parameters, dJ, learning_rate, learning_rate), J


def first_twice(step: Any, parameters: Any, steps: int) -> Any:
    if steps:
        parameters, _ = step(parameters)
    return repeat(step, parameters, steps)


def decayed_late(network: Any, parameters: Any, X: Any, Y: Any,
                 learning_rate: Any, l2: Any,
                 dropout: Any = None) -> Any:  # fmt: skip
    J, _ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    _, dJ = cost_and_gradients(network, parameters, X, Y, 0.0, dropout)
    after = moved(parameters, dJ, learning_rate, learning_rate)
    kept = 1 - learning_rate * l2 / X.shape[1]
    return tuple(Layer(kept * W, b) for W, b in after), J


def decayed_early(network: Any, parameters: Any, X: Any, Y: Any,
                  learning_rate: Any, l2: Any,
                  dropout: Any = None) -> Any:  # fmt: skip
    J, _ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    kept = 1 - learning_rate * l2 / X.shape[1]
    less = tuple(Layer(kept * W, b) for W, b in parameters)
    _, dJ = cost_and_gradients(network, less, X, Y, 0.0, dropout)
    return moved(less, dJ, learning_rate, learning_rate), J


def cost_of_all_nodes(network: Any, parameters: Any, X: Any, Y: Any,
                      learning_rate: Any, l2: Any,
                      dropout: Any = None) -> Any:  # fmt: skip
    J, _ = cost_and_gradients(network, parameters, X, Y, l2)
    _, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    return moved(parameters, dJ, learning_rate, learning_rate), J


def whole_network(network: Any, parameters: Any, X: Any, Y: Any,
                  learning_rate: Any, l2: Any,
                  dropout: Any = None) -> Any:  # fmt: skip
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2)
    return moved(parameters, dJ, learning_rate, learning_rate), J


def layer_after_layer(network: Any, parameters: Any, X: Any, Y: Any,
                      learning_rate: Any, l2: Any,
                      dropout: Any = None) -> Any:  # fmt: skip
    layers, costs = list(parameters), list[Any]()
    for l in range(network.L):
        now, dJ = cost_and_gradients(network, tuple(layers), X, Y, l2, dropout)
        costs.append(now)
        (W, b), (dW, db) = layers[l], dJ[l]
        layers[l] = Layer(W - learning_rate * dW, b - learning_rate * db)
    return tuple(layers), costs[0]


def falling(share: Callable[[int], float]) -> Callable[..., Any]:
    """So much of the learning rate is left at step k."""
    return optimized(lambda state, dW, k: (state, dW * share(k)))


FALLS: tuple[tuple[str, str, Callable[[int], float]], ...] = (
    ("over 1 + 0.1 k", "alpha / (1 + 0.1 k)", lambda k: 1 / (1 + 0.1 * k)),
    ("over 1 + 0.01 k", "alpha / (1 + 0.01 k)", lambda k: 1 / (1 + 0.01 * k)),
    ("over 1 + 0.001 k", "alpha / (1 + 0.001 k)",
     lambda k: 1 / (1 + 0.001 * k)),
    ("over the root of the count", "alpha / sqrt(1 + k)",
     lambda k: (1 + k) ** -0.5),
    ("times 0.95 a step", "0.95^k alpha", lambda k: 0.95**k),
    ("times 0.9 a step", "0.9^k alpha", lambda k: 0.9**k),
    ("halved each step", "alpha / 2^k", lambda k: 0.5**k),
)  # fmt: skip
M = Mistake
MISTAKES = (
    M("Adam", "A1.1", "gradient_descent.train", "train",
      "Adam's steps of about alpha, whatever the gradient's size.",
      "Plain gradient descent: torch.optim.SGD without momentum.",
      optimized(adam)),
    M("RMSprop", "A1.1", "gradient_descent.train", "train",
      "The gradient was divided by the root of a running mean of its "
      "squares.", "Plain gradient descent: torch.optim.SGD.",
      optimized(rmsprop)),
    M("Adagrad", "A1.1", "gradient_descent.train", "train",
      "The gradient was divided by the root of the sum of its squares so "
      "far.", "Plain gradient descent: torch.optim.SGD.",
      optimized(adagrad)),
    M("Nesterov's momentum", "A1.1", "gradient_descent.train", "train",
      "SGD(nesterov=True, momentum=0.9).", "Set momentum to 0.",
      optimized(nesterov)),
    M("averaged momentum", "A1.1", "gradient_descent.train", "train",
      "The gradient was averaged: v = 0.9 v + 0.1 dW.",
      "Move by alpha dW.", optimized(averaged)),
    M("learning rate over the count", "A1.1", "gradient_descent.train",
      "train", "The learning rate falls as alpha / (1 + k).",
      "alpha is one number.",
      optimized(lambda state, dW, k: (state, dW / (1 + k)))),
    M("learning rate that decays by the step", "A1.1",
      "gradient_descent.train", "train",
      "The learning rate is multiplied by 0.99 after each step.",
      "alpha is one number.",
      optimized(lambda state, dW, k: (state, dW * 0.99**k))),
    M("W updated on the way back", "A1.1", "gradient_descent.step",
      "train", "dA[l-1] = W[l]^T dZ[l] was taken with the W[l] that had "
      "been updated already.",
      "Compute all gradients first, and then update.", updated_too_early),
    M("b updated after W", "A1.1", "gradient_descent.step", "train",
      "db was computed anew once W had been updated.",
      "W and b move by the gradient at one place.", biases_late),
    M("training without lambda", "A1.1", "gradient_descent.step", "train",
      "lambda is in neither the costs nor the updates.",
      "J includes lambda/(2m) ||W||^2, and dW lambda/m W.",
      unpenalized),
    M("one update too many at the start", "A1.1",
      "gradient_descent.repeat", "train",
      "The first update was taken twice.", "One update a step.",
      first_twice),
    M("first layer not updated", "A1.1", "gradient_descent.update",
      "train", "The loop over the layers begins at 2.",
      "It begins at l = 1.",
      lambda p, g, rate: (p[0], *moved(p[1:], g[1:], rate, rate))),
    M("last layer not updated", "A1.1", "gradient_descent.update",
      "train", "The loop over the layers ends at L - 1.",
      "It ends at l = L.",
      lambda p, g, rate: (*moved(p[:-1], g[:-1], rate, rate), p[-1])),
    M("ascent of b", "A1.1", "gradient_descent.update", "train",
      "db is added, and not subtracted.", "Subtract it.",
      lambda p, g, rate: moved(p, g, rate, -rate)),
    M("W not updated", "A1.1", "gradient_descent.update", "train",
      "Only b moves.", "Update W as b.",
      lambda p, g, rate: moved(p, g, 0 * rate, rate)),
    M("b without the learning rate", "A1.1", "gradient_descent.update",
      "train", "b moves by db, and not by alpha db.", "Multiply by alpha.",
      lambda p, g, rate: moved(p, g, rate, 1)),
    M("decayed after the update", "A1.1", "gradient_descent.step", "train",
      "W := (1 - alpha lambda/m) (W - alpha dW): what the update added "
      "decays too.", "W := (1 - alpha lambda/m) W - alpha dW.",
      decayed_late),
    M("weights decayed before their gradient", "A1.1",
      "gradient_descent.step", "train",
      "W was decayed first, and dW taken at what was left.",
      "Both belong to the W from before the step.", decayed_early),
    M("cost of training without dropout", "A1.1", "gradient_descent.step",
      "dropout_training",
      "costs[k] is J of the whole network, and the update that of the "
      "masked one.", "J of the pass that is differentiated.",
      cost_of_all_nodes),
    M("update without dropout", "A1.1", "gradient_descent.step",
      "dropout_training", "Training left the masks out.",
      "Hand the masks on.", whole_network),
    *(
        M(f"learning rate {words}", "A1.1", "gradient_descent.train",
          "train", f"The learning rate falls: alpha_k = {law}.",
          "alpha is one number.", falling(share))
        for words, law, share in FALLS
    ),
    M("momentum of 1/2", "A1.1", "gradient_descent.repeat", "train",
      "The optimizer keeps half of its last step.",
      "Set momentum to 0.", lambda *a: accumulated(0.5, *a)),
    M("momentum of 0.99", "A1.1", "gradient_descent.repeat", "train",
      "The optimizer keeps 0.99 of its last step.",
      "Set momentum to 0.", lambda *a: accumulated(0.99, *a)),
    M("layer after layer", "A1.1", "gradient_descent.step", "train",
      "The gradients are computed anew for each layer, with those before "
      "it updated already.",
      "Compute all gradients first, and then update.", layer_after_layer),
    M("weight_decay of lambda beside the penalty", "A1.1",
      "gradient_descent.step", "train",
      "The penalty is in J, and SGD(weight_decay=lambda) adds lambda W and "
      "lambda b.", "One of the two: lambda/m, of the weights alone.",
      stepped(lambda alpha, l2, m: (alpha, l2, l2), of_b=True, by_m=False)),
    M("weight_decay beside the penalty, of b too", "A1.1",
      "gradient_descent.step", "train",
      "The penalty is in J, and SGD(weight_decay=lambda/m) decays W and b "
      "besides.", "One of the two.",
      stepped(lambda alpha, l2, m: (alpha, l2, l2 / m), of_b=True)),
    M("lambda W beside the penalty", "A1.1", "gradient_descent.step",
      "train", "The penalty is in J, and the update adds lambda W besides.",
      "One of the two.",
      stepped(lambda alpha, l2, m: (alpha, l2, l2))),
)  # fmt: skip
