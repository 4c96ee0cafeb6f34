"""The derivative of analytic code by a complex step.

For an analytic f, f(x + i h) = f(x) + i h f'(x) + O(h^2): the imaginary
part over h is f'(x), and nothing cancels, so h may be so small that its
square vanishes. The reference's own forward pages run on a ComplexArray
unchanged. |z|, max(z, 0) and comparisons go by the real part, which makes
of each piecewise formula the piece that it is at x.

Source: Squire and Trapp, SIAM Review 40 (1998) 110. Nothing of
backpropagation, nor of any g', is used: a witness against both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

from reference.annotations import unchecked

__all__ = ["ComplexArray", "complex_step", "imaginary"]

FINE = 2.0**-300
H = {"float32": 2.0**-50}
"""Steps whose squares vanish, and whose quotients are exact."""


class ComplexArray(NDArrayOperatorsMixin):
    """A complex array that is compared by its real part."""

    def __init__(self, value: np.ndarray) -> None:
        self.value = value

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the value."""
        return self.value.shape

    @property
    def T(self) -> ComplexArray:
        """The transpose, not conjugated."""
        return ComplexArray(self.value.T)

    def reshape(self, *shape: int) -> ComplexArray:
        """The same entries in another shape."""
        return ComplexArray(self.value.reshape(*shape))

    def __array_ufunc__(
        self, ufunc: np.ufunc, method: str, *inputs: Any, **named: Any
    ) -> Any:
        if method != "__call__" or named:
            return NotImplemented
        operands = [bare(x) for x in inputs]
        if ufunc in BY_REAL_PART:
            result = BY_REAL_PART[ufunc](*operands)
        else:
            result = ufunc(*operands)
        return ComplexArray(result) if np.iscomplexobj(result) else result

    def __array_function__(
        self, function: Callable[..., Any], types: Any, args: Any, named: Any
    ) -> Any:
        if function not in PASSED_ON:
            return NotImplemented
        result = function(*(each_bare(x) for x in args), **named)
        return ComplexArray(result)


def bare(x: Any) -> Any:
    """The plain array in a ComplexArray; anything else as it is."""
    return x.value if isinstance(x, ComplexArray) else x


def each_bare(x: Any) -> Any:
    """The same for every item of a list."""
    return [bare(item) for item in x] if isinstance(x, list) else bare(x)


def absolute(z: np.ndarray) -> np.ndarray:
    """|z| as the analytic function that it is on either side of 0.

    At 0 all rules take the right side, so that formulas made of several of
    them, as the losses are, stay smooth there.
    """
    return np.where(z.real < 0, -z, z)


def maximum(x: Any, y: Any) -> np.ndarray:
    """The operand with the larger real part; of equal ones the first.

    So max(Z, 0) goes on as Z from Z = 0, and ReLU's max(0, Z) stays 0.
    """
    return np.where(np.real(x) >= np.real(y), x, y)


BY_REAL_PART: dict[np.ufunc, Callable[..., Any]] = {
    np.absolute: absolute,
    np.maximum: maximum,
    np.greater: lambda x, y: np.real(x) > np.real(y),
    np.greater_equal: lambda x, y: np.real(x) >= np.real(y),
}
PASSED_ON = {np.where, np.sum, np.concatenate}


@contextmanager
def complex_step(dtype: Any) -> Iterator[ComplexArray]:
    """The scope in which pages run on ComplexArrays; i h for that dtype."""
    i_h = np.asarray(1j * H.get(np.dtype(dtype).name, FINE)).astype(
        np.result_type(dtype, np.complex64)
    )
    with unchecked():
        yield ComplexArray(i_h)


def imaginary(z: ComplexArray, i_h: ComplexArray) -> Any:
    """Im z / h: the derivative."""
    return np.imag(z.value) / np.imag(i_h.value)
