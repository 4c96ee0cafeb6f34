"""The arguments on which each function of a page is compared.

EXAMPLES names a function, page.name, and what it is called with; an
example of the same function with other words carries them after a comma.
What draws random numbers has no example, and is proven by its law; what
decides on the host, and so cannot be compiled as a whole, is in HOST.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.cases import HARD_CASES
from reference import Dropout, Layer, Network

__all__ = ["EXAMPLES", "HOST", "LAWFUL", "PLAIN", "examples_of"]


def random_arrays(*shapes: tuple[int, ...]) -> list[np.ndarray]:
    """Seeded normal values, one array a shape."""
    rng = np.random.default_rng(0)
    return [rng.normal(size=shape) for shape in shapes]


HARD_Z = np.array([
    0.0, -0.0, 1e-30, -1e-30, 0.5, -0.5, 1.7, -3.0, 20.0, -20.0,
    40.0, -40.0, 87.0, -87.0, 700.0, -700.0, 1e4, -1e4,
])  # fmt: skip
"""Z at 0, in both tails and between."""

Z_ANY = np.append(HARD_Z, np.linspace(-3, 3, 14)).reshape(4, 8)
Z_OUT = np.append(HARD_Z, [1.0, 2.0]).reshape(2, -1)
Y_OUT = np.array([[0.0, 1.0] * 5, [1.0, 0.0, 0.25, 1.0, 0.0] * 2])
A, B = random_arrays((3, 5), (3, 5))
A_HAT = np.array([[0.0, 0.5, 0.51, 1.0], [0.2, 0.9, 0.5, 0.7]])
Y_HAT = np.array([[0.0, 0.0, 1.0, 0.0], [0.0, 1.0, 1.0, 0.0]])
W, A_PREV, b, dZ = random_arrays((3, 4), (4, 6), (3, 1), (3, 6))
V, c, X = random_arrays((2, 3), (2, 1), (4, 6))
D = random_arrays((3, 6))[0] < 0.3
NETWORK = Network((4, 3, 2), ("tanh", "sigmoid"))
PARAMETERS = (Layer(W, b), Layer(V, c))
OTHERS = (Layer(W[::-1], 2 * b), Layer(V[::-1], 1 - c))
Y = np.array([[0.0, 1, 1, 0, 1, 0], [1.0, 1, 0, 0, 0, 1]])
MASKS = Dropout(0.5, (D,))
PASS = (NETWORK, PARAMETERS, X, Y, 0.7, MASKS)
DATA = (NETWORK, PARAMETERS, X, Y)
KINKED = Network((4, 3, 2), ("leaky_relu", "relu"), 0.3)
LOGISTIC = Network((4, 1), ("sigmoid",))
w, beta = random_arrays((4, 1), (1, 1))
SETTINGS = {"learning_rate": 0.5, "steps": 3}
FEATURES, MU, SIGMA = random_arrays((4, 9), (4, 1), (4, 1))
FEATURES[2] = 0.1
IMAGES = np.random.default_rng(1).uniform(size=(2, 5, 7, 3))
SOUNDS, NOISE = random_arrays((3, 20), (3, 20))
EARLY = HARD_CASES["overfitted"]


def halve(theta: Any) -> Any:
    """A step that halves theta; J is theta."""
    return theta / 2, theta


def advance(theta: Any) -> Any:
    """A step that adds 1 to theta; J is theta."""
    return theta + 1, theta


def scripted(theta: Any) -> Any:
    """Dev costs 6.25, 2.25, 0.25, 0.25, 2.25: least at 2, tied at 3."""
    return (theta - 2.5) * (theta - 2.5)


def cubic(theta: Any) -> Any:
    """theta_0 theta_1^2 + theta_2."""
    return theta[0] * theta[1] * theta[1] + theta[2]


EXAMPLES: dict[str, tuple[Any, ...]] = {
    **{
        f"activations.{g}{suffix}": (Z_ANY,)
        for g in ("identity", "sigmoid", "tanh", "relu")
        for suffix in ("", "_derivative")
    },
    "activations.shifted_sigmoid": (Z_ANY,),
    "activations.leaky_relu": (Z_ANY, 0.25),
    "activations.leaky_relu_derivative": (Z_ANY, 0.25),
    "activations.activation": ("tanh", Z_ANY, 0.01),
    "activations.activation_derivative": ("leaky_relu", Z_ANY, 0.01),
    "augmentation.flip": (IMAGES, np.array([True, False])),
    "augmentation.desaturate": (IMAGES, np.array([0.0, 0.7])),
    "augmentation.gaussian": (0.8,),
    "augmentation.blur": (IMAGES, np.array([0.2, 0.5, 0.3])),
    "augmentation.louder": (SOUNDS, np.array([1.0, 1.5, 2.0])),
    "augmentation.noise": (SOUNDS, NOISE, 0.1),
    "augmentation.suppress": (SOUNDS, np.array([0, 7, 16]), 4),
    "backpropagation.gradients": PASS,
    "backpropagation.cost_and_gradients": PASS,
    "convexity.midpoint": (PARAMETERS, OTHERS),
    "convexity.midpoint_gap": (
        LOGISTIC, (Layer(w.T, beta),), (Layer(1 - w.T, -beta),), X, Y[:1]),
    "dropout.dropout": (dZ, D, 0.8),
    "dropout.dropout_gradient": (dZ, D, 0.8),
    "dropout.layer_dropout": (dZ, 1, Dropout(0.8, (D,))),
    "dropout.layer_dropout_gradient": (dZ, 1, Dropout(0.8, (D,))),
    "early_stopping.stop_early": (advance, scripted, np.array(0.0), 9, 2),
    "early_stopping.train_early_stopping": (
        EARLY.network, EARLY.parameters, EARLY.X, EARLY.Y, EARLY.X + 1,
        1 - EARLY.Y, {"learning_rate": 0.5, "steps": 6, "patience": 2,
                      "l2": 0.1}),
    "flattening.flatten_images": (IMAGES,),
    "gradient_checking.flatten": (PARAMETERS,),
    "gradient_checking.unflatten": (NETWORK, random_arrays((23,))[0]),
    "gradient_checking.two_sided": (
        cubic, np.array([0.5, -2.0, 3.0]), 0.015625),
    "gradient_checking.numerical_gradients": (*DATA, 0.015625, 0.7),
    "gradient_checking.exact_gradients": (*DATA, 0.7),
    "gradient_checking.relative_difference": (w[:, 0], w[::-1, 0]),
    "gradient_checking.verdict": (3e-6,),
    "gradient_descent.update": (PARAMETERS, OTHERS, 0.1),
    "gradient_descent.step": (*DATA, 0.5, 0.7, MASKS),
    "gradient_descent.repeat": (halve, np.array(1.0), 3),
    "gradient_descent.train": (*DATA, {**SETTINGS, "l2": 0.7}),
    "gradient_descent.train_dropout": (
        *DATA, (MASKS, Dropout(0.5, (~D,))),
        {"learning_rate": 0.5, "l2": 0.7}),
    "initialization.constant": ((3, 4), 0.5),
    "linear_collapse.collapse": (PARAMETERS,),
    "logistic_regression.logistic_model": (w, beta, X),
    "logistic_regression.fold": (w, beta),
    "logistic_regression.theta_model": (np.append(beta, w, axis=0), X),
    "logistic_regression.looped_gradients": (w, beta, X, Y[:1]),
    "logistic_regression.vectorized_gradients": (w, beta, X, Y[:1]),
    "logistic_regression.looped_step": (Layer(w, beta), X, Y[:1], 0.5),
    "logistic_regression.vectorized_step": (Layer(w, beta), X, Y[:1], 0.5),
    "logistic_regression.train_looped": (
        Layer(w, beta), X, Y[:1], SETTINGS),
    "logistic_regression.train_vectorized": (
        Layer(w, beta), X, Y[:1], SETTINGS),
    "losses.cross_entropy": (Z_OUT, Y_OUT),
    "losses.cross_entropy_gradient": (Z_OUT, Y_OUT),
    "losses.half_squared_error": (A, B),
    "losses.half_squared_error_gradient": (A, B),
    "losses.loss": ("relu", A, B),
    "losses.loss, sigmoid": ("sigmoid", Z_OUT, Y_OUT),
    "losses.loss, identity": ("identity", A, B),
    "losses.loss_gradient": ("relu", A, B),
    "losses.loss_gradient, sigmoid": ("sigmoid", Z_OUT, Y_OUT),
    "losses.loss_gradient, identity": ("identity", A, B),
    "losses.mean_over_examples": (A,),
    "network.linear": (W, A_PREV, b),
    "network.weight_gradient": (dZ, A_PREV),
    "network.bias_gradient": (dZ,),
    "network.input_gradient": (W, dZ),
    "network.propagate": (NETWORK, PARAMETERS, X, MASKS),
    "network.forward": (NETWORK, PARAMETERS, X, MASKS),
    "network.cost": PASS,
    "normalization.mean": (FEATURES,),
    "normalization.variance": (FEATURES, MU),
    "normalization.fit_normalization": (FEATURES,),
    "normalization.normalize": (FEATURES, MU, np.abs(SIGMA)),
    "normalization.condition_number": (X,),
    "one_example.node": (W[:1], b[:1], X[:, :1], "tanh", 0.01),
    "one_example.layer_by_nodes": (W, b, X[:, :1], "leaky_relu", 0.3),
    "one_example.forward_example": (NETWORK, PARAMETERS, X[:, :1]),
    "one_example.gradients_example": (
        NETWORK, PARAMETERS, X[:, :1], Y[:, :1]),
    "one_example.gradients_by_example": DATA,
    "one_example.gradients_by_example, kinked": (KINKED, PARAMETERS, X, Y),
    "prediction.predict": (A_HAT,),
    "prediction.predict_from_z": (Z_ANY,),
    "prediction.classes": (NETWORK, PARAMETERS, X),
    "prediction.classes, relu": (KINKED, PARAMETERS, X),
    "prediction.accuracy": (A_HAT > 0.5, Y_HAT),
    "price_model.price": (w, beta, X),
    "regularization.squared_frobenius_norm": (W,),
    "regularization.l2_penalty": (W, 0.7, 11),
    "regularization.l2_penalty_gradient": (W, 0.7, 11),
    "regularization.weight_decay": (W, W[::-1], 0.5, 0.7, 11),
    "regularization.l2_cost": (PARAMETERS, 0.7, 11),
    "selection.dev_error": (A_HAT, Y_HAT),
    "selection.select": (
        np.array([0.3, 0.1, 0.2, 0.1]), np.array([0.0, 0.9, 0.1, 0.5])),
    "steepest_ascent.steepest_direction": (PARAMETERS,),
    "steepest_ascent.directional_derivative": (*DATA, OTHERS, 0.7),
    "vanishing_gradients.repeated_weight": (np.array(1.5), 5),
    "vanishing_gradients.root_mean_square": (A,),
    "vanishing_gradients.activation_scales": (NETWORK, PARAMETERS, X),
    "vanishing_gradients.gradient_scales": DATA,
}  # fmt: skip
"""A dict at the end holds keyword arguments."""

LAWFUL = {
    "augmentation.augment": "augmentation_law",
    "dropout.dropout_mask": "dropout_law",
    "dropout.sample_dropout": "dropout_law",
    **dict.fromkeys(
        (
            f"initialization.{name}"
            for name in ("zeros", "small", "xavier", "xavier_average", "he",
                         "weights", "initialize")
        ),
        "initialization_law",
    ),
    "splitting.part_sizes": "split",
    "splitting.deal": "split",
    "splitting.split": "split_law",
}  # fmt: skip
"""Functions that draw, or serve one that does, and the check of each."""

HOST = {
    "augmentation.gaussian",
    "early_stopping.stop_early",
    "early_stopping.train_early_stopping",
    "gradient_checking.verdict",
    "initialization.constant",
    "selection.select",
}


PLAIN = {
    "augmentation.gaussian",
    "early_stopping.stop_early",
    "gradient_checking.verdict",
    "initialization.constant",
    "selection.select",
}
"""Functions of given numbers that rounding has no part in."""


def examples_of(page: str) -> list[str]:
    """The names of the examples of one page."""
    return [name for name in EXAMPLES if name.startswith(f"{page}.")]
