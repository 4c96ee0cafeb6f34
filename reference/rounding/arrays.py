"""The array that carries its error bars.

What an operation makes of them is in sums.py, functions.py, decisions.py
and rearranging.py. What has no rule there is refused by NumPy with a
TypeError: no result ever loses its bar on the way.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from reference.rounding.arithmetic import Arithmetic
from reference.rounding.deviations import UNIFORM, drawn

__all__ = ["RULES", "RoundedArray", "lift", "size"]

RULES: dict[Callable[..., Any], Callable[..., Any]] = {}
"""What NumPy's functions are for RoundedArrays."""


class RoundedArray(NDArrayOperatorsMixin):
    """A value, and the error that a computation of it may have.

    value       as it is, one precision up
    error       of the same shape, the most that a stable computation errs
    deviations  stacked (samples, *shape), what so many computations err
                whose roundings are drawn; None where nothing was rounded,
                NaN where nothing is known
    terms and magnitude are kept while the array is a sum still open to
    reordering: how many terms it has, and the sum of their sizes.
    """

    def __init__(
        self,
        value: np.ndarray,
        error: np.ndarray,
        arithmetic: Arithmetic,
        deviations: np.ndarray | None = None,
        *,
        terms: int = 1,
        magnitude: np.ndarray | None = None,
    ) -> None:
        self.value = value
        self.error = error
        self.arithmetic = arithmetic
        self.deviations = deviations
        self.terms = terms
        self._magnitude = magnitude

    @property
    def magnitude(self) -> np.ndarray:
        """The sum of the sizes of the terms, errors included."""
        return self.reach if self._magnitude is None else self._magnitude

    @property
    def reach(self) -> np.ndarray:
        """The largest size that a computed value can have."""
        return size(self.value) + self.error

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return self.value.shape

    @property
    def dtype(self) -> np.dtype:
        """What a computation of it would be stored in."""
        return self.arithmetic.dtype

    @property
    def T(self) -> RoundedArray:
        """The transpose."""
        backwards = (0, *range(self.value.ndim, 0, -1))
        return self.rearranged(
            np.transpose, lambda d: np.transpose(d, backwards)
        )

    def __getitem__(self, index: Any) -> RoundedArray:
        items = index if isinstance(index, tuple) else (index,)
        return self.rearranged(
            lambda a: a[index], lambda d: d[(slice(None), *items)]
        )

    def reshape(self, *shape: int) -> RoundedArray:
        """The same entries in another shape."""
        return self.rearranged(
            lambda a: a.reshape(*shape), lambda d: d.reshape(len(d), *shape)
        )

    def astype(self, dtype: np.dtype) -> RoundedArray:
        """A decision as 0 or 1; dtype is the arithmetic's own."""
        value = self.value.astype(self.arithmetic.truth)
        return RoundedArray(value, self.error, self.arithmetic, self.deviations)

    def rearranged(
        self,
        change: Callable[[np.ndarray], np.ndarray],
        change_each: Callable[[np.ndarray], np.ndarray],
    ) -> RoundedArray:
        """Its entries elsewhere; change_each has the samples in front."""
        deviations = self.deviations
        if deviations is not None:
            deviations = change_each(deviations)
        return RoundedArray(
            change(self.value), change(self.error), self.arithmetic, deviations
        )

    def __bool__(self) -> bool:
        """The decision, or ArithmeticError where rounding could turn it."""
        if np.any(self.error):
            raise ArithmeticError(f"rounding could turn {self!r}")
        return bool(self.value)

    def __repr__(self) -> str:
        return f"RoundedArray({self.value!r} +- {self.error!r})"

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any
    ) -> Any:
        rule = RULES.get(ufunc)
        if method != "__call__" or named or rule is None:
            return NotImplemented
        return rule(*(lift(x, self.arithmetic) for x in inputs))

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, named: Any
    ) -> Any:
        rule = RULES.get(function)
        return NotImplemented if rule is None else rule(*args, **named)


def lift(x: Any, arithmetic: Arithmetic) -> Any:
    """x as RoundedArrays, its arrays as exact as the arithmetic's dtype.

    Tuples are lifted item by item, as parameters are. An array is rounded
    to the dtype first, as every implementation does with its arguments, and
    is exact from there; a Python number errs by its own rounding.
    """
    if x is None or isinstance(x, RoundedArray):
        return x
    if isinstance(x, tuple):
        items = [lift(item, arithmetic) for item in x]
        return type(x)(*items) if hasattr(x, "_fields") else tuple(items)
    array = np.asarray(x)
    if isinstance(x, int | float):
        value = np.asarray(x, arithmetic.truth)
        exact = value.astype(arithmetic.dtype) == value
        error = np.where(exact, 0.0, arithmetic.u * size(value))
    else:
        if array.dtype != bool:
            array = array.astype(arithmetic.dtype).astype(arithmetic.truth)
        value = array
        # A subnormal input may be flushed to zero on the way in.
        error = np.where(size(array) < arithmetic.tiny, size(array), 0)
    deviations = drawn(value, UNIFORM * error, arithmetic)
    return RoundedArray(value, error, arithmetic, deviations)


def size(x: np.ndarray) -> np.ndarray:
    """|x| in float64, in which all bounds are kept."""
    return np.abs(np.asarray(x).astype(np.float64))
