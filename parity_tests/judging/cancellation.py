"""The fingerprint of a variance as E x^2 - mu^2, which cancels.

What is left is rounding, and no two ways to add up leave the same. But the
difference of two floating-point numbers is a whole number of last places of
the smaller, and of few of them where |mu| is large beside sigma: another
wrong sigma^2 is that by chance alone.
"""

from __future__ import annotations

import numpy as np

import reference
from parity_tests.judging.answers import alike, numbers, replay
from parity_tests.judging.guest import Call

__all__ = ["cancelled"]

CHANCE = 1e-4
"""That a sigma which is wrong for another reason is called so."""
ROUNDINGS = 3
"""Units in the last place of sigma^2: of the root, where it is 3/4 of one,
of its square, and of a division by m before and a product with m after."""


def cancelled(wrong: list[Call], dtype: str) -> bool:
    """Whether all wrong answers are what is left of E x^2 - mu^2."""
    exact, chances = reference.implementation(dtype=dtype), list[float]()
    for call in wrong:
        if call.method != "fit_normalization":
            return False
        (X, *_), right = call.arguments, numbers(replay(exact, call))
        got = numbers(call.answer)
        if [a.shape for a in got] != [a.shape for a in right]:
            return False
        (mu, sigma), (right_mu, right_sigma) = got, right
        if not alike(mu, right_mu, dtype):
            return False
        m = X.shape[1]
        # (sum x^2 - m mu^2) / m is another way: the last places of m mu^2.
        with np.errstate(over="ignore", invalid="ignore"):
            chances.append(min(
                chance_of_places(mu, sigma, right_sigma, m, scale, dtype)
                for scale in (1, m)
            ))  # fmt: skip
    return bool(chances) and float(np.prod(chances)) < CHANCE


def chance_of_places(
    mu: np.ndarray, sigma: np.ndarray, right: np.ndarray, m: int, scale: int,
    dtype: str,
) -> float:  # fmt: skip
    """The chance that a sigma of its own is so near to whole numbers of
    last places of scale mu^2, each feature by itself; inf if it is not, or
    farther from the right one than the roundings of m squares."""
    mu, sigma, right = (a.astype(np.longdouble) for a in (mu, sigma, right))
    eps = float(np.finfo(dtype).eps)
    place, most = (
        np.spacing((scale * square).astype(dtype)).astype(np.longdouble)
        for square in (mu * mu, mu * mu + right * right)
    )
    # m roundings of E x^2, and twice those of mu; one of the square, and one
    # of the difference.
    room = (3 * m + 2) * most
    variance = scale * sigma * sigma
    count = variance / place
    told = ROUNDINGS * eps * count
    whole = np.abs(count - np.rint(count)) <= told
    near = np.abs(variance - scale * right * right) <= room + told * place
    # Below 0, and so without a root.
    negative = np.isnan(sigma) & (scale * right * right <= room)
    if not np.all(whole & near | negative):
        return np.inf
    # 0 is what a wrong sigma may be for many reasons.
    telling = ~negative & (count > 0)
    return float(np.prod(np.minimum(1, 2 * told[telling])))
