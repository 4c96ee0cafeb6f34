"""Layers without an activation collapse to one.

Symbol     Shape                   Meaning
W[l], b[l] (n[l], n[l-1]), (n[l], 1)
W', b'     (n[L], n[0]), (n[L], 1) the one layer that equals all of them

Source: notes, section 2.2, why activation functions are needed.
"""

from reference.specification import Layer, Parameters

__all__ = ["collapse"]


def collapse(parameters: Parameters) -> Layer:
    """W' = W[L] ... W[1],  b' = W[L] (... (W[2] b[1] + b[2]) ...) + b[L]
    (2.2-linear-collapse)

    A network with identity hidden layers and any output activation equals
    the one-layer network with this W' and b'.
    """
    W_all, b_all = parameters[0]
    for W, b in parameters[1:]:
        W_all, b_all = W @ W_all, W @ b_all + b
    return Layer(W_all, b_all)
