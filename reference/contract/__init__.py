"""The contract: what every implementation answers, NumPy in and NumPy out.

A thin skin around an implementation's pages: check the arguments, hand
them over in the framework's terms, hand the result back. Its methods are in
a file a chapter of the notes; handing_over.py has what a package subclasses
it with.
"""

from reference.contract.optimization import Optimization

__all__ = ["Contract"]


class Contract(Optimization):
    """One implementation of the notes on one device, in one dtype and mode.

    Shapes are the notes': X (n_x, m), Y (n_L, m), W[l] (n[l], n[l-1]),
    b[l] (n[l], 1), A[l] (n[l], m). Every method raises ValueError or
    TypeError, naming the argument, before anything is computed.
    """
