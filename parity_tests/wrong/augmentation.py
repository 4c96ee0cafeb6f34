"""Mistakes in augmentation."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake

__all__ = ["MISTAKES"]


def blur_into_black(images: Any, kernel: Any) -> Any:
    r = len(kernel) // 2
    padded = np.pad(images, ((0, 0), (r, r), (r, r), (0, 0)))
    for axis in (1, 2):
        n = padded.shape[axis] - 2 * r
        padded = sum(
            k * np.take(padded, np.arange(n) + d, axis)
            for d, k in enumerate(kernel)
        )
    return padded


def blurred_one_way(images: Any, kernel: Any) -> Any:
    r, last = len(kernel) // 2, images.shape[1] - 1
    return sum(
        kernel[r + d]
        * np.take(images, np.clip(np.arange(last + 1) + d, 0, last), 1)
        for d in range(-r, r + 1)
    )


def not_of_sum_1(sigma: float) -> tuple[float, ...]:
    radius = math.ceil(3 * sigma)
    return tuple(
        math.exp(-(d * d) / (2 * sigma**2)) / (sigma * math.sqrt(2 * math.pi))
        for d in range(-radius, radius + 1)
    )


def toward_the_mean(images: Any, saturation: Any) -> Any:
    gray = np.mean(images, axis=-1, keepdims=True)
    return gray + saturation[:, None, None, None] * (images - gray)


def desaturated(images: Any, saturation: Any) -> Any:
    gray = images @ np.array([0.299, 0.587, 0.114], images.dtype)
    s = saturation[:, None, None, None]
    return s * gray[..., None] + (1 - s) * images


def suppressed(sounds: Any, start: Any, length: int) -> Any:
    t = np.arange(sounds.shape[1])
    inside = (start[:, None] <= t) & (t <= start[:, None] + length)
    return np.where(inside, 0 * sounds, sounds)


M = Mistake
MISTAKES = (
    M("flipped upside down", "3.1-augmentation", "augmentation.flip",
      "augmentation", "The rows are reversed, and not the columns.",
      "Reverse axis 2 of (m, height, width, 3).",
      lambda images, flipped: np.where(
          flipped[:, None, None, None], images[:, ::-1], images)),
    M("flip seeded inside", "3.1-augmentation", "augmentation.flip",
      "augmentation_law", "The same images are flipped for every seed.",
      "Draw from the generator that was handed on.",
      lambda images, flipped: np.where(
          (np.arange(len(images)) < np.sum(flipped))[:, None, None, None],
          images[:, :, ::-1], images)),
    M("colours flipped too", "3.1-augmentation", "augmentation.flip",
      "augmentation", "Red and blue were interchanged with the columns.",
      "Reverse axis 2 alone.",
      lambda images, flipped: np.where(
          flipped[:, None, None, None], images[:, :, ::-1, ::-1], images)),
    M("gray as the mean of colours", "3.1-augmentation",
      "augmentation.desaturate", "augmentation",
      "Red, green and blue were weighed alike.",
      "Weigh them 0.299, 0.587 and 0.114.", toward_the_mean),
    M("saturation the other way", "3.1-augmentation",
      "augmentation.desaturate", "augmentation",
      "A saturation of 1 makes the image gray.", "It leaves it as it is.",
      desaturated),
    M("dark edges", "3.1-augmentation", "augmentation.blur",
      "augmentation", "Beyond its edge an image is black.",
      "Repeat the pixels of the edge.", blur_into_black),
    M("blurred one way", "3.1-augmentation", "augmentation.blur",
      "augmentation", "The columns were blurred, and not the rows.",
      "Blur along both axes.", blurred_one_way),
    M("kernel not of sum 1", "3.1-augmentation", "augmentation.gaussian",
      "augmentation",
      "The density was sampled, and its samples do not add up to 1.",
      "Divide by their sum.", not_of_sum_1),
    M("gain beyond the range", "3.1-augmentation", "augmentation.louder",
      "augmentation", "The sound is not cut off at -1 and 1.",
      "Clip it.", lambda sounds, gain: 4 * gain[:, None] * sounds),
    M("one draw for the batch", "3.1-augmentation", "augmentation.louder",
      "augmentation_law", "Every sound has the same gain.",
      "Draw one for each.",
      lambda sounds, gain: np.clip(gain[:1, None] * sounds, -1, 1)),
    M("noise twice as loud", "3.1-augmentation", "augmentation.noise",
      "augmentation_law", "The noise has twice its standard deviation.",
      "scale is the standard deviation.",
      lambda sounds, N, scale: np.clip(sounds + 2 * scale * N, -1, 1)),
    M("noise that multiplies", "3.1-augmentation", "augmentation.noise",
      "augmentation_law", "The noise goes with the sound.", "Add it.",
      lambda sounds, N, scale: np.clip(sounds * (1 + scale * N), -1, 1)),
    M("silence one sample too long", "3.1-augmentation",
      "augmentation.suppress", "augmentation",
      "The end of the silence was counted in.",
      "It ends before start + length.", suppressed),
)  # fmt: skip
