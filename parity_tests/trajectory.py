"""How far two right trainings may drift apart, step by step.

A bound carried entry by entry through the absolute values of every matrix
doubles with each step, and is void after thirty. Over many steps the error
is followed as what it is: each step adds its own rounding, and carries on
what is there by the derivative of the step, I - alpha H, with the Hessian H
of the cost. In the norm of all parameters together,

    e_0 = 0,    e_k+1 <= ||I - alpha H_k|| e_k + r_k,

where r_k is the entrywise bound of one step from exact parameters. This is
first order in e, and holds for smooth activations: at a kink of ReLU the
gradient jumps.

Source: Higham (2002), section 18.1, for powers of matrices under rounding.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

import reference
from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import Comparison, truth
from reference import Layer, Parameters
from reference.rounding import FLOAT32, FLOAT64, Arithmetic, RoundedArray, lift

__all__ = ["Trajectory", "flatten", "follow", "unflatten"]

STRIDE = 10
"""||I - alpha H|| falls in the first steps: it is measured after 0, 3
and 6 of them, and once in so many from then on."""


MANY_ENOUGH = 8
"""Parameters from which Lanczos is worth it, and the vectors it keeps."""


@dataclass(frozen=True)
class Trajectory:
    """The true parameters after each step, and the radius around them."""

    thetas: np.ndarray
    radii: np.ndarray

    def compare(self, step: int, trained: Parameters) -> Comparison:
        """The distance of an implementation's parameters, over the radius."""
        distance, radius = self.distance(step, trained), float(self.radii[step])
        # NaN and inf are no distance.
        ratio = distance / radius if np.isfinite(distance) else np.inf
        return Comparison("long training", f"after step {step}", ratio,
                          distance, 0, radius)  # fmt: skip

    def distance(self, step: int, trained: Parameters) -> float:
        """||theta - theta_true||_2 after that step."""
        gap = flatten(trained).astype(self.thetas.dtype) - self.thetas[step]
        return float(np.sqrt(np.sum(gap * gap)))


def flatten(parameters: Parameters) -> np.ndarray:
    """All W[l] and b[l] in one vector theta."""
    return np.concatenate([np.ravel(a) for layer in parameters for a in layer])


def unflatten(theta: np.ndarray, like: Parameters) -> Parameters:
    """The parameters of a vector theta, shaped like others."""
    ends = np.cumsum([a.size for layer in like for a in layer])[:-1]
    parts = iter(np.split(theta, ends))
    return tuple(
        Layer(next(parts).reshape(W.shape), next(parts).reshape(b.shape))
        for W, b in like
    )


def follow(case: Case, dtype: np.dtype, steps: int) -> Trajectory:
    """The trajectory of a case in the arithmetic of that dtype."""
    arithmetic = FLOAT32 if dtype == np.float32 else FLOAT64
    parameters, X, Y = case.cast(arithmetic.dtype)
    data = lift((X, Y, case.learning_rate, case.l2), arithmetic)
    theta = flatten(parameters).astype(arithmetic.truth)
    thetas, radii, growth = [theta], [0.0], 1.0
    for k in range(steps):
        here = unflatten(theta, parameters)
        if k in (3, 6) or k % STRIDE == 0:
            growth = norm_of_step(case, here, X, Y)
        with truth():
            # From parameters that are exact, though no numbers of the dtype.
            after, _ = PAGES.gradient_descent.step(
                case.network, exact(here, arithmetic), *data
            )
        entries = [array for layer in after for array in layer]
        theta = np.concatenate([np.ravel(a.value) for a in entries])
        added = np.concatenate([np.ravel(a.error) for a in entries])
        thetas.append(theta)
        radii.append(growth * radii[-1] + float(np.linalg.norm(added)))
    return Trajectory(np.array(thetas), np.array(radii))


def exact(parameters: Parameters, arithmetic: Arithmetic) -> Parameters:
    """The parameters with error bars of length 0."""
    return tuple(
        Layer(
            RoundedArray(W, np.zeros(W.shape), arithmetic),
            RoundedArray(b, np.zeros(b.shape), arithmetic),
        )
        for W, b in parameters
    )


def norm_of_step(
    case: Case, parameters: Parameters, X: np.ndarray, Y: np.ndarray
) -> float:
    """||I - alpha H||_2 at the parameters, from both ends of H's spectrum."""
    # Here, since a timing process wants flatten and none of SciPy.
    from scipy.sparse.linalg import LinearOperator, eigsh

    theta = flatten(parameters).astype(np.float64)
    X, Y = X.astype(np.float64), Y.astype(np.float64)
    like = unflatten(theta, parameters)

    def gradient(theta: np.ndarray) -> np.ndarray:
        here = unflatten(theta, like)
        page = reference.backpropagation
        return flatten(page.gradients(case.network, here, X, Y, case.l2))

    def product(v: np.ndarray) -> np.ndarray:
        # A central difference of the gradient: error about 1e-10.
        v = np.ravel(v)
        h = 1e-5 / max(float(np.linalg.norm(v)), 1e-300)
        return (gradient(theta + h * v) - gradient(theta - h * v)) / (2 * h)

    n = theta.size
    H = LinearOperator((n, n), matvec=product, dtype=np.float64)
    if n > MANY_ENOUGH:
        # Of the gradient's own length, where the steep directions are.
        ends = eigsh(H, k=2, which="BE", tol=0.2, ncv=MANY_ENOUGH,
                     v0=gradient(theta), return_eigenvectors=False)  # fmt: skip
    else:
        ends = np.linalg.eigvalsh(H @ np.eye(n))
    # Lanczos comes from within, by a relative error of its tol.
    low, high = 1.25 * min(ends.min(), 0), 1.25 * max(ends.max(), 0)
    rate = case.learning_rate
    return float(max(1 - rate * low, rate * high - 1))
