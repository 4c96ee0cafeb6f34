"""The tests that each clause relies on, file.test.

The other direction of the tests' own claims: whoever takes a test away, or
adds one, has to say so here.
"""

__all__ = ["TESTED"]

TESTED: dict[str, tuple[str, ...]] = {
    "1-relu-neuron": (
        "test_losses.test_page",
        "test_losses.test_worked_example",
        "test_price_model.test_it_learns_real_prices",
        "test_price_model.test_page",
        "test_price_model.test_parity",
        "test_price_model.test_worked_example",
    ),
    "1.1-notation": (
        "test_flattening.test_page",
        "test_flattening.test_parity",
        "test_flattening.test_worked_example",
    ),
    "1.2-sigmoid": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_tails_are_exact_and_monotone",
        "test_activations.test_worked_example",
    ),
    "1.2-model": (
        "test_logistic_regression.test_page",
        "test_logistic_regression.test_parity",
        "test_logistic_regression.test_worked_example",
    ),
    "1.2-theta": (
        "test_logistic_regression.test_page",
        "test_logistic_regression.test_parity",
    ),
    "1.2-loss": (
        "test_losses.test_page",
        "test_losses.test_saturated_output_costs_the_size_of_z",
        "test_losses.test_worked_example",
    ),
    "1.2-cost": (
        "test_losses.test_page",
        "test_losses.test_worked_example",
        "test_network.test_page",
        "test_network.test_parity",
        "test_network.test_worked_example",
    ),
    "1.2-predict": (
        "test_prediction.test_page",
        "test_prediction.test_parity",
        "test_prediction.test_worked_example",
    ),
    "P1.1": (
        "test_steepest_ascent.test_page",
        "test_steepest_ascent.test_parity",
        "test_steepest_ascent.test_worked_example",
    ),
    "1.2-convex": (
        "test_convexity.test_page",
        "test_convexity.test_parity",
        "test_convexity.test_two_starts_reach_one_minimum",
    ),
    "A1.1": (
        "test_backpropagation.test_page",
        "test_gradient_descent.test_long_training",
        "test_gradient_descent.test_one_call_is_many",
        "test_gradient_descent.test_page",
        "test_gradient_descent.test_parity",
        "test_gradient_descent.test_worked_example",
        "test_witness.test_mlp_classifier_follows_the_trajectory",
    ),
    "A1.2": (
        "test_logistic_regression.test_page",
        "test_logistic_regression.test_parity",
        "test_logistic_regression.test_worked_example",
    ),
    "A1.3": (
        "test_logistic_regression.test_page",
        "test_logistic_regression.test_parity",
        "test_logistic_regression.test_worked_example",
    ),
    "2.1": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
    ),
    "2.2": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
    ),
    "2.3": (
        "test_network.test_page",
        "test_network.test_parity",
        "test_network.test_worked_example",
    ),
    "2.4": (
        "test_activations.test_page",
        "test_network.test_page",
        "test_network.test_parity",
        "test_network.test_worked_example",
    ),
    "2.2-tanh": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_tails_are_exact_and_monotone",
        "test_activations.test_tanh_is_a_shifted_sigmoid",
        "test_activations.test_worked_example",
    ),
    "2.2-relu": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_worked_example",
    ),
    "2.2-leaky-relu": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_worked_example",
    ),
    "2.2-identity": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_worked_example",
    ),
    "2.2-linear-collapse": (
        "test_linear_collapse.test_page",
        "test_linear_collapse.test_parity",
        "test_linear_collapse.test_worked_example",
    ),
    "2.3-derivatives": (
        "test_activations.test_page",
        "test_activations.test_parity",
        "test_activations.test_worked_example",
    ),
    "2.5": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
        "test_one_example.test_worked_example",
    ),
    "2.6": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
        "test_one_example.test_worked_example",
    ),
    "2.7": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
        "test_one_example.test_worked_example",
    ),
    "2.8": (
        "test_one_example.test_page",
        "test_one_example.test_parity",
    ),
    "2.9": (
        "test_backpropagation.test_page",
        "test_backpropagation.test_parity",
        "test_backpropagation.test_random_networks",
        "test_backpropagation.test_worked_example",
        "test_losses.test_page",
    ),
    "2.10": (
        "test_backpropagation.test_page",
        "test_backpropagation.test_parity",
        "test_backpropagation.test_random_networks",
        "test_backpropagation.test_worked_example",
        "test_network.test_page",
    ),
    "2.11": (
        "test_backpropagation.test_page",
        "test_backpropagation.test_parity",
        "test_backpropagation.test_random_networks",
        "test_backpropagation.test_worked_example",
        "test_network.test_page",
    ),
    "2.12": (
        "test_backpropagation.test_page",
        "test_backpropagation.test_parity",
        "test_backpropagation.test_random_networks",
        "test_network.test_page",
    ),
    "2.4-symmetry": (
        "test_initialization.test_law",
        "test_initialization.test_page",
        "test_initialization.test_random_weights_break_the_symmetry",
        "test_initialization.test_symmetry",
    ),
    "2.4-small-random": (
        "test_initialization.test_law",
        "test_initialization.test_scale_of_small",
        "test_initialization.test_small_random",
    ),
    "2.5-shapes": (
        "test_initialization.test_shapes",
        "test_initialization.test_symmetry",
    ),
    "3-split": (
        "test_splitting.test_law",
        "test_splitting.test_parity",
        "test_splitting.test_rare_class_is_shared_out",
        "test_splitting.test_sizes_add_up",
        "test_splitting.test_sizes_and_seats_are_the_same_everywhere",
        "test_splitting.test_worked_example",
    ),
    "3-dev-selection": (
        "test_selection.test_page",
        "test_selection.test_parity",
        "test_selection.test_worked_example",
    ),
    "3.1-frobenius": (
        "test_regularization.test_page",
        "test_regularization.test_worked_example",
    ),
    "3.1-l2": (
        "test_network.test_page",
        "test_network.test_worked_example",
        "test_regularization.test_page",
        "test_regularization.test_parity",
        "test_regularization.test_weight_decay",
        "test_regularization.test_worked_example",
        "test_witness.test_logistic_regression_has_the_same_optimum",
        "test_witness.test_mlp_classifier_follows_the_trajectory",
    ),
    "3.1-dropout": (
        "test_backpropagation.test_dropped_nodes_do_not_learn",
        "test_dropout.test_law",
        "test_dropout.test_page",
        "test_dropout.test_parity_under_the_same_masks",
        "test_dropout.test_worked_example",
        "test_gradient_descent.test_page",
    ),
    "3.1-augmentation": (
        "test_augmentation.test_law",
        "test_augmentation.test_page",
        "test_augmentation.test_parity",
        "test_augmentation.test_worked_example",
    ),
    "3.1-early-stopping": (
        "test_early_stopping.test_page",
        "test_early_stopping.test_parity",
        "test_early_stopping.test_the_best_parameters_are_those_of_the_best_step",
        "test_early_stopping.test_worked_example",
    ),
    "3.2.1-normalize": (
        "test_normalization.test_conditioning",
        "test_normalization.test_large_offset_in_float32",
        "test_normalization.test_page",
        "test_normalization.test_parity",
        "test_normalization.test_real_data_become_round",
        "test_normalization.test_worked_example",
    ),
    "3.2.2-vanishing": (
        "test_vanishing_gradients.test_page",
        "test_vanishing_gradients.test_parity",
        "test_vanishing_gradients.test_the_rule_keeps_the_signal",
        "test_vanishing_gradients.test_worked_example",
    ),
    "3.2.2-xavier": (
        "test_initialization.test_law",
        "test_initialization.test_worked_example",
        "test_vanishing_gradients.test_the_rule_keeps_the_signal",
    ),
    "3.2.2-he": (
        "test_initialization.test_law",
        "test_initialization.test_worked_example",
        "test_vanishing_gradients.test_the_rule_keeps_the_signal",
    ),
    "3.2.2-xavier-average": (
        "test_initialization.test_law",
        "test_initialization.test_worked_example",
    ),
    "3.2.3-two-sided": (
        "test_gradient_checking.test_order_of_accuracy",
        "test_gradient_checking.test_page",
    ),
    "3.2.3-check": (
        "test_gradient_checking.test_a_kink_is_no_bug",
        "test_gradient_checking.test_page",
        "test_gradient_checking.test_parity",
        "test_gradient_checking.test_the_notes_difference_passes_what_is_wrong",
        "test_gradient_checking.test_theta_and_back",
        "test_gradient_checking.test_witnesses_agree",
        "test_gradient_checking.test_worked_example",
        "test_gradient_checking.test_wrong_layers_are_rejected",
    ),
}
