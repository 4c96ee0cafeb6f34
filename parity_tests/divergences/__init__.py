"""Where NumPy, PyTorch and JAX differ: claims that run.

Each file has the entries of a topic, in the order of the page.
"""

from parity_tests.divergences import (
    activations,
    initialization,
    losses,
    numbers,
    regularization,
    shapes,
    training,
)
from parity_tests.divergences.entry import Divergence

__all__ = ["DIVERGENCES", "TOPICS"]

TOPICS: dict[str, tuple[Divergence, ...]] = {
    title: tuple(v for v in vars(page).values() if isinstance(v, Divergence))
    for title, page in {
        "Losses and costs": losses,
        "Activations": activations,
        "Regularization": regularization,
        "Initialization and random numbers": initialization,
        "Shapes, axes and indices": shapes,
        "Numbers": numbers,
        "Training, memory and compilation": training,
    }.items()
}
DIVERGENCES = tuple(d for entries in TOPICS.values() for d in entries)
"""All of them."""
