"""Mistakes in gradient descent."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, current
from reference import Layer
from reference.gradient_descent import repeat

__all__ = ["MISTAKES", "accumulated", "moved", "stepped"]

cost_and_gradients = current("backpropagation.cost_and_gradients")


def moved(parameters: Any, gradients: Any, rate_W: Any, rate_b: Any) -> Any:
    pairs = zip(parameters, gradients, strict=True)
    return tuple(
        Layer(W - rate_W * dW, b - rate_b * db) for (W, b), (dW, db) in pairs
    )


def differences(after: Any, before: Any) -> Any:
    pairs = zip(after, before, strict=True)
    return [(A - a, B - b) for (A, B), (a, b) in pairs]


def plus(parameters: Any, changes: Any) -> Any:
    pairs = zip(parameters, changes, strict=True)
    return tuple(Layer(W + dW, b + db) for (W, b), (dW, db) in pairs)


def cost_after(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    for _ in range(steps):
        parameters, _ = step(parameters)
        costs.append(step(parameters)[1])
    return parameters, np.array(costs)


def stale(step: Any, parameters: Any, steps: int) -> Any:
    costs, start = [], parameters
    for _ in range(steps):
        after, J = step(start)
        if isinstance(start, tuple) and hasattr(start[0], "W"):
            parameters = plus(parameters, differences(after, start))
        else:
            parameters = after
        costs.append(J)
    return parameters, np.array(costs)


def accumulated(share: float, step: Any, parameters: Any, steps: int) -> Any:
    if isinstance(parameters, Layer):
        (alone,), costs = accumulated(
            share, in_one_layer(step), (parameters,), steps
        )
        return alone, costs
    costs, velocity = [], None
    for _ in range(steps):
        after, J = step(parameters)
        costs.append(J)
        if not (isinstance(after, tuple) and hasattr(after[0], "W")):
            parameters = after
            continue
        change = differences(after, parameters)
        if velocity is not None:
            change = [(dW + share * vW, db + share * vb) for (dW, db), (vW, vb)
                      in zip(change, velocity, strict=True)]  # fmt: skip
        velocity = change
        parameters = plus(parameters, change)
    return parameters, np.array(costs)


def in_one_layer(step: Any) -> Callable[..., Any]:
    """The step of a neuron, as that of a network."""

    def of_network(parameters: Any) -> Any:
        after, J = step(parameters[0])
        return (after,), J

    return of_network


def one_more(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    for _ in range(steps + (steps > 0)):
        parameters, J = step(parameters)
        costs.append(J)
    return parameters, np.array(costs[:steps])


def running_mean(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    for _ in range(steps):
        parameters, J = step(parameters)
        costs.append(J)
    means = np.cumsum(costs) / np.arange(1, len(costs) + 1)
    return parameters, means.astype(np.asarray(costs).dtype)


def stepped_down(step: Any, parameters: Any, steps: int) -> Any:
    """From the tenth step on, a tenth of the learning rate."""
    costs = []
    for k in range(steps):
        after, J = step(parameters)
        costs.append(J)
        if k >= 10 and isinstance(after, tuple) and hasattr(after[0], "W"):
            change = [
                (dW / 10, db / 10) for dW, db in differences(after, parameters)
            ]
            after = plus(parameters, change)
        parameters = after
    return parameters, np.array(costs)


def stopped_at_rest(step: Any, parameters: Any, steps: int) -> Any:
    """No step further once J moves by less than 1e-10."""
    costs: list[Any] = []
    for _ in range(steps):
        after, J = step(parameters)
        at_rest = bool(costs) and abs(float(J) - float(costs[-1])) < 1e-10
        costs.append(J)
        parameters = parameters if at_rest else after
    return parameters, np.array(costs)


def layer_by_layer(network: Any, parameters: Any, X: Any, Y: Any,
                   learning_rate: Any, l2: Any,
                   dropout: Any = None) -> Any:  # fmt: skip
    """W[l] is updated before its gradient goes further back."""
    layers, J = list(parameters), None
    for l in reversed(range(network.L)):
        now, dJ = cost_and_gradients(network, tuple(layers), X, Y, l2, dropout)
        J = now if J is None else J
        (W, b), (dW, db) = layers[l], dJ[l]
        layers[l] = Layer(W - learning_rate * dW, b - learning_rate * db)
    return tuple(layers), J


def cost_of_data_alone(network: Any, parameters: Any, X: Any, Y: Any,
                       learning_rate: Any, l2: Any,
                       dropout: Any = None) -> Any:  # fmt: skip
    _, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    J, _ = cost_and_gradients(network, parameters, X, Y, 0.0, dropout)
    return moved(parameters, dJ, learning_rate, learning_rate), J


def stepped(
    settings: Callable[[Any, Any, int], tuple[Any, Any, Any]],
    of_b: bool = False,
    by_m: bool = True,
) -> Callable[..., Any]:
    """The right step, but with another alpha, lambda, and share of W that
    the update takes besides; of b too."""

    def rule(network: Any, parameters: Any, X: Any, Y: Any,
             learning_rate: Any, l2: Any,
             dropout: Any = None) -> Any:  # fmt: skip
        J, _ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
        alpha, penalty, decay = settings(learning_rate, l2, X.shape[1])
        _, dJ = cost_and_gradients(network, parameters, X, Y, penalty, dropout)
        of_biases = (l2 / X.shape[1] if by_m else l2) if of_b else 0.0
        dJ = tuple(
            Layer(dW + decay * W, db + of_biases * b)
            for (dW, db), (W, b) in zip(dJ, parameters, strict=True)
        )
        return moved(parameters, dJ, alpha, alpha), J

    return rule


def one_less(step: Any, parameters: Any, steps: int) -> Any:
    costs = []
    for k in range(steps):
        after, J = step(parameters)
        costs.append(J)
        parameters = after if k < steps - 1 else parameters
    return parameters, np.array(costs)


def accumulated_data_alone(network: Any, parameters: Any, X: Any, Y: Any, *,
                           learning_rate: Any, steps: int,
                           l2: Any = 0.0) -> Any:  # fmt: skip
    costs, total = [], None
    for _ in range(steps):
        J, _ = cost_and_gradients(network, parameters, X, Y, l2)
        _, dJ = cost_and_gradients(network, parameters, X, Y)
        total = dJ if total is None else plus(total, dJ)
        decayed = [
            (dW + l2 / X.shape[1] * W, db)
            for (dW, db), (W, _) in zip(total, parameters, strict=True)
        ]
        parameters = moved(parameters, decayed, learning_rate, learning_rate)
        costs.append(J)
    return parameters, np.stack(costs) if costs else np.zeros(0)


def now_and_then(step: Any, parameters: Any, steps: int) -> Any:
    trained, costs = repeat(step, parameters, steps)
    return trained, costs[::100]


def by_example(network: Any, parameters: Any, X: Any, Y: Any,
               learning_rate: Any, l2: Any,
               dropout: Any = None) -> Any:  # fmt: skip
    J, _ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    for i in range(X.shape[1]):
        one = X[:, i : i + 1], Y[:, i : i + 1]
        _, dJ = cost_and_gradients(network, parameters, *one, l2)
        parameters = moved(parameters, dJ, learning_rate, learning_rate)
    return parameters, J


def norm_clipped(network: Any, parameters: Any, X: Any, Y: Any,
                 learning_rate: Any, l2: Any,
                 dropout: Any = None) -> Any:  # fmt: skip
    J, dJ = cost_and_gradients(network, parameters, X, Y, l2, dropout)
    norm = math.sqrt(sum(float(np.sum(a * a)) for pair in dJ for a in pair))
    rate = learning_rate / max(norm, 1)
    return moved(parameters, dJ, rate, rate), J


M = Mistake
MISTAKES = (
    M("ascent", "A1.1", "gradient_descent.update", "train",
      "The gradient is added.", "Subtract it.",
      lambda p, g, rate: moved(p, g, -rate, -rate)),
    M("biases not updated", "A1.1", "gradient_descent.update", "train",
      "b stays what it was.", "Update b as W.",
      lambda p, g, rate: moved(p, g, rate, 0 * rate)),
    M("learning rate 1", "A1.1", "gradient_descent.update", "train",
      "The gradient was not multiplied by the learning rate.",
      "Multiply by alpha.",
      lambda p, g, rate: moved(p, g, 1, 1)),
    M("learning rate twice", "A1.1", "gradient_descent.update", "train",
      "The gradient was scaled by alpha, and the update again.",
      "Multiply by alpha once.",
      lambda p, g, rate: moved(p, g, rate * rate, rate * rate)),
    M("another rate for b", "A1.1", "gradient_descent.update", "train",
      "b moves twice as fast as W.", "One learning rate for all.",
      lambda p, g, rate: moved(p, g, rate, 2 * rate)),
    M("steps by the sign", "A1.1", "gradient_descent.update", "train",
      "Each parameter moves by alpha, as under Adam.",
      "Move by alpha times the gradient.",
      lambda p, g, rate: tuple(
          Layer(W - rate * np.sign(dW), b - rate * np.sign(db))
          for (W, b), (dW, db) in zip(p, g, strict=True))),
    M("cost after the update", "A1.1", "gradient_descent.repeat", "train",
      "costs[k] is J after update k.", "It is J before update k.",
      cost_after),
    M("stale gradients", "A1.1", "gradient_descent.repeat", "train",
      "Every step uses the gradient of the first.",
      "Compute it anew at the new parameters.", stale),
    M("gradients accumulated", "A1.1", "gradient_descent.repeat", "train",
      "Each step adds its gradient to those before.",
      "Call zero_grad before backward.",
      lambda *a: accumulated(1.0, *a)),
    M("momentum", "A1.1", "gradient_descent.repeat", "train",
      "The optimizer keeps 0.9 of its last step.",
      "Set momentum to 0.", lambda *a: accumulated(0.9, *a)),
    M("one step more", "A1.1", "gradient_descent.repeat", "train",
      "The parameters are those after one update more.",
      "As many updates as steps.", one_more),
    M("running mean of the costs", "A1.1", "gradient_descent.repeat",
      "train", "costs[k] is the mean of J so far, as a progress bar has it.",
      "It is J at step k.", running_mean),
    M("learning rate stepped down", "A1.1", "gradient_descent.repeat",
      "train", "A scheduler takes a tenth of alpha from step 10 on.",
      "Leave the scheduler out: alpha is one number.", stepped_down),
    M("stopped where J rests", "A1.1", "gradient_descent.repeat", "train",
      "Training ends once J moves by less than 1e-10.",
      "As many updates as steps.", stopped_at_rest, ("float64",)),
    M("updated on the way back", "A1.1", "gradient_descent.step", "train",
      "W[l] is updated before the gradient goes through it to layer l - 1.",
      "Compute all gradients first, and then update.", layer_by_layer),
    M("cost without its penalty", "A1.1", "gradient_descent.step", "train",
      "The costs of training are those of the data alone.",
      "J includes lambda/(2m) ||W||^2.", cost_of_data_alone),
    M("only the last layer updated", "A1.1", "gradient_descent.update",
      "train", "The other layers stay what they were.",
      "Hand all parameters to the optimizer.",
      lambda p, g, rate: (*p[:-1], *moved(p[-1:], g[-1:], rate, rate))),
    M("update divided by m", "A1.1", "gradient_descent.step", "train",
      "The gradients, which are means, were divided by m once more.",
      "Move by alpha dW.",
      stepped(lambda alpha, l2, m: (alpha / m, l2, 0.0))),
    M("training without the penalty", "A1.1", "gradient_descent.step",
      "train", "lambda reaches the costs, and no update.",
      "Add lambda/m W to dW before the update.",
      stepped(lambda alpha, l2, m: (alpha, 0.0, 0.0))),
    M("weights decayed twice", "A1.1", "gradient_descent.step", "train",
      "The penalty is in J, and weight_decay in the optimizer too.",
      "One of the two.",
      stepped(lambda alpha, l2, m: (alpha, l2, l2 / m))),
    M("lambda itself in the update", "A1.1", "gradient_descent.step",
      "train", "The update adds lambda W, where the notes have lambda/m W.",
      "Set weight_decay to lambda/m.",
      stepped(lambda alpha, l2, m: (alpha, 0.0, l2))),
    M("one step less", "A1.1", "gradient_descent.repeat", "train",
      "The last update is missing.", "As many updates as steps.",
      one_less),
    M("last cost missing", "A1.1", "gradient_descent.repeat", "train",
      "There is a cost and an update less than steps.",
      "range(steps), and J before each update.",
      lambda step, p, steps: repeat(step, p, max(steps - 1, 0))),
    M("costs now and then", "A1.1", "gradient_descent.repeat", "train",
      "The costs of every hundredth step alone were kept.",
      "Keep J of each step.",
      now_and_then),
    M("decay without alpha in training", "A1.1", "gradient_descent.step",
      "train", "W was multiplied by 1 - lambda/m, whatever alpha is.",
      "By 1 - alpha lambda/m.",
      stepped(lambda alpha, l2, m: (alpha, 0.0, l2 / m / alpha))),
    M("biases decayed in training", "A1.1", "gradient_descent.step",
      "train", "The optimizer's weight_decay takes the biases too.",
      "Put the weights into a parameter group of their own.",
      stepped(lambda alpha, l2, m: (alpha, l2, 0.0), of_b=True)),
    M("weight_decay of lambda in training", "A1.1",
      "gradient_descent.step", "train",
      "weight_decay=lambda adds lambda W and lambda b.",
      "lambda/m, and the weights alone.",
      stepped(lambda alpha, l2, m: (alpha, 0.0, l2), of_b=True, by_m=False)),
    M("gradients accumulated beside the decay", "A1.1",
      "gradient_descent.train", "train",
      "Each step adds the gradients of the loss to those before; "
      "weight_decay is taken anew.",
      "Call zero_grad before backward.", accumulated_data_alone),
    M("a step for each example", "A1.1", "gradient_descent.step", "train",
      "The parameters move after each example: stochastic descent.",
      "One step for all examples.", by_example),
    M("norm clipped", "A1.1", "gradient_descent.step", "train",
      "The gradient was scaled down to a norm of 1.",
      "The notes clip nothing.", norm_clipped),
)  # fmt: skip
