"""Arrays that carry their error bars.

A RoundedArray holds a value, computed one precision up, and a bound on how
far any stable computation of the same equation in a given arithmetic may
land from it. The reference's own pages run on it unchanged, and so every
result comes with the bound that a comparison needs:

    A = forward(network, lift(parameters, FLOAT32), lift(X, FLOAT32))
    abs(A_of_another[l] - A[l].value) <= A[l].error

Symbol      Meaning
u           unit roundoff of the arithmetic, 2^-24 or 2^-53, plus that of the
            truth, whose own rounding joins the bound where it is no finer
gamma(n)    n u / (1 - n u), the worst of n roundings
e_x         error of the operand x, absolute
tiny        smallest normal number; XLA flushes what lies below to zero

Source: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.
(2002), chapters 2 to 4. The roundings counted are those of the widest
stable evaluation: np.sum and @ may add in any order, a quotient be a product
with a reciprocal, a factor enter before or after a sum. Two terms joined by
+ are added as they stand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

__all__ = ["Arithmetic", "FLOAT32", "FLOAT64", "RoundedArray", "lift"]


@dataclass(frozen=True)
class Arithmetic:
    """A floating-point arithmetic, and the accuracy of its functions."""

    dtype: np.dtype
    truth: np.dtype
    ulps: dict[str, float]

    @property
    def u(self) -> float:
        """u of the arithmetic, and of the truth it is compared with."""
        return float(np.finfo(self.dtype).eps + np.finfo(self.truth).eps) / 2

    @property
    def tiny(self) -> float:
        """The smallest normal number."""
        return float(np.finfo(self.dtype).tiny)

    def gamma(self, n: int) -> float:
        """n u / (1 - n u), or inf where so many roundings leave no digit."""
        return n * self.u / (1 - n * self.u) if n * self.u < 1 else np.inf

    def __hash__(self) -> int:
        return hash(self.dtype)


# The worst error in units in the last place, over NumPy 2.4 on every
# instruction set, PyTorch 2.13 and JAX 0.10 on x86, each measured against
# the next precision on its whole range (log1p on [0, 1], as the losses use
# it): NumPy exp and log in float32, PyTorch sqrt, XLA all others.
FLOAT32 = Arithmetic(
    np.dtype(np.float32),
    np.dtype(np.float64),
    {"exp": 5.33, "log1p": 2.49, "tanh": 4.68, "sqrt": 0.75},
)
FLOAT64 = Arithmetic(
    np.dtype(np.float64),
    np.dtype(np.longdouble),
    {"exp": 1.72, "log1p": 1.92, "tanh": 6.92, "sqrt": 0.53},
)


class RoundedArray(NDArrayOperatorsMixin):
    """A value, and the error that a computation of it may have.

    terms and magnitude are kept while the array is a sum still open to
    reordering: how many terms it has, and the sum of their sizes.
    """

    def __init__(
        self,
        value: np.ndarray,
        error: np.ndarray,
        arithmetic: Arithmetic,
        terms: int = 1,
        magnitude: np.ndarray | None = None,
    ) -> None:
        self.value = value
        self.error = error
        self.arithmetic = arithmetic
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
        return self._each(np.transpose)

    def __getitem__(self, index: Any) -> RoundedArray:
        return self._each(lambda array: array[index])

    def reshape(self, *shape: int) -> RoundedArray:
        """The same entries in another shape."""
        return self._each(lambda array: array.reshape(*shape))

    def astype(self, dtype: np.dtype) -> RoundedArray:
        """A decision as 0 or 1; dtype is the arithmetic's own."""
        value = self.value.astype(self.arithmetic.truth)
        return RoundedArray(value, self.error, self.arithmetic)

    def __bool__(self) -> bool:
        """The decision, or ArithmeticError where rounding could turn it."""
        if np.any(self.error):
            raise ArithmeticError(f"rounding could turn {self!r}")
        return bool(self.value)

    def __repr__(self) -> str:
        return f"RoundedArray({self.value!r} +- {self.error!r})"

    def _each(self, change: Callable[[np.ndarray], np.ndarray]) -> RoundedArray:
        value, error = change(self.value), change(self.error)
        return RoundedArray(value, error, self.arithmetic)

    # What has no rule here is refused by NumPy with a TypeError: no result
    # ever loses its bar on the way.

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
        return RoundedArray(value, error, arithmetic)
    if array.dtype != bool:
        array = array.astype(arithmetic.dtype).astype(arithmetic.truth)
    # A subnormal input may be flushed to zero on the way in.
    flushed = np.where(size(array) < arithmetic.tiny, size(array), 0)
    return RoundedArray(array, flushed, arithmetic)


def size(x: np.ndarray) -> np.ndarray:
    """|x| in float64, in which all bounds are kept."""
    return np.abs(np.asarray(x).astype(np.float64))


def rounded(
    value: np.ndarray,
    propagated: np.ndarray,
    rounding: np.ndarray,
    of: RoundedArray,
) -> RoundedArray:
    """The result of one operation: its errors added, underflow included."""
    error = propagated + rounding
    tiny = of.arithmetic.tiny
    # A result or operand below tiny may have been flushed to zero.
    small = (size(value) < tiny + error) & (error > 0)
    return RoundedArray(value, error + tiny * small, of.arithmetic)


# The rules: the value, what the operands' errors make of it, the rounding.


def add(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """|z| u; a sum still open takes the new term in, in any order.

    Rounding to nearest errs by no more than the smaller operand, since the
    larger one is itself a number of the arithmetic.
    """
    value, arithmetic = x.value + y.value, x.arithmetic
    terms = x.terms + y.terms
    if terms == 2:
        propagated = x.error + y.error
        rounding = arithmetic.u * (size(value) + propagated)
        truth = float(np.finfo(arithmetic.truth).eps) / 2
        smaller = np.minimum(x.reach, y.reach) + truth * size(value)
        return rounded(value, propagated, np.minimum(rounding, smaller), x)
    magnitude = x.magnitude + y.magnitude
    gamma = arithmetic.gamma
    more = (gamma(terms - 1) - gamma(x.terms - 1)) * x.magnitude + (
        gamma(terms - 1) - gamma(y.terms - 1)
    ) * y.magnitude
    z = rounded(value, x.error + y.error, more, x)
    return RoundedArray(value, z.error, arithmetic, terms, magnitude)


def negative(x: RoundedArray) -> RoundedArray:
    return RoundedArray(-x.value, x.error, x.arithmetic, x.terms, x._magnitude)


def subtract(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    return add(x, negative(y))


def multiply(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """|z| u; a scalar may have entered each term of an open sum."""
    value = np.multiply(x.value, y.value, dtype=x.arithmetic.truth)
    propagated = size(x.value) * y.error + x.error * y.reach
    scaled_x = x.magnitude if y.value.size == 1 else x.reach
    scaled_y = y.magnitude if x.value.size == 1 else y.reach
    largest = scaled_x * scaled_y
    return rounded(value, propagated, x.arithmetic.u * largest, x)


def divide(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """2 |z| u, since x / y may be computed as x times 1 / y."""
    value = x.value / y.value
    with np.errstate(divide="ignore"):
        inverse = 1 / np.maximum(size(y.value) - y.error, 0)
    propagated = (x.error + size(value) * y.error) * inverse
    largest = (x.magnitude if y.value.size == 1 else x.reach) * inverse
    return rounded(value, propagated, 2 * x.arithmetic.u * largest, x)


def matmul(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """gamma(n) |X| |Y| for the inner length n, in any order."""
    value, arithmetic = x.value @ y.value, x.arithmetic
    n = x.shape[-1]
    magnitude = x.reach @ y.reach
    propagated = np.zeros(value.shape)
    if y.error.any():
        propagated = size(x.value) @ y.error
    if x.error.any():
        propagated = propagated + x.error @ y.reach
    z = rounded(value, propagated, arithmetic.gamma(n) * magnitude, x)
    if least(x) * least(y) < arithmetic.tiny:  # some product may underflow
        z.error = z.error + n * arithmetic.tiny * (magnitude > 0)
    # n products and n - 1 sums: as many roundings as a sum of n + 1 has.
    return RoundedArray(value, z.error, arithmetic, n + 1, magnitude)


def least(x: RoundedArray) -> float:
    """The smallest size that an entry of x can have, zeros left out."""
    sizes = size(x.value)
    sizes = np.maximum(sizes - x.error, 0)[(sizes > 0) | (x.error > 0)]
    return float(sizes.min(initial=np.inf))


def total(
    x: RoundedArray, axis: int | None = None, keepdims: bool = False
) -> RoundedArray:
    """gamma(n - 1) sum |x|, in any order."""
    value = np.sum(x.value, axis=axis, keepdims=keepdims)
    n = x.value.size // max(value.size, 1)
    magnitude = np.sum(x.reach, axis=axis, keepdims=keepdims)
    propagated = np.sum(x.error, axis=axis, keepdims=keepdims)
    rounding = x.arithmetic.gamma(n - 1) * magnitude
    z = rounded(value, propagated, rounding, x)
    return RoundedArray(value, z.error, x.arithmetic, n, magnitude)


def mean(
    x: RoundedArray,
    axis: int | None = None,
    keepdims: bool = False,
    dtype: Any = None,
) -> RoundedArray:
    """The sum, divided by n."""
    z = total(x, axis, keepdims)
    return divide(z, lift(x.value.size // max(z.value.size, 1), x.arithmetic))


def elementary(
    function: np.ufunc, slope: Callable[[np.ndarray, np.ndarray], np.ndarray]
) -> Callable[[RoundedArray], RoundedArray]:
    """e_x times the steepest slope within x +- e_x, and the ulps of f."""

    def rule(x: RoundedArray) -> RoundedArray:
        value = function(x.value)
        with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
            steepest = slope(x.value.astype(np.float64), x.error)
            propagated = np.where(x.error > 0, steepest * x.error, 0)
        ulps = x.arithmetic.ulps[function.__name__]
        # An ulp of f is at most 2 u |f|.
        rounding = ulps * 2 * x.arithmetic.u * (size(value) + propagated)
        return rounded(value, propagated, rounding, x)

    return rule


def square_root(x: RoundedArray) -> RoundedArray:
    """The interval [x - e, x + e] mapped, for x may be close to 0."""
    value = np.sqrt(x.value)
    root = value.astype(np.float64)
    low = np.sqrt(np.maximum(x.value.astype(np.float64) - x.error, 0))
    # sqrt(x) - sqrt(x - e) = e / (sqrt(x) + sqrt(x - e)), without cancelling
    with np.errstate(divide="ignore", invalid="ignore"):
        propagated = np.where(x.error > 0, x.error / (root + low), 0)
    propagated = np.where(root + low == 0, np.sqrt(x.error), propagated)
    rounding = (
        x.arithmetic.ulps["sqrt"] * 2 * x.arithmetic.u * (root + propagated)
    )
    return rounded(value, propagated, rounding, x)


def absolute(x: RoundedArray) -> RoundedArray:
    return RoundedArray(np.abs(x.value), x.error, x.arithmetic)


def maximum(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    """Exact, and no steeper than its operands; the smaller may be ruled out."""
    value = np.maximum(x.value, y.value)
    low = np.maximum(x.value - x.error, y.value - y.error)
    high = np.maximum(x.value + x.error, y.value + y.error)
    error = np.maximum(size(high - value), size(value - low))
    # high - value is itself rounded: no less than the winner's own error.
    winner = np.where(x.value > y.value, x.error, y.error)
    return RoundedArray(value, np.maximum(error, winner), x.arithmetic)


def comparison(
    ufunc: np.ufunc,
) -> Callable[[RoundedArray, RoundedArray], RoundedArray]:
    """A bool, with error 1 where rounding could flip it."""

    def rule(x: RoundedArray, y: RoundedArray) -> RoundedArray:
        value = ufunc(x.value, y.value)
        doubt = x.error + y.error
        apart = np.subtract(x.value, y.value, dtype=x.arithmetic.truth)
        open_ = (size(apart) <= doubt) & (doubt > 0)
        return RoundedArray(value, open_.astype(np.float64), x.arithmetic)

    return rule


def where(condition: Any, x: Any, y: Any) -> RoundedArray:
    """Either branch where the condition is in doubt."""
    arrays = (condition, x, y)
    arithmetic = next(
        a.arithmetic for a in arrays if isinstance(a, RoundedArray)
    )
    condition, x, y = (lift(a, arithmetic) for a in arrays)
    value = np.where(condition.value, x.value, y.value)
    chosen = np.where(condition.value, x.error, y.error)
    apart = size(x.value - y.value) + np.maximum(x.error, y.error)
    error = np.where(condition.error > 0, np.maximum(chosen, apart), chosen)
    return RoundedArray(value, error, arithmetic)


def all_true(
    x: RoundedArray, axis: int | None = None, keepdims: bool = False
) -> RoundedArray:
    value = np.all(x.value, axis=axis, keepdims=keepdims)
    error = np.max(x.error, axis=axis, keepdims=keepdims)
    return RoundedArray(value, error, x.arithmetic)


def minimum(x: RoundedArray, y: RoundedArray) -> RoundedArray:
    return negative(maximum(negative(x), negative(y)))


def clip(x: RoundedArray, low: Any, high: Any) -> RoundedArray:
    low, high = lift(low, x.arithmetic), lift(high, x.arithmetic)
    return maximum(minimum(x, high), low)


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
        return RoundedArray(value, error, arithmetic)

    return rule


def take(x: RoundedArray, indices: Any, axis: int) -> RoundedArray:
    return x._each(lambda array: np.take(array, indices, axis=axis))


def singular_values(x: RoundedArray, **named: Any) -> RoundedArray:
    """Weyl: no value moves by more than the norm of the perturbation.

    LAPACK's own is p(m, n) u sigma_1 with a "modestly growing" p, taken
    here as m n (LAPACK Users' Guide, section 4.9); the truth comes from
    LAPACK too, and only the perturbation of float64 joins it.
    """
    value = np.linalg.svd(x.value.astype(np.float64), **named)
    perturbation = np.linalg.norm(x.error)
    double = np.finfo(np.float64).eps
    rounding = (x.arithmetic.gamma(x.value.size) + double * x.value.size) * (
        value[0] + perturbation
    )
    error = np.full(value.shape, perturbation + rounding)
    return RoundedArray(value.astype(x.arithmetic.truth), error, x.arithmetic)


RULES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.add: add,
    np.subtract: subtract,
    np.negative: negative,
    np.multiply: multiply,
    np.divide: divide,
    np.matmul: matmul,
    np.sum: total,
    np.mean: mean,
    np.exp: elementary(np.exp, lambda x, e: np.exp(x + e)),
    np.log1p: elementary(np.log1p, lambda x, e: 1 / np.maximum(1 + x - e, 0)),
    np.tanh: elementary(
        np.tanh, lambda x, e: 1 - np.tanh(np.maximum(np.abs(x) - e, 0)) ** 2
    ),
    np.sqrt: square_root,
    np.absolute: absolute,
    np.maximum: maximum,
    np.greater: comparison(np.greater),
    np.greater_equal: comparison(np.greater_equal),
    np.less: comparison(np.less),
    np.equal: comparison(np.equal),
    np.where: where,
    np.all: all_true,
    np.stack: joined(np.stack),
    np.concatenate: joined(np.concatenate),
    np.take: take,
    np.clip: clip,
    np.minimum: minimum,
    np.linalg.svd: singular_values,
    np.ones_like: lambda x: lift(np.ones(x.shape), x.arithmetic),
    np.zeros_like: lambda x: lift(np.zeros(x.shape), x.arithmetic),
}
