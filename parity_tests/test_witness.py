"""An outside witness: scikit-learn computes what the reference computes.

Its trajectory and its optimum come from code that nobody here has written.
"""

import warnings

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

import reference
from parity_tests.cases import Case
from parity_tests.checks.lifting import PAGES
from parity_tests.comparison import compare, truth
from parity_tests.trajectory import flatten, follow
from reference import Layer, Network
from reference.rounding import FLOAT64, lift


def breast_cancer() -> tuple[np.ndarray, np.ndarray]:
    """The data as columns, normalized."""
    data = load_breast_cancer()
    implementation = reference.implementation()
    X = data.data.T
    X = implementation.normalize(X, *implementation.fit_normalization(X))
    return X, data.target[None, :].astype(float)


@pytest.mark.clause("A1.1", "3.1-l2")
def test_mlp_classifier_follows_the_trajectory() -> None:
    """solver sgd, no momentum, alpha = lambda, one batch of all examples."""
    X, Y = breast_cancer()
    m, steps, l2, rate = X.shape[1], 25, 0.7, 0.3
    network = Network((30, 8, 4, 1), ("tanh", "tanh", "sigmoid"))
    start = reference.implementation().initialize(network, "xavier", 0)
    case = Case("witness", network, start, X, Y, l2, learning_rate=rate)

    witness = MLPClassifier(
        (8, 4), activation="tanh", solver="sgd", alpha=l2, batch_size=m,
        learning_rate_init=rate, momentum=0, shuffle=False, max_iter=1,
        warm_start=True,
    )  # fmt: skip
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        # One step, to make it set up its arrays; then they are ours.
        witness.fit(X.T, Y[0])
        for i, (W, b) in enumerate(start):
            witness.coefs_[i][:] = W.T
            witness.intercepts_[i][:] = b[:, 0]
        losses = []
        for _ in range(steps):
            witness.fit(X.T, Y[0])
            losses.append(witness.loss_)
    theirs = tuple(
        Layer(W.T, b[:, None])
        for W, b in zip(witness.coefs_, witness.intercepts_, strict=True)
    )
    path = follow(case, np.dtype(np.float64), steps)
    path.compare(steps, theirs).require()
    assert path.compare(steps - 1, theirs).ratio > 1

    # Its loss is the cost, penalty included.
    with truth():
        _, J = PAGES.gradient_descent.train(
            network, *lift((start, X, Y), FLOAT64), learning_rate=rate,
            steps=1, l2=lift(l2, FLOAT64),
        )  # fmt: skip
    compare("witness", "J", np.array(losses[:1]), J).require()


@pytest.mark.clause("3.1-l2")
@pytest.mark.parametrize("l2", [0.5, 10.0])
def test_logistic_regression_has_the_same_optimum(l2: float) -> None:
    """C = 1/lambda. At its optimum the reference's gradient is zero."""
    X, Y = breast_cancer()
    network = Network((30, 1), ("sigmoid",))
    tolerance = 1e-9
    witness = LogisticRegression(
        C=1 / l2, solver="newton-cholesky", tol=tolerance
    ).fit(X.T, Y[0])
    theirs = (Layer(witness.coef_, witness.intercept_[:, None]),)
    implementation = reference.implementation()
    slope = implementation.gradients(network, theirs, X, Y, l2)
    # The witness stops once no entry of its gradient exceeds its tol; its
    # cost is ours, or ours times m.
    assert np.max(np.abs(flatten(slope))) <= tolerance
    # Away from it the cost rises: it is this lambda's optimum.
    for other in (l2 / 2, l2 * 2):
        tilted = implementation.gradients(network, theirs, X, Y, other)
        assert np.max(np.abs(flatten(tilted))) > 1000 * tolerance
