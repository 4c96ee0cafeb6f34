"""The contract, section 3.2: normalization, initialization, checking."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np

from reference.arguments import (
    check_epsilon,
    check_network,
    check_parameters,
    check_theta,
)
from reference.certificate import GradientCheck, judge
from reference.contract.regularization import Regularization
from reference.evidence import gather
from reference.validation import (
    check_array,
    check_choice,
    check_entries,
    check_integer,
    check_number,
    check_range,
)
from reference.vocabulary import (
    RULES,
    Layer,
    Network,
    Parameters,
)

__all__ = ["Optimization"]


class Optimization(Regularization):
    """The methods of section 3.2."""

    def fit_normalization(self, X: Any) -> tuple[np.ndarray, np.ndarray]:
        """mu and sigma of each feature, (n_x, 1) each.

        Warns of a feature whose sigma is 0: normalize can only subtract mu
        there, which gives 0 in this set.
        """
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        # (x - mu)^2 and the sum of m of them have to be finite.
        most = float(np.sqrt(np.finfo(self.dtype).max / X.shape[1])) / 2
        rule = f"in [-{most:.2g}, {most:.2g}] for a variance in {self.dtype}"
        check_entries("X", X, np.abs(X) <= most, rule)
        mu, sigma = self.call(self.pages.normalization.fit_normalization, X)
        flat = np.flatnonzero(sigma == 0)
        if X.shape[1] > 1 and len(flat):
            constant = np.all(X[flat[0]] == X[flat[0], 0])
            # Python shows a warning once for each place that calls.
            warnings.warn(
                f"X has a feature, row {flat[0]}"
                + (f" and {len(flat) - 1} more" if len(flat) > 1 else "")
                + (", that is constant" if constant else
                   f", whose variance underflows in {self.dtype}")
                + ": sigma is 0 there, and normalize only subtracts mu",
                stacklevel=2,
            )  # fmt: skip
        return mu, sigma

    def normalize(self, X: Any, mu: Any, sigma: Any) -> np.ndarray:
        """(X - mu) / sigma, and X - mu where sigma is 0."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        n_x = X.shape[0]
        mu = check_array("mu", mu, self.dtype, (n_x, 1), f"({n_x}, 1)")
        sigma = check_array("sigma", sigma, self.dtype, (n_x, 1), f"({n_x}, 1)")
        check_entries("sigma", sigma, sigma >= 0, ">= 0")
        return self.call(self.pages.normalization.normalize, X, mu, sigma)

    def condition_number(self, X: Any) -> float:
        """lambda_max / lambda_min of 1/m X X^T; inf where it is singular."""
        X = check_array("X", X, self.dtype, (None, None), "(n_x, m)")
        if X.shape[1] < X.shape[0]:
            return float("inf")
        page = self.pages.normalization
        return float(self.call(page.condition_number, X))

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

    def repeated_weight(self, w: float, L: int) -> np.ndarray:
        """w, w^2, ..., w^L: a signal through L equal weights, (L,)."""
        L = check_integer("L", L, least=1)
        weight = check_array("w", check_number("w", w), self.dtype)
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
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
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
        parameters, X, Y, l2 = self.problem(network, parameters, X, Y, l2)
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
        parameters, X, Y, l2 = self.problem(network, parameters, X, Y, l2)
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
        that are certain and the worst entry come from the exact slopes of
        J; see certificate.py. A claim in float32 is judged as one, at the
        arguments as they are in float32.
        """
        parameters, X, Y, l2 = self.problem(network, parameters, X, Y, l2)
        check_epsilon(epsilon, parameters, np.dtype(np.float64))
        if gradients is None:
            gradients = self.gradients(network, parameters, X, Y, l2)
        claim = check_parameters(
            network, gradients, np.float64, ("dW", "db"), "gradients", False
        )
        single = np.dtype(np.float32)
        claimed = {np.asarray(a).dtype for layer in gradients for a in layer}
        if claimed == {single} != {self.dtype}:
            own = type(self)(self.device, "float32", self.mode)
            data = own.problem(network, parameters, X, Y, l2)
            return judge(gather(own, network, *data, epsilon), claim)
        return judge(
            gather(self, network, parameters, X, Y, l2, epsilon), claim
        )
