"""Flattening: examples as columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from parity_tests.comparison import Comparison, compare_exactly, proves
from parity_tests.data import FEW, digits
from reference import Layer, Network
from reference.specification import Contract

__all__ = ["notation"]


@proves("1.1-notation")
def notation(implementation: Contract) -> Iterator[Comparison]:
    """Real digits as columns: column i is image i, row by row."""
    images, _ = digits()
    X = implementation.flatten_images(images[:FEW])
    due = [image.ravel().tolist() for image in images[:FEW]]
    yield compare_exactly("notation", "columns", X.T.tolist(), due)
    A = implementation.forward(*constant_network((64, 3, 1)), X)
    yield compare_exactly("notation", "A[1]", A[0].shape, (3, FEW))


def constant_network(sizes: tuple[int, ...]) -> tuple[Network, Any]:
    """A tanh network with a sigmoid output, all of whose weights are 1/8."""
    hidden = ("tanh",) * (len(sizes) - 2)
    network = Network(sizes, (*hidden, "sigmoid"))
    return network, tuple(
        Layer(np.full(shape, 0.125), np.zeros((shape[0], 1)))
        for shape in network.shapes
    )
