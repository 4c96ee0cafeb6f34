"""Which digits of a gradient are right: gradient checking to be trusted.

The notes' relative difference judges the whole vector, by differences of J
that lose half of its digits: a layer with a small gradient may be zero, or
of the other sign, unnoticed. Here every entry of a claim is held against

    |claim - slope| <= bar

slope   its exact slope of J, without backpropagation: a complex step in
        NumPy, forward mode in PyTorch and JAX, in float64
bar     how far a right gradient may land from it: the error bars of
        rounding.py, carried through the reference's backpropagation

Only the bar comes from the reference's equations, and never the slope.
Where the entries are too many for that, each W[l] and b[l] is moved along
one random direction instead, and the two slopes along it are compared: a
few passes, and an error hides only where it is orthogonal to the direction.

Digits: -log10 of the bar over the slope, in the norm of each W[l] and b[l],
and the least of these; a layer whose slope is 0 throughout has none to lose.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reference.arguments import check_epsilon
from reference.rounding import FLOAT32, FLOAT64, Arithmetic, RoundedArray, lift
from reference.vocabulary import THRESHOLDS, Layer, Network, Parameters

if TYPE_CHECKING:
    from reference.contract.optimization import Optimization

__all__ = ["Entry", "Evidence", "GradientCheck", "gather", "judge"]

FULL = 2**24
"""Node evaluations, parameters * examples * nodes, up to which every entry
is checked."""
ENOUGH = 2.0
"""Digits below which an error of 1 % could hide: too few for a verdict."""


class Entry(NamedTuple):
    """One entry of the gradient, or its slope along one random direction.

    at is its place in dW[l] or db[l]; () stands for the direction.
    """

    name: str
    at: tuple[int, ...]
    claimed: float
    expected: float
    bound: float
    ratio: float


class GradientCheck(NamedTuple):
    """What a gradient check found.

    relative_difference  the notes', to two-sided differences of J
    verdict              "correct": every entry is within its bound;
                         "kink": so it is, but a ReLU's kink lies within
                         epsilon, or a one-sided derivative was taken at it:
                         no bug, and the relative difference says nothing;
                         "undecided": within bounds that leave fewer than two
                         digits, or none; "wrong"
    digits               that are certified in every W[l] and b[l]
    worst                the entry with the largest error over its bound
    """

    relative_difference: float
    verdict: str
    digits: float
    worst: Entry


class Slopes(NamedTuple):
    """The slopes of J in one W[l] or b[l], and what rounding may do to them.

    direction is None, and the slopes have the shape of W[l] or b[l]; or it
    has that shape, and there is one slope, along it.
    """

    name: str
    exact: np.ndarray
    bar: np.ndarray
    numerical: np.ndarray
    direction: np.ndarray | None = None

    def of(self, claim: np.ndarray) -> np.ndarray:
        """The slopes that a claimed gradient says there are."""
        if self.direction is None:
            return claim
        return np.array([np.sum(claim * self.direction)])


class Evidence(NamedTuple):
    """What a claim is judged by; it does not depend on the claim."""

    slopes: tuple[Slopes, ...]
    kinked: Callable[[], tuple[Slopes, ...]] | None
    """The same with bars that let both one-sided derivatives of a ReLU in,
    or None where there is no ReLU."""
    relative_difference: Callable[[np.ndarray, np.ndarray], float]


def gather(
    implementation: Optimization,
    network: Network,
    parameters: Parameters,
    X: np.ndarray,
    Y: np.ndarray,
    l2: float,
    epsilon: float | None,
) -> Evidence:
    """The evidence on J at the parameters, all arguments checked before."""
    kind: Any = type(implementation)
    double: Optimization = kind(implementation.device, "float64", None)
    data = network, parameters, X, Y
    k = sum(a.size for layer in parameters for a in layer)
    full = k * X.shape[1] * sum(network.layer_sizes) <= FULL
    collect = every_entry if full else along_directions
    bars = error_bars(implementation.dtype, *data, l2)
    slopes = tuple(collect(double, *data, l2, bars, epsilon))

    def kinked() -> tuple[Slopes, ...]:
        bars = error_bars(implementation.dtype, *data, l2, at_kinks=True)
        return tuple(collect(double, *data, l2, bars, epsilon))

    def relative_difference(a: np.ndarray, b: np.ndarray) -> float:
        page = double.pages.gradient_checking
        return float(double.call(page.relative_difference, a, b))

    has_kinks = {"relu", "leaky_relu"} & set(network.activations)
    return Evidence(slopes, kinked if has_kinks else None, relative_difference)


def judge(evidence: Evidence, claim: Parameters) -> GradientCheck:
    """The verdict on a claimed gradient."""
    arrays = [array for layer in claim for array in layer]

    def worst_of(slopes: tuple[Slopes, ...]) -> Entry:
        entries = map(worst_entry, slopes, arrays)
        return max(entries, key=lambda entry: entry.ratio)

    worst = worst_of(evidence.slopes)
    numerical = [s.numerical.ravel() for s in evidence.slopes]
    claimed = [
        s.of(a).ravel() for s, a in zip(evidence.slopes, arrays, strict=True)
    ]
    difference = evidence.relative_difference(
        np.concatenate(numerical), np.nan_to_num(np.concatenate(claimed))
    )
    digits = min(map(certified, evidence.slopes))
    if worst.ratio > 1:
        excused = evidence.kinked and worst_of(evidence.kinked()).ratio <= 1
        verdict = "kink" if excused else "wrong"
    elif digits < ENOUGH:
        verdict = "undecided"
    else:
        far = difference >= THRESHOLDS["acceptable"]
        verdict = "kink" if evidence.kinked and far else "correct"
    return GradientCheck(difference, verdict, digits, worst)


def error_bars(
    dtype: np.dtype,
    network: Network,
    parameters: Parameters,
    X: np.ndarray,
    Y: np.ndarray,
    l2: float,
    at_kinks: bool = False,
) -> Parameters:
    """How far right gradients of that dtype may be from those in float64.

    at_kinks puts Z in doubt by the smallest number there is, so that where
    it is 0 both one-sided derivatives of a ReLU are within the bars.
    """
    # Imported here: these pages themselves import the vocabulary.
    from reference.backpropagation import gradients
    from reference.stable_forms import truth

    known = FLOAT32 if dtype == np.float32 else FLOAT64
    arithmetic = Arithmetic(known.dtype, np.dtype(np.float64), known.ulps)
    lifted: Any = lift(parameters, arithmetic)
    if at_kinks:
        lifted = tuple(
            Layer(W, RoundedArray(b.value, b.error + known.tiny, arithmetic))
            for W, b in lifted
        )
    # What overflows in here leaves an infinite bar, which decides nothing.
    with truth(), np.errstate(all="ignore"):
        dJ = gradients(network, lifted, *lift((X, Y, l2), arithmetic))
    return tuple(Layer(dW.error, db.error) for dW, db in dJ)


def every_entry(
    double: Optimization,
    network: Network,
    parameters: Parameters,
    X: np.ndarray,
    Y: np.ndarray,
    l2: float,
    bars: Parameters,
    epsilon: float | None,
) -> Iterator[Slopes]:
    """The slope of J along each entry of theta."""
    data = network, parameters, X, Y
    exact = double.exact_gradients(*data, l2=l2)
    numerical = double.numerical_gradients(*data, l2=l2, epsilon=epsilon)
    for l in range(network.L):
        for i, name in enumerate(("dW", "db")):
            three = (a[l][i] for a in (exact, bars, numerical))
            yield Slopes(f"{name}[{l + 1}]", *three)


def along_directions(
    double: Optimization,
    network: Network,
    parameters: Parameters,
    X: np.ndarray,
    Y: np.ndarray,
    l2: float,
    bars: Parameters,
    epsilon: float | None,
) -> Iterator[Slopes]:
    """The slope of J along a random direction in each W[l] and b[l]."""
    rng = np.random.default_rng(0)
    h = check_epsilon(epsilon, parameters, np.dtype(np.float64))
    still = [Layer(0 * W, 0 * b) for W, b in parameters]
    for l in range(network.L):
        for i, name in enumerate(("dW", "db")):
            v = rng.standard_normal(parameters[l][i].shape)
            v = v / np.linalg.norm(v)
            both = (v, still[l].b) if i == 0 else (still[l].W, v)
            direction = (*still[:l], Layer(*both), *still[l + 1 :])
            slope = double.directional_derivative(
                network, parameters, X, Y, direction, l2
            )
            rise, fall = (
                double.cost(network, moved(parameters, direction, t), X, Y, l2)
                for t in (h, -h)
            )
            yield Slopes(
                f"{name}[{l + 1}]",
                np.array([slope]),
                np.array([np.sum(bars[l][i] * np.abs(v))]),
                np.array([(rise - fall) / (2 * h)]),
                v,
            )


def moved(
    parameters: Parameters, direction: Parameters, t: float
) -> Parameters:
    """theta + t v."""
    return tuple(
        Layer(W + t * dW, b + t * db)
        for (W, b), (dW, db) in zip(parameters, direction, strict=True)
    )


def worst_entry(s: Slopes, claim: np.ndarray) -> Entry:
    """The entry with the largest ratio; NaN counts as inf."""
    claimed = s.of(claim)
    error = np.abs(claimed - s.exact)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.where(error == 0, 0, error / s.bar)
    ratios = np.where(np.isnan(ratios), np.inf, ratios)
    at = np.unravel_index(np.argmax(ratios), ratios.shape)
    return Entry(
        s.name,
        () if s.direction is not None else tuple(int(i) for i in at),
        *(float(a[at]) for a in (claimed, s.exact, s.bar, ratios)),
    )


def certified(s: Slopes) -> float:
    """The digits to which rounding leaves the slopes known, in norm."""
    size = float(np.linalg.norm(s.exact))
    bar = float(np.linalg.norm(s.bar))
    if not np.isfinite(bar):
        return 0.0
    if size == 0:
        return float("inf")
    return float(max(0.0, -np.log10(max(bar / size, 1e-300))))
