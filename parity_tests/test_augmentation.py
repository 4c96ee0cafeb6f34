"""The six augmentations, on photographs and on sound."""

import re
from typing import Any

import numpy as np
import pytest

from parity_tests.checks.augmentation import augmentation, augmentation_law
from parity_tests.comparison import require
from parity_tests.data import photographs, sounds
from parity_tests.examples import examples_of
from parity_tests.pages import page_parity
from reference.specification import AUGMENTATIONS, Contract


@pytest.mark.clause("3.1-augmentation")
@pytest.mark.parametrize("example", examples_of("augmentation"))
def test_page(implementation: Contract, example: str) -> None:
    require(page_parity(implementation, example))


@pytest.mark.compiles
@pytest.mark.clause("3.1-augmentation")
def test_parity(implementation: Contract) -> None:
    require(augmentation(implementation))


@pytest.mark.compiles
@pytest.mark.clause("3.1-augmentation")
def test_law(implementation: Contract) -> None:
    """augment: what it draws, for each image and each sound anew."""
    require(augmentation_law(implementation))


@pytest.mark.clause("3.1-augmentation")
def test_worked_example(implementation: Contract) -> None:
    """A red pixel is 0.299 gray; a step of blur; a gain that is cut off."""
    red = np.array([[[[1.0, 0.0, 0.0], [0.0, 0.0, 0.0]]]])
    eps = 4 * np.finfo(implementation.dtype).eps
    flipped = implementation.augment("flip", red, 0, probability=1)
    assert flipped[0, 0].tolist() == [[0, 0, 0], [1, 0, 0]]
    page, dtype = implementation.pages.augmentation, implementation.dtype
    gray = implementation.call(
        page.desaturate, red.astype(dtype), np.zeros(1, dtype)
    )
    assert np.max(np.abs(gray[0, 0] - [[0.299] * 3, [0] * 3])) <= eps
    kernel = np.array([0.25, 0.5, 0.25], dtype)
    soft = implementation.call(page.blur, red.astype(dtype), kernel)
    # The edge goes on: 0.25 + 0.5 of the red pixel, 0.25 of the black one.
    assert soft[0, 0, :, 0].tolist() == [0.75, 0.25]
    loud = implementation.call(
        page.louder, np.array([[0.25, -0.75]], dtype), np.array([2.0], dtype)
    )
    assert loud.tolist() == [[0.5, -1.0]]


def test_whole_photographs(implementation: Contract) -> None:
    """Two photographs of 427 x 640, at full size, by each operation."""
    for operation in ("flip", "desaturate", "blur"):
        got = implementation.augment(operation, photographs(), 1)
        assert got.shape == photographs().shape
        assert got.dtype == implementation.dtype
        assert got.min() >= -1e-6
        assert got.max() <= 1 + 1e-6


IMAGES, SOUNDS = np.full((2, 3, 3, 3), 0.5), sounds(2, 100)
BAD: tuple[tuple[str, Any, dict[str, float], str], ...] = (
    ("rotate", IMAGES, {}, "operation must be one of 'flip', 'desaturate'"),
    ("flip", IMAGES[0], {}, "images must have shape (m, height, width, 3), "
     "got (3, 3, 3)"),
    ("blur", IMAGES[..., :1], {}, "images must have shape"),
    ("flip", 255 * IMAGES, {}, "images must be in [0, 1], got 127.5 at "
     "[0, 0, 0, 0]"),
    ("flip", np.nan * IMAGES, {}, "images must be finite"),
    ("louder", np.ones((2, 0)), {}, "sounds must have shape (m, samples) "
     "with samples >= 1, got (2, 0)"),
    ("noise", 2 + SOUNDS, {}, "sounds must be in [-1, 1]"),
    ("flip", IMAGES, {"probability": 1.5}, "probability must be in [0, 1], "
     "got 1.5"),
    ("louder", SOUNDS, {"most": 0.5}, "most must be in [1, inf), got 0.5"),
    ("blur", IMAGES, {"sigma": 0}, "sigma must be in (0, 1000], got 0"),
    ("noise", SOUNDS, {"scale": float("nan")}, "scale must be in [0, inf)"),
    ("noise", SOUNDS, {"scale": np.inf},
     "scale must be in [0, inf), got inf"),
)  # fmt: skip


@pytest.mark.parametrize(("operation", "batch", "settings", "message"), BAD)
def test_bad_input(
    implementation: Contract,
    operation: str,
    batch: Any,
    settings: dict[str, float],
    message: str,
) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.augment(operation, batch, 0, **settings)


def test_settings_beyond_the_dtype(implementation: Contract) -> None:
    """A gain that float32 has not; a blur so narrow that it is none."""
    if implementation.dtype == np.float32:
        message = "most must be finite in float32, got 1e+308"
        with pytest.raises(ValueError, match=re.escape(message)):
            implementation.augment("louder", 0 * SOUNDS, 0, most=1e308)
    got = implementation.augment("blur", IMAGES, 0, sigma=1e-200)
    assert got.tolist() == IMAGES.tolist()


def test_unknown_settings(implementation: Contract) -> None:
    for operation, (name, _) in AUGMENTATIONS.items():
        on_sound = operation in ("louder", "noise", "suppress")
        batch = SOUNDS if on_sound else IMAGES
        message = f"{operation} has the setting {name}, got 'strength'"
        with pytest.raises(TypeError, match=message):
            implementation.augment(operation, batch, 0, strength=1)


def test_ragged_images(implementation: Contract) -> None:
    ragged = [[[[0.0, 0.0, 0.0]]], [[[0.0, 0.0]]]]
    with pytest.raises(TypeError, match="images must be an array of numbers"):
        implementation.augment("flip", ragged, 0)
