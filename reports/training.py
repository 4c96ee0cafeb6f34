"""Real data: the same network trained by all, and how far they drift apart.

scikit-learn's breast cancer data, 569 tumours with 30 measured features
each; class 1 is benign. Everything that could differ for other reasons than
the framework is shared: the split, mu and sigma of the training set, and
the initial parameters, all from the reference in float64.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from sklearn.datasets import load_breast_cancer

import reference
from parity_tests.cases import Case
from parity_tests.implementations import Choice
from parity_tests.trajectory import Trajectory, flatten, follow
from reference import Network

__all__ = ["Study", "load_study", "train_all"]

SEED = 1
FRACTIONS = (0.6, 0.2, 0.2)
STEPS = 200
SEGMENT = 10
"""Steps between two points of the drift picture."""


@dataclass(frozen=True)
class Study:
    """The training case, and the dev and test sets beside it."""

    case: Case
    parts: dict[str, tuple[np.ndarray, np.ndarray]]

    def facts(self) -> dict[str, Any]:
        """What a reader of the report wants to know of the set-up."""
        case = self.case
        return {
            "data": "scikit-learn's breast cancer data",
            "features": int(case.X.shape[0]),
            "examples": {
                k: int(X.shape[1]) for k, (X, _) in self.parts.items()
            },
            "layer_sizes": list(case.network.layer_sizes),
            "activations": list(case.network.activations),
            "learning_rate": case.learning_rate,
            "l2": case.l2,
            "steps": case.steps,
            "seed": SEED,
        }


def load_study() -> Study:
    """Split 60/20/20 by class, normalize by the training set, initialize."""
    data = load_breast_cancer()
    X, Y = data.data.T, data.target[None, :].astype(float)
    implementation = reference.implementation()
    indices = implementation.split(X.shape[1], FRACTIONS, SEED, Y)
    mu, sigma = implementation.fit_normalization(X[:, indices[0]])
    parts = {
        name: (implementation.normalize(X[:, part], mu, sigma), Y[:, part])
        for name, part in zip(("train", "dev", "test"), indices, strict=True)
    }
    network = Network((30, 16, 8, 1), ("tanh", "tanh", "sigmoid"))
    parameters = implementation.initialize(network, "xavier", SEED)
    case = Case(
        "breast cancer",
        network,
        parameters,
        *parts["train"],
        l2=1.0,
        learning_rate=0.3,
        steps=STEPS,
    )
    return Study(case, parts)


def train_one(study: Study, choice: Choice, path: Trajectory) -> dict[str, Any]:
    """Train by one implementation; its accuracies, and its drift."""
    implementation, case = choice.build(), study.case
    parameters, costs = case.parameters, []
    thetas, distances = [], []
    for step in range(SEGMENT, case.steps + 1, SEGMENT):
        parameters, J = implementation.train(
            case.network, parameters, case.X, case.Y,
            learning_rate=case.learning_rate, steps=SEGMENT, l2=case.l2,
        )  # fmt: skip
        costs += J.tolist()
        thetas.append(flatten(parameters))
        distances.append(path.distance(step, parameters))
    worst = max(
        distance / path.radii[step]
        for step, distance in zip(
            range(SEGMENT, case.steps + 1, SEGMENT), distances, strict=True
        )
    )
    return {
        **choice.described(),
        "accuracy": {
            name: implementation.accuracy(case.network, parameters, X, Y)
            for name, (X, Y) in study.parts.items()
        },
        "first_cost": costs[0],
        "last_cost": costs[-1],
        "distances": distances,
        "thetas": thetas,
        "worst_ratio": float(worst) if np.isfinite(worst) else float("inf"),
    }


def train_all(
    study: Study, choices: list[Choice], say: Any
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """A row for each choice, and the drift that rounding predicts."""
    case, rows, predicted = study.case, [], {}
    steps = list(range(SEGMENT, study.case.steps + 1, SEGMENT))
    for dtype in dict.fromkeys(choice.dtype for choice in choices):
        say(f"training: what rounding in {dtype} may do")
        path = follow(case, np.dtype(dtype), case.steps)
        predicted[dtype] = [float(path.radii[k]) for k in steps]
        for choice in choices:
            if choice.dtype == dtype:
                say(f"training: {choice}")
                rows.append(train_one(study, choice, path))
    compare_with_numpy(rows)
    return rows, {"steps": steps, "predicted": predicted}


def compare_with_numpy(rows: list[dict[str, Any]]) -> None:
    """In place of each row's parameters, their distance from NumPy's."""
    numpy = {
        row["dtype"]: row["thetas"]
        for row in rows
        if row["implementation"] == "numpy"
    }
    for row in rows:
        row["from_numpy"] = [
            float(np.linalg.norm(a.astype(float) - b.astype(float)))
            for a, b in zip(row["thetas"], numpy[row["dtype"]], strict=True)
        ]
    for row in rows:
        del row["thetas"]
