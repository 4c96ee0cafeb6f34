"""Mistakes in the losses and in their mean."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, sigmoid
from reference.losses import loss

__all__ = ["MISTAKES"]


def softplus(Z: np.ndarray) -> np.ndarray:
    return np.logaddexp(np.zeros_like(Z), Z)


def of_probabilities(
    Z: np.ndarray, Y: np.ndarray, inside: float = 0.0, clip: float = 0.0
) -> np.ndarray:
    """-Y log A - (1 - Y) log(1 - A), from a rounded A."""
    A = np.clip(sigmoid(Z), clip, 1 - clip).astype(Z.dtype)
    with np.errstate(divide="ignore", invalid="ignore"):
        return -Y * np.log(A + inside) - (1 - Y) * np.log(1 - A + inside)


def output_minus_labels(
    output: str, Z: np.ndarray, Y: np.ndarray
) -> np.ndarray:
    A = sigmoid(Z) if output == "sigmoid" else Z
    return (np.maximum(Z, 0) if output == "relu" else A) - Y


def gradient_of_probabilities(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    A = sigmoid(Z)
    inner = A * (1 - A)
    return (A - Y) / np.maximum(inner, 1e-12) * inner


def every_pair(output: str, Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """As (m, 1) and (m,) broadcast, where there is one output."""
    if len(Y) > 1:
        return loss(output, Z, Y)
    return loss(output, *np.broadcast_arrays(Z, Y.T))


def crossed(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    """-Y log(A)^T - (1 - Y) log(1 - A)^T, summed: spread over the losses."""
    total = np.sum(softplus(-Z) @ Y.T + softplus(Z) @ (1 - Y).T)
    return np.full(Z.shape, total / Z.size, Z.dtype)


def log_softmax(Z: np.ndarray) -> np.ndarray:
    shifted = Z - np.max(Z, axis=0, keepdims=True)
    return shifted - np.log(np.sum(np.exp(shifted), axis=0, keepdims=True))


def interchanged(Z: np.ndarray, Y: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        log_y, log_1_y = np.log(Y), np.log(1 - Y)
    A = sigmoid(Z)
    kept = np.maximum(log_y, -100), np.maximum(log_1_y, -100)
    return (-A * kept[0] - (1 - A) * kept[1]).astype(Z.dtype)


def every_pair_squared(A: np.ndarray, Y: np.ndarray) -> np.ndarray:
    if len(Y) > 1:
        return (A - Y) ** 2 / 2
    return (A - Y.T) ** 2 / 2


def overflowing_softplus(Z: np.ndarray) -> np.ndarray:
    with np.errstate(over="ignore"):
        return np.log(1 + np.exp(Z))


def divided_in_the_loop(losses: np.ndarray) -> Any:
    J, m = losses.dtype.type(0), losses.shape[1]
    for i in range(m):
        J = (J + np.sum(losses[:, i])) / m
    return losses.dtype.type(J)


def through_dA(Z: np.ndarray, Y: np.ndarray, epsilon: float) -> np.ndarray:
    A = sigmoid(Z)
    dA = -Y / (A + epsilon) + (1 - Y) / (1 - A + epsilon)
    return (dA * A * (1 - A)).astype(Z.dtype)


M = Mistake
MISTAKES = (
    M("cross-entropy of probabilities", "1.2-loss", "losses.cross_entropy",
      "cost",
      "log A and log(1 - A) of a rounded A: -inf where A is 0 or 1, and "
      "0 times -inf is no number.",
      "Take the loss from Z: max(Z, 0) - Y Z + log(1 + e^-|Z|).",
      of_probabilities),
    M("cross-entropy of clipped probabilities", "1.2-loss",
      "losses.cross_entropy", "cost",
      "A was clipped, so that a saturated output costs at most "
      "-log(epsilon).",
      "Take the loss from Z, which needs no epsilon.",
      lambda Z, Y: of_probabilities(Z, Y, clip=1e-7)),
    M("epsilon inside the logarithm", "1.2-loss", "losses.cross_entropy",
      "cost",
      "log(A + 1e-8) is another loss, and may be negative.",
      "Take the loss from Z, which needs no epsilon.",
      lambda Z, Y: of_probabilities(Z, Y, inside=1e-8)),
    M("loss cut off at 100", "1.2-loss", "losses.cross_entropy", "cost",
      "torch.nn.BCELoss of a sigmoid ends at 100.",
      "Use BCEWithLogitsLoss on Z.",
      lambda Z, Y: np.minimum(softplus(Z) - Y * Z, 100)),
    M("cross-entropy without its second half", "1.2-loss",
      "losses.cross_entropy", "cost",
      "Examples with y = 0 cost nothing.",
      "Add -(1 - Y) log(1 - A).", lambda Z, Y: Y * softplus(-Z)),
    M("the notes' misprint", "1.2-loss", "losses.cross_entropy", "cost",
      "log(A - 1), as printed for y = 0, is no number.",
      "It is log(1 - A).",
      lambda Z, Y: Y * softplus(-Z) + (1 - Y) * np.log(sigmoid(Z) - 1)),
    M("cross-entropy in bits", "1.2-loss", "losses.cross_entropy", "cost",
      "The logarithm was taken to base 2.", "It is the natural one.",
      lambda Z, Y: ((softplus(Z) - Y * Z) / np.log(2)).astype(Z.dtype)),
    M("sign of the loss", "1.2-loss", "losses.cross_entropy", "cost",
      "The log likelihood was taken, which is to be maximized.",
      "The loss is minus that.", lambda Z, Y: Y * Z - softplus(Z)),
    M("double sigmoid", "1.2-loss", "losses.cross_entropy", "cost",
      "A probability was taken for Z, so that sigmoid is applied twice.",
      "Give Z to a loss that takes logits.",
      lambda Z, Y: softplus(sigmoid(Z)) - Y * sigmoid(Z)),
    M("double sigmoid in the gradient", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "A probability was taken for Z, so that sigmoid is applied twice.",
      "Give Z to a loss that takes logits.",
      lambda Z, Y: (sigmoid(sigmoid(Z)) - Y) * sigmoid(Z) * sigmoid(-Z)),
    M("softplus that is a line above 20", "1.2-loss",
      "losses.cross_entropy", "cost",
      "torch.nn.functional.softplus is Z itself above its threshold.",
      "Use logsigmoid, or BCEWithLogitsLoss.",
      lambda Z, Y: np.where(Z > 20, Z, softplus(np.minimum(Z, 20)))
      - Y * Z, ("float64",)),
    M("labels of -1 and 1", "1.2-loss", "losses.cross_entropy", "cost",
      "The loss is for labels 0 and 1, and has no lower bound for -1.",
      "Map the labels to 0 and 1.",
      lambda Z, Y: softplus(Z) - (2 * Y - 1) * Z),
    M("labels of uint8", "1.2-loss", "losses.cross_entropy", "cost",
      "-Y of unsigned labels is 255 where Y is 1.",
      "Make the labels floating point first.",
      lambda Z, Y: softplus(Z) + np.where(Y == 1, 255, -Y) * Z),
    M("one label for all", "2.9", "losses.cross_entropy_gradient",
      "gradients",
      "Labels of shape (m,) against outputs (m, 1) broadcast to (m, m), "
      "so that each output meets all labels.",
      "Give Y the shape of A[L].",
      lambda Z, Y: sigmoid(Z) - np.mean(Y, axis=1, keepdims=True)),
    M("dZ = Y - A", "2.9", "losses.cross_entropy_gradient", "gradients",
      "The sign of dZ[L] is turned.", "It is A - Y.",
      lambda Z, Y: Y - sigmoid(Z)),
    M("dZ of a mean squared error", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "The factor A (1 - A) belongs to the squared error.",
      "Cross-entropy cancels it: dZ = A - Y.",
      lambda Z, Y: (sigmoid(Z) - Y) * sigmoid(Z) * sigmoid(-Z)),
    M("dA for dZ", "2.9", "losses.cross_entropy_gradient", "gradients",
      "dA = (A - Y) / (A (1 - A)) was not multiplied by g'(Z).",
      "dZ = dA g'(Z) = A - Y.",
      lambda Z, Y: (sigmoid(Z) - Y)
      / np.maximum(sigmoid(Z) * sigmoid(-Z), 1e-30).astype(Z.dtype)),
    M("gradient of clipped probabilities", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "Through BCELoss, whose denominator is at least 1e-12, the gradient "
      "of a saturated output is 0.",
      "Use BCEWithLogitsLoss on Z.", gradient_of_probabilities),
    M("gradient at Z = 0 through |Z|", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "A loss written by hand with |Z| and max(Z, 0) has another "
      "derivative at 0: a network of zeros does not learn.",
      "Use the framework's own loss of logits.",
      lambda Z, Y: np.where(Z == 0, -Y, sigmoid(Z) - Y)),
    M("gradient that is no number far out", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "Through np.where both branches are differentiated, and 0 times inf "
      "of the one not taken is no number.",
      "Make the argument safe before, or use the framework's own loss.",
      lambda Z, Y: np.where(np.abs(Z) > 700, np.nan, sigmoid(Z) - Y)),
    M("squared error without the half", "1-relu-neuron",
      "losses.half_squared_error", "cost",
      "The cost is twice the one whose gradient is A - Y.",
      "Halve it.", lambda A, Y: (A - Y) * (A - Y)),
    M("absolute error", "1-relu-neuron", "losses.half_squared_error",
      "cost", "|A - Y| in place of (A - Y)^2 / 2.", "Square, and halve.",
      lambda A, Y: np.abs(A - Y)),
    M("gradient of the square without the half", "1-relu-neuron",
      "losses.half_squared_error_gradient", "gradients",
      "2 (A - Y) is the gradient of the square, not of its half.",
      "It is A - Y.", lambda A, Y: 2 * (A - Y)),
    M("dZ = A - Y under a ReLU output", "2.9", "losses.loss_gradient",
      "gradients", "The factor g'(Z[L]) is missing.",
      "(2.5) holds for sigmoid and identity alone: multiply by g'(Z[L]).",
      output_minus_labels),
    M("mean over the outputs too", "1.2-cost", "losses.mean_over_examples",
      "cost",
      "The mean runs over all n_L m entries, and not over the m examples.",
      "Sum over the outputs, and divide by m: reduction='sum', then / m.",
      lambda losses: np.mean(losses)),
    M("sum over the examples", "1.2-cost", "losses.mean_over_examples",
      "cost", "The 1/m is missing.", "Divide by m.",
      lambda losses: np.sum(losses)),
    M("mean over m - 1", "1.2-cost", "losses.mean_over_examples", "cost",
      "The sum was divided by m - 1.", "Divide by m.",
      lambda losses: np.sum(losses) / max(losses.shape[1] - 1, 1)),
    M("mean of two batches", "1.2-cost", "losses.mean_over_examples",
      "cost",
      "The means of batches were averaged, and the last one is smaller.",
      "Weigh each batch by its number of examples.",
      lambda losses: np.mean([
          np.sum(part) / part.shape[1]
          for part in np.split(losses, [math.ceil(2 * losses.shape[1] / 3)], 1)
          if part.size]).astype(losses.dtype)),
    M("mean with a half", "1.2-cost", "losses.mean_over_examples", "cost",
      "1/(2m), which belongs to a squared error, not to its mean.",
      "Divide by m.",
      lambda losses: np.sum(losses) / (2 * losses.shape[1])),
    M("rows taken for examples", "1.2-cost", "losses.mean_over_examples",
      "cost", "The sum was divided by the rows of Y.",
      "Examples are columns: m = Y.shape[1].",
      lambda losses: np.sum(losses) / losses.shape[0]),
    M("cross-entropy in decimal logarithms", "1.2-loss",
      "losses.cross_entropy", "cost", "log10 is log / 2.303.",
      "The logarithm is the natural one.",
      lambda Z, Y: (softplus(Z) - Y * Z) / math.log(10)),
    M("squared error for cross-entropy", "1.2-loss",
      "losses.cross_entropy", "cost",
      "(A - Y)^2 / 2 of a sigmoid output.",
      "-Y log A - (1 - Y) log(1 - A).",
      lambda Z, Y: (sigmoid(Z) - Y) ** 2 / 2),
    M("whole square for cross-entropy", "1.2-loss",
      "losses.cross_entropy", "cost", "(A - Y)^2 of a sigmoid output.",
      "-Y log A - (1 - Y) log(1 - A).",
      lambda Z, Y: (sigmoid(Z) - Y) ** 2),
    M("labels broadcast", "1.2-loss", "losses.loss", "cost",
      "Labels of shape (m,) against outputs (m, 1) broadcast to (m, m).",
      "Give both one shape.", every_pair),
    M("Huber's loss", "1-relu-neuron", "losses.half_squared_error", "cost",
      "SmoothL1Loss is a line where |A - Y| > 1.", "Take (A - Y)^2 / 2.",
      lambda A, Y: np.where(np.abs(A - Y) < 1, (A - Y) ** 2 / 2,
                            np.abs(A - Y) - A.dtype.type(0.5))),
    M("labels cut to integers", "1-relu-neuron",
      "losses.half_squared_error", "cost",
      "Targets were cast to int, and lost their fractions.",
      "Keep Y in the dtype of the parameters.",
      lambda A, Y: (A - np.trunc(Y)) ** 2 / 2),
    M("outputs crossed in a product", "1.2-loss", "losses.cross_entropy",
      "cost",
      "Y log(A)^T holds every output with every other; all of its entries "
      "were summed.",
      "Multiply entry by entry; or take the trace.", crossed),
    M("second half with its sign turned", "1.2-loss",
      "losses.cross_entropy", "cost",
      "-Y log A + (1 - Y) log(1 - A): the minus reaches the first term "
      "alone.", "Both terms are subtracted.",
      lambda Z, Y: Y * softplus(-Z) - (1 - Y) * softplus(Z)),
    M("first half with its sign turned", "1.2-loss",
      "losses.cross_entropy", "cost",
      "Y log A - (1 - Y) log(1 - A): the minus reaches the second term "
      "alone.", "Both terms are subtracted.",
      lambda Z, Y: (1 - Y) * softplus(Z) - Y * softplus(-Z)),
    M("cross-entropy without its first half", "1.2-loss",
      "losses.cross_entropy", "cost",
      "Examples with y = 1 cost nothing.",
      "Add -Y log A.", lambda Z, Y: (1 - Y) * softplus(Z)),
    M("labels the other way round", "1.2-loss", "losses.cross_entropy",
      "cost", "1 - Y was taken for Y.", "y = 1 asks for a large A.",
      lambda Z, Y: softplus(Z) - (1 - Y) * Z),
    M("labels the other way round in the gradient", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "1 - Y was taken for Y.", "dZ = A - Y.",
      lambda Z, Y: sigmoid(Z) - (1 - Y)),
    M("cross-entropy of a softmax", "1.2-loss", "losses.cross_entropy",
      "cost", "-Y log softmax(Z): the outputs of an example compete, and "
      "one alone costs nothing.",
      "Each output is a sigmoid by itself: BCEWithLogitsLoss.",
      lambda Z, Y: -Y * log_softmax(Z)),
    M("gradient through a softmax", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "dZ = softmax(Z) sum(Y) - Y.",
      "Each output is a sigmoid by itself: dZ = A - Y.",
      lambda Z, Y: np.exp(log_softmax(Z)) * np.sum(Y, 0, keepdims=True) - Y),
    M("softmax minus Y", "2.9", "losses.cross_entropy_gradient",
      "gradients", "A softmax was taken for the outputs in dZ.",
      "Each output is a sigmoid by itself: dZ = A - Y.",
      lambda Z, Y: np.exp(log_softmax(Z)) - Y),
    M("gradient without its second half", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "Examples with y = 0 have no gradient, as -Y log A alone has it.",
      "dZ = A - Y.", lambda Z, Y: -Y * sigmoid(-Z)),
    M("cross-entropy with A and Y interchanged", "1.2-loss",
      "losses.cross_entropy", "cost",
      "BCELoss(Y, A) in place of BCELoss(A, Y): A log Y, and a log of 0 "
      "counts as -100.",
      "The prediction comes first, and the label second.",
      interchanged),
    M("last example left out of J", "1.2-cost",
      "losses.mean_over_examples", "cost",
      "The loop over the examples ends one too early.",
      "range(m) has m numbers.",
      lambda losses: np.sum(losses[:, :-1]) / losses.shape[1]),
    M("first example left out of J", "1.2-cost",
      "losses.mean_over_examples", "cost",
      "The loop over the examples begins at 1.",
      "range(m) begins at 0.",
      lambda losses: np.sum(losses[:, 1:]) / losses.shape[1]),
    M("J of the last example", "1.2-cost", "losses.mean_over_examples",
      "cost", "The loss is set, and not added up, in the loop.",
      "Add it up.", lambda losses: np.sum(losses[:, -1]) / losses.shape[1]),
    M("quarter of the square", "1-relu-neuron",
      "losses.half_squared_error", "cost",
      "(A - Y)^2 / 4: the half was taken twice.", "Halve it once.",
      lambda A, Y: (A - Y) ** 2 / 4),
    M("gradient of the square with a half", "1-relu-neuron",
      "losses.half_squared_error_gradient", "gradients",
      "(A - Y) / 2: the half was not cancelled.", "It is A - Y.",
      lambda A, Y: (A - Y) / 2),
    M("dZ = Y - A of a squared error", "1-relu-neuron",
      "losses.half_squared_error_gradient", "gradients",
      "The sign of dZ[L] is turned.", "It is A - Y.",
      lambda A, Y: Y - A),
    M("gradient of an absolute error", "1-relu-neuron",
      "losses.half_squared_error_gradient", "gradients",
      "The sign of A - Y, which belongs to |A - Y|.", "It is A - Y.",
      lambda A, Y: np.sign(A - Y)),
    M("every pair in a squared error", "1-relu-neuron",
      "losses.half_squared_error", "cost",
      "Targets of shape (m,) against outputs (m, 1) broadcast to (m, m).",
      "Give both one shape.", every_pair_squared),
    M("labels of 0 for -1", "1.2-loss", "losses.cross_entropy", "cost",
      "log(1 + e^-YZ) is for labels -1 and 1: one of 0 costs log 2, "
      "whatever Z is.", "-Y log A - (1 - Y) log(1 - A).",
      lambda Z, Y: softplus(-Y * Z)),
    M("gradient for labels of -1 and 1", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "That of log(1 + e^-YZ): a label of 0 has none.", "dZ = A - Y.",
      lambda Z, Y: -Y * sigmoid(-Y * Z)),
    M("hinge loss", "1.2-loss", "losses.cross_entropy", "cost",
      "max(0, 1 - (2Y - 1) Z) is that of a support vector machine.",
      "-Y log A - (1 - Y) log(1 - A).",
      lambda Z, Y: np.maximum(0, 1 - (2 * Y - 1) * Z)),
    M("softplus that overflows", "1.2-loss", "losses.cross_entropy",
      "cost", "log(1 + e^Z), written out, is inf for a large Z.",
      "max(Z, 0) + log(1 + e^-|Z|).",
      lambda Z, Y: overflowing_softplus(Z) - Y * Z),
    M("labels and logits interchanged", "1.2-loss",
      "losses.cross_entropy", "cost",
      "BCEWithLogitsLoss(Y, Z) in place of BCEWithLogitsLoss(Z, Y).",
      "The logits come first, and the labels second.",
      lambda Z, Y: softplus(Y) - Y * Z),
    M("gradient with labels and logits interchanged", "2.9",
      "losses.cross_entropy_gradient", "gradients",
      "The gradient of log(1 + e^Y) - Y Z is -Y.",
      "The logits come first, and the labels second.",
      lambda Z, Y: -Y + 0 * Z),
    M("mean over the outputs of a squared error", "1.2-cost",
      "losses.half_squared_error", "cost",
      "The squares were averaged over the outputs, and not summed.",
      "Sum over the outputs, and divide by m.",
      lambda A, Y: (A - Y) ** 2 / (2 * len(Y))),
    M("gradient over the outputs of a squared error", "2.9",
      "losses.half_squared_error_gradient", "gradients",
      "(A - Y) / n_L: the squares were averaged over the outputs.",
      "Sum over the outputs, and divide by m.",
      lambda A, Y: (A - Y) / len(Y)),
    M("mean over the outputs of a cross-entropy", "1.2-cost",
      "losses.cross_entropy", "cost",
      "The losses were averaged over the outputs, and not summed.",
      "Sum over the outputs, and divide by m.",
      lambda Z, Y: (softplus(Z) - Y * Z) / len(Y)),
    M("divided by m inside the loop", "1.2-cost",
      "losses.mean_over_examples", "cost",
      "J = (J + loss) / m in the loop: the first losses are divided many "
      "times.", "Add up in the loop, and divide after it.",
      divided_in_the_loop),
    *(
        M(f"epsilon of {epsilon:g} inside the logarithm", "1.2-loss",
          "losses.cross_entropy", "cost",
          f"log(A + {epsilon:g}) is another loss, and may be negative.",
          "Take the loss from Z, which needs no epsilon.",
          lambda Z, Y, e=epsilon: of_probabilities(Z, Y, inside=e))
        for epsilon in (1e-5, 1e-6, 1e-7, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
    *(
        M(f"probabilities clipped at {epsilon:g}", "1.2-loss",
          "losses.cross_entropy", "cost",
          "A was clipped, so that a saturated output costs at most "
          f"-log({epsilon:g}).",
          "Take the loss from Z, which needs no epsilon.",
          lambda Z, Y, e=epsilon: of_probabilities(Z, Y, clip=e))
        for epsilon in (1e-5, 1e-6, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
    *(
        M(f"dA with an epsilon of {epsilon:g}", "2.9",
          "losses.cross_entropy_gradient", "gradients",
          f"-Y / (A + {epsilon:g}) + (1 - Y) / (1 - A + {epsilon:g}), times "
          "A (1 - A): a little off, and 0 for a saturated output.",
          "dZ = A - Y.",
          lambda Z, Y, e=epsilon: through_dA(Z, Y, e))
        for epsilon in (1e-7, 1e-8, 1e-9, 1e-10, 1e-12, 1e-15)
    ),
)  # fmt: skip
