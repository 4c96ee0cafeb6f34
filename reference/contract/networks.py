"""The contract, chapter 2: networks, their gradients, their training."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from reference.arguments import (
    check_labels,
    check_network,
    check_parameters,
)
from reference.contract.neurons import Neurons
from reference.validation import (
    check_array,
    check_choice,
    check_integer,
    check_range,
)
from reference.vocabulary import (
    ACTIVATIONS,
    Layer,
    Network,
    Parameters,
)

__all__ = ["Networks"]


class Networks(Neurons):
    """The methods of chapter 2."""

    def activation(
        self, name: str, Z: Any, leaky_slope: float = 0.01
    ) -> np.ndarray:
        """g(Z) for the activation of that name; Z (n, m), any n and m."""
        page = self.pages.activations
        return self._elementwise(page.activation, name, Z, leaky_slope)

    def activation_derivative(
        self, name: str, Z: Any, leaky_slope: float = 0.01
    ) -> np.ndarray:
        """g'(Z) for the activation of that name; Z (n, m), any n and m."""
        page = self.pages.activations
        return self._elementwise(
            page.activation_derivative, name, Z, leaky_slope
        )

    def _elementwise(
        self,
        function: Callable[..., Any],
        name: str,
        Z: Any,
        leaky_slope: float,
    ) -> np.ndarray:
        check_choice("name", name, ACTIVATIONS)
        slope = check_range("leaky_slope", leaky_slope, most=1)
        Z = check_array("Z", Z, self.dtype)
        A = self.call(function, name, Z.reshape(1, -1), slope)
        return np.asarray(A).reshape(Z.shape)

    def forward(
        self, network: Network, parameters: Any, X: Any, dropout: Any = None
    ) -> tuple[np.ndarray, ...]:
        """(A[1], ..., A[L]), the hidden ones after dropout."""
        parameters, X, dropout = self.inputs(network, parameters, X, dropout)
        page = self.pages.network
        return tuple(self.call(page.forward, network, parameters, X, dropout))

    def cost(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        l2: float = 0.0,
        dropout: Any = None,
    ) -> float:
        """J, with its L2 penalty."""
        parameters, X, dropout = self.inputs(network, parameters, X, dropout)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        page = self.pages.network
        return float(
            self.call(page.cost, network, parameters, X, Y, l2, dropout)
        )

    def gradients(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        l2: float = 0.0,
        dropout: Any = None,
    ) -> Parameters:
        """(dW[l], db[l]) of J for l = 1 ... L."""
        parameters, X, dropout = self.inputs(network, parameters, X, dropout)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        page = self.pages.backpropagation
        return tuple(
            Layer(*layer)
            for layer in self.call(
                page.gradients, network, parameters, X, Y, l2, dropout
            )
        )

    def gradients_by_example(
        self, network: Network, parameters: Any, X: Any, Y: Any
    ) -> Parameters:
        """dW[l] and db[l] of each example apart, along a first axis."""
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        page = self.pages.one_example
        each = self.call(page.gradients_by_example, network, parameters, X, Y)
        return tuple(Layer(*layer) for layer in each)

    def train(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        *,
        learning_rate: float,
        steps: int,
        l2: float = 0.0,
    ) -> tuple[Parameters, np.ndarray]:
        """The parameters after so many steps, and J before each of them."""
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        settings: dict[str, Any] = {
            "learning_rate": check_range(
                "learning_rate", learning_rate, dtype=self.dtype
            ),
            "steps": check_integer("steps", steps),
            "l2": check_range("l2", l2, dtype=self.dtype),
        }
        if settings["steps"] == 0:
            return parameters, np.zeros(0, self.dtype)
        with self.scope():
            native = self.to_native((parameters, X, Y))
            trained, costs = self.to_numpy(
                self.run_train(network, *native, **settings)
            )
        return tuple(Layer(*layer) for layer in trained), costs.astype(
            self.dtype
        )

    def predict(self, network: Network, parameters: Any, X: Any) -> np.ndarray:
        """The class of each output, True where y_hat > 1/2; no dropout.

        A sigmoid's is told from Z > 0, which its rounding does not blur.
        """
        parameters, X, _ = self.inputs(network, parameters, X, None)
        page = self.pages.prediction
        return self.call(page.classes, network, parameters, X)

    def accuracy(
        self, network: Network, parameters: Any, X: Any, Y: Any
    ) -> float:
        """The share of the examples with every class right."""
        parameters, X, _ = self.inputs(network, parameters, X, None)
        shape = (network.layer_sizes[-1], X.shape[1])
        Y = check_array("Y", Y, self.dtype, shape, str(shape))
        predicted = self.predict(network, parameters, X)
        return float(self.call(self.pages.prediction.accuracy, predicted, Y))

    def collapse(self, network: Network, parameters: Any) -> Layer:
        """W' and b' of the one layer that all are, if they are linear."""
        check_network(network)
        hidden = network.activations[:-1]
        if any(g != "identity" for g in hidden):
            raise ValueError(
                f"hidden activations must be 'identity', got {hidden}"
            )
        parameters = check_parameters(network, parameters, self.dtype)
        page = self.pages.linear_collapse
        return Layer(*self.call(page.collapse, parameters))
