"""The contract: what every implementation answers, NumPy in and NumPy out.

A thin skin around an implementation's pages: check the arguments, hand
them over in the framework's terms, hand the result back. A package
subclasses it with its own way to do the handing; see each backend.py.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from reference.arguments import (
    check_classes,
    check_dropout,
    check_labels,
    check_network,
    check_parameters,
)
from reference.validation import (
    check_array,
    check_choice,
    check_device,
    check_entries,
    check_fractions,
    check_integer,
    check_keep_prob,
    check_range,
)
from reference.vocabulary import (
    ACTIVATIONS,
    DTYPES,
    RULES,
    Dropout,
    Layer,
    Network,
    Parameters,
)

__all__ = ["Contract"]


class Contract(ABC):
    """One implementation of the notes on one device, in one dtype and mode.

    Shapes are the notes': X (n_x, m), Y (n_L, m), W[l] (n[l], n[l-1]),
    b[l] (n[l], 1), A[l] (n[l], m). Every method raises ValueError or
    TypeError, naming the argument, before anything is computed.
    """

    name: ClassVar[str]
    modes: ClassVar[tuple[str, ...]]
    """The modes of the package, its default first."""
    pages: ClassVar[ModuleType]
    """The package, whose files hold one topic of the notes each."""

    def __init__(self, device: str, dtype: str, mode: str | None) -> None:
        self.device = check_device(device, self.cuda_devices())
        # np.float32 and np.dtype("float32") are as good as the word.
        word = (
            dtype
            if isinstance(dtype, str)
            else getattr(dtype, "name", getattr(dtype, "__name__", dtype))
        )
        self.dtype = np.dtype(check_choice("dtype", word, DTYPES))
        self.mode = (
            self.modes[0]
            if mode is None
            else check_choice("mode", mode, self.modes)
        )

    def __repr__(self) -> str:
        return f"{self.name} ({self.mode}, {self.device}, {self.dtype})"

    # What a package says in its framework's own terms.

    @classmethod
    @abstractmethod
    def cuda_devices(cls) -> int:
        """How many CUDA devices the framework sees."""

    @abstractmethod
    def native(self, array: np.ndarray) -> Any:
        """The framework's array of the same dtype, on the device."""

    @abstractmethod
    def numpy(self, array: Any) -> np.ndarray:
        """The NumPy array of a framework's array."""

    @abstractmethod
    def rng(self, seed: int) -> Any:
        """The framework's own generator of random numbers."""

    @abstractmethod
    def synchronize(self, value: Any) -> None:
        """Return only when everything that value depends on is computed."""

    def scope(self) -> AbstractContextManager[Any]:
        """The settings that hold inside a call, and never outside."""
        return nullcontext()

    def run(
        self, function: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        """function on native arguments, in the way of the mode."""
        return function(*arguments, **named)

    def run_train(self, *arguments: Any, **named: Any) -> Any:
        """gradient_descent.train on native arguments, likewise."""
        return self.run(self.pages.gradient_descent.train, *arguments, **named)

    def call(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """A page's function on NumPy arguments, in the way of the mode."""
        with self.scope():
            return self.to_numpy(
                self.run(function, *map(self.to_native, arguments))
            )

    # The methods of the contract, in the notes' order.

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
        parameters, X, dropout = self._inputs(network, parameters, X, dropout)
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
        parameters, X, dropout = self._inputs(network, parameters, X, dropout)
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
        parameters, X, dropout = self._inputs(network, parameters, X, dropout)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        page = self.pages.backpropagation
        return tuple(
            Layer(*layer)
            for layer in self.call(
                page.gradients, network, parameters, X, Y, l2, dropout
            )
        )

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
        parameters, X, _ = self._inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
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

    def initialize(
        self, network: Network, rule: str, seed: int, scale: float = 0.01
    ) -> Parameters:
        """W[l] by the rule, from the framework's own generator; b[l] = 0."""
        check_network(network)
        check_choice("rule", rule, RULES)
        scale = check_range("scale", scale, dtype=self.dtype)
        with self.scope():
            rng = self.rng(check_integer("seed", seed))
            drawn = self.pages.initialization.initialize(
                rng, network, rule, scale
            )
            drawn = self.to_numpy(drawn)
        return tuple(
            Layer(W.astype(self.dtype), b.astype(self.dtype)) for W, b in drawn
        )

    def sample_dropout(
        self, network: Network, keep_prob: float, m: int, seed: int
    ) -> Dropout:
        """Masks of all hidden layers, from the framework's own generator."""
        check_network(network)
        keep_prob = check_keep_prob(keep_prob)
        m = check_integer("m", m, least=1)
        with self.scope():
            rng = self.rng(check_integer("seed", seed))
            page = self.pages.dropout
            masks = page.sample_dropout(rng, network, keep_prob, m).masks
            return Dropout(keep_prob, self.to_numpy(masks))

    def predict(self, network: Network, parameters: Any, X: Any) -> np.ndarray:
        """The class of each output, True where y_hat > 1/2; no dropout."""
        A = self.forward(network, parameters, X)[-1]
        return self.call(self.pages.prediction.predict, A)

    def accuracy(
        self, network: Network, parameters: Any, X: Any, Y: Any
    ) -> float:
        """The share of the examples with every class right."""
        parameters, X, _ = self._inputs(network, parameters, X, None)
        shape = (network.layer_sizes[-1], X.shape[1])
        Y = check_array("Y", Y, self.dtype, shape, str(shape))
        A = self.forward(network, parameters, X)[-1]
        return float(self.call(self.pages.prediction.accuracy, A, Y))

    def fit_normalization(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """mu and sigma of each feature, (n_x, 1) each."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        mu, sigma = self.call(self.pages.normalization.fit_normalization, X)
        return mu, sigma

    def normalize(self, X: Any, mu: Any, sigma: Any) -> np.ndarray:
        """(X - mu) / sigma, and 0 for a constant feature."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        n_x = X.shape[0]
        mu = check_array("mu", mu, self.dtype, (n_x, 1), f"({n_x}, 1)")
        sigma = check_array("sigma", sigma, self.dtype, (n_x, 1), f"({n_x}, 1)")
        check_entries("sigma", sigma, sigma >= 0, ">= 0")
        return self.call(self.pages.normalization.normalize, X, mu, sigma)

    def split(
        self, m: int, fractions: Any, seed: int, labels: Any = None
    ) -> tuple[np.ndarray, ...]:
        """Disjoint index arrays, one a fraction; stratified by the labels."""
        m = check_integer("m", m, least=1)
        fractions = check_fractions(fractions)
        page = self.pages.splitting
        sizes = page.part_sizes(m, fractions)
        if min(sizes) < 1:
            raise ValueError(
                f"fractions must leave no part empty, got parts of {sizes} "
                f"for m = {m}"
            )
        if labels is not None:
            labels = check_classes(labels, m)
        with self.scope():
            rng = self.rng(check_integer("seed", seed))
            labels = self.to_native(labels)
            parts = self.to_numpy(page.split(rng, m, fractions, labels))
        return tuple(part.astype(np.int64) for part in parts)

    # Private: the checks that need the network, and the handing over.

    def _inputs(
        self, network: Network, parameters: Any, X: Any, dropout: Any
    ) -> tuple[Parameters, np.ndarray, Dropout | None]:
        check_network(network)
        n_x = network.layer_sizes[0]
        checked = check_parameters(network, parameters, self.dtype)
        X = check_array(
            "X", X, self.dtype, (n_x, None), f"({n_x}, m) with m >= 1"
        )
        return checked, X, check_dropout(network, dropout, X.shape[1])

    def to_native(self, value: Any) -> Any:
        """native of every array in value, tuples of Layers included."""
        return each_array(self.native, value, np.ndarray)

    def to_numpy(self, value: Any) -> Any:
        """numpy of every native array in value, likewise."""
        return each_array(self.numpy, value, object)


def each_array(change: Callable[[Any], Any], value: Any, kind: type) -> Any:
    """value with change applied to the arrays in its tuples and lists."""
    if isinstance(value, tuple | list):
        changed = [each_array(change, item, kind) for item in value]
        return (
            type(value)(*changed)
            if hasattr(value, "_fields")
            else tuple(changed)
        )
    fixed = value is None or isinstance(value, str | int | float | Network)
    return change(value) if isinstance(value, kind) and not fixed else value
