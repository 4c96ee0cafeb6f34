"""Mistakes in initialization."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake
from reference import Layer
from reference.initialization import weights

__all__ = ["MISTAKES", "scaled_normal", "truncated"]


def scaled_normal(variance: Callable[[int, int], float]) -> Callable[..., Any]:
    """Normal draws of a variance that depends on n and n_prev."""

    def rule(rng: Any, shape: tuple[int, int]) -> np.ndarray:
        return rng.standard_normal(shape) * math.sqrt(variance(*shape))

    return rule


def uniform(limit: Callable[[int, int], float]) -> Callable[..., Any]:
    def rule(rng: Any, shape: tuple[int, int]) -> np.ndarray:
        return rng.uniform(-limit(*shape), limit(*shape), shape)

    return rule


def halves(scale: float, sign: float) -> Callable[..., Any]:
    """One stream for both halves of the rows."""

    def rule(rng: Any, shape: tuple[int, int]) -> np.ndarray:
        n, n_prev = shape
        N = rng.standard_normal(((n + 1) // 2, n_prev))
        both = np.concatenate([N, sign * N])[:n]
        return both * math.sqrt(scale / n_prev)

    return rule


def truncated(variance: Callable[[int, int], float]) -> Callable[..., Any]:
    """A normal law cut off at 2 sigma, its variance put right again."""

    def rule(rng: Any, shape: tuple[int, int]) -> np.ndarray:
        draws = rng.standard_normal((8, *shape))
        inside = np.abs(draws) < 2
        first = np.argmax(inside, axis=0)
        kept = np.take_along_axis(draws, first[None], axis=0)[0]
        return kept / 0.87962566 * math.sqrt(variance(*shape))

    return rule


def orthogonal(rng: Any, shape: tuple[int, int]) -> np.ndarray:
    n, n_prev = shape
    Q, _ = np.linalg.qr(rng.standard_normal((max(shape), min(shape))))
    Q = Q if Q.shape == shape else Q.T
    return Q * math.sqrt(2 / n_prev) * math.sqrt(max(n, n_prev))


def with_biases(rng: Any, network: Any, rule: str, scale: Any = 0.01) -> Any:
    return tuple(
        Layer(weights(rng, shape, rule, scale),
              rng.uniform(-1, 1, (shape[0], 1)) / math.sqrt(shape[1]))
        for shape in network.shapes
    )  # fmt: skip


def same_draws_for_all(
    rng: Any, network: Any, rule: str, scale: Any = 0.01
) -> Any:
    seed = int(rng.integers(2**31))
    return tuple(
        Layer(weights(np.random.default_rng(seed), shape, rule, scale),
              np.zeros((shape[0], 1)))
        for shape in network.shapes
    )  # fmt: skip


def transposed(rng: Any, network: Any, rule: str, scale: Any = 0.01) -> Any:
    layers = []
    for n, n_prev in network.shapes:
        W = weights(rng, (n_prev, n), rule, scale).T.copy()
        layers.append(Layer(W, np.zeros((n, 1))))
    return tuple(layers)


def rows_alike(rng: Any, shape: tuple[int, int]) -> np.ndarray:
    row = rng.standard_normal((1, shape[1])) * math.sqrt(2 / shape[1])
    return np.repeat(row, shape[0], axis=0)


LAW = "initialization_law"


def drawn_by(draws: Callable[..., Any]) -> Callable[..., Any]:
    """Every rule with these draws in place of standard normal ones."""

    def rule(rng: Any, network: Any, name: str, scale: Any = 0.01) -> Any:
        return tuple(
            Layer(np.zeros(shape) if name == "zeros"
                  else draws(rng, shape) * deviation(name, shape, scale),
                  np.zeros((shape[0], 1)))
            for shape in network.shapes
        )  # fmt: skip

    return rule


def deviation(name: str, shape: tuple[int, int], scale: Any) -> Any:
    n, n_prev = shape
    return {
        "small": scale,
        "xavier": math.sqrt(1 / n_prev),
        "xavier_average": math.sqrt(2 / (n_prev + n)),
        "he": math.sqrt(2 / n_prev),
    }[name]


def normal_biases(rng: Any, network: Any, rule: str, scale: Any = 0.01) -> Any:
    layers = []
    for n, n_prev in network.shapes:
        W = weights(rng, (n, n_prev), rule, scale)
        b = rng.standard_normal((n, 1))
        if rule != "zeros":
            b = b * deviation(rule, (n, n_prev), scale)
        layers.append(Layer(W, b))
    return tuple(layers)


def first_fan(rng: Any, network: Any, rule: str, scale: Any = 0.01) -> Any:
    n_x = network.layer_sizes[0]
    return tuple(
        Layer(weights(rng, shape, rule, scale)
              * (math.sqrt(shape[1] / n_x) if rule in ("xavier", "he") else 1),
              np.zeros((shape[0], 1)))
        for shape in network.shapes
    )  # fmt: skip


M = Mistake
MISTAKES = (
    M("LeCun for He", "3.2.2-he", "initialization.he", LAW,
      "1/n_prev in place of 2/n_prev.", "ReLU halves the signal: take 2.",
      scaled_normal(lambda n, n_prev: 1 / n_prev)),
    M("He of the fan out", "3.2.2-he", "initialization.he", LAW,
      "2/n in place of 2/n_prev.",
      "n_prev is the number of columns of W; a library may read its shape "
      "the other way round.",
      scaled_normal(lambda n, n_prev: 2 / n)),
    M("variance for deviation", "3.2.2-he", "initialization.he", LAW,
      "The draws were multiplied by 2/n_prev, and not by its root.",
      "Multiply by sqrt(2 / n_prev).",
      lambda rng, shape: rng.standard_normal(shape) * 2 / shape[1]),
    M("uniform for normal", "3.2.2-he", "initialization.he", LAW,
      "A uniform law of the same variance.", "Draw from the normal law.",
      uniform(lambda n, n_prev: math.sqrt(6 / n_prev))),
    M("truncated for normal", "3.2.2-he", "initialization.he", LAW,
      "A normal law cut off at 2 sigma, as in Keras, Flax and jax.nn.",
      "Draw from the whole normal law.",
      truncated(lambda n, n_prev: 2 / n_prev)),
    M("torch's default", "3.2.2-he", "initialization.he", LAW,
      "nn.Linear draws evenly from +-1/sqrt(n_prev): a sixth of He's "
      "variance.", "Initialize the weights yourself.",
      uniform(lambda n, n_prev: 1 / math.sqrt(n_prev))),
    M("slope of leaky ReLU counted in", "3.2.2-he", "initialization.he",
      LAW, "kaiming_normal_ with a = 0.2 draws 2/(1 + a^2) / n_prev.",
      "Set a to 0.",
      scaled_normal(lambda n, n_prev: 2 / 1.04 / n_prev)),
    M("orthogonal", "3.2.2-he", "initialization.he", LAW,
      "The rows or columns of W are orthogonal, and not independent.",
      "Draw each entry by itself.", orthogonal),
    M("all rows alike", "3.2.2-he", "initialization.he", LAW,
      "One row was drawn, and repeated.", "Draw n rows.", rows_alike),
    M("fan out for fan in", "3.2.2-xavier", "initialization.xavier", LAW,
      "1/n in place of 1/n_prev.",
      "n_prev is the number of columns of W; a library may read its shape "
      "the other way round.",
      scaled_normal(lambda n, n_prev: 1 / n)),
    M("Glorot for the notes' Xavier", "3.2.2-xavier",
      "initialization.xavier", LAW,
      "2/(n_prev + n), which libraries call Xavier.",
      "The notes' Xavier is 1/n_prev, which they call LeCun.",
      scaled_normal(lambda n, n_prev: 2 / (n_prev + n))),
    M("sum of the fans without its 2", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "1/(n_prev + n) in place of 2/(n_prev + n).",
      "The mean of the fans is half their sum.",
      scaled_normal(lambda n, n_prev: 1 / (n_prev + n))),
    M("notes' Xavier for the average", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "1/n_prev in place of 2/(n_prev + n).", "Take both fans.",
      scaled_normal(lambda n, n_prev: 1 / n_prev)),
    M("geometric mean of the fans", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "1/sqrt(n_prev n) in place of 2/(n_prev + n).",
      "Take the arithmetic mean.",
      scaled_normal(lambda n, n_prev: 1 / math.sqrt(n * n_prev))),
    M("seed ignored", "2.4-small-random", "initialization.small", LAW,
      "Every call draws the same weights.", "Draw from the generator.",
      lambda rng, shape, scale: scale
      * np.random.default_rng(0).standard_normal(shape)),
    M("rand for randn", "2.4-small-random", "initialization.small", LAW,
      "The weights are uniform on [0, 1), all positive.",
      "Draw from the normal law.",
      lambda rng, shape, scale: scale * rng.random(shape)),
    M("scale as a variance", "2.4-small-random", "initialization.small",
      LAW, "The root of the scale was taken.",
      "scale is the standard deviation.",
      lambda rng, shape, scale: math.sqrt(scale)
      * rng.standard_normal(shape)),
    M("scale ignored", "2.4-small-random", "initialization.small",
      "small_random", "The weights are 0.01 N, whatever the scale.",
      "Multiply by the scale.",
      lambda rng, shape, scale: 0.01 * rng.standard_normal(shape)),
    M("biases drawn too", "2.5-shapes", "initialization.initialize", LAW,
      "b was drawn, as torch.nn.Linear does.", "b begins at 0.",
      with_biases),
    M("one key for all layers", "2.5-shapes", "initialization.initialize",
      LAW, "Every layer draws from the same seed.",
      "Split the key, or hand one generator on.", same_draws_for_all),
    M("drawn as the transpose", "3.2.2-he", "initialization.initialize",
      LAW, "W was drawn as (n_prev, n), with the fans interchanged.",
      "W[l] is (n[l], n[l-1]).", transposed),
    M("zeros that are not", "2.4-symmetry", "initialization.zeros", LAW,
      "The rule of zeros draws.", "W = 0.",
      lambda rng, shape: 1e-3 * rng.standard_normal(shape)),
    M("random for equal", "2.4-symmetry", "initialization.constant",
      "symmetry",
      "The rows of W differ, and learn different things.",
      "Fill W with one value.",
      lambda shape, value: value
      + np.random.default_rng(0).standard_normal(shape)),
    M("two halves alike", "3.2.2-he", "initialization.he",
      "initialization_law", "One key was used for both halves of W.",
      "Draw all of W at once, or split the key.", halves(2, 1)),
    M("antithetic halves", "3.2.2-xavier", "initialization.xavier",
      "initialization_law", "The second half of W is the first, negated.",
      "Draw every entry by itself.", halves(1, -1)),
    M("He without its root", "3.2.2-he", "initialization.he", LAW,
      "The draws were not scaled at all.",
      "Multiply them by sqrt(2 / n[l-1]).", scaled_normal(lambda n, p: 1.0)),
    M("equal weights", "3.2.2-he", "initialization.he", LAW,
      "All weights are 0, and so all nodes of a layer stay alike.",
      "Draw them.", lambda rng, shape: np.zeros(shape)),
    M("He for Xavier", "3.2.2-xavier", "initialization.xavier", LAW,
      "2/n[l-1] is He's variance.", "It is 1/n[l-1].",
      scaled_normal(lambda n, n_prev: 2 / n_prev)),
    M("variance for Xavier's deviation", "3.2.2-xavier",
      "initialization.xavier", LAW, "1/n[l-1] is the variance.",
      "Multiply by its square root.",
      scaled_normal(lambda n, n_prev: 1 / n_prev**2)),
    M("uniform for Xavier's normal", "3.2.2-xavier",
      "initialization.xavier", LAW, "The draws are uniform.",
      "Draw them from the normal law.",
      uniform(lambda n, n_prev: math.sqrt(3 / n_prev))),
    M("truncated for Xavier's normal", "3.2.2-xavier",
      "initialization.xavier", LAW,
      "A library's lecun_normal is cut off at 2 sigma.",
      "Draw from the whole normal law.",
      truncated(lambda n, n_prev: 1 / n_prev)),
    M("Glorot's uniform law", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "xavier_uniform_ is of the right variance, and not normal.",
      "Take xavier_normal_.",
      uniform(lambda n, n_prev: math.sqrt(6 / (n + n_prev)))),
    M("positive weights", "2.4-small-random", "initialization.small", LAW,
      "|N| has lost its signs.", "Draw from the normal law.",
      lambda rng, shape, scale: np.abs(rng.standard_normal(shape)) * scale),
    M("biases of 0.01", "2.5-shapes", "initialization.initialize", LAW,
      "The biases start at a constant.", "They start at 0.",
      lambda rng, network, rule, scale=0.01: tuple(
          Layer(weights(rng, shape, rule, scale),
                np.full((shape[0], 1), 0.01)) for shape in network.shapes)),
    M("seeded inside, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "The generator is seeded where the weights are drawn: every seed "
      "gives the same.", "Hand the seed on.",
      lambda rng, network, rule, scale=0.01: tuple(
          Layer(weights(np.random.default_rng(l), shape, rule, scale),
                np.zeros((shape[0], 1)))
          for l, shape in enumerate(network.shapes))),
    M("rand for randn, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule draws evenly from [0, 1), all positive.",
      "Draw from the normal law: randn, normal, standard_normal.",
      drawn_by(lambda rng, shape: rng.random(shape))),
    M("rand - 1/2 for randn, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule draws evenly from [-1/2, 1/2).",
      "Draw from the normal law: randn, normal, standard_normal.",
      drawn_by(lambda rng, shape: rng.random(shape) - 0.5)),
    M("from -1 to 1 for randn, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule draws evenly from [-1, 1).",
      "Draw from the normal law: randn, normal, standard_normal.",
      drawn_by(lambda rng, shape: rng.uniform(-1, 1, shape))),
    M("uniform for normal, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule has a uniform law of the right variance.",
      "Draw from the normal law.",
      drawn_by(lambda rng, shape: rng.uniform(-1, 1, shape)
               * math.sqrt(3))),
    M("truncated for normal, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule draws from a normal law cut off at 2 sigma.",
      "Draw from the whole normal law.",
      drawn_by(truncated(lambda n, n_prev: 1.0))),
    M("truncated and not put right, all rules", "2.5-shapes",
      "initialization.initialize", LAW,
      "Every rule draws from a normal law cut off at 2 sigma, whose "
      "variance is 0.774 of the due one.",
      "Draw from the whole normal law.",
      drawn_by(truncated(lambda n, n_prev: 0.87962566**2))),
    M("positive weights, all rules", "2.5-shapes",
      "initialization.initialize", LAW, "|N| has lost its signs.",
      "Draw from the normal law.",
      drawn_by(lambda rng, shape: np.abs(rng.standard_normal(shape)))),
    M("normal biases", "2.5-shapes", "initialization.initialize", LAW,
      "b was drawn as W is.", "b begins at 0.", normal_biases),
    M("biases of 1", "2.5-shapes", "initialization.initialize", LAW,
      "The biases start at 1.", "They start at 0.",
      lambda rng, network, rule, scale=0.01: tuple(
          Layer(weights(rng, shape, rule, scale), np.ones((shape[0], 1)))
          for shape in network.shapes)),
    M("small without its scale", "2.4-small-random",
      "initialization.small", LAW, "The weights were not made small.",
      "Multiply by the scale, 0.01.",
      lambda rng, shape, scale: rng.standard_normal(shape)),
    M("small by 0.1", "2.4-small-random", "initialization.small", LAW,
      "The weights are 0.1 N.", "Multiply by the scale, 0.01.",
      lambda rng, shape, scale: 0.1 * rng.standard_normal(shape)),
    M("He of a third of a uniform law", "3.2.2-he", "initialization.he",
      LAW, "Drawn evenly from +-sqrt(2 / n_prev): a third of the variance.",
      "Draw from the normal law.",
      uniform(lambda n, n_prev: math.sqrt(2 / n_prev))),
    M("Glorot for He", "3.2.2-he", "initialization.he", LAW,
      "2/(n_prev + n) in place of 2/n_prev.", "He's is 2/n_prev.",
      scaled_normal(lambda n, n_prev: 2 / (n_prev + n))),
    M("He with a 4", "3.2.2-he", "initialization.he", LAW,
      "2 N / sqrt(n_prev): the 2 was left outside of the root.",
      "sqrt(2 / n_prev).", scaled_normal(lambda n, n_prev: 4 / n_prev)),
    M("Xavier without its root", "3.2.2-xavier", "initialization.xavier",
      LAW, "The draws were not scaled at all.",
      "Multiply them by sqrt(1 / n[l-1]).",
      scaled_normal(lambda n, n_prev: 1.0)),
    M("Glorot's uniform law for Xavier", "3.2.2-xavier",
      "initialization.xavier", LAW,
      "xavier_uniform_ draws evenly from +-sqrt(6 / (n_prev + n)).",
      "The notes' Xavier is normal, of variance 1/n_prev.",
      uniform(lambda n, n_prev: math.sqrt(6 / (n + n_prev)))),
    M("Xavier of a third of a uniform law", "3.2.2-xavier",
      "initialization.xavier", LAW,
      "Drawn evenly from +-1/sqrt(n_prev): a third of the variance.",
      "Draw from the normal law.",
      uniform(lambda n, n_prev: 1 / math.sqrt(n_prev))),
    M("6 for 2 in the average", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "6/(n_prev + n), the limit of a uniform law squared, as the "
      "variance of a normal one.", "2/(n_prev + n).",
      scaled_normal(lambda n, n_prev: 6 / (n + n_prev))),
    M("variance for the average's deviation", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "2/(n_prev + n) is the variance.", "Multiply by its square root.",
      scaled_normal(lambda n, n_prev: 4 / (n + n_prev) ** 2)),
    M("average of the fans not inverted twice", "3.2.2-xavier-average",
      "initialization.xavier_average", LAW,
      "1/n_prev + 1/n in place of 2/(n_prev + n).",
      "One over the mean of the fans.",
      scaled_normal(lambda n, n_prev: (1 / n + 1 / n_prev) / 2)),
    M("fan of the first layer for all", "3.2.2-he",
      "initialization.initialize", LAW,
      "Every layer is scaled by n_x.", "By its own n[l-1].", first_fan),
)  # fmt: skip
