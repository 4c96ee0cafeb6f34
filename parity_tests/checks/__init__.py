"""The checks: what each quantity of the contract is held against.

A check takes an implementation, and some a case too, claims the clauses
that it proves, and yields its Comparisons. The tests require each of them;
the report tabulates the worst. A file a page, by the page's name.
"""

from parity_tests.checks import (
    activations,
    augmentation,
    convexity,
    data_parallel,
    dropout,
    early_stopping,
    flattening,
    gradient_checking,
    initialization,
    linear_collapse,
    logistic_regression,
    normalization,
    one_example,
    prediction,
    price_model,
    regularization,
    selection,
    splitting,
    steepest_ascent,
    vanishing_gradients,
)
from parity_tests.checks.backpropagation import gradients
from parity_tests.checks.gradient_descent import train
from parity_tests.checks.network import cost, forward, purity
from parity_tests.comparison import Check

__all__ = [
    "ALL_CHECKS",
    "CASE_CHECKS",
    "PARALLEL_CHECKS",
    "QUICK_CHECKS",
    "cost",
    "forward",
    "gradients",
    "purity",
    "train",
]

CASE_CHECKS: dict[str, Check] = {
    "forward": forward,
    "cost": cost,
    "gradients": gradients,
    "train": train,
    "purity": purity,
}
"""The checks that run on a case each."""

QUICK_CHECKS: dict[str, Check] = {
    "activations": activations.activations,
    "normalization": normalization.normalization,
    "prediction": prediction.prediction,
    "split": splitting.split,
    "initialization_law": initialization.initialization_law,
    "dropout_law": dropout.dropout_law,
    "split_law": splitting.split_law,
    "augmentation_law": augmentation.augmentation_law,
}
"""What a report in a minute has time for, and no example covers."""

ALL_CHECKS: dict[str, Check] = {
    **QUICK_CHECKS,
    "notation": flattening.notation,
    "price_model": price_model.price_model,
    "logistic_regression": logistic_regression.logistic_regression,
    "steepest_ascent": steepest_ascent.steepest_ascent,
    "convexity": convexity.convexity,
    "one_example": one_example.one_example,
    "shifted_sigmoid": activations.shifted_sigmoid,
    "linear_collapse": linear_collapse.linear_collapse,
    "symmetry": initialization.symmetry,
    "small_random": initialization.small_random,
    "dev_selection": selection.dev_selection,
    "weight_decay": regularization.weight_decay,
    "dropout_training": dropout.dropout_training,
    "augmentation": augmentation.augmentation,
    "early_stopping": early_stopping.early_stopping,
    "conditioning": normalization.conditioning,
    "vanishing": vanishing_gradients.vanishing,
    "order_of_accuracy": gradient_checking.order_of_accuracy,
    "gradient_check": gradient_checking.gradient_check,
}
"""The checks that bring their own inputs."""

PARALLEL_CHECKS: dict[str, Check] = {
    "example_masks": data_parallel.example_masks,
}
"""The checks that say something of ranks alone."""
