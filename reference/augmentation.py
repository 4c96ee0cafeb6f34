"""Data augmentation: more examples out of those there are.

Symbol      Shape                   Meaning
images      (m, height, width, 3)   red, green, blue, in [0, 1]
sounds      (m, samples)            amplitudes in [-1, 1]
setting     scalar                  of each operation, by its name:
probability                         that an image is flipped, in [0, 1]
least                               of the saturation that is left, in [0, 1]
sigma                               width of the blur, in pixels
most                                of the gain, >= 1
scale                               standard deviation of the noise
share                               of a sound that is silenced, in [0, 1]

Source: notes, section 3.1, which names the operations and no formula.
Suppression is taken as a stretch of silence. What is random is drawn apart
from the operation, for each image and each sound anew.
"""

import math

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import floating as Scalar
from numpy import ndarray as Array
from numpy.random import Generator as Rng

__all__ = [
    "flip",
    "desaturate",
    "gaussian",
    "blur",
    "louder",
    "noise",
    "suppress",
    "augment",
]


def flip(
    images: Float[Array, "m height width 3"], flipped: Bool[Array, " m"]
) -> Float[Array, "m height width 3"]:
    """x_hw := x_h,width-1-w in the images that are flipped
    (3.1-augmentation)"""
    return np.where(flipped[:, None, None, None], images[:, :, ::-1], images)


def desaturate(
    images: Float[Array, "m height width 3"], saturation: Float[Array, " m"]
) -> Float[Array, "m height width 3"]:
    """x := gray + saturation (x - gray),
    gray = 0.299 red + 0.587 green + 0.114 blue         (3.1-augmentation)

    The weights of ITU-R BT.601; saturation 1 changes nothing, 0 leaves gray.
    """
    red, green, blue = (images[..., c : c + 1] for c in range(3))
    gray = 0.299 * red + 0.587 * green + 0.114 * blue
    return gray + saturation[:, None, None, None] * (images - gray)


def gaussian(sigma: float) -> tuple[float, ...]:
    """k_d = e^(-d^2 / (2 sigma^2)) / sum, |d| <= 3 sigma
    (3.1-augmentation)"""
    radius = math.ceil(3 * sigma)
    # d / sigma twice: sigma * sigma would underflow to zero.
    k = [
        math.exp(-(d / sigma) * (d / sigma) / 2)
        for d in range(-radius, radius + 1)
    ]
    return tuple(k_d / sum(k) for k_d in k)


def blur(
    images: Float[Array, "m height width 3"], kernel: Float[Array, " k"]
) -> Float[Array, "m height width 3"]:
    """x_hw := sum_d sum_e k_d k_e x_h+d,w+e             (3.1-augmentation)

    Rows and columns one after the other; beyond its edge an image goes on
    with the pixels of the edge.
    """
    radius = kernel.shape[0] // 2
    for axis in (1, 2):
        last = images.shape[axis] - 1
        # One after the other: all at once would fill the memory.
        terms = (
            kernel[radius + d]
            * np.take(images, np.clip(np.arange(last + 1) + d, 0, last), axis)
            for d in range(-radius, radius + 1)
        )
        images = sum(terms, start=next(terms))
    return images


def louder(
    sounds: Float[Array, "m samples"], gain: Float[Array, " m"]
) -> Float[Array, "m samples"]:
    """x := gain x, cut off at -1 and 1                  (3.1-augmentation)"""
    return np.clip(gain[:, None] * sounds, -1, 1)


def noise(
    sounds: Float[Array, "m samples"],
    N: Float[Array, "m samples"],
    scale: float | Scalar,
) -> Float[Array, "m samples"]:
    """x := x + scale N,  N ~ Normal(0, 1), cut off at -1 and 1
    (3.1-augmentation)"""
    return np.clip(sounds + scale * N, -1, 1)


def suppress(
    sounds: Float[Array, "m samples"], start: Int[Array, " m"], length: int
) -> Float[Array, "m samples"]:
    """x_t := 0 for start <= t < start + length          (3.1-augmentation)"""
    t, start = np.arange(sounds.shape[1]), start[:, None]
    return np.where((start <= t) & (t < start + length), 0 * sounds, sounds)


def augment(
    rng: Rng, operation: str, batch: Float[Array, "m ..."], setting: float
) -> Float[Array, "m ..."]:
    """the operation of that name, with its own draws    (3.1-augmentation)"""
    m, dtype = batch.shape[0], batch.dtype
    match operation:
        case "flip":
            return flip(batch, rng.random((m,)) < setting)
        case "desaturate":
            saturation = setting + (1 - setting) * rng.random((m,))
            return desaturate(batch, saturation.astype(dtype))
        case "blur":
            return blur(batch, np.array(gaussian(setting), dtype))
        case "louder":
            gain = 1 + (setting - 1) * rng.random((m,))
            return louder(batch, gain.astype(dtype))
        case "noise":
            N = rng.standard_normal(batch.shape)
            return noise(batch, N.astype(dtype), setting)
        case _:
            length = round(setting * batch.shape[1])
            starts = rng.integers(0, batch.shape[1] - length + 1, m)
            return suppress(batch, starts, length)
