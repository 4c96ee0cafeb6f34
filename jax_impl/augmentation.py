"""Data augmentation, mirrored from
reference/augmentation.py.

Differs from the reference:
- the draws come from an explicit key: same law, other bits;
- blur is jnp.correlate along each line, by jax.vmap;
- augment is jitted, once for each operation and setting.

JAX's own: jax.random for the draws; there are no transforms. jnp.convolve
turns its kernel round, and PyTorch's conv2d does not.
"""

import functools
import math

import jax
import jax.numpy as jnp
from jax import Array
from jax import Array as Rng
from jax import Array as Scalar
from jaxtyping import Bool, Float, Int

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
    mirrored = jnp.flip(images, axis=2)
    return jnp.where(flipped[:, None, None, None], mirrored, images)


def desaturate(
    images: Float[Array, "m height width 3"], saturation: Float[Array, " m"]
) -> Float[Array, "m height width 3"]:
    """x := gray + saturation (x - gray),
    gray = 0.299 red + 0.587 green + 0.114 blue         (3.1-augmentation)"""
    red, green, blue = (images[..., c : c + 1] for c in range(3))
    gray = 0.299 * red + 0.587 * green + 0.114 * blue
    return gray + saturation[:, None, None, None] * (images - gray)


def gaussian(sigma: float) -> tuple[float, ...]:
    """k_d = e^(-d^2 / (2 sigma^2)) / sum, |d| <= 3 sigma
    (3.1-augmentation)"""
    radius = math.ceil(3 * sigma)
    k = [
        math.exp(-(d / sigma) * (d / sigma) / 2)
        for d in range(-radius, radius + 1)
    ]
    return tuple(k_d / sum(k) for k_d in k)


def blur(
    images: Float[Array, "m height width 3"], kernel: Float[Array, " k"]
) -> Float[Array, "m height width 3"]:
    """x_hw := sum_d sum_e k_d k_e x_h+d,w+e             (3.1-augmentation)"""
    radius = kernel.shape[0] // 2

    def along(x: Array) -> Array:
        padded = jnp.pad(x, radius, mode="edge")
        return jnp.correlate(padded, kernel, mode="valid")

    for axis in (1, 2):
        lines = jnp.moveaxis(images, axis, -1)
        blurred = jax.vmap(along)(lines.reshape(-1, lines.shape[-1]))
        images = jnp.moveaxis(blurred.reshape(lines.shape), -1, axis)
    return images


def louder(
    sounds: Float[Array, "m samples"], gain: Float[Array, " m"]
) -> Float[Array, "m samples"]:
    """x := gain x, cut off at -1 and 1                  (3.1-augmentation)"""
    return jnp.clip(gain[:, None] * sounds, -1, 1)


def noise(
    sounds: Float[Array, "m samples"],
    N: Float[Array, "m samples"],
    scale: float | Scalar,
) -> Float[Array, "m samples"]:
    """x := x + scale N,  N ~ Normal(0, 1), cut off at -1 and 1
    (3.1-augmentation)"""
    return jnp.clip(sounds + scale * N, -1, 1)


def suppress(
    sounds: Float[Array, "m samples"], start: Int[Array, " m"], length: int
) -> Float[Array, "m samples"]:
    """x_t := 0 for start <= t < start + length          (3.1-augmentation)"""
    t, start = jnp.arange(sounds.shape[1]), start[:, None]
    return jnp.where((start <= t) & (t < start + length), 0, sounds)


@functools.partial(jax.jit, static_argnames=("operation", "setting"))
def augment(
    rng: Rng, operation: str, batch: Float[Array, "m ..."], setting: float
) -> Float[Array, "m ..."]:
    """the operation of that name, with its own draws    (3.1-augmentation)"""
    m, dtype = batch.shape[0], batch.dtype
    match operation:
        case "flip":
            return flip(batch, jax.random.bernoulli(rng, setting, (m,)))
        case "desaturate":
            saturation = jax.random.uniform(rng, (m,), dtype, minval=setting)
            return desaturate(batch, saturation)
        case "blur":
            return blur(batch, jnp.array(gaussian(setting), dtype))
        case "louder":
            gain = jax.random.uniform(rng, (m,), dtype, 1, setting)
            return louder(batch, gain)
        case "noise":
            N = jax.random.normal(rng, batch.shape, dtype)
            return noise(batch, N, setting)
        case _:
            length = round(setting * batch.shape[1])
            end = batch.shape[1] - length + 1
            starts = jax.random.randint(rng, (m,), 0, end)
            return suppress(batch, starts, length)
