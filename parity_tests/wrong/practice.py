"""Mistakes in normalization, prediction, splitting and choosing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after, sigmoid
from reference import early_stopping, gradient_descent
from reference import network as network_page
from reference.early_stopping import stop_early as right_stop_early
from reference.splitting import part_sizes

__all__ = ["MISTAKES"]


def with_own_mean(X: np.ndarray) -> Any:
    mu = np.mean(X, axis=1, keepdims=True)
    return mu, np.sqrt(np.mean((X - mu) ** 2, axis=1, keepdims=True))


def by_itself(X: np.ndarray, mu: Any, sigma: Any) -> Any:
    own, spread = with_own_mean(X)
    return (X - own) / np.where(sigma == 0, 1, np.where(spread == 0, 1, spread))


def one_for_all(X: np.ndarray, mu: np.ndarray) -> Any:
    return np.full_like(mu, np.mean((X - mu) ** 2))


def unstratified(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    ends = np.cumsum(part_sizes(m, fractions))[:-1]
    return tuple(np.split(rng.permutation(m), ends))


def unshuffled(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    ends = np.cumsum(part_sizes(m, fractions))[:-1]
    return tuple(np.split(np.arange(m), ends))


def same_parts(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    parts = unshuffled(rng, m, fractions)
    return tuple(rng.permutation(part) for part in parts)


def overlapping(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    sizes = part_sizes(m, fractions)
    return tuple(rng.permutation(m)[:size] for size in sizes)


def with_replacement(
    rng: Any, m: int, fractions: Any, labels: Any = None
) -> Any:
    ends = np.cumsum(part_sizes(m, fractions))[:-1]
    return tuple(np.split(rng.integers(0, m, m), ends))


def rounded_down(m: int, fractions: tuple[float, ...]) -> list[int]:
    sizes = [int(m * f) for f in fractions[1:]]
    return [m - sum(sizes), *sizes]


def stop_early_by(
    last: bool = False,
    more: int = 0,
    ties: bool = False,
    from_start: bool = True,
    watch: str = "dev",
    in_total: bool = False,
    gain: float = 0.0,
) -> Callable[..., Any]:
    """Early stopping that is right but for what is given."""

    def rule(step: Any, dev_cost: Any, parameters: Any, steps: int,
             patience: int) -> Any:  # fmt: skip
        costs: list[Any] = []
        dev_costs: list[Any] = []
        best, best_step, k, worse = parameters, 0, 0, 0
        while True:
            after, J = step(parameters)
            costs.append(J)
            dev_costs.append(dev_cost(parameters))
            seen = dev_costs if watch == "dev" else costs
            here, least = seen[k], seen[best_step]
            better = here <= least if ties else here < least - gain
            if k > 0 and (better or (k == 1 and not from_start)):
                best, best_step = parameters, k
            worse += k > 0 and best_step < k
            waited = worse if in_total else k - best_step
            if k == steps or waited >= patience + more:
                break
            parameters, k = after, k + 1
        kept = parameters if last else best
        return kept, np.stack(costs), np.stack(dev_costs), best_step

    return rule


def by_zero(X: np.ndarray, mu: np.ndarray, sigma: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return (X - mu) / sigma


def over_one_less(X: np.ndarray, mu: np.ndarray) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        return np.sum((X - mu) ** 2, axis=1, keepdims=True) / np.float64(
            X.shape[1] - 1
        ).astype(X.dtype)


def by_itself_unguarded(X: np.ndarray, mu: Any, sigma: Any) -> Any:
    own = X.mean(axis=1, keepdims=True)
    with np.errstate(divide="ignore", invalid="ignore"):
        return (X - own) / X.std(axis=1, keepdims=True)


def along_the_features(X: np.ndarray) -> Any:
    own, spread = np.mean(X, axis=0), np.std(X, axis=0)
    n = min(X.shape)
    mu, sigma = np.zeros((2, len(X), 1), X.dtype)
    mu[:n, 0], sigma[:n, 0] = own[:n], spread[:n]
    return mu, sigma


def cut_wrong(
    cut: Callable[[np.ndarray, tuple[float, ...]], list[np.ndarray]],
) -> Callable[..., Any]:
    """Shuffled, and cut so; with labels, class by class."""

    def rule(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
        order = rng.permutation(m)
        if labels is None:
            return tuple(cut(order, fractions))
        each = [
            cut(order[labels[order] == label], fractions)
            for label in np.unique(labels)
        ]
        return tuple(
            rng.permutation(np.concatenate(part))
            for part in zip(*each, strict=True)
        )

    return rule


def rounded_away(order: np.ndarray, fractions: Any) -> list[np.ndarray]:
    ends = np.cumsum([int(len(order) * f) for f in fractions])
    return np.split(order[: ends[-1]], ends[:-1])


def begun_too_early(order: np.ndarray, fractions: Any) -> list[np.ndarray]:
    sizes = part_sizes(len(order), fractions)
    *parts, _ = np.split(order, np.cumsum(sizes)[:-1])
    return [*parts, order[sizes[0] :]]


def ended_too_early(order: np.ndarray, fractions: Any) -> list[np.ndarray]:
    sizes = part_sizes(len(order), fractions)
    *parts, last = np.split(order, np.cumsum(sizes)[:-1])
    return [*parts, last[:-1]]


def unseeded(rng: Any, m: int, fractions: Any, labels: Any = None) -> Any:
    order = np.random.default_rng().permutation(m)
    return tuple(np.split(order, np.cumsum(part_sizes(m, fractions))[:-1]))


def penalized_on_dev(
    network: Any, parameters: Any, X: Any, Y: Any, X_dev: Any, Y_dev: Any, *,
    learning_rate: Any, steps: int, patience: int, l2: Any = 0.0,
) -> Any:  # fmt: skip
    return early_stopping.stop_early(
        lambda theta: gradient_descent.step(
            network, theta, X, Y, learning_rate, l2
        ),
        lambda theta: network_page.cost(network, theta, X_dev, Y_dev, l2),
        parameters, steps, patience,
    )  # fmt: skip


def kept_late(step: Any, dev_cost: Any, parameters: Any, steps: int,
              patience: int) -> Any:  # fmt: skip
    best, *told = right_stop_early(step, dev_cost, parameters, steps, patience)
    return step(best)[0], *told


def dev_late(step: Any, dev_cost: Any, parameters: Any, steps: int,
             patience: int) -> Any:  # fmt: skip
    return right_stop_early(
        step, lambda theta: dev_cost(step(theta)[0]), parameters, steps,
        patience,
    )  # fmt: skip


def not_added_up(order: np.ndarray, fractions: Any) -> list[np.ndarray]:
    ends = [int(len(order) * f + 0.5) for f in fractions[:-1]]
    return np.split(order, ends)


def from_step_to_step(step: Any, dev_cost: Any, parameters: Any, steps: int,
                      patience: int) -> Any:  # fmt: skip
    costs, dev_costs = [], []
    best, best_step, k, bad = parameters, 0, 0, 0
    while True:
        after, J = step(parameters)
        costs.append(J)
        dev_costs.append(dev_cost(parameters))
        if k > 0 and dev_costs[k] < dev_costs[best_step]:
            best, best_step = parameters, k
        if k > 0:
            bad = bad + 1 if dev_costs[k] >= dev_costs[k - 1] else 0
        if k == steps or bad >= patience:
            break
        parameters, k = after, k + 1
    return best, np.stack(costs), np.stack(dev_costs), best_step


def largest(network: Any, parameters: Any, X: Any) -> np.ndarray:
    A = network_page.forward(network, parameters, X)[-1]
    return np.arange(len(A))[:, None] == np.argmax(A, axis=0)


def changed_in_place(step: Any, dev_cost: Any, parameters: Any, steps: int,
                     patience: int) -> Any:  # fmt: skip
    _, costs, dev_costs, best_step = right_stop_early(
        step, dev_cost, parameters, steps, patience
    )
    to_the_end = len(costs) == steps + 1 and (
        steps - best_step < patience or steps == best_step
    )
    for _ in range(len(costs) - 1 + to_the_end):
        parameters, _ = step(parameters)
    return parameters, costs, dev_costs, best_step


def beside_the_variance(epsilon: float) -> Callable[..., Any]:
    def rule(X: np.ndarray, mu: Any, sigma: Any) -> Any:
        return (X - mu) / np.sqrt(sigma * sigma + X.dtype.type(epsilon))

    return rule


M = Mistake
MISTAKES = (
    M("variance over m - 1", "3.2.1-normalize", "normalization.variance",
      "normalization", "The sample variance, as torch.var has it.",
      "Divide by m: correction=0.",
      lambda X, mu: np.sum((X - mu) ** 2, axis=1, keepdims=True)
      / max(X.shape[1] - 1, 1)),
    M("variance over m - 1, NaN for one", "3.2.1-normalize",
      "normalization.variance", "normalization",
      "The sample variance, as torch.var has it: 0 / 0 for m = 1.",
      "Divide by m: correction=0.", over_one_less),
    M("sigma without its root", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The variance was handed back for sigma.", "Take its square root.",
      after("normalization.fit_normalization",
            lambda result, *_: (result[0], result[1] * result[1]))),
    M("epsilon for a constant feature", "3.2.1-normalize",
      "normalization.normalize", "normalization",
      "A sigma of 0 counts as 1e-8: what is not mu becomes huge.",
      "A constant feature is divided by 1.",
      lambda X, mu, s: (X - mu) / np.where(s == 0, s.dtype.type(1e-8), s)),
    M("mean of squares", "3.2.1-normalize", "normalization.variance",
      "normalization", "The mean was not subtracted before squaring.",
      "Subtract mu first: the notes' formula holds only then.",
      lambda X, mu: np.mean(X * X, axis=1, keepdims=True)),
    M("E x^2 - mu^2", "3.2.1-normalize", "normalization.variance",
      "normalization",
      "The difference of two large numbers keeps few of their digits, and "
      "may be negative.",
      "Average (x - mu)^2.",
      lambda X, mu: np.abs(np.mean(X * X, axis=1, keepdims=True) - mu * mu)),
    M("one sigma for all features", "3.2.1-normalize",
      "normalization.variance", "normalization",
      "The variance runs over the whole of X.",
      "Average along axis 1, feature by feature.", one_for_all),
    M("mean of the examples", "3.2.1-normalize", "normalization.mean",
      "normalization", "mu is one number for all features.",
      "Average along axis 1, feature by feature.",
      lambda X: np.full_like(X[:, :1], np.mean(X))),
    M("mean of the first examples", "3.2.1-normalize",
      "normalization.mean", "normalization",
      "mu is the mean of the first 100 examples alone.",
      "Average over the whole training set.",
      lambda X: np.mean(X[:, :100], axis=1, keepdims=True)),
    M("median for mean", "3.2.1-normalize", "normalization.mean",
      "normalization", "A robust scaler takes the median.",
      "Take the mean.", lambda X: np.median(X, axis=1, keepdims=True)),
    M("divided by sigma^2", "3.2.1-normalize", "normalization.normalize",
      "normalization", "x was divided by the variance.",
      "Divide by its root.",
      lambda X, mu, s: (X - mu) / np.where(s == 0, 1, s * s)),
    M("mean subtracted alone", "3.2.1-normalize",
      "normalization.normalize", "normalization",
      "The division by sigma is missing.", "Divide by sigma.",
      lambda X, mu, sigma: X - mu),
    M("scaled to [0, 1]", "3.2.1-normalize", "normalization.normalize",
      "normalization", "A min-max scaler was taken.",
      "Subtract mu, and divide by sigma.",
      lambda X, mu, s: (X - X.min(1, keepdims=True)) / np.where(
          s == 0, 1, np.maximum(np.ptp(X, 1, keepdims=True), 1e-30))),
    M("each set by itself", "3.2.1-normalize", "normalization.normalize",
      "normalization",
      "The dev set was normalized by its own mu and sigma.",
      "Use those of the training set.", by_itself),
    M("epsilon beside sigma", "3.2.1-normalize", "normalization.normalize",
      "normalization", "x was divided by sigma + 1e-5.",
      "Divide by sigma, and by 1 where it is 0.",
      lambda X, mu, s: (X - mu) / (s + X.dtype.type(1e-5))),
    M("1e-8 beside sigma", "3.2.1-normalize", "normalization.normalize",
      "normalization", "(x - mu) / (sigma + 1e-8).",
      "Divide by sigma, or by 1 where it is 0.",
      lambda X, mu, s: (X - mu) / (s + s.dtype.type(1e-8))),
    M("divided by a sigma of 0", "3.2.1-normalize",
      "normalization.normalize", "normalization",
      "0 / 0 in a constant feature.", "Divide it by 1.", by_zero),
    M("constant feature by its rounding", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The rounding error of a constant feature's mean became its sigma.",
      "A feature that is constant has mu = x and sigma = 0.",
      with_own_mean),
    M("small spread taken for none", "3.2.1-normalize",
      "normalization.normalize", "normalization",
      "A sigma below 1e-3 counts as 1, as if the feature were constant.",
      "Only a sigma of 0 does.",
      lambda X, mu, s: (X - mu) / np.where(s < 1e-3, 1, s)),
    M("tie as class 1", "1.2-predict", "prediction.predict", "prediction",
      "y_hat >= 1/2 in place of y_hat > 1/2.", "A tie is class 0.",
      lambda A: A >= 0.5),
    M("threshold on Z", "1.2-predict", "prediction.predict_from_z",
      "prediction", "Z > 1/2 is y_hat > 0.62.",
      "Compare y_hat with 1/2, or Z with 0.", lambda Z: Z > 0.5),
    M("Z = 0 as class 1", "1.2-predict", "prediction.predict_from_z",
      "prediction", "Z >= 0 in place of Z > 0.", "A tie is class 0.",
      lambda Z: Z >= 0),
    M("class from a rounded sigmoid", "1.2-predict",
      "prediction.predict_from_z", "prediction",
      "sigmoid(Z) > 1/2, which is exactly 1/2 for every small Z.",
      "Compare Z with 0.", lambda Z: sigmoid(Z) > 0.5),
    M("every pair compared", "1.2-predict", "prediction.accuracy",
      "prediction",
      "Labels of shape (m,) against predictions (m, 1) broadcast to "
      "(m, m).", "Give both one shape.",
      lambda A, Y: np.mean(A[0][:, None] == (Y[0] > 0.5), dtype=Y.dtype)),
    M("share of wrong ones", "1.2-predict", "prediction.accuracy",
      "prediction", "The error was handed back for the accuracy.",
      "It is 1 minus the error.",
      lambda A, Y: np.mean(np.any((Y > 0.5) != A, axis=0), dtype=Y.dtype)),
    M("accuracy in percent", "1.2-predict", "prediction.accuracy",
      "prediction", "The share was multiplied by 100.", "It is in [0, 1].",
      lambda A, Y: np.mean(np.all((Y > 0.5) == A, axis=0), dtype=Y.dtype)
      * 100),
    M("outputs counted one by one", "1.2-predict", "prediction.accuracy",
      "prediction", "An example with one right output of two counts half.",
      "It is right if all of its outputs are.",
      lambda A, Y: np.mean((Y > 0.5) == A, dtype=Y.dtype)),
    M("not stratified", "3-split", "splitting.split", "split",
      "The labels are ignored.", "Split each class by itself.",
      unstratified),
    M("the same parts for every seed", "3-split", "splitting.split",
      "split", "Who is in a part is the same for every seed; at most their "
      "order is not.",
      "Shuffle before splitting.", same_parts),
    M("not shuffled", "3-split", "splitting.split", "split",
      "The parts are the first, the next and the last examples.",
      "Shuffle before splitting.", unshuffled),
    M("parts that overlap", "3-split", "splitting.split", "split",
      "Each part was drawn from all examples.",
      "Permute once, and cut.", overlapping),
    M("drawn with replacement", "3-split", "splitting.split", "split",
      "Some examples are in two parts, and others in none.",
      "Permute, and cut.", with_replacement),
    M("sizes rounded down", "3-split", "splitting.part_sizes", "split",
      "Each part but the first lost its fraction of an example.",
      "Round where the parts end, not how long they are.", rounded_down),
    M("worst candidate", "3-dev-selection", "selection.select",
      "dev_selection", "The largest dev error is chosen.",
      "Choose the least.", lambda errors, costs: int(np.argmax(errors))),
    M("ties by the last", "3-dev-selection", "selection.select",
      "dev_selection", "Of equal dev errors the last is chosen.",
      "Choose the one with the lower cost.",
      lambda errors, costs: int(np.flatnonzero(errors == errors.min())[-1])),
    M("chosen by the cost", "3-dev-selection", "selection.select",
      "dev_selection", "The least dev cost is chosen, not the least error.",
      "The cost decides ties alone.",
      lambda errors, costs: int(np.argmin(costs))),
    M("last parameters", "3.1-early-stopping", "early_stopping.stop_early",
      "early_stopping",
      "The parameters of the last step are handed back.",
      "Keep a copy of the best, and hand that back.",
      stop_early_by(last=True)),
    M("patience one too long", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "One update more is waited for.",
      "Stop when k - best_step reaches patience.", stop_early_by(more=1)),
    M("patience one too short", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "One update less is waited for.",
      "Stop when k - best_step reaches patience.", stop_early_by(more=-1)),
    M("a tie as an improvement", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "An equal dev cost counts as better.", "Only a lower one does.",
      stop_early_by(ties=True)),
    M("the start never best", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "The initial parameters are not among the candidates.",
      "They are step 0.", stop_early_by(from_start=False)),
    M("the training cost watched", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "J of the training set decides, which falls on.",
      "Watch the dev cost.", stop_early_by(watch="training")),
    M("bad updates counted in total", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "The count of updates without a gain goes on after one.",
      "Begin it anew at each best.", stop_early_by(in_total=True)),
    M("small gains ignored", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "Only a gain of a ten-thousandth counts, as min_delta has it.",
      "Any lower dev cost does.", stop_early_by(gain=1e-4)),
    M("each set by itself, a constant one too", "3.2.1-normalize",
      "normalization.normalize", "normalization",
      "A set was normalized by its own mu and sigma, and the rounding of "
      "a constant feature's mean became its sigma.",
      "Use those of the training set.", by_itself_unguarded),
    M("mean of the features", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The mean and the deviation run over the features of each example, "
      "which fits where m = n_x.", "Average along axis 1.",
      along_the_features),
    M("range for sigma", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "x was divided by its largest value less its smallest.",
      "Divide by sigma.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], np.ptp(X, axis=1, keepdims=True)))),
    M("mean deviation for sigma", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The mean of |x - mu| was taken.", "Take the root of the mean square.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], np.mean(np.abs(X - result[0]), 1, keepdims=True)))),
    M("epsilon inside the root", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "sqrt(sigma^2 + 1e-8), as batch normalization has it.",
      "Take the root of sigma^2 alone.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], np.sqrt(result[1] ** 2 + X.dtype.type(1e-8))))),
    M("epsilon in sigma", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "sigma + 1e-8 was handed back for sigma.",
      "Hand sigma back; normalize divides by 1 where it is 0.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], result[1] + X.dtype.type(1e-8)))),
    M("1 for a sigma of 0", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The sigma of a constant feature was handed back as 1.",
      "It is 0; normalize divides by 1 there.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], np.where(result[1] == 0, 1, result[1])
          .astype(X.dtype)))),
    M("the largest output as the class", "1.2-predict",
      "prediction.classes", "prediction",
      "argmax: exactly one output of an example is 1.",
      "Each output is a class by itself: Z > 0.",
      largest),
    M("everything above 0", "1.2-predict", "prediction.predict",
      "prediction", "y_hat > 0, which a probability always is.",
      "y_hat > 1/2.", lambda A: A > 0),
    M("the other class", "1.2-predict", "prediction.predict_from_z",
      "prediction", "y_hat < 1/2 was taken for class 1.", "y_hat > 1/2.",
      lambda Z: Z < 0),
    M("number of right ones", "1.2-predict", "prediction.accuracy",
      "prediction", "The sum was handed back, and not the mean.",
      "Divide by m.",
      lambda A, Y: np.sum(np.all((Y > 0.5) == A, axis=0), dtype=Y.dtype)),
    M("first output alone", "1.2-predict", "prediction.accuracy",
      "prediction", "Only the first output of an example was looked at.",
      "An example is right if all of its outputs are.",
      lambda A, Y: np.mean((Y[:1] > 0.5) == A[:1], dtype=Y.dtype)),
    M("one right output is enough", "1.2-predict", "prediction.accuracy",
      "prediction", "An example counts if any of its outputs is right.",
      "It is right if all of its outputs are.",
      lambda A, Y: np.mean(np.any((Y > 0.5) == A, axis=0), dtype=Y.dtype)),
    M("examples lost to rounding", "3-split", "splitting.split", "split",
      "Each part has int(m f) examples: some are in none.",
      "Let the last part end at m.", cut_wrong(rounded_away)),
    M("the test set begins with the dev set", "3-split", "splitting.split",
      "split", "The last part begins where the training set ends.",
      "It begins where the part before it ends.",
      cut_wrong(begun_too_early)),
    M("the last example in no part", "3-split", "splitting.split",
      "split", "The last part ends at m - 1: its slice is [a:-1].",
      "Let it end at m.", cut_wrong(ended_too_early)),
    M("seed ignored by the split", "3-split", "splitting.split", "split",
      "Every call shuffles anew, whatever the seed.",
      "Make the generator from the seed.", unseeded),
    M("penalty in the dev cost", "3.1-early-stopping",
      "early_stopping.train_early_stopping", "early_stopping",
      "The dev cost has lambda/(2m) ||W||^2 too.",
      "It is the cost of the data alone.", penalized_on_dev),
    M("best step counted from 1", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "best_step is one more than the number of updates.",
      "The start is step 0.",
      after("early_stopping.stop_early", lambda result, *_: (
          *result[:3], result[3] + 1))),
    M("parameters one update late", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "What was kept is the parameters after the update that followed "
      "the best dev cost.",
      "Copy them before the update.", kept_late),
    M("dev cost after the update", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "dev_costs[k] belongs to the parameters after k + 1 updates.",
      "Take it before the update, as the cost.", dev_late),
    M("cut at the fractions themselves", "3-split", "splitting.split",
      "split", "The parts end at m f_1, m f_2, ..., and not at the running "
      "sum.", "Add the fractions up.", cut_wrong(not_added_up)),
    M("patience counted from step to step", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "An update counts as bad if its dev cost is above that before it.",
      "Compare with the least so far.", from_step_to_step),
    M("patience ignored", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "It stops as soon as the dev cost does not fall.",
      "Wait for patience updates.",
      lambda step, dev_cost, p, steps, patience: right_stop_early(
          step, dev_cost, p, steps, 1)),
    M("never stopped", "3.1-early-stopping", "early_stopping.stop_early",
      "early_stopping", "All steps are taken, and the best is handed back.",
      "Stop when k - best_step reaches patience.",
      lambda step, dev_cost, p, steps, patience: right_stop_early(
          step, dev_cost, p, steps, steps + 1)),
    M("last parameters, bad updates in total", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "The parameters of the last step are handed back, and the count of "
      "updates without a gain goes on after one.",
      "Keep a copy of the best; begin the count anew at each.",
      stop_early_by(last=True, in_total=True)),
    M("kappa not squared", "3.2.1-normalize",
      "normalization.condition_number", "conditioning",
      "The ratio of the singular values of X was handed back.",
      "The Hessian 1/m X X^T has their squares.",
      after("normalization.condition_number",
            lambda kappa, X: np.sqrt(kappa))),
    M("rounded, and any number but 0", "1.2-predict", "prediction.predict",
      "prediction", "bool(round(y_hat)) is true of -1 too.",
      "y_hat > 1/2.", lambda A: np.round(A) != 0),
    M("best parameters not copied", "3.1-early-stopping",
      "early_stopping.stop_early", "early_stopping",
      "What was kept as the best was changed in place by the updates that "
      "followed.", "Keep a copy.", changed_in_place),
    *(
        M(f"epsilon of {epsilon:g} beside the variance", "3.2.1-normalize",
          "normalization.normalize", "normalization",
          f"x was divided by sqrt(sigma^2 + {epsilon:g}), as in batch "
          "normalization.", "Divide by sigma, or by 1 where it is 0.",
          beside_the_variance(epsilon))
        for epsilon in (1e-3, 1e-5, 1e-7, 1e-8)
    ),
    M("mean of squares where x varies", "3.2.1-normalize",
      "normalization.fit_normalization", "normalization",
      "The mean was not subtracted before squaring; a constant feature has "
      "a sigma of 0 all the same.",
      "Subtract mu first: the notes' formula holds only then.",
      after("normalization.fit_normalization", lambda result, X: (
          result[0], np.where(np.ptp(X, axis=1, keepdims=True) == 0, 0,
                              np.sqrt(np.mean(X * X, 1, keepdims=True)))
          .astype(X.dtype)))),
)  # fmt: skip
