"""Layers without an activation collapse to one, mirrored from
reference/linear_collapse.py.

Differs from the reference:
- nothing.
"""

from reference.specification import Layer, Parameters

__all__ = ["collapse"]


def collapse(parameters: Parameters) -> Layer:
    """W' = W[L] ... W[1],  b' = W[L] (... (W[2] b[1] + b[2]) ...) + b[L]
    (2.2-linear-collapse)"""
    W_all, b_all = parameters[0]
    for W, b in parameters[1:]:
        W_all, b_all = W @ W_all, W @ b_all + b
    return Layer(W_all, b_all)
