"""Data augmentation, mirrored from
reference/augmentation.py.

Differs from the reference:
- the draws come from a torch.Generator: same law, other bits;
- blur is two convolutions, on channels before rows and columns.

PyTorch's own: torchvision.transforms.v2, outside of PyTorch proper; it
draws once for a batch, and not for each image.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Generator as Rng
from torch import Tensor as Array
from torch import Tensor as Scalar

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
    mirrored = torch.flip(images, dims=[2])
    return torch.where(flipped[:, None, None, None], mirrored, images)


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
    m, height, width, _ = images.shape
    radius = kernel.shape[0] // 2
    # One channel each: (m * 3, 1, height, width), as conv2d wants it.
    x = images.permute(0, 3, 1, 2).reshape(m * 3, 1, height, width)
    x = F.pad(x, (0, 0, radius, radius), mode="replicate")
    x = F.conv2d(x, kernel.reshape(1, 1, -1, 1))
    x = F.pad(x, (radius, radius, 0, 0), mode="replicate")
    x = F.conv2d(x, kernel.reshape(1, 1, 1, -1))
    return x.reshape(m, 3, height, width).permute(0, 2, 3, 1)


def louder(
    sounds: Float[Array, "m samples"], gain: Float[Array, " m"]
) -> Float[Array, "m samples"]:
    """x := gain x, cut off at -1 and 1                  (3.1-augmentation)"""
    return torch.clamp(gain[:, None] * sounds, -1, 1)


def noise(
    sounds: Float[Array, "m samples"],
    N: Float[Array, "m samples"],
    scale: float | Scalar,
) -> Float[Array, "m samples"]:
    """x := x + scale N,  N ~ Normal(0, 1), cut off at -1 and 1
    (3.1-augmentation)"""
    return torch.clamp(sounds + scale * N, -1, 1)


def suppress(
    sounds: Float[Array, "m samples"], start: Int[Array, " m"], length: int
) -> Float[Array, "m samples"]:
    """x_t := 0 for start <= t < start + length          (3.1-augmentation)"""
    t = torch.arange(sounds.shape[1], device=sounds.device)
    start = start[:, None]
    return torch.where((start <= t) & (t < start + length), 0, sounds)


def augment(
    rng: Rng, operation: str, batch: Float[Array, "m ..."], setting: float
) -> Float[Array, "m ..."]:
    """the operation of that name, with its own draws    (3.1-augmentation)"""
    m, dtype, device = batch.shape[0], batch.dtype, batch.device
    match operation:
        case "flip":
            return flip(batch, uniform(rng, batch) < setting)
        case "desaturate":
            saturation = setting + (1 - setting) * uniform(rng, batch)
            return desaturate(batch, saturation)
        case "blur":
            kernel = torch.tensor(gaussian(setting), dtype=dtype, device=device)
            return blur(batch, kernel)
        case "louder":
            return louder(batch, 1 + (setting - 1) * uniform(rng, batch))
        case "noise":
            N = torch.randn(
                batch.shape, generator=rng, dtype=dtype, device=device
            )
            return noise(batch, N, setting)
        case _:
            length = round(setting * batch.shape[1])
            end = batch.shape[1] - length + 1
            starts = torch.randint(end, (m,), generator=rng, device=device)
            return suppress(batch, starts, length)


def uniform(rng: Rng, batch: Array) -> Array:
    """A draw from Uniform[0, 1) for each item of the batch."""
    return torch.rand(
        len(batch), generator=rng, dtype=batch.dtype, device=batch.device
    )
