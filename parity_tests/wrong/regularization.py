"""Mistakes in L2."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after
from reference import Layer

__all__ = ["MISTAKES"]


def with_biases(parameters: Any, l2: Any, m: int) -> Any:
    squares = sum(np.sum(a * a) for layer in parameters for a in layer)
    return l2 / (2 * m) * squares


def decayed(
    of_W: Callable[[Any, int], Any], of_b: Callable[[Any, int], Any]
) -> Callable[..., Any]:
    """So much of W and of b, by lambda and m, beside the right gradients."""

    def change(result: Any, network: Any, parameters: Any, X: Any, Y: Any,
               l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
        J, dJ = result
        m = X.shape[1]
        return J, tuple(
            Layer(dW + of_W(l2, m) * W, db + of_b(l2, m) * b)
            for (dW, db), (W, b) in zip(dJ, parameters, strict=True)
        )

    return change


def through_the_norm(W: np.ndarray, l2: Any, m: int) -> Any:
    length = np.sqrt(np.sum(W * W))
    with np.errstate(invalid="ignore"):
        return l2 / m * length * (W / length)


def first_alone(penalty: Any, parameters: Any, l2: Any, m: int) -> Any:
    W, _ = parameters[0]
    return l2 / (2 * m) * np.sum(W * W)


M = Mistake
MISTAKES = (
    M("penalty without the half", "3.1-l2", "regularization.l2_penalty",
      "cost", "lambda/m in place of lambda/(2m).", "Divide by 2m.",
      lambda W, l2, m: l2 / m * np.sum(W * W)),
    M("penalty without 1/m", "3.1-l2", "regularization.l2_penalty", "cost",
      "lambda/2 in place of lambda/(2m).", "Divide by 2m.",
      lambda W, l2, m: l2 / 2 * np.sum(W * W)),
    M("keras' penalty", "3.1-l2", "regularization.l2_penalty", "cost",
      "keras.regularizers.L2(lambda) is lambda ||W||^2, with neither 1/2 "
      "nor 1/m.", "Give it lambda/(2m).",
      lambda W, l2, m: l2 * np.sum(W * W)),
    M("penalty over the features", "3.1-l2", "regularization.l2_penalty",
      "cost", "It was divided by the columns of W, and not by m.",
      "m is the number of examples.",
      lambda W, l2, m: l2 / (2 * W.shape[1]) * np.sum(W * W)),
    M("L1 for L2", "3.1-l2", "regularization.l2_penalty", "cost",
      "|W| was summed, and not W^2.", "Square the weights.",
      lambda W, l2, m: l2 / (2 * m) * np.sum(np.abs(W))),
    M("penalty subtracted", "3.1-l2", "regularization.l2_penalty", "cost",
      "The sign of the penalty is turned.", "Add it.",
      lambda W, l2, m: -l2 / (2 * m) * np.sum(W * W)),
    M("lambda frozen at 0", "3.1-l2", "regularization.l2_penalty", "cost",
      "A compiled function keeps the lambda that it was traced with.",
      "Make lambda an argument of what is compiled.",
      lambda W, l2, m: 0 * np.sum(W)),
    M("weight decay of lambda", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "weight_decay=lambda adds lambda W, where the notes have lambda/m W.",
      "Set weight_decay to lambda/m.", lambda W, l2, m: l2 * W),
    M("gradient without the penalty", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "The cost is penalized and the gradient is not.",
      "Add lambda/m W to dW.", lambda W, l2, m: 0 * W),
    M("gradient of the penalty with a half", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "lambda/(2m) W: the square was not differentiated.",
      "The 2 of the square cancels it: lambda/m W.",
      lambda W, l2, m: l2 / (2 * m) * W),
    M("gradient of the penalty with a 2", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "2 lambda/m W is the gradient of a penalty without the half.",
      "It is lambda/m W.", lambda W, l2, m: 2 * l2 / m * W),
    M("sign of W for W", "3.1-l2", "regularization.l2_penalty_gradient",
      "gradients", "That is the gradient of |W|.", "It is lambda/m W.",
      lambda W, l2, m: l2 / m * np.sign(W)),
    M("gradient through the norm", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "norm(W)**2 is differentiated through the root, which has no "
      "derivative at W = 0.", "Sum W * W.", through_the_norm),
    M("biases penalized", "3.1-l2", "regularization.l2_cost", "cost",
      "The penalty counts the biases.", "It is of the weights alone.",
      with_biases),
    M("biases decayed", "3.1-l2", "backpropagation.cost_and_gradients",
      "gradients",
      "weight_decay of an optimizer shrinks all parameters, b too.",
      "Give W and b parameter groups of their own.",
      after("backpropagation.cost_and_gradients",
            decayed(lambda l2, m: 0, lambda l2, m: l2 / m))),
    M("weight_decay of lambda, of b too", "3.1-l2",
      "backpropagation.cost_and_gradients", "gradients",
      "SGD(weight_decay=lambda) adds lambda to the gradient of all "
      "parameters, and not lambda/m to that of the weights.",
      "Give it lambda/m, and b a parameter group without it.",
      after("backpropagation.cost_and_gradients",
            decayed(lambda l2, m: l2 - l2 / m, lambda l2, m: l2))),
    M("first layer left out", "3.1-l2", "regularization.l2_cost", "cost",
      "The sum over the layers begins at the second.",
      "Begin at l = 1.",
      lambda parameters, l2, m: l2 / (2 * m) * sum(
          (np.sum(W * W) for W, _ in parameters[1:]),
          start=0 * np.sum(parameters[0][0]))),
    M("last layer left out", "3.1-l2", "regularization.l2_cost", "cost",
      "The weights of the output layer are not penalized.",
      "Sum over all W[l].",
      lambda parameters, l2, m: l2 / (2 * m) * sum(
          np.sum(W * W) for W, _ in parameters[:-1])),
    M("last layer alone", "3.1-l2", "regularization.l2_cost", "cost",
      "The penalty is overwritten in the loop, and not summed.",
      "Add each layer's.",
      lambda parameters, l2, m: l2 / (2 * m)
      * np.sum(parameters[-1][0] * parameters[-1][0])),
    M("norm without its square", "3.1-frobenius",
      "regularization.squared_frobenius_norm", "cost",
      "||W|| in place of ||W||^2.", "Square it, or do not take the root.",
      lambda W: np.sqrt(np.sum(W * W))),
    M("spectral norm", "3.1-frobenius",
      "regularization.squared_frobenius_norm", "cost",
      "norm(W, 2) of a matrix is its largest singular value.",
      "Sum the squares of all entries.",
      lambda W: np.asarray(np.linalg.norm(W, 2) ** 2, W.dtype)[()]),
    M("norm of the transpose's product", "3.1-frobenius",
      "regularization.squared_frobenius_norm", "cost",
      "The entries of W W^T were summed, and not its trace.",
      "Sum the squares of all entries.", lambda W: np.sum(W @ W.T)),
    M("decay without 1/m", "3.1-l2", "regularization.weight_decay",
      "weight_decay", "The factor is 1 - alpha lambda.",
      "It is 1 - alpha lambda/m.",
      lambda W, dW, rate, l2, m: (1 - rate * l2) * W - rate * dW),
    M("decay without alpha", "3.1-l2", "regularization.weight_decay",
      "weight_decay",
      "The decay of a decoupled optimizer does not know the learning rate.",
      "It is 1 - alpha lambda/m.",
      lambda W, dW, rate, l2, m: (1 - l2 / m) * W - rate * dW),
    M("weights that grow", "3.1-l2", "regularization.weight_decay",
      "weight_decay",
      "The decay was added behind the learning rate's minus, and turned.",
      "Put the decay before the scaling by -alpha.",
      lambda W, dW, rate, l2, m: (1 + rate * l2 / m) * W - rate * dW),
    M("gradient of the penalty with 1/m twice", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "lambda/m W was added inside of the mean.",
      "Add it to dW, after the division by m.",
      lambda W, l2, m: l2 / m / m * W),
    M("gradient of the penalty subtracted", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "lambda/m W was taken away.", "Add it.",
      lambda W, l2, m: -l2 / m * W),
    M("mean of squares for their sum", "3.1-frobenius",
      "regularization.squared_frobenius_norm", "cost",
      "The squares of W were averaged.", "Sum them.",
      lambda W: np.mean(W * W)),
    M("penalty with 1/m twice", "3.1-l2", "regularization.l2_penalty",
      "cost", "The penalty was added before the division by m.",
      "Add it to the mean.",
      lambda W, l2, m: l2 / (2 * m * m) * np.sum(W * W)),
    M("first layer alone", "3.1-l2", "regularization.l2_cost", "cost",
      "The penalty is of the first layer alone.", "Sum over all W[l].",
      after("regularization.l2_cost", first_alone)),
    M("norm for half its square", "3.1-l2",
      "regularization.l2_penalty", "cost",
      "lambda/m times the norm, and not its square's half.",
      "lambda/(2m) ||W||^2.",
      lambda W, l2, m: l2 / m * np.sqrt(np.sum(W * W))),
    M("mean of the squares for their sum", "3.1-l2",
      "regularization.l2_penalty", "cost",
      "lambda/2 times the mean of the squares.", "lambda/(2m) ||W||^2.",
      lambda W, l2, m: l2 / 2 * np.mean(W * W)),
    M("gradient of keras' penalty", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "2 lambda W: the penalty had neither 1/2 nor 1/m.", "lambda/m W.",
      lambda W, l2, m: 2 * l2 * W),
    M("square of the penalty's gradient", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "lambda/m ||W||^2 was added to each entry.", "lambda/m W.",
      lambda W, l2, m: l2 / m * np.sum(W * W) + 0 * W),
    M("sum of W in the penalty's gradient", "3.1-l2",
      "regularization.l2_penalty_gradient", "gradients",
      "lambda/m times the sum of W was added to each entry.",
      "lambda/m W.",
      lambda W, l2, m: l2 / m * np.sum(W) + 0 * W),
)  # fmt: skip
