"""Understanding, in pictures: what the notes say of training, on real data.

A file a section: measure runs every framework that is here, in float64 and
from the same start, and hands back lists, floats and words, for JSON; draw
makes the picture of that alone; CAPTION is what stands under it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from threadpoolctl import threadpool_limits

from parity_tests.implementations import MODES, Choice
from reports.pictures import svg
from reports.understanding import (
    augmentation,
    depth,
    gradient_check,
    learning_rate,
    normalization,
    regularization,
    weights,
)
from reports.understanding.drawing import LARGER
from reports.understanding.measurement import Here

__all__ = ["CAPTIONS", "one_each", "understand", "understanding_pictures"]

SECTIONS: dict[str, Any] = {
    "learning_rate": learning_rate,
    "normalization": normalization,
    "regularization": regularization,
    "depth": depth,
    "weights": weights,
    "augmentation": augmentation,
    "gradient_check": gradient_check,
}
CAPTIONS: dict[str, str] = {
    name: section.CAPTION for name, section in SECTIONS.items()
}


def understand(
    choices: list[Choice], say: Callable[[str], None]
) -> dict[str, Any]:
    """Every section by one choice a framework, ready for JSON."""
    here = one_each(choices)
    found = {}
    # A training that diverges overflows, and is meant to; and arrays this
    # small are slower on many threads than on one.
    with np.errstate(over="ignore", invalid="ignore"), threadpool_limits(1):
        for name, section in SECTIONS.items():
            say(f"understanding: {name.replace('_', ' ')}")
            found[name] = section.measure(here)
    return found


def one_each(choices: list[Choice]) -> Here:
    """The package's default mode on the CPU, in float64, by framework."""
    return {
        choice.name: replace(choice, dtype="float64").build()
        for choice in choices
        if choice.mode == MODES[choice.package][0] and choice.device == "cpu"
    }


def understanding_pictures(found: dict[str, Any]) -> dict[str, str]:
    """An <svg> for each section that was found."""
    with plt.rc_context(LARGER):
        return {name: svg(SECTIONS[name].draw(found[name])) for name in found}
