"""The clauses of the notes: what each says, and where it lives.

Symbol     Meaning
id         the notes' own number (2.10 is equation 2.10, A1.3 algorithm 1.3,
           P1.1 proposition 1.1), or section number and a word
statement  what the clause says, in the notes' letters
home       the functions, page.name, that state it: the same in reference,
           torch_impl and jax_impl, each claiming the clause at the end of
           its docstring's first paragraph
erratum    what the notes print, and what is right; empty where they are

Source: notes, chapters 1 to 3.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CLAUSES", "Clause"]


@dataclass(frozen=True)
class Clause:
    """One clause of the specification."""

    id: str
    statement: str
    home: tuple[str, ...]
    erratum: str = ""


C = Clause
CLAUSES = (
    C("1-relu-neuron",
      "One neuron predicts a price: linear, then max(0, .), trained with "
      "half the squared error.",
      ("losses.half_squared_error", "losses.half_squared_error_gradient",
       "price_model.price")),
    C("1.1-notation",
      "m examples are columns: X is (n_x, m), Y is (n_L, m); an image "
      "becomes a column.",
      ("flattening.flatten_images",),
      "Printed: X is an m x n matrix. Right: the matrix that is drawn, with "
      "examples as columns, is n x m."),
    C("1.2-sigmoid", "sigma(z) = 1 / (1 + e^-z).", ("activations.sigmoid",)),
    C("1.2-model", "y_hat = sigma(w^T x + b).",
      ("logistic_regression.logistic_model",)),
    C("1.2-theta", "With x_0 = 1, b is theta_0: y_hat = sigma(theta^T x).",
      ("logistic_regression.fold", "logistic_regression.theta_model")),
    C("1.2-loss",
      "The cross-entropy of one example, -y log y_hat - (1 - y) "
      "log(1 - y_hat).",
      ("losses.cross_entropy", "losses.loss"),
      "Printed for y = 0: -log(y_hat - 1). Right: -log(1 - y_hat); only "
      "then are the two branches equal to the one-line loss."),
    C("1.2-cost", "J is the mean of the losses over the m examples.",
      ("losses.mean_over_examples", "network.cost")),
    C("1.2-predict",
      "The class is 1 when y_hat passes 1/2, that is when Z > 0; the tie is "
      "class 0.",
      ("prediction.predict", "prediction.predict_from_z",
       "prediction.classes", "prediction.accuracy")),
    C("P1.1", "The gradient is the direction of steepest ascent.",
      ("steepest_ascent.steepest_direction",
       "steepest_ascent.directional_derivative")),
    C("1.2-convex", "J of logistic regression is convex in (w, b).",
      ("convexity.midpoint", "convexity.midpoint_gap")),
    C("A1.1", "Gradient descent: w := w - alpha dJ/dw, b := b - alpha dJ/db.",
      ("backpropagation.cost_and_gradients", "gradient_descent.update",
       "gradient_descent.step", "gradient_descent.repeat",
       "gradient_descent.train", "gradient_descent.train_dropout"),
      "Printed: w := w - alpha dw/dJ. Right: dJ/dw."),
    C("A1.2", "Logistic regression as a loop over the examples.",
      ("logistic_regression.looped_gradients",
       "logistic_regression.looped_step",
       "logistic_regression.train_looped")),
    C("A1.3", "Logistic regression, vectorized.",
      ("logistic_regression.vectorized_gradients",
       "logistic_regression.vectorized_step",
       "logistic_regression.train_vectorized")),
    C("2.1", "z[l] = W[l] a[l-1] + b[l], of one example and node by node.",
      ("one_example.node", "one_example.layer_by_nodes",
       "one_example.forward_example"),
      "Printed in the figure: z_1 = W_1^T x + b_1. Right: W already holds "
      "rows, so it is one row of W times x."),
    C("2.2", "a[l] = g(z[l]), of one example and node by node.",
      ("one_example.node", "one_example.layer_by_nodes",
       "one_example.forward_example")),
    C("2.3", "Z[l] = W[l] A[l-1] + b[l], all examples at once.",
      ("network.linear", "network.propagate", "network.forward")),
    C("2.4", "A[l] = g(Z[l]), all examples at once, A[0] = X.",
      ("activations.activation", "network.propagate", "network.forward")),
    C("2.2-tanh",
      "tanh(z) = (e^z - e^-z) / (e^z + e^-z), a shifted sigmoid: "
      "2 sigma(2z) - 1.",
      ("activations.tanh", "activations.shifted_sigmoid")),
    C("2.2-relu", "ReLU(z) = max(0, z).", ("activations.relu",)),
    C("2.2-leaky-relu",
      "LReLU(z) = max(0.01 z, z); the slope is a hyperparameter.",
      ("activations.leaky_relu",)),
    C("2.2-identity", "g(z) = z.",
      ("activations.identity", "activations.identity_derivative")),
    C("2.2-linear-collapse",
      "Linear hidden layers are together one linear layer, W' x + b'.",
      ("linear_collapse.collapse",)),
    C("2.3-derivatives",
      "g' of sigmoid, tanh, ReLU and leaky ReLU; at z = 0, which the notes "
      "leave open, the value from the left.",
      ("activations.sigmoid_derivative", "activations.tanh_derivative",
       "activations.relu_derivative", "activations.leaky_relu_derivative",
       "activations.activation_derivative")),
    C("2.5", "dz[L] = a[L] - y, of one example.",
      ("one_example.gradients_example", "one_example.gradients_by_example"),
      "Printed for any last layer. Right for sigmoid with cross-entropy and "
      "identity with half the squared error; another output needs dA g'(Z)."),
    C("2.6", "dW[l] = dz[l] a[l-1]^T, of one example.",
      ("one_example.gradients_example", "one_example.gradients_by_example"),
      "Printed without 1/m: it is one example's share, and (2.10) their "
      "mean."),
    C("2.7", "db[l] = dz[l], of one example.",
      ("one_example.gradients_example", "one_example.gradients_by_example")),
    C("2.8", "dz[l] = W[l+1]^T dz[l+1] * g'(z[l]), of one example.",
      ("one_example.gradients_example", "one_example.gradients_by_example")),
    C("2.9", "dZ[L] = A[L] - Y.",
      ("losses.cross_entropy_gradient", "losses.loss_gradient",
       "backpropagation.gradients",
       "backpropagation.cost_and_gradients"),
      "Printed for any last layer; true as (2.5) is."),
    C("2.10", "dW[l] = 1/m dZ[l] A[l-1]^T.",
      ("network.weight_gradient", "backpropagation.gradients",
       "backpropagation.cost_and_gradients")),
    C("2.11", "db[l] = 1/m sum of dZ[l] over the examples.",
      ("network.bias_gradient", "backpropagation.gradients",
       "backpropagation.cost_and_gradients")),
    C("2.12", "dZ[l] = W[l+1]^T dZ[l+1] * g'(Z[l]).",
      ("network.input_gradient", "backpropagation.gradients",
       "backpropagation.cost_and_gradients")),
    C("2.4-symmetry",
      "Equal initial weights stay equal for ever; biases start at 0.",
      ("initialization.zeros", "initialization.constant",
       "initialization.initialize")),
    C("2.4-small-random",
      "Weights start as small random numbers; large ones make tanh flat.",
      ("initialization.small", "initialization.weights")),
    C("2.5-shapes", "W[l] is (n[l], n[l-1]) and b[l] is (n[l], 1).",
      ("initialization.initialize",)),
    C("3-split",
      "The data are split into train, dev and test: 70/30, 60/20/20 or "
      "98/1/1, all of the same distribution.",
      ("splitting.part_sizes", "splitting.deal", "splitting.split")),
    C("3-dev-selection",
      "Hyperparameters are chosen on the dev set; the test set is used once.",
      ("selection.dev_error", "selection.select")),
    C("3.1-frobenius", "||W||^2 is the sum of the squares of all W_ij.",
      ("regularization.squared_frobenius_norm",)),
    C("3.1-l2",
      "J gains lambda/(2m) sum of ||W[l]||^2, dW gains lambda/m W: a weight "
      "decay by 1 - alpha lambda/m.",
      ("regularization.l2_penalty", "regularization.l2_penalty_gradient",
       "regularization.weight_decay", "regularization.l2_cost",
       "network.cost")),
    C("3.1-dropout",
      "Inverted dropout: a node is kept with keep_prob, and divided by it; "
      "off when predicting.",
      ("dropout.dropout_mask", "dropout.dropout", "dropout.dropout_gradient",
       "dropout.layer_dropout", "dropout.layer_dropout_gradient",
       "dropout.sample_dropout", "gradient_descent.train_dropout")),
    C("3.1-augmentation",
      "More data by flipped, desaturated and blurred images; by louder, "
      "noisy and suppressed sounds.",
      ("augmentation.flip", "augmentation.desaturate",
       "augmentation.gaussian", "augmentation.blur", "augmentation.louder",
       "augmentation.noise", "augmentation.suppress",
       "augmentation.augment")),
    C("3.1-early-stopping",
      "Stop when the dev error rises, and keep the best parameters.",
      ("early_stopping.stop_early", "early_stopping.train_early_stopping")),
    C("3.2.1-normalize",
      "x := (x - mu) / sigma, with mu and sigma of the training set for "
      "every set.",
      ("normalization.mean", "normalization.variance",
       "normalization.fit_normalization", "normalization.normalize",
       "normalization.condition_number"),
      "Printed: sigma^2 = mean of x^2. Right only after the mean is "
      "subtracted."),
    C("3.2.2-vanishing",
      "Through L layers a signal grows as 1.5^L or falls as 0.5^L.",
      ("vanishing_gradients.repeated_weight",
       "vanishing_gradients.root_mean_square",
       "vanishing_gradients.activation_scales",
       "vanishing_gradients.gradient_scales")),
    C("3.2.2-xavier", "Var(w) = 1/n[l-1].", ("initialization.xavier",),
      "Printed: 1/n[l-1] is the Xavier initialization. Frameworks call that "
      "LeCun's, and 2/(n[l-1] + n[l]) Xavier's; both are here."),
    C("3.2.2-he", "Var(w) = 2/n[l-1], for ReLU.", ("initialization.he",)),
    C("3.2.2-xavier-average", "Var(w) = 2/(n[l-1] + n[l]).",
      ("initialization.xavier_average",)),
    C("3.2.3-two-sided",
      "g(theta) is approximated by (f(theta + eps) - f(theta - eps)) / "
      "(2 eps).",
      ("gradient_checking.two_sided",
       "gradient_checking.numerical_gradients")),
    C("3.2.3-check",
      "The relative difference of the flattened gradients, judged at 1e-7, "
      "1e-5 and 1e-3.",
      ("gradient_checking.flatten", "gradient_checking.unflatten",
       "gradient_checking.exact_gradients",
       "gradient_checking.relative_difference",
       "gradient_checking.verdict")),
)  # fmt: skip
