"""The catalogue of mistakes: a wrong equation in place of the reference's.

wrong/ holds them, a file a page. Each is put through the suite, which has to
catch it in a check of its own clause; see power.py.
"""

from __future__ import annotations

from itertools import chain

from parity_tests.wrong import (
    activations,
    augmentation,
    backpropagation,
    data_parallel,
    deep_networks,
    dropout,
    first_steps,
    gradient_descent,
    initialization,
    losses,
    network,
    optimizers,
    practice,
    regularization,
)
from parity_tests.wrong.mistake import Mistake, Mistaken, in_force

__all__ = ["MISTAKES", "Mistake", "Mistaken", "in_force"]

PAGES = (activations, losses, regularization, dropout, network,
         backpropagation, gradient_descent, optimizers, initialization,
         first_steps, practice, augmentation, deep_networks,
         data_parallel)  # fmt: skip

MISTAKES: tuple[Mistake, ...] = tuple(
    chain.from_iterable(page.MISTAKES for page in PAGES)
)
