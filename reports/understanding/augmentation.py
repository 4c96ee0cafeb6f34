"""Augmentation: the six operations, before and after."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from parity_tests.data import photographs, sounds
from reference.specification import AUGMENTATIONS
from reports.pictures import COLOURS
from reports.understanding.drawing import INK, NAMES, title
from reports.understanding.measurement import Here, told

__all__ = ["CAPTION", "draw", "measure"]

CAPTION = (
    "More examples out of those there are (3.1-augmentation): three "
    "operations on photographs, three on a plucked string. The colour "
    "says whose operation it is; the original sound is the pale line."
)
SETTINGS = {"flip": 1.0, "desaturate": 0.0, "blur": 2.0,
            "louder": 3.0, "noise": 0.1, "suppress": 0.25}  # fmt: skip
SEED = 7


def measure(here: Here) -> dict[str, Any]:
    """The six operations, dealt out among the frameworks that are here."""
    photos, sound = thumbnails(), sounds()[:1, :400]
    operations = {}
    for k, (operation, (setting, _)) in enumerate(AUGMENTATIONS.items()):
        name = list(here)[k % len(here)]
        batch = photos if k < 3 else sound
        after = here[name].augment(
            operation, batch, seed=SEED, **{setting: SETTINGS[operation]}
        )
        operations[operation] = {
            "framework": name,
            "setting": f"{setting} {SETTINGS[operation]:g}",
            **as_example(after),
        }
    return {
        "shape": list(photos.shape),
        **as_example(photos),
        **as_example(sound),
        "operations": operations,
    }


def thumbnails() -> np.ndarray:
    """The two photographs, cropped, each pixel the mean of 5 x 5."""
    cut = photographs()[:, 40:400, 80:560]
    return cut.reshape(2, 72, 5, 96, 5, 3).mean((2, 4))


def as_example(batch: np.ndarray) -> dict[str, Any]:
    """Images as bytes 0 to 255 in base64, row by row; the one sound."""
    if batch.ndim == 2:
        return {"sound": told(batch[0])}
    levels = np.rint(255 * np.clip(batch, 0, 1)).astype(np.uint8)
    return {"image": base64.b64encode(levels.tobytes()).decode()}


def draw(found: dict[str, Any]) -> Figure:
    """Photographs and sounds, before and after."""
    figure = plt.figure(figsize=(9, 6), layout="constrained")
    above, below = figure.subfigures(
        2, 1, height_ratios=[1.6, 1], squeeze=False
    ).flat
    seen = {k: o for k, o in found["operations"].items() if "image" in o}
    heard = {k: o for k, o in found["operations"].items() if "sound" in o}
    columns = above.subplots(2, 4, gridspec_kw={"hspace": 0, "wspace": 0}).T
    pair(columns[0], "original", found, found["shape"])
    for column, (name, operation) in zip(
        columns[1:], seen.items(), strict=True
    ):
        pair(column, name, operation, found["shape"])
    for ax, (name, operation) in zip(
        below.subplots(1, 3, sharey=True).flat, heard.items(), strict=True
    ):
        ax.plot(found["sound"], color="#b8b8b8", lw=2.6)
        ax.plot(operation["sound"], color=COLOURS[operation["framework"]], lw=1)
        ax.set(ylim=(-1.1, 1.1), xlabel="sample")
        heading(ax, name, operation)
    below.axes[0].set_ylabel("amplitude")
    title(figure, "Six ways to a new example from an old one")
    used = {o["framework"] for o in found["operations"].values()}
    below.legend(handles=[
        Line2D([], [], color=COLOURS[n], lw=2, label=f"by {NAMES[n]}")
        for n in NAMES if n in used
    ], loc="outside lower center", ncols=3, frameon=False)  # fmt: skip
    return figure


def pair(
    column: Any, name: str, operation: dict[str, Any], shape: list[int]
) -> None:
    """The two photographs after an operation, one above the other."""
    for ax, image in zip(
        column, pixels(operation["image"], shape), strict=True
    ):
        ax.imshow(image, interpolation="none")
        ax.axis("off")
    heading(column[0], name, operation)


def heading(ax: Axes, name: str, operation: dict[str, Any]) -> None:
    """The operation and its setting, in its framework's colour."""
    setting = f", {operation['setting']}" if "setting" in operation else ""
    ax.set_title(
        name + setting, color=COLOURS.get(operation.get("framework", ""), INK)
    )


def pixels(text: str, shape: list[int]) -> np.ndarray:
    """The images of a base64 text, in bytes."""
    data = np.frombuffer(base64.b64decode(text), np.uint8)
    return data.reshape(shape)
