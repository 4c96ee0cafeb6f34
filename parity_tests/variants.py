"""Right computations that differ from the reference in rounding alone.

Each takes its sums in another order, or another stable form of an equation,
or another layout in memory. None of them may be called wrong: whoever finds
one that is has found a false alarm.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

import reference
from reference.annotations import unchecked
from reference.backend import Backend
from reference.stable_forms import FORMS, replaced

__all__ = ["ORDERS", "Variant", "variants"]

Order = Callable[[np.ndarray], np.ndarray]
"""The sum of an array's terms, which are along its last axis."""


def one_after_the_other(terms: np.ndarray) -> np.ndarray:
    return np.add.accumulate(terms, axis=-1)[..., -1]


def backwards(terms: np.ndarray) -> np.ndarray:
    return one_after_the_other(terms[..., ::-1])


def shuffled(terms: np.ndarray) -> np.ndarray:
    order = np.random.default_rng(0).permutation(terms.shape[-1])
    return one_after_the_other(terms[..., order])


def pairwise(terms: np.ndarray) -> np.ndarray:
    while terms.shape[-1] > 1:
        odd = terms[..., terms.shape[-1] // 2 * 2 :]
        terms = terms[..., : terms.shape[-1] // 2 * 2]
        terms = np.concatenate([terms[..., ::2] + terms[..., 1::2], odd], -1)
    return terms[..., 0]


def in_blocks(terms: np.ndarray) -> np.ndarray:
    parts = np.array_split(terms, -(-terms.shape[-1] // 4), axis=-1)
    sums = [one_after_the_other(part) for part in parts]
    return one_after_the_other(np.stack(sums, axis=-1))


def in_lanes(terms: np.ndarray) -> np.ndarray:
    lanes = [terms[..., k::8] for k in range(min(8, terms.shape[-1]))]
    return pairwise(np.stack([one_after_the_other(x) for x in lanes], -1))


def largest_first(terms: np.ndarray) -> np.ndarray:
    order = np.argsort(-np.abs(terms), axis=-1)
    return one_after_the_other(np.take_along_axis(terms, order, axis=-1))


def compensated(terms: np.ndarray) -> np.ndarray:
    """Kahan's."""
    total, lost = np.zeros_like(terms[..., 0]), np.zeros_like(terms[..., 0])
    for k in range(terms.shape[-1]):
        term = terms[..., k] - lost
        new = total + term
        lost = (new - total) - term
        total = new
    return total


def exactly(terms: np.ndarray) -> np.ndarray:
    """One precision up, and rounded once."""
    up = np.float64 if terms.dtype == np.float32 else np.longdouble
    return np.sum(terms.astype(up), axis=-1).astype(terms.dtype)


ORDERS: dict[str, Order | None] = {
    "as it stands": None,
    "one after the other": one_after_the_other,
    "backwards": backwards,
    "shuffled": shuffled,
    "pairwise": pairwise,
    "in blocks of 4": in_blocks,
    "in 8 lanes": in_lanes,
    "largest first": largest_first,
    "compensated": compensated,
    "one precision up": exactly,
}


class Reordered(np.ndarray):
    """An array whose sums and products add up in an order of their own."""

    order: Order

    def __array_finalize__(self, other: Any) -> None:
        self.order = getattr(other, "order", one_after_the_other)

    def __matmul__(self, other: Any) -> Any:
        a, b = plain(self), plain(other)
        terms = a[:, None, :] * b.T[None, :, :]
        return reordered(self.order(terms), self.order)

    def __rmatmul__(self, other: Any) -> Any:
        return reordered(plain(other), self.order) @ self

    def __array_function__(
        self, function: Any, types: Any, args: Any, named: Any
    ) -> Any:
        if function is np.sum and not named.keys() - {"axis", "keepdims"}:
            return reordered(total(self, **named), self.order)
        plain_args = [plain(a) for a in args]
        result = function(*plain_args, **named)
        if isinstance(result, np.ndarray):
            return reordered(result, self.order)
        return result


def total(
    x: Reordered, axis: int | None = None, keepdims: bool = False
) -> np.ndarray:
    """np.sum in the order of x."""
    a = plain(x)
    terms = a.reshape(-1) if axis is None else np.moveaxis(a, axis, -1)
    result = x.order(terms)
    if keepdims:
        result = np.expand_dims(result, axis if axis is not None else 0)
    return result


def plain(x: Any) -> Any:
    """The array without an order; lists of them too."""
    if isinstance(x, list | tuple):
        return [plain(item) for item in x]
    return x.view(np.ndarray) if isinstance(x, Reordered) else x


def reordered(x: Any, order: Order) -> Reordered:
    view = np.asarray(x).view(Reordered)
    view.order = order
    return view


class Variant(Backend):
    """The reference in another order, by other forms, in another layout."""

    def __init__(
        self, dtype: str, order: str, forms: int = 0, layout: str = "C"
    ) -> None:
        super().__init__("cpu", dtype, "eager")
        self.order = order
        self.forms = forms
        self.layout = layout

    def __repr__(self) -> str:
        form = f", form {self.forms}" if self.forms else ""
        layout = ", in Fortran order" if self.layout == "F" else ""
        return f"{self.dtype}, {self.order}{form}{layout}"

    def native(self, array: np.ndarray) -> np.ndarray:
        array = np.array(array, order=self.layout)  # type: ignore[call-overload]
        order = ORDERS[self.order]
        return array if order is None else reordered(array, order)

    def numpy(self, array: Any) -> np.ndarray:
        return np.array(plain(array))

    @contextmanager
    def scope(self) -> Iterator[None]:
        """Every equation in one of its stable forms."""
        with ExitStack() as stack:
            stack.enter_context(unchecked())
            for (page, function), others in FORMS.items():
                right = getattr(getattr(reference, page), function)
                forms = (right, *others)
                form = forms[self.forms % len(forms)]
                stack.enter_context(replaced(page, function, form))
            yield


@functools.cache
def variants(dtype: str) -> tuple[Variant, ...]:
    """All orders × forms × layouts."""
    forms = 1 + max(len(others) for others in FORMS.values())
    return tuple(
        Variant(dtype, *which)
        for which in itertools.product(ORDERS, range(forms), "CF")
    )
