"""A plain torch.nn.Sequential, BCEWithLogitsLoss and SGD(weight_decay=...)."""

from typing import Any

from torch import nn
from torch.optim import SGD

from parity_tests.judging.live import OfModule

MODEL = nn.Sequential(
    nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 1)
).double()


def decayed(own: Any, learning_rate: float, l2: float, m: int) -> SGD:
    """The penalty of the notes: lambda / m, of the weights alone."""
    weights = {"params": own[::2], "weight_decay": l2 / m}
    return SGD([weights, {"params": own[1::2]}], lr=learning_rate)


def everything_decayed(
    own: Any, learning_rate: float, l2: float, _: int
) -> SGD:
    """As it is often written: lambda itself, of the biases too."""
    return SGD(own, lr=learning_rate, weight_decay=l2)


def guest() -> OfModule:
    """As the notes want it."""
    return OfModule(MODEL, nn.BCEWithLogitsLoss(), decayed)


def mistaken() -> OfModule:
    """As it often is."""
    return OfModule(MODEL, nn.BCEWithLogitsLoss(), everything_decayed)
