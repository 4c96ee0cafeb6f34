"""Independent witnesses of a gradient, none of which knows the others.

Each takes a case and gives dJ in its own way, with how far it may be off
besides the rounding of float64: reverse and forward mode of two frameworks,
a complex step in float64 and in long double, and differences of J in long
double, extrapolated by Richardson until they settle.
"""

from __future__ import annotations

import functools
import importlib
import itertools
from collections.abc import Callable, Iterator

import numpy as np

from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES, lifted
from parity_tests.comparison import Comparison, compare, truth
from parity_tests.implementations import PACKAGES
from reference import Layer, Parameters
from reference.annotations import unchecked
from reference.gradient_checking import flatten, stacked_costs
from reference.rounding import FLOAT64, RoundedArray

__all__ = ["WITNESSES", "judged", "testimony"]

Witness = Callable[[Case], tuple[np.ndarray, np.ndarray | float] | None]
LEVELS = 5
"""Halvings of the step, each of which Richardson takes h^2 off with."""


def by_framework(package: str, way: str) -> Witness:
    """gradients or exact_gradients of a package, if it is here."""

    def witness(case: Case) -> tuple[np.ndarray, float] | None:
        try:
            importlib.import_module(PACKAGES[package] or "numpy")
        except ImportError:
            return None
        implementation = importlib.import_module(package).implementation()
        call = getattr(implementation, way)
        dJ = call(case.network, case.parameters, case.X, case.Y, l2=case.l2)
        return flatten(dJ), 0.0

    return witness


def wide(case: Case) -> tuple[Parameters, np.ndarray, np.ndarray]:
    """Parameters, X and Y in long double."""
    parameters = tuple(
        Layer(*(np.array(a, np.longdouble) for a in layer))
        for layer in case.parameters
    )
    X, Y = (np.array(a, np.longdouble) for a in (case.X, case.Y))
    return parameters, X, Y


def complex_step_in_long_double(case: Case) -> tuple[np.ndarray, float]:
    """The reference's forward pass alone, eleven bits finer."""
    page = PAGES.gradient_checking
    with_truth = page.exact_gradients(case.network, *wide(case), case.l2)
    return flatten(with_truth), 0.0


def richardson(case: Case) -> tuple[np.ndarray, np.ndarray]:
    """(4^k D(h/2) - D(h)) / (4^k - 1), from two-sided differences D."""
    network, (parameters, X, Y) = case.network, wide(case)

    def difference(h: float) -> np.ndarray:
        layers = []
        for l in range(1, network.L + 1):
            data = network, parameters, X, Y, np.longdouble(case.l2), l
            rise = stacked_costs(*data, h) - stacked_costs(*data, -h)
            slopes = rise / (2 * h)
            layers.append(Layer(slopes[:, :-1], slopes[:, -1:]))
        return flatten(tuple(layers))

    column = [difference(2.0**-k) for k in range(5, 5 + LEVELS)]
    before = column[-1]
    for k in range(1, LEVELS):
        before = column[-1]
        column = [
            (4**k * fine - coarse) / (4**k - 1)
            for coarse, fine in itertools.pairwise(column)
        ]
    # It settles no closer than its last correction.
    return column[0], np.abs(column[0] - before)


WITNESSES: dict[str, Witness] = {
    "NumPy, backpropagation": by_framework("reference", "gradients"),
    "NumPy, complex step": by_framework("reference", "exact_gradients"),
    "PyTorch, autograd": by_framework("torch_impl", "gradients"),
    "PyTorch, forward mode": by_framework("torch_impl", "exact_gradients"),
    "JAX, reverse mode": by_framework("jax_impl", "gradients"),
    "JAX, forward mode": by_framework("jax_impl", "exact_gradients"),
    "complex step in long double": complex_step_in_long_double,
    "Richardson in long double": richardson,
}


@functools.cache
def testimony(case: Case) -> dict[str, RoundedArray]:
    """What every witness that is here says, with the bars around it."""
    with truth():
        dJ = PAGES.backpropagation.gradients(
            case.network, *lifted(case, FLOAT64)
        )
    bar = np.concatenate([a.error.ravel() for layer in dJ for a in layer])
    heard = {}
    for name, witness in WITNESSES.items():
        with unchecked():
            told = witness(case)
        if told is not None:
            slopes = told[0].astype(FLOAT64.truth)
            # The claim's rounding, the witness's own, and what is left out.
            around = (2 * bar + told[1]).astype(np.float64)
            heard[name] = RoundedArray(slopes, around, FLOAT64)
    return heard


def judged(claim: np.ndarray, case: Case) -> Iterator[Comparison]:
    """A claimed gradient, flattened, before every witness that is here."""
    for name, expected in testimony(case).items():
        yield compare("witness", name, claim, expected)
