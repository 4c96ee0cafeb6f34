"""Arrays put together and taken apart, and their singular values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.rounding.arrays import RoundedArray, lift
from reference.rounding.decisions import told

__all__ = ["RULES"]


def joined(
    join: Callable[..., np.ndarray],
) -> Callable[..., RoundedArray]:
    """Several arrays put together, exactly."""

    def rule(arrays: list[Any], axis: int = 0) -> RoundedArray:
        arithmetic = next(
            x.arithmetic for x in arrays if isinstance(x, RoundedArray)
        )
        parts = [lift(x, arithmetic) for x in arrays]
        value = join([x.value for x in parts], axis=axis)
        error = join([x.error for x in parts], axis=axis)
        deviations = None
        if any(x.deviations is not None for x in parts):
            inner = axis + 1 if axis >= 0 else axis
            deviations = join([told(x, x.shape) for x in parts], axis=inner)
        return RoundedArray(value, error, arithmetic, deviations)

    return rule


def take(x: RoundedArray, indices: Any, axis: int) -> RoundedArray:
    inner = axis + 1 if axis >= 0 else axis
    return x.rearranged(
        lambda a: np.take(a, indices, axis=axis),
        lambda d: np.take(d, indices, axis=inner),
    )


def singular_values(x: RoundedArray, **named: Any) -> RoundedArray:
    """Weyl: no value moves by more than the norm of the perturbation.

    LAPACK's own is p(m, n) u sigma_1 with a "modestly growing" p, taken
    here as m n (LAPACK Users' Guide, section 4.9); the truth comes from
    LAPACK too, and only the perturbation of float64 joins it. How it likely
    errs is not told: its deviations are NaN.
    """
    value = np.linalg.svd(x.value.astype(np.float64), **named)
    perturbation = np.linalg.norm(x.error)
    double = np.finfo(np.float64).eps
    rounding = (x.arithmetic.gamma(x.value.size) + double * x.value.size) * (
        value[0] + perturbation
    )
    error = np.full(value.shape, perturbation + rounding)
    unknown = None
    if x.arithmetic.samples:
        unknown = np.full((x.arithmetic.samples, *value.shape), np.nan)
    truth = value.astype(x.arithmetic.truth)
    return RoundedArray(truth, error, x.arithmetic, unknown)


RULES = {
    np.stack: joined(np.stack),
    np.concatenate: joined(np.concatenate),
    np.take: take,
    np.linalg.svd: singular_values,
    np.ones_like: lambda x: lift(np.ones(x.shape), x.arithmetic),
    np.zeros_like: lambda x: lift(np.zeros(x.shape), x.arithmetic),
}
