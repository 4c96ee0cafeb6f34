"""Mistakes in the forward pass, and in what backpropagation is made of."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after, current
from reference.rounding import fewer_bits

__all__ = ["MISTAKES", "coarse"]

activation = current("activations.activation")
drop = current("dropout.dropout")
linear = current("network.linear")


def right_linear(
    W: np.ndarray, A_prev: np.ndarray, b: np.ndarray
) -> np.ndarray:
    return W @ A_prev + b


def single(product: Callable[..., Any]) -> Callable[..., Any]:
    """The function in float32, its result handed back as what was asked."""

    def rule(*arguments: np.ndarray) -> np.ndarray:
        low = [a.astype(np.float32) for a in arguments]
        return product(*low).astype(arguments[0].dtype)

    return rule


def coarse(bits: int, product: Callable[..., Any]) -> Callable[..., Any]:
    """A product of factors of fewer bits, added up in float32."""

    def rule(a: np.ndarray, b: np.ndarray, *others: np.ndarray) -> np.ndarray:
        low = (fewer_bits(a, bits), fewer_bits(b, bits), *others)
        return product(*low).astype(a.dtype)

    return rule


def half(a: np.ndarray) -> np.ndarray:
    """a by way of float16, whose largest number is 65504."""
    return np.clip(a, -65504, 65504).astype(np.float16).astype(a.dtype)


def if_square(W: np.ndarray) -> np.ndarray:
    return W.T if W.shape[0] == W.shape[1] else W


def bias_along_the_row(
    W: np.ndarray, A_prev: np.ndarray, b: np.ndarray
) -> np.ndarray:
    Z = W @ A_prev
    return Z + (b.T if Z.shape[0] == Z.shape[1] else b)


def output_left_linear(A: Any, network: Any, parameters: Any, X: Any,
                       dropout: Any = None) -> Any:  # fmt: skip
    W, b = parameters[-1]
    A_prev = A[-2] if len(A) > 1 else X
    return (*A[:-1], W @ A_prev + b)


def activated_twice(A: Any, network: Any, *_: Any) -> Any:
    g, slope = network.activations[-1], network.leaky_slope
    return (*A[:-1], activation(g, A[-1], slope))


def dropout_left_on(result: Any, network: Any, parameters: Any, X: Any,
                    dropout: Any = None) -> Any:  # fmt: skip
    Z, A = result
    if dropout is not None or len(Z) < 3:
        return result
    D = np.random.default_rng(0).random(A[1].shape) < 0.8
    W, b = parameters[1]
    dropped = (A[1] * D / 0.8).astype(A[1].dtype)
    return [*Z[:2], W @ dropped + b, *Z[3:]], [A[0], dropped, *A[2:]]


def propagation(
    g_of: Callable[[str, str], str] = lambda g, g_out: g,
    input_of: Callable[[Any], Any] = lambda X: X,
    leaky_slope: float | None = None,
    first_alone: bool = False,
    bias_last: bool = False,
    mask_on_Z: bool = False,
    **dropping: bool,
) -> Callable[..., Any]:
    """The right one, but for what is given."""

    def rule(network: Any, parameters: Any, X: Any,
             dropout: Any = None) -> Any:  # fmt: skip
        X = input_of(X)
        Z, A = [X], [X]
        slope = network.leaky_slope if leaky_slope is None else leaky_slope
        *hidden, g_out = network.activations
        for l in range(1, network.L + 1):
            W, b = parameters[l - 1]
            late = bias_last and l < network.L
            Z.append(linear(W, A[l - 1], 0 * b if late else b))
            if l < network.L:
                g = g_of(hidden[0 if first_alone else l - 1], g_out)
                if mask_on_Z:
                    A_l = activation(g, dropped(Z[l], l, dropout), slope)
                else:
                    A_l = activation(g, Z[l], slope) + (b if late else 0)
                    A_l = dropped(A_l, l, dropout, **dropping)
                A.append(A_l.astype(X.dtype))
        return Z, A

    return rule


def dropped(
    A: Any,
    l: int,
    masks: Any,
    single: bool = False,
    scale_all: bool = False,
    first_keep_prob: bool = False,
    next_keep_prob: bool = False,
) -> Any:
    """layer_dropout, but for what is given."""
    if not masks:
        return A
    keep_prob, D = masks.at(l)
    if first_keep_prob:
        keep_prob = next(p for p in each_of(masks) if p is not None)
    if next_keep_prob:
        each = each_of(masks)
        keep_prob = each[min(l, len(each) - 1)] or 1.0
    if single and keep_prob is not None:
        keep_prob = float(np.float32(keep_prob))
    if D is None and scale_all:
        keep_prob = masks.keep_prob
        return A / keep_prob if np.ndim(keep_prob) == 0 else A
    return A if D is None else drop(A, D, keep_prob)


def each_of(masks: Any) -> tuple[Any, ...]:
    """keep_prob of each layer."""
    p = masks.keep_prob
    return p if isinstance(p, tuple) else (p,) * len(masks.masks)


def softmax_output(A: Any, network: Any, parameters: Any, X: Any,
                   dropout: Any = None) -> Any:  # fmt: skip
    # Of one output it would be 1, and people see that.
    if network.activations[-1] != "sigmoid" or len(A[-1]) == 1:
        return A
    W, b = parameters[-1]
    Z = W @ (A[-2] if len(A) > 1 else X) + b
    E = np.exp(Z - np.max(Z, axis=0, keepdims=True))
    return (*A[:-1], E / np.sum(E, axis=0, keepdims=True))


def sigmoid_output(A: Any, network: Any, parameters: Any, X: Any,
                   dropout: Any = None) -> Any:  # fmt: skip
    W, b = parameters[-1]
    A_prev = A[-2] if len(A) > 1 else X
    return (*A[:-1], activation("sigmoid", W @ A_prev + b, 0.01))


def softmax_of_any(A: Any, network: Any, parameters: Any, X: Any,
                   dropout: Any = None) -> Any:  # fmt: skip
    if len(A[-1]) == 1 and network.activations[-1] == "sigmoid":
        return (*A[:-1], np.ones_like(A[-1]))
    return softmax_output(A, network, parameters, X, dropout)


def before_dropout(A: Any, network: Any, parameters: Any, X: Any,
                   dropout: Any = None) -> Any:  # fmt: skip
    shown, A_prev = [], X
    for g, (W, b), A_l in zip(network.activations, parameters, A, strict=True):
        shown.append(activation(g, linear(W, A_prev, b), network.leaky_slope))
        A_prev = A_l
    return (*shown[:-1], A[-1])


M = Mistake
MISTAKES = (
    M("W transposed", "2.3", "network.linear", "forward",
      "W^T A_prev, which only equal widths let pass.",
      "W[l] is (n[l], n[l-1]); a library's kernel may be the transpose.",
      lambda W, A, b: if_square(W) @ A + b),
    M("bias forgotten", "2.3", "network.linear", "forward", "Z lacks b.",
      "Add b.", lambda W, A, b: W @ A),
    M("bias subtracted", "2.3", "network.linear", "forward",
      "The bias was taken for a threshold.", "Add b.",
      lambda W, A, b: W @ A - b),
    M("bias along the row", "2.3", "network.linear", "forward",
      "b of shape (n,) is added to the columns, which m = n lets pass.",
      "b is (n, 1).", bias_along_the_row),
    M("examples as rows", "2.3", "network.linear", "forward",
      "A_prev was taken with its examples as rows, which m = n lets pass.",
      "Examples are columns.", lambda W, A, b: W @ if_square(A) + b),
    M("float32 in disguise", "2.3", "network.linear", "forward",
      "The products are computed in float32, whatever was asked.",
      "Set the dtype of all arrays; JAX needs jax_enable_x64.",
      single(right_linear), ("float64",)),
    M("TensorFloat-32 in disguise", "2.3", "network.linear", "forward",
      "The factors are cut to 10 bits, as a GPU may do with float32.",
      "Ask for full precision: jax.default_matmul_precision('highest').",
      coarse(10, right_linear)),
    M("bfloat16 in disguise", "2.3", "network.linear", "forward",
      "The factors are cut to 7 bits, as autocast does.",
      "Leave the scope of autocast.", coarse(7, right_linear)),
    M("half precision in disguise", "2.3", "network.linear", "forward",
      "The factors were stored as float16.", "Keep them as they are.",
      lambda W, A, b: half(W) @ half(A) + b),
    M("an output without its activation", "2.4", "network.forward",
      "forward", "The last layer hands back Z[L].",
      "A[L] = g(Z[L]).", after("network.forward", output_left_linear)),
    M("an output activated twice", "2.4", "network.forward", "forward",
      "The activation of the last layer is applied to A[L] again.",
      "Apply it once.", after("network.forward", activated_twice)),
    M("Z handed back for A", "2.4", "network.forward", "forward",
      "What is handed back was taken before the activation.",
      "Hand back A[l] = g(Z[l]).",
      after("network.forward", lambda A, network, parameters, X, *_:
            (parameters[0][0] @ X + parameters[0][1], *A[1:]))),
    M("dropout left on", "2.3", "network.propagate", "forward",
      "Nodes are dropped in a pass that was given no masks.",
      "Drop in training alone: F.dropout needs training=model.training.",
      after("network.propagate", dropout_left_on)),
    M("dW without 1/m", "2.10", "network.weight_gradient", "gradients",
      "dW is the sum of the examples' shares, and not their mean.",
      "Divide by m.", lambda dZ, A: dZ @ A.T),
    M("dW with 1/m twice", "2.10", "network.weight_gradient", "gradients",
      "The mean is divided by m once more.", "Divide once.",
      lambda dZ, A: dZ @ A.T / dZ.shape[1] ** 2),
    M("dW divided by the nodes", "2.10", "network.weight_gradient",
      "gradients", "The product was divided by n[l-1], the rows of A.",
      "m is the number of columns.", lambda dZ, A: dZ @ A.T / A.shape[0]),
    M("dW over m - 1", "2.10", "network.weight_gradient", "gradients",
      "The product was divided by m - 1.", "Divide by m.",
      lambda dZ, A: dZ @ A.T / max(dZ.shape[1] - 1, 1)),
    M("A_prev not transposed", "2.10", "network.weight_gradient",
      "gradients", "dZ A_prev, which m = n[l-1] lets pass.",
      "dW = dZ A_prev^T / m.",
      lambda dZ, A: dZ @ (A if A.shape[0] == A.shape[1] else A.T)
      / dZ.shape[1]),
    M("dW of the first examples", "2.10", "network.weight_gradient",
      "gradients", "Only the first 2000 examples reach dW.",
      "Let no loader drop the last of them.",
      lambda dZ, A: dZ[:, :2000] @ A[:, :2000].T / dZ.shape[1]),
    M("one part in a million off", "2.10", "network.weight_gradient",
      "gradients",
      "A constant was written down with six digits.",
      "Compute it, or write all of its digits.",
      lambda dZ, A: dZ @ A.T / dZ.shape[1] * dZ.dtype.type(1 + 2e-5)),
    M("db as the mean of all", "2.11", "network.bias_gradient",
      "gradients", "The sum runs over the nodes too.", "Sum along axis 1.",
      lambda dZ: np.full((len(dZ), 1), dZ.mean(), dZ.dtype)),
    M("db without keepdims", "2.11", "network.bias_gradient", "gradients",
      "db has the shape (n,), and b becomes (n, n).",
      "Sum with keepdims=True.",
      lambda dZ: np.sum(dZ, axis=1) / dZ.shape[1]),
    M("db without 1/m", "2.11", "network.bias_gradient", "gradients",
      "db is a sum, and not a mean.", "Divide by m.",
      lambda dZ: np.sum(dZ, axis=1, keepdims=True)),
    M("db of one example", "2.11", "network.bias_gradient", "gradients",
      "The last example's share was kept, and not the mean of all.",
      "Add them up in the loop.", lambda dZ: dZ[:, -1:].copy()),
    M("db along the other axis", "2.11", "network.bias_gradient",
      "gradients", "The sum runs over the nodes, which m = n lets pass.",
      "Sum along axis 1, over the examples.",
      lambda dZ: np.sum(dZ.T if dZ.shape[0] == dZ.shape[1] else dZ, axis=1,
                        keepdims=True) / dZ.shape[1]),
    M("W not transposed on the way back", "2.12", "network.input_gradient",
      "gradients", "W dZ, which only equal widths let pass.",
      "dA_prev = W^T dZ.",
      lambda W, dZ: (W if W.shape[0] == W.shape[1] else W.T) @ dZ),
    M("|W| on the way back", "2.12", "network.input_gradient",
      "gradients", "The signs of the weights were lost.",
      "dA_prev = W^T dZ.", lambda W, dZ: np.abs(W).T @ dZ),
    M("stopped gradient", "2.12", "network.input_gradient", "gradients",
      "detach, stop_gradient or .data cut the graph: nothing reaches the "
      "layers before.",
      "Keep the tensors in the graph.", lambda W, dZ: 0 * (W.T @ dZ)),
    M("hidden layers left linear", "2.4", "network.propagate", "forward",
      "Z[l] goes on to the next layer without its activation.",
      "A[l] = g(Z[l]).", propagation(lambda g, g_out: "identity")),
    M("the output's activation in every layer", "2.4",
      "network.propagate", "forward",
      "The hidden layers have the activation of the last.",
      "Each layer has its own.", propagation(lambda g, g_out: g_out)),
    M("ReLU in every hidden layer", "2.4", "network.propagate", "forward",
      "network.activations was not looked at.",
      "Each layer has its own.", propagation(lambda g, g_out: "relu")),
    M("tanh in every hidden layer", "2.4", "network.propagate", "forward",
      "network.activations was not looked at.",
      "Each layer has its own.", propagation(lambda g, g_out: "tanh")),
    M("default leaky slope", "2.4", "network.propagate", "forward",
      "The slope is 0.01, whatever the network says.",
      "Hand network.leaky_slope on.", propagation(leaky_slope=0.01)),
    M("bias after the activation", "2.3", "network.propagate", "forward",
      "g(W A_prev) + b.", "g(W A_prev + b).",
      propagation(bias_last=True)),
    M("mask on Z", "3.1-dropout", "network.propagate", "forward",
      "Z was dropped out and scaled, and not A.",
      "Drop after the activation.", propagation(mask_on_Z=True)),
    M("softmax for sigmoid", "2.4", "network.forward", "forward",
      "The outputs of an example were made to sum to 1.",
      "Each output is a sigmoid by itself.",
      after("network.forward", softmax_output)),
    M("dW of one example", "2.10", "network.weight_gradient", "gradients",
      "The last example's share was kept, divided by m.",
      "Add them up in the loop.",
      lambda dZ, A: dZ[:, -1:] @ A[:, -1:].T / dZ.shape[1]),
    M("dZ divided by m in each layer", "2.12", "network.input_gradient",
      "gradients", "What goes back has 1/m once for each layer.",
      "The 1/m belongs to dW and db alone.",
      lambda W, dZ: W.T @ dZ / dZ.shape[1]),
    M("bias added for each input", "2.3", "network.linear", "forward",
      "b was added inside the loop over the inputs.", "Add it once.",
      lambda W, A, b: W @ A + W.shape[1] * b),
    M("X reshaped for transposed", "2.3", "network.propagate", "forward",
      "reshape takes the entries in their order: examples are scrambled.",
      "Transpose.", propagation(input_of=lambda X:
                                X.reshape(X.shape[::-1]).T)),
    M("the first activation in every hidden layer", "2.4",
      "network.propagate", "forward",
      "All hidden layers have the activation of the first.",
      "Each layer has its own.", propagation(first_alone=True)),
    M("keep_prob in float32", "3.1-dropout", "network.propagate", "forward",
      "keep_prob went through float32: 0.8 is 0.800000012 there.",
      "Keep it a Python number.", propagation(single=True), ("float64",)),
    M("scaled without a mask", "3.1-dropout", "network.propagate",
      "forward", "A layer that drops nothing is divided by keep_prob too.",
      "Divide where there is a mask.", propagation(scale_all=True)),
    M("one keep_prob for all layers", "3.1-dropout", "network.propagate",
      "forward", "The first layer's keep_prob scales all of them.",
      "Each layer has its own.", propagation(first_keep_prob=True)),
    M("examples handed back as rows", "2.3", "network.forward", "forward",
      "What is handed back has an example a row.",
      "Examples are columns: A[l] is (n[l], m).",
      after("network.forward", lambda A, *_: tuple(a.T for a in A))),
    M("features taken for examples in J", "1.2-cost", "network.cost",
      "cost", "The sums were divided by n_x, the rows of X.",
      "Examples are columns: m = X.shape[1].",
      after("network.cost", lambda J, network, parameters, X, *_:
            J * X.dtype.type(X.shape[1] / X.shape[0]))),
    M("db as one number", "2.11", "network.bias_gradient", "gradients",
      "np.sum without an axis adds up the whole layer.",
      "Sum along axis 1, with keepdims=True.",
      lambda dZ: np.sum(dZ) / dZ.shape[1]),
    M("sigmoid in every hidden layer", "2.4", "network.propagate",
      "forward", "network.activations was not looked at.",
      "Each layer has its own.", propagation(lambda g, g_out: "sigmoid")),
    M("always a sigmoid output", "2.4", "network.forward", "forward",
      "The last layer is a sigmoid, whatever the network says.",
      "Each layer has its own activation.",
      after("network.forward", sigmoid_output)),
    M("W reshaped for transposed", "2.3", "network.linear", "forward",
      "A kernel (n[l-1], n[l]) was reshaped, and not transposed.",
      "Transpose.",
      lambda W, A, b: W.T.reshape(W.shape) @ A + b),
    M("bias added for each example", "2.3", "network.linear", "forward",
      "b was multiplied by m, as a sum over the examples has it.",
      "Add b once to each column.",
      lambda W, A, b: W @ A + b * A.dtype.type(A.shape[1])),
    M("keep_prob of the next layer", "3.1-dropout", "network.propagate",
      "forward", "A[l] was divided by the keep_prob of layer l + 1.",
      "Each layer has its own: count the layers alike.",
      propagation(next_keep_prob=True)),
    M("softmax for sigmoid, of one output too", "2.4", "network.forward",
      "forward", "A softmax of one output is 1, whatever Z is.",
      "Each output is a sigmoid by itself.",
      after("network.forward", softmax_of_any)),
    M("W in the kernel's shape", "2.3", "network.linear", "forward",
      "W was reshaped to (n[l-1], n[l]), and used as a kernel.",
      "Transpose.",
      lambda W, A, b: W.reshape(W.shape[::-1]).T @ A + b),
    M("A before dropout handed back", "2.4", "network.forward", "forward",
      "The hidden A[l] are those of before dropout.",
      "Hand back what the next layer was given.",
      after("network.forward", before_dropout)),
)  # fmt: skip
