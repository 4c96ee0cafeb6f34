"""What bad input gets: one error that names the argument, the rule, the value.

Worded once, here, for all three implementations. Each check returns the
value it has checked; a number of the wrong type is a TypeError, one
outside its range a ValueError. No caller's array is changed or kept: a
checked array is a copy.
"""

import math
import numbers
import operator
import re
from collections.abc import Collection, Iterable, Sequence
from typing import Any

import numpy as np

__all__ = [
    "check_choice",
    "check_device",
    "check_mode",
    "check_integer",
    "check_number",
    "check_range",
    "check_keep_prob",
    "check_layer_sizes",
    "check_names",
    "check_fractions",
    "check_array",
    "check_entries",
]


def check_choice(name: str, value: Any, known: Collection[str]) -> str:
    """value, if it is one of the known words."""
    if not isinstance(value, str) or value not in known:
        words = ", ".join(map(repr, known))
        raise ValueError(f"{name} must be one of {words}, got {value!r}")
    return value


def check_device(device: Any, cuda_devices: int) -> str:
    """device, if it is "cpu", or "cuda" or "cuda:<i>" and there is one."""
    cuda = ["cuda", *(f"cuda:{i}" for i in range(cuda_devices))]
    known = ["cpu", *(cuda if cuda_devices else [])]
    if not isinstance(device, str) or device not in known:
        words = ", ".join(map(repr, known))
        absent = "" if cuda_devices else " (no CUDA device was found)"
        raise ValueError(
            f"device must be one of {words}{absent}, got {device!r}"
        )
    return device


def check_mode(
    mode: Any, modes: Sequence[str], parallel: Sequence[str]
) -> tuple[str, tuple[int, ...]]:
    """The mode's word, and the numbers after its colon, if it is one of the
    modes, or one of the parallel ones with such: "ddp:3", "sharded:2x2"."""
    if mode is None:
        return modes[0], ()
    word, colon, numbers = str(mode).partition(":")
    if not colon or word not in parallel:
        return check_choice("mode", mode, modes), ()
    counts = numbers.split("x")
    if not all(re.fullmatch("[1-9][0-9]*", each) for each in counts):
        raise ValueError(
            f"mode {word!r} must have a number of ranks >= 1 behind its colon, "
            f"as in '{word}:2', got {mode!r}"
        )
    return word, tuple(map(int, counts))


def check_integer(name: str, value: Any, least: int = 0) -> int:
    """value as an int, if it is an integer of at least that size."""
    try:
        integer = operator.index(value)
    except TypeError:
        integer = None
    if integer is None or isinstance(value, bool | np.bool):
        kind = type(value).__name__
        raise TypeError(f"{name} must be an integer, got {value!r} ({kind})")
    if integer < least:
        raise ValueError(f"{name} must be >= {least}, got {integer}")
    return integer


def check_number(name: str, value: Any) -> float:
    """value as a float, if it is one real number."""
    number = value
    if isinstance(value, np.ndarray) and value.ndim == 0:
        number = value[()]
    real = isinstance(number, numbers.Real | np.floating | np.integer)
    if not real or isinstance(number, bool | np.bool):
        kind = type(value).__name__
        raise TypeError(f"{name} must be a number, got {value!r} ({kind})")
    try:
        return float(number)
    except OverflowError:  # an int beyond all floats
        return math.inf if number > 0 else -math.inf


def check_range(
    name: str, value: Any, most: float = math.inf, dtype: Any = None
) -> float:
    """value as a float, if it is in [0, most], or in [0, inf) of the dtype."""
    number = check_number(name, value)
    # A comparison that NaN fails, and inf where there is no upper end.
    if not 0 <= number <= most or number == math.inf:
        interval = "[0, inf)" if most == math.inf else f"[0, {most:g}]"
        raise ValueError(f"{name} must be in {interval}, got {number:g}")
    if dtype is not None and number > float(np.finfo(dtype).max):
        raise ValueError(f"{name} must be finite in {dtype}, got {number:g}")
    return number


def check_keep_prob(keep_prob: Any) -> float:
    """keep_prob as a float, if it is in (0, 1]."""
    number = check_number("keep_prob", keep_prob)
    if not 0 < number <= 1:
        raise ValueError(f"keep_prob must be in (0, 1], got {number:g}")
    return number


def check_layer_sizes(layer_sizes: Iterable[Any]) -> tuple[int, ...]:
    """(n[0], ..., n[L]) as ints, if there are two or more, all >= 1."""
    try:
        sizes = tuple(layer_sizes)
    except TypeError:
        kind = type(layer_sizes).__name__
        raise TypeError(f"layer_sizes must be a sequence, got {kind}") from None
    if len(sizes) < 2:
        raise ValueError(
            f"layer_sizes must hold n[0] and at least n[1], got {sizes}"
        )
    return tuple(
        check_integer(f"layer_sizes[{l}]", n, least=1)
        for l, n in enumerate(sizes)
    )


def check_names(
    name: str, values: Any, known: Collection[str]
) -> tuple[str, ...]:
    """values as a tuple, if it is a sequence of the known words."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise TypeError(f"{name} must be a sequence of names, got {values!r}")
    return tuple(
        check_choice(f"{name}[{l}]", value, known)
        for l, value in enumerate(values, start=1)
    )


def check_fractions(fractions: Iterable[Any]) -> tuple[float, ...]:
    """The shares of a split, if they are in (0, 1] and add up to 1."""
    try:
        if not isinstance(fractions, Sequence | np.ndarray):
            raise TypeError  # a set has no order
        shares = tuple(check_number("fractions", f) for f in fractions)
    except TypeError:
        raise TypeError(
            f"fractions must be a sequence of numbers, got {fractions!r}"
        ) from None
    if not shares or not all(0 < f <= 1 for f in shares):
        raise ValueError(f"fractions must be in (0, 1], got {shares}")
    if not math.isclose(sum(shares), 1, rel_tol=1e-9):
        raise ValueError(
            f"fractions must add up to 1, got {shares}, which add up to "
            f"{sum(shares):g}"
        )
    return shares


def check_array(
    name: str,
    value: Any,
    dtype: Any,
    shape: Sequence[int | None] | None = None,
    rule: str = "",
    finite: bool = True,
) -> np.ndarray:
    """value as a new C-ordered array of that dtype, if its shape fits.

    None in shape stands for any length >= 1, None for any shape at all;
    rule is the shape in words. finite=False lets NaN and inf pass.
    """
    if np.ma.is_masked(value):
        raise TypeError(f"{name} must be an array without a mask")
    try:
        array = np.asarray(value)
    except Exception:  # ragged lists, tensors that refuse to be converted
        kind = type(value).__name__
        raise TypeError(
            f"{name} must be an array of numbers, got {kind}"
        ) from None
    fits = shape is None or (
        array.ndim == len(shape)
        and all(
            n >= 1 if due is None else n == due
            for n, due in zip(array.shape, shape, strict=True)
        )
    )
    if not fits:
        raise ValueError(f"{name} must have shape {rule}, got {array.shape}")
    if array.dtype.kind not in "biuf":
        raise TypeError(
            f"{name} must hold real numbers, got dtype {array.dtype}"
        )
    with np.errstate(over="ignore"):  # the next check names what overflows
        copy = np.array(array, dtype=dtype, order="C")
    if finite:
        rule = f"finite in {copy.dtype}"
        check_entries(name, array, np.isfinite(copy), rule)
    return copy


def check_entries(
    name: str, array: np.ndarray, good: np.ndarray, rule: str
) -> None:
    """Raise ValueError that names the first entry which is not good."""
    if not np.all(good):
        where = np.unravel_index(np.argmin(good), good.shape)
        index = ", ".join(str(i) for i in where)
        raise ValueError(
            f"{name} must be {rule}, got {array[where]} at [{index}]"
        )
