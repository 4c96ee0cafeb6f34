"""Data parallelism: that nothing depends on how many ranks there are."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from parity_tests.comparison import Comparison, compare_exactly, proves
from reference import Network
from reference.specification import Contract

__all__ = ["example_masks"]

NETWORK = Network((4, 7, 3, 1), ("tanh", "relu", "sigmoid"))
COUNTS = (1, 5, 6, 13, 40)
"""Numbers of examples, which put each of them on one rank or another."""


@proves("3.1-dropout")
def example_masks(implementation: Contract) -> Iterator[Comparison]:
    """A mask is its example's: others that come behind do not change it,
    though they move it to another rank, and no two have the same."""
    if getattr(implementation, "ranks", 1) < 2:
        return  # one process need not promise it
    most, quantity = max(COUNTS), "masks of ranks"
    whole = implementation.sample_dropout(NETWORK, 0.5, most, 3).masks
    for m in COUNTS:
        masks = implementation.sample_dropout(NETWORK, 0.5, m, 3).masks
        for l, (some, all_) in enumerate(zip(masks, whole, strict=True), 1):
            same = bool(np.array_equal(some, all_[:, :m]))
            yield compare_exactly(quantity, f"D[{l}], m = {m}", same, True)
    # 2^-14 a pair for two by chance, were they drawn anew for each seed.
    together = np.concatenate(whole[:2])
    apart = len({column.tobytes() for column in together.T.copy()})
    seed = f"examples apart of {most}"
    yield compare_exactly(quantity, seed, apart >= most - 3, True)
