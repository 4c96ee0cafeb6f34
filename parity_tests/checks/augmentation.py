"""Augmentation: what an operation leaves, and the law of what it draws."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import (
    Comparison,
    arithmetic_of,
    compare,
    compare_exactly,
    proves,
    truth,
)
from parity_tests.data import photographs, sounds
from parity_tests.law import (
    correlation,
    distance_statistic,
    normal_statistic,
    standard_normal_law,
)
from reference.rounding import lift
from reference.specification import Contract

__all__ = ["augmentation", "augmentation_law"]


@proves("3.1-augmentation")
def augmentation(implementation: Contract) -> Iterator[Comparison]:
    """What each operation leaves as it was, on photographs and on sound."""
    arithmetic, quantity = arithmetic_of(implementation), "augmentation"
    images = photographs()[:, 100:124, 200:232].astype(arithmetic.dtype)
    strings = sounds(2, 400).astype(arithmetic.dtype)
    plane = np.full((1, 9, 7, 3), 0.25, arithmetic.dtype)

    def augment(operation: str, batch: Any, **setting: float) -> np.ndarray:
        return implementation.augment(operation, batch, 3, **setting)

    with truth():
        page, one = PAGES.augmentation, np.ones(2)
        coloured = page.desaturate(*lift((images, one), arithmetic))
        kernel = np.array(page.gaussian(2.0), arithmetic.dtype)
        flat = page.blur(*lift((plane, kernel), arithmetic))
        blurred_due = page.blur(*lift((images, kernel), arithmetic))
    coloured.value, flat.value = (
        a.astype(arithmetic.truth) for a in (images, plane)
    )
    got = augment("desaturate", images, least=1)
    yield compare(quantity, "saturation 1", got, coloured)
    got = augment("blur", plane, sigma=2)
    yield compare(quantity, "blurred plane", got, flat)
    got = augment("blur", images, sigma=2)
    yield compare(quantity, "blurred photographs", got, blurred_due)
    yield from shades(implementation)
    blurred, gray = augment("blur", images), augment("desaturate", images)
    facts = {
        "flipped": same(
            augment("flip", images, probability=1), images[:, :, ::-1]
        ),
        "not flipped": same(augment("flip", images, probability=0), images),
        "less colour": np.ptp(gray, -1).sum() < np.ptp(images, -1).sum(),
        "smoother": roughness(blurred) < roughness(images),
        "gain 1": same(augment("louder", strings, most=1), strings),
        "louder": np.abs(augment("louder", strings)).sum()
        > np.abs(strings).sum(),
        "no noise": same(augment("noise", strings, scale=0), strings),
    }
    for length, share, silent in ((200, 0.25, 50), (47, 0.25, 12),
                                  (47, 0.05, 2)):  # fmt: skip
        left = augment("suppress", np.ones((5, length)), share=share)
        facts[f"silence of {share} of {length}"] = np.all(
            np.sum(left == 0, axis=1) == silent
        )
    tiny = np.arange(64 * 6.0).reshape(64, 1, 2, 3) / 400
    for operation, batch in (
        ("flip", tiny), ("desaturate", tiny), ("louder", strings),
        ("noise", strings), ("suppress", strings),
    ):  # fmt: skip
        for seed in (0, 3):
            drawn = implementation.augment(operation, batch, seed)
            again = implementation.augment(operation, batch, seed)
            facts[f"{operation}: one seed, {seed}"] = same(drawn, again)
            other = implementation.augment(operation, batch, seed + 1)
            facts[f"{operation}: not {seed}"] = not same(drawn, other)
        facts[f"{operation}: range"] = np.all(np.abs(drawn) <= 1)
    for fact, holds in facts.items():
        yield compare_exactly(quantity, fact, bool(holds), True)


def shades(implementation: Contract) -> Iterator[Comparison]:
    """How gray red, green and blue become: by what is left of their colour.

    The saturation s is drawn, and is the difference of two channels.
    """
    arithmetic = arithmetic_of(implementation)
    page = PAGES.augmentation
    for c, colour in enumerate(("red", "green", "blue")):
        image = np.zeros((4, 1, 1, 3), arithmetic.dtype)
        image[..., c] = 1
        got = implementation.augment("desaturate", image, 3)
        other = got[..., (c + 1) % 3]
        s = (got[..., c] - other).astype(arithmetic.dtype)[:, 0, 0]
        with truth():
            exact = lift(image, arithmetic)
            # s was rounded in both channels, and in their difference.
            saturation = lift(s, arithmetic)
            saturation.error = 4 * arithmetic.u * np.ones(s.shape)
            due = page.desaturate(exact, saturation)
            due.deviations = None
        yield compare("augmentation", f"gray of {colour}", got, due)


def same(a: np.ndarray, b: np.ndarray) -> bool:
    return np.array_equal(a, b)


def roughness(images: np.ndarray) -> float:
    """The sum of the steps from pixel to pixel."""
    return float(np.abs(np.diff(images, axis=2)).sum())


@proves("3.1-augmentation")
def augmentation_law(implementation: Contract) -> Iterator[Comparison]:
    """What augment draws: for each image and sound anew, and by its law."""
    m, seeds, quantity = 200, range(20), "augmentation law"
    image = np.zeros((m, 2, 2, 3))
    image[:, :, 0, 0] = 1.0  # red on the left alone
    sound = np.full((m, 50), 0.25)

    def draws(
        operation: str, batch: np.ndarray, **setting: float
    ) -> np.ndarray:
        return np.stack([
            implementation.augment(operation, batch, seed, **setting)
            for seed in seeds
        ]).astype(float)  # fmt: skip

    flipped = draws("flip", image, probability=0.3)[:, :, 0, 1, 0] == 1
    share = (np.mean(flipped) - 0.3) / math.sqrt(0.21 / flipped.size)
    yield normal_statistic(quantity, "flip: share", float(share))
    for name, r in (
        ("neighbours", correlation(flipped[:, 1:], flipped[:, :-1])),
        ("seed to seed", correlation(flipped[1:], flipped[:-1])),
    ):
        yield normal_statistic(quantity, f"flip: {name}", r)
    drawn = {
        # red - green of a pixel that was red is its saturation
        "desaturate": np.subtract(
            *np.moveaxis(
                draws("desaturate", image, least=0.3)[:, :, 0, 0, :2], -1, 0
            )
        )
        / 0.7
        - 0.3 / 0.7,
        "louder": draws("louder", sound, most=3.0)[:, :, 0] / 0.25 / 2 - 0.5,
        "suppress": np.argmin(draws("suppress", sound), axis=2) / 46,
    }
    for name, U in drawn.items():
        # 46 places of the silence: their steps of 1/46 are no departure.
        slack = 1 / 46 if name == "suppress" else 0.0
        yield distance_statistic(quantity, f"{name}: law", U, "uniform", slack)
        if name == "suppress":
            # 4000 draws of 46 places: the chance to miss one is e^-88.
            ends = float(U.min()), float(U.max())
            yield compare_exactly(
                quantity, "suppress: ends", ends, (0, 45 / 46)
            )
        r = correlation(U[:, 1:], U[:, :-1])
        yield normal_statistic(quantity, f"{name}: neighbours", r)
        r = correlation(U[1:], U[:-1])
        yield normal_statistic(quantity, f"{name}: seed to seed", r)
    N = (draws("noise", sound, scale=0.05) - 0.25) / 0.05
    yield from standard_normal_law(quantity, "noise", N)
