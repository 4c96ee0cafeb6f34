"""Real data, as the notes want them: examples as columns.

All of it lies in scikit-learn's wheel, which is imported where it is asked
for; nothing is downloaded.
"""

from __future__ import annotations

import functools

import numpy as np

import reference

__all__ = [
    "FEW",
    "breast_cancer",
    "diabetes",
    "digits",
    "photographs",
    "sounds",
    "tumours",
]

FEW = 40
"""Examples that a check takes: bars cost time, and all run in seconds."""


def normalized(X: np.ndarray) -> np.ndarray:
    """X with mean 0 and variance 1 in each row."""
    implementation = reference.implementation()
    return implementation.normalize(X, *implementation.fit_normalization(X))


@functools.cache
def breast_cancer() -> tuple[np.ndarray, np.ndarray]:
    """569 tumours with 30 features, normalized; class 1 is benign."""
    from sklearn.datasets import load_breast_cancer

    target = load_breast_cancer().target
    return normalized(tumours()), target[None, :].astype(float)


@functools.cache
def tumours() -> np.ndarray:
    """The same features as they were measured, from 0.001 to 4254."""
    from sklearn.datasets import load_breast_cancer

    return load_breast_cancer().data.T


@functools.cache
def diabetes() -> tuple[np.ndarray, np.ndarray]:
    """442 patients with 10 features, normalized; the "price" in 0 to 3.46.

    The progression of the disease stands in for a price: a positive number
    that features tell something of. It is given in hundreds.
    """
    from sklearn.datasets import load_diabetes

    data = load_diabetes()
    return normalized(data.data.T), data.target[None, :] / 100


@functools.cache
def digits() -> tuple[np.ndarray, np.ndarray]:
    """1797 images (8, 8) of handwritten digits, in [0, 1], and the digits."""
    from sklearn.datasets import load_digits

    data = load_digits()
    return data.images / 16, data.target


@functools.cache
def photographs() -> np.ndarray:
    """A temple and a flower, (2, 427, 640, 3) in [0, 1]."""
    from sklearn.datasets import load_sample_images

    return np.stack(load_sample_images().images) / 255


@functools.cache
def sounds(m: int = 4, samples: int = 4000) -> np.ndarray:
    """Plucked strings (m, samples) in [-1, 1], by Karplus and Strong.

    scikit-learn's wheel has no sound; a string is noise in a loop that
    averages neighbours, and sounds like one.
    """
    rng, strings = np.random.default_rng(0), []
    for length in range(40, 40 + 20 * m, 20):
        string = list(rng.uniform(-0.5, 0.5, length))
        for t in range(samples - length):
            string.append(0.498 * (string[t] + string[t + 1]))
        strings.append(string)
    return np.array(strings)
