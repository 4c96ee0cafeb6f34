"""The contract, chapter 3: the practice of training."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np

from reference.arguments import (
    check_augmentation,
    check_classes,
    check_epsilon,
    check_labels,
    check_network,
    check_parameters,
    check_theta,
)
from reference.certificate import GradientCheck, gather, judge
from reference.contract_networks import Networks
from reference.validation import (
    check_array,
    check_choice,
    check_entries,
    check_fractions,
    check_integer,
    check_keep_prob,
    check_number,
    check_range,
)
from reference.vocabulary import RULES, Dropout, Layer, Network, Parameters

__all__ = ["Practice"]


class Practice(Networks):
    """The methods of chapter 3."""

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

    def fit_normalization(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """mu and sigma of each feature, (n_x, 1) each."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        constant = np.flatnonzero(np.all(X[:, :1] == X, axis=1))
        if X.shape[1] > 1 and len(constant):
            # Python shows a warning once for each place that calls.
            warnings.warn(
                f"X has a constant feature, row {constant[0]}"
                + (
                    f" and {len(constant) - 1} more"
                    if len(constant) > 1
                    else ""
                )
                + ": sigma is 0 there, and normalize gives 0",
                stacklevel=2,
            )
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

    def condition_number(self, X: Any) -> float:
        """lambda_max / lambda_min of 1/m X X^T; inf where it is singular."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        if X.shape[1] < X.shape[0]:
            return float("inf")
        page = self.pages.normalization
        return float(self.call(page.condition_number, X))

    def search(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        X_dev: Any,
        Y_dev: Any,
        candidates: Sequence[tuple[float, float, float]],
        *,
        steps: int,
        seed: int = 0,
    ) -> tuple[int, np.ndarray, np.ndarray]:
        """Which (learning_rate, l2, keep_prob) has the least dev error.

        Its number, and the dev errors and dev costs of all. Each trains
        from the same parameters; the dropout masks are drawn by NumPy, the
        same for every implementation.
        """
        parameters, X, _ = self.inputs(network, parameters, X, None)
        check_labels(network, Y, X.shape[1], self.dtype)
        n_x = network.layer_sizes[0]
        X_dev = check_array(
            "X_dev", X_dev, self.dtype, (n_x, None), f"({n_x}, m) with m >= 1"
        )
        labels = check_labels(
            network, Y_dev, X_dev.shape[1], self.dtype, "Y_dev"
        )
        steps = check_integer("steps", steps, least=1)
        seed = check_integer("seed", seed)
        if not candidates:
            raise ValueError("candidates must hold at least one, got none")
        for candidate in candidates:
            if not isinstance(candidate, list | tuple) or len(candidate) != 3:
                raise TypeError(
                    "candidates must be (learning_rate, l2, keep_prob) each, "
                    f"got {candidate!r}"
                )
            check_range("learning_rate", candidate[0], dtype=self.dtype)
            check_range("l2", candidate[1], dtype=self.dtype)
            check_keep_prob(candidate[2])
        errors, costs = [], []
        for rate, l2, keep_prob in candidates:
            start = network, parameters, X, Y
            if keep_prob < 1:
                masks = numpy_masks(network, keep_prob, X.shape[1], steps, seed)
                trained, _ = self.train_dropout(
                    *start, masks, learning_rate=rate, l2=l2
                )
            else:
                trained, _ = self.train(
                    *start, learning_rate=rate, steps=steps, l2=l2
                )
            A = self.forward(network, trained, X_dev)[-1]
            page = self.pages.selection
            errors.append(self.call(page.dev_error, A, labels))
            costs.append(self.cost(network, trained, X_dev, Y_dev))
        told = np.array(errors, self.dtype), np.array(costs, self.dtype)
        best = self.call(self.pages.selection.select, *told, on_host=True)
        return best, *told

    def train_early_stopping(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        X_dev: Any,
        Y_dev: Any,
        *,
        learning_rate: float,
        steps: int,
        patience: int,
        l2: float = 0.0,
    ) -> tuple[Parameters, np.ndarray, np.ndarray, int]:
        """The best parameters, costs, dev costs, and the best step.

        costs[k] and dev_costs[k] belong to the parameters after k updates,
        for k = 0 up to the last that was looked at; the dev cost has no
        penalty. It stops once patience updates in a row brought no new
        least dev cost, or after steps of them.
        """
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        n_x = network.layer_sizes[0]
        X_dev = check_array(
            "X_dev", X_dev, self.dtype, (n_x, None), f"({n_x}, m) with m >= 1"
        )
        Y_dev = check_labels(
            network, Y_dev, X_dev.shape[1], self.dtype, "Y_dev"
        )
        settings: dict[str, Any] = {
            "learning_rate": check_range(
                "learning_rate", learning_rate, dtype=self.dtype
            ),
            "steps": check_integer("steps", steps),
            "patience": check_integer("patience", patience, least=1),
            "l2": check_range("l2", l2, dtype=self.dtype),
        }
        with self.scope():
            native = self.to_native((parameters, X, Y, X_dev, Y_dev))
            best, costs, dev_costs, best_step = self.to_numpy(
                self.run_early_stopping(network, *native, **settings)
            )
        layers = tuple(Layer(*layer) for layer in best)
        return layers, costs, dev_costs, int(best_step)

    def augment(
        self, operation: str, batch: Any, seed: int, **settings: Any
    ) -> np.ndarray:
        """The batch changed by the operation of that name, like batch.

        "flip", "desaturate" and "blur" take images (m, height, width, 3) in
        [0, 1]; "louder", "noise" and "suppress" sounds (m, samples) in
        [-1, 1]. The setting of each is in AUGMENTATIONS, with its default.
        """
        batch, setting = check_augmentation(
            operation, batch, settings, self.dtype
        )
        seed = check_integer("seed", seed)
        with self.scope():
            page, native = self.pages.augmentation, self.to_native(batch)
            return self.to_numpy(
                page.augment(self.rng(seed), operation, native, setting)
            )

    def repeated_weight(self, w: float, L: int) -> np.ndarray:
        """w, w^2, ..., w^L: a signal through L equal weights, (L,)."""
        L = check_integer("L", L, least=1)
        weight = np.array(check_number("w", w), self.dtype)
        page = self.pages.vanishing_gradients
        return self.call(page.repeated_weight, weight, L)

    def activation_scales(
        self, network: Network, parameters: Any, X: Any
    ) -> np.ndarray:
        """The root mean square of A[1], ..., A[L], (L,)."""
        parameters, X, _ = self.inputs(network, parameters, X, None)
        page = self.pages.vanishing_gradients
        return self.call(page.activation_scales, network, parameters, X)

    def gradient_scales(
        self, network: Network, parameters: Any, X: Any, Y: Any
    ) -> np.ndarray:
        """The root mean square of dW[1], ..., dW[L], (L,)."""
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        page = self.pages.vanishing_gradients
        return self.call(page.gradient_scales, network, parameters, X, Y)

    def flatten(self, network: Network, parameters: Any) -> np.ndarray:
        """theta: all W[l] and b[l] in one vector."""
        parameters = check_parameters(network, parameters, self.dtype)
        return self.call(self.pages.gradient_checking.flatten, parameters)

    def unflatten(self, network: Network, theta: Any) -> Parameters:
        """W[l] and b[l] of a vector theta."""
        theta = check_theta(network, theta, self.dtype)
        page = self.pages.gradient_checking
        layers = self.call(page.unflatten, network, theta)
        return tuple(Layer(*layer) for layer in layers)

    def numerical_gradients(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        *,
        l2: float = 0.0,
        epsilon: float | None = None,
    ) -> Parameters:
        """(dW[l], db[l]) by two-sided differences of J.

        epsilon is cbrt(machine epsilon) where it is None, near which the
        errors of the difference and of its rounding together are least.
        """
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        epsilon = check_epsilon(epsilon, parameters, self.dtype)
        page = self.pages.gradient_checking.numerical_gradients
        slopes = self.call(page, network, parameters, X, Y, epsilon, l2)
        return tuple(Layer(*layer) for layer in slopes)

    def exact_gradients(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        *,
        l2: float = 0.0,
    ) -> Parameters:
        """(dW[l], db[l]) by neither differences nor backpropagation."""
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        page = self.pages.gradient_checking.exact_gradients
        slopes = self.call(page, network, parameters, X, Y, l2)
        return tuple(Layer(*layer) for layer in slopes)

    def gradient_check(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        *,
        l2: float = 0.0,
        gradients: Any = None,
        epsilon: float | None = None,
    ) -> GradientCheck:
        """The gradient, or the one that is claimed, judged entry by entry.

        relative_difference is the notes', to two-sided differences of J;
        the verdict ("correct", "kink", "undecided" or "wrong"), the digits
        certified and the worst entry come from the exact slopes of J and
        the derived bounds; see certificate.py.
        """
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        l2 = check_range("l2", l2, dtype=self.dtype)
        check_epsilon(epsilon, parameters, np.dtype(np.float64))
        if gradients is None:
            gradients = self.gradients(network, parameters, X, Y, l2)
        claim = check_parameters(
            network, gradients, np.float64, ("dW", "db"), finite=False
        )
        return judge(
            gather(self, network, parameters, X, Y, l2, epsilon), claim
        )


def numpy_masks(
    network: Network, keep_prob: float, m: int, steps: int, seed: int
) -> list[Dropout]:
    """Dropout for each step, drawn by NumPy."""
    rng, hidden = np.random.default_rng(seed), network.layer_sizes[1:-1]
    return [
        Dropout(
            keep_prob, tuple(rng.random((n, m)) < keep_prob for n in hidden)
        )
        for _ in range(steps)
    ]
