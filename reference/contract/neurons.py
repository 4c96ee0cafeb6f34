"""The contract, chapter 1: one neuron, and what descent is."""

from __future__ import annotations

from typing import Any

import numpy as np

from reference.arguments import (
    check_labels,
    check_neuron,
    check_parameters,
)
from reference.contract.handing_over import HandingOver
from reference.validation import (
    check_array,
    check_entries,
    check_integer,
    check_range,
)
from reference.vocabulary import (
    Layer,
    Network,
)

__all__ = ["Neurons"]


class Neurons(HandingOver):
    """The methods of chapter 1."""

    def price(self, w: Any, b: Any, X: Any) -> np.ndarray:
        """max(0, w^T x + b) of each example, (1, m)."""
        arguments = check_neuron(w, b, X, self.dtype)
        return self.call(self.pages.price_model.price, *arguments)

    def flatten_images(self, images: Any) -> np.ndarray:
        """m images (m, ...) as the columns of X (n_x, m)."""
        images = check_array("images", images, self.dtype)
        if images.ndim < 2 or 0 in images.shape:
            raise ValueError(
                "images must have shape (m, ...) with at least one pixel, "
                f"got {images.shape}"
            )
        inside = (images >= 0) & (images <= 1)
        check_entries("images", images, inside, "in [0, 1]")
        return self.call(self.pages.flattening.flatten_images, images)

    def logistic_model(self, w: Any, b: Any, X: Any) -> np.ndarray:
        """sigma(w^T x + b) of each example, (1, m)."""
        arguments = check_neuron(w, b, X, self.dtype)
        return self.call(
            self.pages.logistic_regression.logistic_model, *arguments
        )

    def train_looped(
        self,
        w: Any,
        b: Any,
        X: Any,
        Y: Any,
        *,
        learning_rate: float,
        steps: int,
    ) -> tuple[Layer, np.ndarray]:
        """Logistic regression, example by example: ((w, b), costs)."""
        return self._logistic("looped", w, b, X, Y, learning_rate, steps)

    def train_vectorized(
        self,
        w: Any,
        b: Any,
        X: Any,
        Y: Any,
        *,
        learning_rate: float,
        steps: int,
    ) -> tuple[Layer, np.ndarray]:
        """Logistic regression, all examples at once: ((w, b), costs)."""
        return self._logistic("vectorized", w, b, X, Y, learning_rate, steps)

    def _logistic(
        self,
        way: str,
        w: Any,
        b: Any,
        X: Any,
        Y: Any,
        learning_rate: float,
        steps: int,
    ) -> tuple[Layer, np.ndarray]:
        w, b, X = check_neuron(w, b, X, self.dtype)
        network = Network((len(w), 1), ("sigmoid",))
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        settings: dict[str, Any] = {
            "learning_rate": check_range(
                "learning_rate", learning_rate, dtype=self.dtype
            ),
            "steps": check_integer("steps", steps),
        }
        if settings["steps"] == 0:
            return Layer(w, b), np.zeros(0, self.dtype)
        with self.scope():
            native = self.to_native((Layer(w, b), X, Y))
            trained, costs = self.to_numpy(
                self.run_logistic(way, *native, **settings)
            )
        return Layer(*trained), costs

    def directional_derivative(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        direction: Any,
        l2: float = 0.0,
    ) -> float:
        """How fast J rises along a direction of the parameters' shapes."""
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        direction = check_parameters(
            network, direction, self.dtype, ("dW", "db"), "direction"
        )
        l2 = check_range("l2", l2, dtype=self.dtype)
        page = self.pages.steepest_ascent
        return float(
            self.call(
                page.directional_derivative,
                network, parameters, X, Y, direction, l2,
            )
        )  # fmt: skip

    def midpoint_gap(
        self, network: Network, start: Any, end: Any, X: Any, Y: Any
    ) -> float:
        """The mean of J at both ends, less J in the middle."""
        start, end = (
            check_parameters(
                network, ends, self.dtype, (f"{name} W", f"{name} b"), name
            )
            for name, ends in (("start", start), ("end", end))
        )
        start, X, _ = self.inputs(network, start, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        page = self.pages.convexity
        return float(self.call(page.midpoint_gap, network, start, end, X, Y))
