"""Arrays that carry their error bars, and what rounding likely does.

A RoundedArray holds a value, computed one precision up, and with it

    error       a bound on how far any stable computation of the same
                equation in a given arithmetic may land from it
    deviations  how far many such computations do land from it, if each of
                their roundings is drawn at random

The reference's own pages run on it unchanged, and so every result comes
with the bound and the sample that a comparison needs:

    A = forward(network, lift(parameters, FLOAT32), lift(X, FLOAT32))
    abs(A_of_another[l] - A[l].value) <= A[l].error

The roundings counted are those of the widest stable evaluation: np.sum and @
may add in any order, a quotient be a product with a reciprocal, a factor
enter before or after a sum. Two terms joined by + are added as they stand.

A file each: arithmetic.py, what is computed in; arrays.py, the array;
deviations.py, what a rounding does; and what becomes of a value, its error
and its deviations: sums.py, functions.py, decisions.py, rearranging.py.

Sources: Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed.
(2002), chapters 2 to 4, for the worst case. Parker, Monte Carlo Arithmetic
(1997), and Higham and Mary, SIAM J. Sci. Comput. 41 (2019) A2815, for the
likely one.
"""

from reference.rounding import decisions, functions, rearranging, sums
from reference.rounding.arithmetic import (
    BFLOAT16,
    FLOAT32,
    FLOAT64,
    TF32,
    Arithmetic,
    fewer_bits,
)
from reference.rounding.arrays import RULES, RoundedArray, lift

__all__ = [
    "Arithmetic",
    "BFLOAT16",
    "FLOAT32",
    "FLOAT64",
    "RoundedArray",
    "TF32",
    "fewer_bits",
    "lift",
]

for page in (sums, functions, decisions, rearranging):
    RULES.update(page.RULES)
