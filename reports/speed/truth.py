"""Where a timed training has to end, and how far each arithmetic misses it.

The bound is the radius of trajectory.py, around the reference's own training
on arrays with error bars. The typical errors are those of the reference when
it trains in float64, float32, TensorFloat-32 and bfloat16.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import reference
from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES, lifted
from parity_tests.comparison import truth
from parity_tests.trajectory import flatten, follow, unflatten
from reference import Layer
from reference.annotations import unchecked
from reference.rounding import FLOAT32, FLOAT64, lift
from reports.speed.children import end_with_parent
from reports.speed.proof import ARITHMETICS, Truth, truth_path
from reports.speed.workloads import WORKLOADS, Workload, workload_case

__all__ = ["find_truth"]

BITS = {"tf32": 10, "bfloat16": 7}


def find_truth(workload: Workload, dtype: str) -> dict[int, Truth]:
    """The truths of a workload for results in that dtype: after all of its
    steps, and after the first."""
    case = workload_case(workload)
    arithmetic = FLOAT64 if dtype == "float64" else FLOAT32
    start = flatten(case.cast(arithmetic.dtype)[0]).astype(arithmetic.truth)
    ends = ends_of(workload, case, arithmetic)
    found = {}
    for steps, (theta, bar, costs) in ends.items():
        way, length = np.linalg.norm(theta - start), np.linalg.norm(costs)
        errors, cost_errors = {}, {}
        for name in ARITHMETICS:
            got, J = trained_in(workload, name, steps, theta.dtype)
            errors[name] = at_least_one(np.linalg.norm(got - theta) / way)
            cost_errors[name] = at_least_one(np.linalg.norm(J - costs) / length)
        # The bar is derived for float32 alone.
        bar = np.asarray(np.inf) if dtype in BITS else bar
        found[steps] = Truth(start, theta, bar, errors, costs, cost_errors)
    return found


def at_least_one(error: Any) -> float:
    """The error; one rounding of float64 where it is smaller, by luck."""
    return max(float(error), float(np.finfo(np.float64).eps))


def ends_of(
    workload: Workload, case: Case, arithmetic: Any
) -> dict[int, tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """theta, its bar, and J before each step; after all steps and after the
    first."""
    if workload.family == "logistic":
        return {
            steps: by_entry(*logistic_end(case, arithmetic, steps))
            for steps in (1, workload.steps)
        }
    with np.errstate(all="ignore"):  # a bound that is void may overflow
        path = follow(case, arithmetic.dtype, workload.steps)
    costs = np.array([
        cost_at(case, theta, arithmetic.dtype) for theta in path.thetas[:-1]
    ])  # fmt: skip
    return {
        steps: (path.thetas[steps], np.asarray(path.radii[steps]),
                costs[:steps])
        for steps in (1, workload.steps)
    }  # fmt: skip


def cost_at(case: Case, theta: np.ndarray, dtype: np.dtype) -> Any:
    """J there of the data in that dtype, in theta's."""
    parameters, *data = case.cast(dtype)
    X, Y = (a.astype(theta.dtype) for a in data)
    layers = unflatten(theta, parameters)
    with unchecked():
        return reference.network.cost(case.network, layers, X, Y, case.l2)


def logistic_end(case: Case, arithmetic: Any, steps: int) -> Any:
    """w and b of the vectorized page, and its costs, with error bars."""
    (layer,), X, Y, _ = lifted(case, arithmetic)
    with truth():
        (w, b), costs = PAGES.logistic_regression.train_vectorized(
            Layer(layer.W.T, layer.b), X, Y, steps=steps,
            learning_rate=lift(case.learning_rate, arithmetic),
        )  # fmt: skip
    return (Layer(w.T, b),), costs


def by_entry(
    layers: Any, costs: Any
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """theta, its bars, and the costs."""
    J = np.ravel(costs.value)
    arrays = [array for layer in layers for array in layer]
    value = np.concatenate([np.ravel(a.value) for a in arrays])
    return value, np.concatenate([np.ravel(a.error) for a in arrays]), J


class Coarse(np.ndarray):
    """A float32 array whose products round what they take to fewer bits."""

    bits = 23

    def __array_finalize__(self, other: Any) -> None:
        self.bits = getattr(other, "bits", 23)

    def __matmul__(self, other: Any) -> Any:
        product = np.matmul(fewer_bits(self, self.bits),
                            fewer_bits(other, self.bits))  # fmt: skip
        return coarse(product, self.bits)

    def __rmatmul__(self, other: Any) -> Any:
        return coarse(other, self.bits) @ self


def fewer_bits(x: np.ndarray, bits: int) -> np.ndarray:
    """The nearest float32 with so many bits behind the binary point."""
    plain = np.ascontiguousarray(x).view(np.ndarray)
    drop = 23 - bits
    whole = plain.view(np.uint32)
    half = np.uint32((1 << drop) >> 1)
    return ((whole + half) >> np.uint32(drop) << np.uint32(drop)).view("f4")


def coarse(x: np.ndarray, bits: int) -> np.ndarray:
    """The array as one of so many bits."""
    view = np.asarray(x).view(Coarse)
    view.bits = bits
    return view


def trained_in(
    workload: Workload, name: str, steps: int, given_in: np.dtype
) -> tuple[np.ndarray, np.ndarray]:
    """theta and the costs by the reference in that arithmetic, for a truth
    in that dtype."""
    case = workload_case(workload)
    dtype = np.dtype("float64" if name == "float64" else "float32")
    # The arguments are those of the row, whatever computes with them.
    own = np.dtype("float32" if given_in == np.float64 else "float64")
    given = case.cast(own)
    rounded = replace(case, parameters=given[0], X=given[1], Y=given[2])
    parameters, X, Y = rounded.cast(dtype)
    if name in BITS:
        X = coarse(X, BITS[name])
        parameters = tuple(
            Layer(coarse(W, BITS[name]), b) for W, b in parameters
        )
    with unchecked(), np.errstate(over="ignore"):
        if workload.family == "logistic":
            W, b = parameters[0]
            (w, b), J = reference.logistic_regression.train_vectorized(
                Layer(W.T, b), X, Y, learning_rate=case.learning_rate,
                steps=steps,
            )  # fmt: skip
            parameters = (Layer(w.T, b),)
        else:
            parameters, J = reference.gradient_descent.train(
                case.network, parameters, X, Y, l2=case.l2,
                learning_rate=case.learning_rate, steps=steps,
            )  # fmt: skip
    got = flatten(parameters).view(np.ndarray).astype(given_in)
    return got, np.array(J, given_in)


def main(workload: str, dtype: str, path: str) -> None:
    """Find the truths of a workload, and save them."""
    end_with_parent()
    for steps, found in find_truth(WORKLOADS[workload], dtype).items():
        found.save(truth_path(Path(path), steps))
    print("{}")  # nothing else to tell


if __name__ == "__main__":
    main(*sys.argv[1:])
