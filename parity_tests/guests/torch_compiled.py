"""The same torch.nn.Sequential, by torch.compile."""

import torch
from torch import nn

from parity_tests.guests.torch_sequential import MODEL, decayed
from parity_tests.judging.live import OfModule


def guest() -> OfModule:
    """As the notes want it."""
    return OfModule(torch.compile(MODEL), nn.BCEWithLogitsLoss(), decayed)
