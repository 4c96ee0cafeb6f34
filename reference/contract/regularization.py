"""The contract, sections 3 and 3.1: the data's split, regularization."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from reference.arguments import (
    check_augmentation,
    check_candidates,
    check_classes,
    check_dev,
    check_dropouts,
    check_network,
)
from reference.contract.networks import Networks
from reference.validation import (
    check_fractions,
    check_integer,
    check_keep_prob,
    check_range,
)
from reference.vocabulary import (
    Dropout,
    Layer,
    Network,
    Parameters,
)

__all__ = ["Regularization"]


class Regularization(Networks):
    """The methods of sections 3 and 3.1."""

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

        Its number, and the dev errors and dev costs of all, inf for one
        that diverges. Each trains from the same parameters; the dropout
        masks are drawn by NumPy, the same for every implementation.
        ValueError if all diverge.
        """
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        X_dev, Y_dev = check_dev(network, X_dev, Y_dev, self.dtype)
        steps = check_integer("steps", steps, least=1)
        seed = check_integer("seed", seed)
        candidates = check_candidates(candidates, self.dtype)
        start, dev = (network, parameters, X, Y), (X_dev, Y_dev)
        found = []
        for rate, l2, keep_prob in candidates:
            masks = numpy_masks(network, keep_prob, X.shape[1], steps, seed)
            # A learning rate may be too large: that is what a search tells.
            with np.errstate(over="ignore", invalid="ignore"):
                trained, _ = (
                    self.train_dropout(*start, masks, learning_rate=rate, l2=l2)
                    if keep_prob < 1
                    else self.train(
                        *start, learning_rate=rate, steps=steps, l2=l2
                    )
                )
                found.append(self._on_dev(network, trained, *dev))
        errors, costs = np.array(found, self.dtype).T.copy()
        if not np.isfinite(costs).any():
            raise ValueError(
                "candidates must hold one that does not diverge, got "
                f"{len(candidates)} that all do"
            )
        told = errors, costs
        best = self.call(self.pages.selection.select, *told, on_host=True)
        return best, *told

    def _on_dev(
        self, network: Network, trained: Parameters, X: Any, Y: Any
    ) -> tuple[float, float]:
        """The dev error and dev cost, inf both where training diverged."""
        finite = all(np.isfinite(a).all() for layer in trained for a in layer)
        cost = self.cost(network, trained, X, Y) if finite else np.inf
        if not np.isfinite(cost):
            return np.inf, np.inf
        A = self.forward(network, trained, X)[-1]
        page = self.pages.selection
        return float(self.call(page.dev_error, A, Y)), cost

    def sample_dropout(
        self, network: Network, keep_prob: float, m: int, seed: int
    ) -> Dropout:
        """Masks of all hidden layers, from the framework's own generator."""
        check_network(network)
        keep_prob = check_keep_prob(keep_prob)
        m = check_integer("m", m, least=1)
        with self.scope():
            seed = check_integer("seed", seed)
            drawn = self.run_sample_dropout(seed, network, keep_prob, m)
            return Dropout(keep_prob, self.to_numpy(drawn.masks))

    def train_dropout(
        self,
        network: Network,
        parameters: Any,
        X: Any,
        Y: Any,
        dropouts: Sequence[Any],
        *,
        learning_rate: float,
        l2: float = 0.0,
    ) -> tuple[Parameters, np.ndarray]:
        """Likewise with dropout: one step for each of the dropouts."""
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        masks = check_dropouts(network, dropouts, X.shape[1], self.dtype)
        settings = {
            "learning_rate": check_range(
                "learning_rate", learning_rate, dtype=self.dtype
            ),
            "l2": check_range("l2", l2, dtype=self.dtype),
        }
        with self.scope():
            native = self.to_native((parameters, X, Y, masks))
            trained, costs = self.to_numpy(
                self.run_train_dropout(network, *native, **settings)
            )
        return tuple(Layer(*layer) for layer in trained), costs

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
        parameters, X, Y, _ = self.problem(network, parameters, X, Y)
        X_dev, Y_dev = check_dev(network, X_dev, Y_dev, self.dtype)
        steps = check_integer("steps", steps)
        settings: dict[str, Any] = {
            "learning_rate": check_range(
                "learning_rate", learning_rate, dtype=self.dtype
            ),
            "steps": steps,
            # No one waits longer than all steps: a count that JAX can hold.
            "patience": min(
                check_integer("patience", patience, least=1), steps + 1
            ),
            "l2": check_range("l2", l2, dtype=self.dtype),
        }
        with self.scope():
            native = self.to_native((parameters, X, Y, X_dev, Y_dev))
            best, costs, dev_costs, best_step = self.to_numpy(
                self.run_early_stopping(network, *native, **settings)
            )
        layers = tuple(Layer(*layer) for layer in best)
        return layers, costs, dev_costs, int(best_step)


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
