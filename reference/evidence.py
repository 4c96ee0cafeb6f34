"""What a claimed gradient is held against, for certificate.py.

    exact    the slopes of J, without backpropagation: a complex step in
             NumPy, forward mode in PyTorch and JAX, in float64
    bar      how far a right gradient may land from them at the worst: the
             error bars of rounding.py, through the reference's
             backpropagation, in the arithmetic of the claim
    unknown  how well they are known themselves: likewise, in float64
    likely   what rounding in the claim's arithmetic really does, many times
             over: SLACK times the error of the reference's own gradient,
             at arguments that are one rounding off too

The bars are of the worst case, and in long sums of float32 as large as the
gradient. There the reference, run in the same arithmetic, shows what
rounding does; a thousand times that is not rounding any more.

At a kink of a ReLU the slope has two values: conventions holds the same by
what others take there; see kinks.py.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from reference.arguments import check_epsilon
from reference.kinks import (
    arithmetic_of,
    convention,
    crosses_kink,
    other_conventions,
)
from reference.rounding import RoundedArray, lift
from reference.vocabulary import Layer, Network, Parameters

if TYPE_CHECKING:
    from reference.contract.optimization import Optimization

__all__ = ["NEAR", "Evidence", "Yardstick", "gather", "norm"]

FULL = 2**24
"""Node evaluations, parameters * examples * nodes, up to which every entry
is checked."""
NEAR = 0.005
"""The share of a slope that may be unknown: less than the 1 % to be seen."""
SLACK = 1000.0
"""What another order of the same sums may make of their rounding. Measured:
PyTorch's gradient errs up to 200 times as far as NumPy's (m = 100 000)."""
LOST = 1e-200
"""Slopes so small may have underflowed on the way of the complex step."""

Data = tuple[Network, Parameters, np.ndarray, np.ndarray, float]
"""The network, its parameters, X, Y and lambda."""


class Yardstick(NamedTuple):
    """The slopes of J in one W[l] or b[l], and what may be between them and
    a claim.

    direction is None, and there is a slope for each entry of W[l] or b[l];
    or it has that shape, and there is one slope, along it.
    """

    name: str
    exact: np.ndarray
    numerical: np.ndarray
    bar: np.ndarray
    unknown: float
    likely: float
    direction: np.ndarray | None = None

    def of(self, gradient: np.ndarray) -> np.ndarray:
        """The slopes that a gradient says there are."""
        if self.direction is None:
            return gradient
        return np.array([np.sum(gradient * self.direction)])

    def widest(self, bar: np.ndarray) -> np.ndarray:
        """How far those are off at most, if the gradient is by the bar."""
        if self.direction is None:
            return bar
        return np.array([np.sum(bar * np.abs(self.direction))])


class Evidence(NamedTuple):
    """What a claim is judged by; it does not depend on the claim."""

    yardsticks: list[Yardstick]
    conventions: Callable[[], list[list[Yardstick]]]
    """The same by each other convention at the kinks, if there are any."""
    near_kink: Callable[[], bool]
    """Whether a step of epsilon may cross a kink."""
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
    data = network, parameters, X, Y, l2
    step = check_epsilon(epsilon, parameters, np.dtype(np.float64))
    size = sum(a.size for layer in parameters for a in layer)
    full = size * X.shape[1] * sum(network.layer_sizes) <= FULL
    measure = every_entry if full else along_directions
    slopes = list(measure(double, data, step))
    dtype = implementation.dtype

    @functools.cache
    def conventions() -> list[list[Yardstick]]:
        return [
            by_convention(yardsticks, data, dtype, shares)
            for shares in other_conventions(network)
        ]

    def relative_difference(a: np.ndarray, b: np.ndarray) -> float:
        page = double.pages.gradient_checking
        return float(double.call(page.relative_difference, a, b))

    yardsticks = by_reference(slopes, data, dtype)
    return Evidence(
        yardsticks,
        conventions,
        lambda: crosses_kink(network, parameters, X, step),
        relative_difference,
    )


def every_entry(
    double: Optimization, data: Data, epsilon: float
) -> Iterator[Yardstick]:
    """The slope of J along each entry of theta."""
    network, parameters, X, Y, l2 = data
    problem = network, parameters, X, Y
    exact = double.exact_gradients(*problem, l2=l2)
    numerical = double.numerical_gradients(*problem, l2=l2, epsilon=epsilon)
    for l in range(network.L):
        for i, name in enumerate(("dW", "db")):
            yield bare(f"{name}[{l + 1}]", exact[l][i], numerical[l][i])


def along_directions(
    double: Optimization, data: Data, epsilon: float
) -> Iterator[Yardstick]:
    """The slope of J along a random direction in each W[l] and b[l]."""
    network, parameters, X, Y, l2 = data
    rng = np.random.default_rng(0)
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
                for t in (epsilon, -epsilon)
            )
            difference = (rise - fall) / (2 * epsilon)
            exact, numerical = np.array([slope]), np.array([difference])
            yield bare(f"{name}[{l + 1}]", exact, numerical, v)


def bare(
    name: str,
    exact: np.ndarray,
    numerical: np.ndarray,
    direction: np.ndarray | None = None,
) -> Yardstick:
    """Slopes, before it is known what may be between them and a claim."""
    none = np.zeros_like(exact)
    return Yardstick(name, exact, numerical, none, 0.0, 0.0, direction)


def moved(
    parameters: Parameters, direction: Parameters, t: float
) -> Parameters:
    """theta + t v."""
    return tuple(
        Layer(W + t * dW, b + t * db)
        for (W, b), (dW, db) in zip(parameters, direction, strict=True)
    )


def by_reference(
    slopes: list[Yardstick], data: Data, dtype: np.dtype
) -> list[Yardstick]:
    """The slopes, and what rounding may and does do to them."""
    double = np.dtype(np.float64)
    known, there = lifted(data, double), tried(data, double)
    worst, here = known, there
    if dtype != double:
        worst, here = lifted(data, dtype), tried(data, dtype)
    found = []
    for s, wide, tight, g, h in zip(
        slopes, worst, known, here, there, strict=True
    ):
        # A result that underflows may be flushed to zero, or not.
        noise = distance(s, g) + float(np.finfo(dtype).tiny)
        unknown = norm(s.widest(tight.error)) + LOST
        # Two computations that have nothing in common and agree are right
        # to about as many digits, whatever the worst case is.
        if not unknown <= NEAR * norm(s.exact):
            unknown = min(unknown, SLACK * distance(s, h))
        found.append(
            s._replace(
                bar=s.widest(wide.error) + LOST,
                unknown=unknown,
                likely=SLACK * noise,
            )
        )
    return found


def by_convention(
    slopes: list[Yardstick],
    data: Data,
    dtype: np.dtype,
    shares: dict[str, float],
) -> list[Yardstick]:
    """The slopes of the reference with other derivatives at the kinks."""
    with convention(dtype, shares):
        found = lifted(data, dtype)
    return [
        s._replace(
            exact=s.of(np.asarray(dJ.value, np.float64)),
            bar=s.widest(dJ.error) + LOST,
            # A convention leaves nothing open on which side a node falls.
            unknown=min(s.unknown, norm(s.widest(dJ.error)) + LOST),
        )
        for s, dJ in zip(slopes, found, strict=True)
    ]


def lifted(data: Data, dtype: np.dtype) -> list[RoundedArray]:
    """Backpropagation in that dtype with its bars: dW[1], db[1], ..."""
    # Imported here: these pages themselves import the vocabulary.
    from reference.backpropagation import gradients
    from reference.stable_forms import truth

    network, *rest = data
    # What overflows in here leaves an infinite bar, which decides nothing.
    with truth(), np.errstate(all="ignore"):
        dJ = gradients(network, *lift(tuple(rest), arithmetic_of(dtype)))
    for array in (a for layer in dJ for a in layer):
        array.error = np.where(np.isnan(array.error), np.inf, array.error)
    return [a for layer in dJ for a in layer]


def tried(data: Data, dtype: np.dtype) -> list[tuple[np.ndarray, ...]]:
    """What backpropagation in that dtype gives, and gives again where each
    number is one rounding off: dW[1], db[1], ..., a sample of each.

    By one alone a sum that cancels may come out exact, by luck.
    """
    rng, eps = np.random.default_rng(0), float(np.finfo(dtype).eps)

    def off(by: float, a: np.ndarray) -> np.ndarray:
        return (a * (1 + by * rng.choice([-1.0, 1.0], a.shape))).astype(dtype)

    samples = [plain(data, partial(off, by)) for by in (0, eps, eps)]
    return list(zip(*samples, strict=True))


def plain(
    data: Data, change: Callable[[np.ndarray], np.ndarray]
) -> list[np.ndarray]:
    """Backpropagation as it comes: dW[1], db[1], ..."""
    from reference.backpropagation import gradients

    network, parameters, X, Y, l2 = data
    layers = tuple(Layer(change(W), change(b)) for W, b in parameters)
    with np.errstate(all="ignore"):
        dJ = gradients(network, layers, change(X), change(Y), l2)
    return [a.astype(np.float64) for layer in dJ for a in layer]


def distance(s: Yardstick, samples: tuple[np.ndarray, ...]) -> float:
    """Of the furthest sample from the slopes, in norm."""
    return max(norm(s.of(sample) - s.exact) for sample in samples)


def norm(a: np.ndarray) -> float:
    """||a||, and NaN where an entry is."""
    return float(np.linalg.norm(a))
