"""Hypothesis strategies: networks, and cases on them, of any shape."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from parity_tests.cases import Case
from reference import Dropout, Layer, Network
from reference.specification import ACTIVATIONS, OUTPUTS

__all__ = ["cases", "networks"]

FEW = (
    (Network((3, 4, 2), ("tanh", "sigmoid")), 5),
    (Network((4, 4, 4, 4), ("relu", "leaky_relu", "identity"), 0.2), 4),
    (Network((1, 1), ("relu",)), 1),
)
"""The shapes for implementations that compile for each."""


@st.composite
def networks(draw: st.DrawFn) -> tuple[Network, int]:
    """A network of 1 to 4 layers of 1 to 6 nodes, and m = 1 to 7."""
    L = draw(st.integers(1, 4))
    sizes = draw(st.tuples(*[st.integers(1, 6)] * (L + 1)))
    hidden = draw(st.tuples(*[st.sampled_from(ACTIVATIONS)] * (L - 1)))
    output = draw(st.sampled_from(OUTPUTS))
    slope = draw(st.sampled_from((0.01, 0.25, 0.0, 1.0)))
    network = Network(sizes, (*hidden, output), slope)
    return network, draw(st.integers(1, 7))


@st.composite
def cases(draw: st.DrawFn, few_shapes: bool) -> Case:
    """A case with values in [-4, 4], many of them 0 or equal."""
    network, m = draw(st.sampled_from(FEW) if few_shapes else networks())

    def values(shape: tuple[int, ...], low: float = -4.0) -> Any:
        numbers = st.floats(low, low + 8 if low else 1, width=32)
        return hnp.arrays(np.float64, shape, elements=numbers)

    parameters = tuple(
        Layer(draw(values(shape)), draw(values((shape[0], 1))))
        for shape in network.shapes
    )
    binary = network.activations[-1] == "sigmoid"
    X = draw(values((network.layer_sizes[0], m)))
    Y = draw(values((network.layer_sizes[-1], m), 0.0 if binary else -4.0))
    dropout = None
    if draw(st.booleans()):
        masks = tuple(
            draw(hnp.arrays(np.bool_, (n, m)))
            for n in network.layer_sizes[1:-1]
        )
        dropout = Dropout(draw(st.sampled_from((0.8, 0.5, 0.1, 1.0))), masks)
    l2 = draw(st.sampled_from((0.0, 0.1, 3.0)))
    return Case("random", network, parameters, X, Y, l2, dropout)
