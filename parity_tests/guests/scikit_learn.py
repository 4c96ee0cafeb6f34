"""scikit-learn's MLPClassifier: plain gradient descent on one batch.

It costs what lies beyond its clip less than the notes do, and fails there.
"""

from typing import Any

import numpy as np
from sklearn.neural_network import MLPClassifier

G = {"tanh": "tanh", "relu": "relu", "sigmoid": "logistic"}


def classifier(
    network: Any, parameters: Any, X: Any, Y: Any, alpha: float, l2: float
) -> Any:
    """One with these parameters, after a step that made its arrays."""
    *hidden, output = network.activations
    if len({*hidden}) > 1 or not {*hidden} <= {*G} or output != "sigmoid":
        raise NotImplementedError("two activations, or another output")
    if not np.isin(Y, (0, 1)).all():
        raise NotImplementedError("soft labels")
    model = MLPClassifier(
        network.layer_sizes[1:-1], G[hidden[0]] if hidden else "identity",
        solver="sgd", alpha=l2, batch_size=X.shape[1], shuffle=False,
        learning_rate_init=alpha, momentum=0,
    )  # fmt: skip
    model.partial_fit(X.T, labels(Y), classes=np.arange(max(2, len(Y))))
    model.coefs_ = [W.T.copy() for W, _ in parameters]
    model.intercepts_ = [b[:, 0].copy() for _, b in parameters]
    model.loss_curve_ = []
    return model


def labels(Y: Any) -> Any:
    """As scikit-learn has them: a vector of classes, or a row an example."""
    return Y[0].astype(int) if len(Y) == 1 else Y.T.astype(int)


def forward(network: Any, parameters: Any, X: Any) -> Any:
    """A[L]."""
    Y = np.zeros((network.layer_sizes[-1], X.shape[1]))
    model = classifier(network, parameters, X, Y, 1.0, 0.0)
    return model.predict_proba(X.T).T[-len(Y) :]


def train(
    network: Any, parameters: Any, X: Any, Y: Any,
    learning_rate: float, steps: int, l2: float = 0.0,
) -> Any:  # fmt: skip
    """The parameters, and J before each step."""
    model = classifier(network, parameters, X, Y, learning_rate, l2)
    for _ in range(steps):
        model.partial_fit(X.T, labels(Y))
    pairs = zip(model.coefs_, model.intercepts_, strict=True)
    return [(W.T, b[:, None]) for W, b in pairs], np.array(model.loss_curve_)


def cost(network: Any, parameters: Any, X: Any, Y: Any, l2: float = 0.0) -> Any:
    """J, as training tells it."""
    return train(network, parameters, X, Y, 1.0, 1, l2)[1][0]
