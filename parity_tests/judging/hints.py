"""What can be said of wrong numbers whose mistake has no name.

Each hint looks at the first answer that departs, beside the right one, for
one trace that a kind of mistake leaves: a constant factor, a transpose, a
sign, the place of the wrong entries. None guesses: what it says is true of
the numbers, and no more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import reference
from parity_tests.judging.answers import (
    equal_within_rounding,
    numbers,
    replay,
)
from parity_tests.judging.diagnosis import DRAWN, departing
from parity_tests.judging.examination import Finding
from parity_tests.judging.guest import METHODS, Call
from parity_tests.judging.laws import PAGES, traits
from reference.specification import ACTIVATIONS, Network

__all__ = ["hints"]

Hint = Callable[[Call, np.ndarray, np.ndarray], str]


def hints(
    dtype: str, findings: list[Finding], explained: set[str]
) -> Iterator[str]:
    """What is true of the first wrong answer of each method, and of what is
    drawn, but for what has a name already."""
    seen = set(explained)
    for finding in findings:
        if finding.verdict != "fail":
            continue
        if finding.proof in PAGES:
            if finding.proof not in explained:
                yield from (f"{finding.proof}: {t}" for t in traits(finding))
            continue
        for call in departing(finding, dtype):
            if call.method not in seen:
                seen.add(call.method)
                yield from of_call(call, dtype)
                yield from of_cases(call.method, findings)


def of_call(call: Call, dtype: str) -> Iterator[str]:
    """The first array that departs from the right one, and how."""
    right = replay(reference.implementation(dtype=dtype), call)
    names = names_of(call, right)
    pairs = list(zip(names, numbers(call.answer), numbers(right), strict=False))
    wrong = [
        (name, got, due)
        for name, got, due in pairs
        if not equal_within_rounding(got, due, dtype)
    ]
    if not wrong or call.method in DRAWN:
        return
    if 0 < len(wrong) < len(pairs):
        right_names = [n for n, *_ in pairs if n not in {w[0] for w in wrong}]
        yield (
            f"{call.method}: {listed([w[0] for w in wrong])} wrong, "
            f"{listed(right_names)} right"
        )
    factors = {common_factor(call, got, due) for _, got, due in wrong}
    if len(factors) == 1 and (text := factors.pop()):
        yield f"{call.method}: {listed([w[0] for w in wrong])} {text}"
        return
    name, got, due = wrong[-1] if call.method == "gradients" else wrong[0]
    for hint in HINTS:
        if text := hint(call, got, due):
            yield f"{call.method}: {name} {text}"
            return


NEAR = 1e-4
"""How near a factor is to the m or n_L that it is said to be."""


def names_of(call: Call, right: Any) -> list[str]:
    """What the arrays of an answer are called."""
    count = len(numbers(right))
    first = call.arguments[0] if call.arguments else None
    L = first.L if isinstance(first, Network) else 0
    if call.method == "forward":
        return [f"A[{l}]" for l in range(1, L + 1)]
    if call.method in ("gradients", "train", "train_dropout"):
        d = "d" if call.method == "gradients" else ""
        pairs = ((f"{d}W[{l}]", f"{d}b[{l}]") for l in range(1, L + 1))
        return [*(name for pair in pairs for name in pair), "costs"]
    if call.method in NAMES:
        return NAMES[call.method]
    return [f"answer {k}" if count > 1 else "the answer" for k in range(count)]


NAMES = {
    "cost": ["J"],
    "fit_normalization": ["mu", "sigma"],
    "normalize": ["X"],
}
"""Of what is no network's."""


def listed(names: list[str]) -> str:
    """dW[1], dW[2] and db[2] are."""
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{', '.join(names[:-1])} and {names[-1]} are"


def of_cases(method: str, findings: list[Finding]) -> Iterator[str]:
    """Whether it is wrong only where something is switched on."""
    own = [f for f in findings if f.proof.startswith(f"{method}, ")]
    wrong = [f for f in own if f.verdict == "fail"]
    right = [f for f in own if f.verdict == "pass"]
    if not wrong:
        return
    for words, has in WHERE:
        # Nothing that is right has it, and so much is sure.
        if (
            wrong
            and right
            and all(map(has, wrong))
            and not any(map(has, right))
        ):
            yield f"{method} is wrong only {words}"
            return


def named(word: str) -> Callable[[Finding], bool]:
    """Whether a case is called so."""
    return lambda finding: word in finding.case


def with_layer(g: str, place: slice) -> Callable[[Finding], bool]:
    """Whether the network of a case has such an activation there."""

    def has(finding: Finding) -> bool:
        networks = [
            argument
            for call in finding.calls
            for argument in call.arguments[:1]
            if isinstance(argument, Network)
        ]
        return any(g in network.activations[place] for network in networks)

    return has


HIDDEN, OUTPUT = slice(None, -1), slice(-1, None)
WHERE: tuple[tuple[str, Callable[[Finding], bool]], ...] = (
    ("with dropout", named("dropout")),
    ("with L2", lambda finding: any(settings(finding, "l2"))),
    *(
        (f"where {what} layer is {g}", with_layer(g, place))
        for what, place in (("a hidden", HIDDEN), ("the last", OUTPUT))
        for g in ACTIVATIONS
    ),
    ("where Z is large", named("|")),
    ("at m = 1", named("m = 1")),
    ("where Z is 0", named("Z = 0")),
)
"""What may be switched on, from the rare to the frequent."""


def settings(finding: Finding, name: str) -> list[Any]:
    """The values of an argument, in all calls of a case."""
    found = []
    for call in finding.calls:
        bound = METHODS[call.method].bind(None, *call.arguments, **call.named)
        found.append(bound.arguments.get(name, 0))
    return found


def common_factor(call: Call, got: np.ndarray, due: np.ndarray) -> str:
    """A constant times the right one."""
    x, y = np.ravel(got).astype(float), np.ravel(due).astype(float)
    if got.shape != due.shape or not np.any(y) or not np.all(np.isfinite(x)):
        return ""
    if due.dtype.kind != "f":
        return ""
    k = int(np.argmax(np.abs(y)))
    factor = x[k] / y[k]
    # One number is always a multiple of another: told if it is a round one.
    if factor == 0 or not same(x, factor * y, due):
        return ""
    if x.size == 1 and abs(factor - float(f"{factor:.3g}")) > NEAR * abs(
        factor
    ):
        return ""
    return f"off by a constant factor of {worded(factor, call)}"


def same(a: np.ndarray, b: np.ndarray, due: np.ndarray) -> bool:
    """Whether they are one, up to rounding in the dtype of what is due."""
    if due.dtype.kind != "f":
        return bool(np.array_equal(a, b))
    return equal_within_rounding(a, b, str(due.dtype))


def worded(factor: float, call: Call) -> str:
    """The factor, and what of the call it is equal to."""
    arrays = [a for a in call.arguments if isinstance(a, np.ndarray)]
    known: dict[str, float] = {}
    if arrays:
        m = arrays[0].shape[-1]
        known = {"m": m, "1/m": 1 / m, "2m": 2 * m, "1/(2m)": 1 / (2 * m)}
    if call.arguments and isinstance(call.arguments[0], Network):
        n = call.arguments[0].layer_sizes[-1]
        known |= {"n_L": n, "1/n_L": 1 / n}
    for sign in ("", "-"):
        for word, value in known.items():
            if (
                value != 1
                and abs(factor / float(f"{sign}1") / value - 1) < NEAR
            ):
                return f"{factor:.6g} = {sign}{word}"
    return f"{factor:.6g}"


def another_shape(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    if got.shape == due.shape:
        return ""
    if got.T.shape == due.shape and same(got.T, due, due):
        return f"is transposed: shape {got.shape}, expected {due.shape}"
    return f"has shape {got.shape}, expected {due.shape}"


def transposed(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    if got.shape == got.T.shape and same(got.T, due, due):
        return "is the transpose of the right one"
    return ""


def constant_offset(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    gap = got.astype(float) - due.astype(float)
    if gap.size > 1 and same(got - gap.flat[0], due, due):
        return f"is off by the same {gap.flat[0]:.6g} in every entry"
    return ""


def not_finite(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    bad = ~np.isfinite(got)
    if not bad.any():
        return ""
    where = np.argwhere(bad)[0].tolist()
    return (
        f"has {np.count_nonzero(bad)} of {got.size} entries that are no "
        f"finite number, the first at {where}"
    )


def some_lines(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    """Wrong in some rows or columns only."""
    if got.ndim != 2:
        return ""
    wrong = np.array([
        [not same(a, b, due) for a, b in zip(*rows, strict=True)]
        for rows in zip(got, due, strict=True)
    ])  # fmt: skip
    for axis, name in ((1, "row"), (0, "column")):
        lines = np.flatnonzero(wrong.any(axis=axis))
        if 0 < len(lines) < wrong.shape[1 - axis]:
            numbers_of = ", ".join(map(str, lines[:5]))
            return f"is wrong in {name} {numbers_of} only" + (
                f", {len(lines)} in all" if len(lines) > 5 else ""
            )
    return ""


def single_precision(_: Call, got: np.ndarray, due: np.ndarray) -> str:
    """As far from the right one as float32 is from float64."""
    if due.dtype != np.float64:
        return ""
    gap = float(np.max(np.abs(got - due)) / np.max(np.abs(due), initial=1e-300))
    if 1e-9 < gap < 1e-6:
        return (
            f"is off by {gap:.1e} of its largest entry: as if a part of it "
            "was computed in float32"
        )
    return ""


HINTS: tuple[Hint, ...] = (
    another_shape, not_finite, transposed, constant_offset, some_lines,
    single_precision,
)  # fmt: skip
