"""The contract: what is here, and what bad input gets."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.implementations import MODES, PARALLEL, Choice, choices
from reference import Dropout, Layer, Network
from reference.specification import Contract

NETWORK = Network((3, 2, 1), ("tanh", "sigmoid"))
LAYERS = (
    Layer(np.ones((2, 3)), np.zeros((2, 1))),
    Layer(np.ones((1, 2)), np.zeros((1, 1))),
)
X = np.arange(12.0).reshape(3, 4)
Y = np.array([[0, 1, 1, 0]])


@pytest.mark.parametrize("choice", list(choices()), ids=str)
def test_every_implementation_is_here(choice: Choice) -> None:
    """What this machine lacks is skipped here, and nowhere else."""
    if reason := choice.absent():
        pytest.skip(reason)
    implementation = choice.build()
    assert implementation.dtype == choice.dtype
    assert choice.package.startswith(implementation.name)
    assert choice.mode in repr(implementation)
    of_ranks = PARALLEL[choice.package]
    assert of_ranks == implementation.parallel
    assert (*MODES[choice.package], *of_ranks) == implementation.modes


@pytest.mark.trains
def test_what_comes_back(implementation: Contract) -> None:
    """Tuples of Layers, of writable arrays in the dtype that was asked."""
    A = implementation.forward(NETWORK, LAYERS, X)
    dJ = implementation.gradients(NETWORK, LAYERS, X, Y)
    trained, costs = implementation.train(
        NETWORK, LAYERS, X, Y, learning_rate=0.1, steps=2
    )
    assert [a.shape for a in A] == [(2, 4), (1, 4)]
    assert costs.shape == (2,)
    assert type(implementation.cost(NETWORK, LAYERS, X, Y)) is float
    for layers in (dJ, trained):
        assert all(isinstance(layer, Layer) for layer in layers)
    arrays = [*A, costs, *(a for layer in (*dJ, *trained) for a in layer)]
    arrays += implementation.fit_normalization(X)
    for array in arrays:
        assert type(array) is np.ndarray
        assert array.dtype == implementation.dtype
        assert array.flags.writeable


NAN, INF = float("nan"), float("inf")
UNFIT = (LAYERS[0], Layer(np.ones((2, 1)), np.zeros((1, 1))))
BAD_COSTS: dict[str, tuple[dict[str, Any], str]] = {
    "X of shape (4, 3)": (
        {"X": X.T}, "X must have shape (3, m) with m >= 1, got (4, 3)"),
    "X of one dimension": (
        {"X": X[0]}, "X must have shape (3, m) with m >= 1, got (4,)"),
    "m = 0": (
        {"X": X[:, :0]}, "X must have shape (3, m) with m >= 1, got (3, 0)"),
    "NaN in X": (
        {"X": np.where(X == 5, NAN, X)}, "X must be finite in float"),
    "inf in X": (
        {"X": np.where(X == 5, -INF, X)}, "got -inf at [1, 1]"),
    "inf in Y": (
        {"Y": [[0, 1, INF, 0]]}, "Y must be finite in float"),
    "Y of shape (4,)": (
        {"Y": Y[0]}, "Y must have shape (1, 4), got (4,)"),
    "Y of shape (4, 1)": (
        {"Y": Y.T}, "Y must have shape (1, 4), got (4, 1)"),
    "labels of -1": (
        {"Y": 2 * Y - 1},
        "Y must be in [0, 1] for a sigmoid output, got -1 at [0, 0]"),
    "a layer missing": (
        {"parameters": LAYERS[:1]}, "parameters must hold 2 layers, got 1"),
    "W[2] transposed": (
        {"parameters": UNFIT},
        "W[2] must have shape (n[2], n[1]) = (1, 2), got (2, 1)"),
    "b[1] of shape (2,)": (
        {"parameters": (Layer(np.ones((2, 3)), np.zeros(2)), LAYERS[1])},
        "b[1] must have shape (n[1], 1) = (2, 1), got (2,)"),
    "NaN in W[1]": (
        {"parameters": (Layer(np.full((2, 3), NAN), LAYERS[0].b), LAYERS[1])},
        "W[1] must be finite in float"),
    "negative lambda": ({"l2": -1}, "l2 must be in [0, inf), got -1"),
    "lambda of NaN": ({"l2": NAN}, "l2 must be in [0, inf), got nan"),
    "infinite lambda": ({"l2": INF}, "l2 must be in [0, inf), got inf"),
    "a mask too many": (
        {"dropout": Dropout(0.5, (None, None))},
        "dropout must hold 1 masks, one a hidden layer, got 2"),
    "mask of a wrong shape": (
        {"dropout": Dropout(0.5, (np.ones((4, 2)),))},
        "masks[1] must have shape (n[1], m) = (2, 4), got (4, 2)"),
    "mask of probabilities": (
        {"dropout": Dropout(0.5, (np.full((2, 4), 0.5),))},
        "masks[1] must be 0 or 1, got 0.5 at [0, 0]"),
    "a label beyond 1 by 1e-9": (
        {"Y": [[0, 1, 1 + 1e-9, 0]]}, "Y must be in [0, 1] for a sigmoid"),
    "keep_prob of 0": (
        {"dropout": Dropout(0, (None,))},
        "keep_prob must be in (0, 1], got 0"),
}  # fmt: skip
BAD_TYPES: dict[str, tuple[dict[str, Any], str]] = {
    "X of words": (
        {"X": [["a"] * 4] * 3}, "X must hold real numbers, got dtype <U1"),
    "ragged X": (
        {"X": [[1, 2], [3]]}, "X must be an array of numbers, got list"),
    "complex X": (
        {"X": X * 1j}, "X must hold real numbers, got dtype complex128"),
    "lambda a word": ({"l2": "0.1"}, "l2 must be a number, got '0.1' (str)"),
    "network a tuple": (
        {"network": (3, 2, 1)}, "network must be a Network, got tuple"),
    "parameters an array": (
        {"parameters": np.ones(3)},
        "parameters must be a sequence of (W, b), one a layer, got ndarray"),
    "masked X": (
        {"X": np.ma.masked_equal(X, 5)}, "X must be an array without a mask"),
    "a mask without its keep_prob": (
        {"dropout": Dropout((None,), (np.ones((2, 4)),))},
        "keep_prob must be a number, got None (NoneType)"),
    "masks missing": (
        {"dropout": (0.5, None)},
        "masks must be a sequence, one a hidden layer, got NoneType"),
    "dropout a dict": (
        {"dropout": {"keep_prob": 0.5, "masks": ()}},
        "dropout must be a Dropout(keep_prob, masks), got dict"),
    "dropout a number": (
        {"dropout": 0.5},
        "dropout must be a Dropout(keep_prob, masks), got float"),
}  # fmt: skip


@pytest.mark.parametrize("bad", BAD_COSTS)
def test_bad_values(implementation: Contract, bad: str) -> None:
    changed, message = BAD_COSTS[bad]
    refuses(implementation, changed, ValueError, message)


@pytest.mark.parametrize("bad", BAD_TYPES)
def test_bad_types(implementation: Contract, bad: str) -> None:
    changed, message = BAD_TYPES[bad]
    refuses(implementation, changed, TypeError, message)


def refuses(
    implementation: Contract,
    changed: dict[str, Any],
    kind: type[Exception],
    message: str,
) -> None:
    good = {"network": NETWORK, "parameters": LAYERS, "X": X, "Y": Y}
    arguments: Any = {**good, **changed}
    with pytest.raises(kind, match=re.escape(message)):
        implementation.cost(**arguments)
    with pytest.raises(kind, match=re.escape(message)):
        implementation.gradients(**arguments)
    if "dropout" not in changed:
        with pytest.raises(kind, match=re.escape(message)):
            implementation.train(**arguments, learning_rate=0.1, steps=2)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            {"learning_rate": -0.1},
            "learning_rate must be in [0, inf), got -0.1",
        ),
        ({"learning_rate": NAN}, "learning_rate must be in [0, inf), got nan"),
        ({"steps": -1}, "steps must be >= 0, got -1"),
    ],
)
def test_bad_training(
    implementation: Contract, settings: dict[str, Any], message: str
) -> None:
    good: dict[str, Any] = {"learning_rate": 0.1, "steps": 2}
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.train(NETWORK, LAYERS, X, Y, **{**good, **settings})
    fraction: Any = 2.5
    with pytest.raises(TypeError, match=r"steps must be an integer, got 2\.5"):
        implementation.train(
            NETWORK, LAYERS, X, Y, learning_rate=1, steps=fraction
        )


BAD_CALLS: tuple[tuple[Callable[[Contract], Any], str], ...] = (
    (lambda i: i.activation("swish", X), "name must be one of 'identity', "
     "'sigmoid', 'tanh', 'relu', 'leaky_relu', got 'swish'"),
    (lambda i: i.initialize(NETWORK, "glorot", 0), "rule must be one of "
     "'zeros', 'small', 'xavier', 'xavier_average', 'he', got 'glorot'"),
    (lambda i: i.initialize(NETWORK, "he", -1),
     "seed must be >= 0, got -1"),
    (lambda i: i.sample_dropout(NETWORK, 0.5, 0, 0), "m must be >= 1"),
    (lambda i: i.split(10, (0.5, 0.4), 0), "fractions must add up to 1, "
     "got (0.5, 0.4), which add up to 0.9"),
    (lambda i: i.split(10, (0.98, 0.01, 0.01), 0),
     "fractions must leave no part empty, got parts of [10, 0, 0]"),
    (lambda i: i.split(10, (1.5, -0.5), 0), "fractions must be in (0, 1]"),
    (lambda i: i.split(10, (0.5, 0.5), 0, np.ones(9)),
     "labels must have shape (10,) or (1, 10), got (9,)"),
    (lambda i: i.normalize(X, X[:2, :1], X[:, :1]),
     "mu must have shape (3, 1), got (2, 1)"),
    (lambda i: i.normalize(X, X[:, :1], -1 - X[:, :1]),
     "sigma must be >= 0, got -1.0 at [0, 0]"),
    (lambda i: i.midpoint_gap(NETWORK, LAYERS, LAYERS[:1], X, Y),
     "end must hold 2 layers, got 1"),
    (lambda i: i.midpoint_gap(NETWORK, [(X, X), LAYERS[1]], LAYERS, X, Y),
     "start W[1] must have shape"),
    (lambda i: i.directional_derivative(NETWORK, LAYERS, X, Y, LAYERS[:1]),
     "direction must hold 2 layers, got 1"),
    (lambda i: i.gradient_check(NETWORK, LAYERS, X, Y, gradients=LAYERS[:1]),
     "gradients must hold 2 layers, got 1"),
    (lambda i: i.forward(NETWORK, LAYERS, X, (1e-320, (X > 9,))),
     "keep_prob must be at least"),
    (lambda i: i.repeated_weight(np.inf, 2),
     "w must be finite"),
    (lambda i: i.fit_normalization(X[:, :0]),
     "X must have shape (n_x, m), got (3, 0)"),
)  # fmt: skip


@pytest.mark.parametrize(("call", "message"), BAD_CALLS)
def test_bad_words_and_numbers(
    implementation: Contract, call: Callable[[Contract], Any], message: str
) -> None:
    """Names are listed, numbers have their interval, parts their sizes."""
    with pytest.raises(ValueError, match=re.escape(message)):
        call(implementation)


NOTHING: Any = None
WRONG_TYPES: tuple[tuple[Callable[[Contract], Any], str], ...] = (
    (lambda i: i.flatten(NOTHING, LAYERS), "network must be a Network"),
    (lambda i: i.directional_derivative(NETWORK, LAYERS, X, Y, NOTHING),
     "direction must be a sequence of (dW, db), one a layer, got NoneType"),
    (lambda i: i.gradient_check(NETWORK, LAYERS, X, Y, gradients=3),
     "gradients must be a sequence of (dW, db), one a layer, got int"),
    (lambda i: i.price(X[:, :1], [[1.0, 2.0], [3.0]], X),
     "b must be an array of numbers"),
    (lambda i: i.split(10, {0.25, 0.75}, 0),
     "fractions must be a sequence of numbers"),
    (lambda i: i.search(NETWORK, LAYERS, X, Y, X, Y,
                        NOTHING, steps=1),
     "candidates must be a sequence, got NoneType"),
)  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG_TYPES)
def test_wrong_types_name_the_argument(
    implementation: Contract, call: Callable[[Contract], Any], message: str
) -> None:
    with pytest.raises(TypeError, match=re.escape(message)):
        call(implementation)


def test_overflow_of_the_dtype_is_named(implementation: Contract) -> None:
    with pytest.raises(ValueError, match="l2 must be"):
        implementation.cost(NETWORK, LAYERS, X, Y, 10**400)
    if implementation.dtype == np.float32:
        with pytest.raises(ValueError, match="l2 must be finite in float32"):
            implementation.cost(NETWORK, LAYERS, X, Y, 1e39)
        message = "X must be finite in float32, got 1e+300 at [0, 0]"
        with pytest.raises(ValueError, match=re.escape(message)):
            implementation.fit_normalization([[1e300, 0.0]])
    else:
        implementation.fit_normalization([[1e150, 0.0]])


def test_an_output_without_a_cost_has_a_forward_pass(
    implementation: Contract,
) -> None:
    network = Network((3, 2, 1), ("tanh", "tanh"))
    assert len(implementation.forward(network, LAYERS, X)) == 2
    message = (
        "a cost needs an output activation of 'sigmoid', 'identity', "
        "'relu', got 'tanh'"
    )
    with pytest.raises(ValueError, match=re.escape(message)):
        implementation.cost(network, LAYERS, X, Y)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (((3,), ()), "layer_sizes must hold n[0] and at least n[1], got (3,)"),
        (((3, 0), ("relu",)), "layer_sizes[1] must be >= 1, got 0"),
        (((3, 2), ("relu", "tanh")), "activations must name one for each"),
        (((3, 2), ("swish",)), "activations[1] must be one of 'identity'"),
        (((3, 2), ("relu",), -1), "leaky_slope must be in [0, 1], got -1"),
        (((3, 2), ("relu",), NAN), "leaky_slope must be in [0, 1], got nan"),
    ],
)
def test_bad_networks(arguments: Any, message: str) -> None:
    make: Any = Network
    with pytest.raises(ValueError, match=re.escape(message)):
        make(*arguments)
    with pytest.raises(TypeError, match="activations must be a sequence"):
        make((3, 2), "relu")
    with pytest.raises(TypeError, match=r"must be an integer, got 2\.5"):
        make((3, 2.5), ("relu",))
    assert make([3, 2], ["relu"]).shapes == ((2, 3),)


def test_unknown_implementations(implementation: Contract) -> None:
    make: Any = implementation.pages.implementation
    for arguments, message in (
        ({"device": "tpu"}, "device must be one of 'cpu'"),
        ({"device": "cuda:99"}, "device must be one of 'cpu'"),
        ({"dtype": "float16"}, "dtype must be one of 'float64', 'float32', "
         "got 'float16'"),
        ({"mode": "fast"}, f"mode must be one of {implementation.modes[0]!r}"),
    ):  # fmt: skip
        with pytest.raises(ValueError, match=re.escape(message)):
            make(**arguments)
    assert make(dtype=np.float32).dtype == np.float32


def test_no_cuda_device() -> None:
    message = "device must be one of 'cpu' (no CUDA device was found)"
    with pytest.raises(ValueError, match=re.escape(message)):
        reference.implementation("cuda")


def test_settings_of_the_caller_do_not_matter() -> None:
    """Gradients exist inside torch.no_grad; masks multiply in strict JAX."""
    due = reference.implementation().gradients(NETWORK, LAYERS, X, Y)
    if not Choice("torch_impl", "eager", "float64", "cpu").absent():
        import torch

        import torch_impl

        with torch.no_grad():
            got = torch_impl.implementation().gradients(NETWORK, LAYERS, X, Y)
        assert np.sign(got[0].W).tolist() == np.sign(due[0].W).tolist()
        with torch.inference_mode():
            torch_impl.implementation().train(
                NETWORK, LAYERS, X, Y, learning_rate=0.1, steps=1
            )
    if not Choice("jax_impl", "jit", "float64", "cpu").absent():
        import jax

        import jax_impl

        masks = Dropout(0.5, (np.ones((2, 4)),))
        with jax.numpy_dtype_promotion("strict"):
            jax_impl.implementation().forward(NETWORK, LAYERS, X, masks)


def test_no_switch_is_flipped(implementation: Contract) -> None:
    """The process keeps its default dtypes, whatever was computed."""
    implementation.cost(NETWORK, LAYERS, X, Y)
    if implementation.name == "torch":
        import torch

        assert torch.get_default_dtype() == torch.float32
        assert torch.get_float32_matmul_precision() == "highest"
    if implementation.name == "jax":
        import jax

        assert jax.numpy.zeros(1).dtype == np.float32
