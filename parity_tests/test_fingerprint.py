"""The fingerprint: what was asked for, and what was done."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

import reference
from parity_tests.cases import HARD_CASES
from parity_tests.checks import cost, forward, gradients, train
from parity_tests.checks.backpropagation import true_gradients
from parity_tests.comparison import arithmetic_of, compare, require
from parity_tests.fingerprint import fingerprint
from parity_tests.mistakes import MISTAKES, Mistake, Mistaken
from parity_tests.wrong.network import coarse
from reference.rounding import fewer_bits
from reference.specification import DTYPES, Contract


def test_every_implementation_computes_in_what_was_asked(
    implementation: Contract,
) -> None:
    found = fingerprint(implementation)
    assert found.products == found.functions == found.asked
    assert found.flushes == (implementation.name == "jax")


@pytest.mark.parametrize("dtype", DTYPES)
def test_disguises_are_told(dtype: str) -> None:
    told = {
        mistake.name: fingerprint(
            Mistaken(reference.implementation(dtype=dtype), mistake)  # type: ignore[arg-type]
        ).products
        for mistake in MISTAKES
        if "disguise" in mistake.name
    }
    assert told == {
        "float32 in disguise": "float32",
        "TensorFloat-32 in disguise": "tf32",
        "bfloat16 in disguise": "bfloat16",
        "half precision in disguise": "tf32",
    }


class OnTensorCores(Mistaken):
    """All products of factors of fewer bits, and open about it."""

    def __init__(self, arithmetic: str) -> None:
        bits = {"tf32": 10, "bfloat16": 7}[arithmetic]
        products: dict[str, Callable[..., Any]] = {
            "linear": lambda W, A, b: W @ A + b,
            "weight_gradient": lambda dZ, A: dZ @ A.T / dZ.shape[1],
            "input_gradient": lambda W, dZ: W.T @ dZ,
        }
        cut = [
            Mistake("", "", f"network.{name}", "", "", "", coarse(bits, f))
            for name, f in products.items()
        ]
        super().__init__(reference.implementation(dtype="float32"), *cut)
        self.arithmetic = arithmetic


@pytest.mark.parametrize("arithmetic", ["tf32", "bfloat16"])
@pytest.mark.parametrize(
    "name", ["ordinary", "smooth", "L2", "wide and short", "many examples"]
)
def test_tensor_cores_are_judged_by_their_own_ruler(
    arithmetic: str, name: str
) -> None:
    """They pass by it, and fail by that of float32."""
    case, twin = HARD_CASES[name], OnTensorCores(arithmetic)
    implementation: Any = twin
    for check in (forward, cost, gradients, train):
        require(check(implementation, case))
    twin.arithmetic = "float32"
    assert any(c.ratio > 1 for c in gradients(implementation, case))


def test_a_mistake_on_tensor_cores_is_still_one() -> None:
    """5 % off in dW is seen in TensorFloat-32."""
    twin: Any = OnTensorCores("tf32")
    case = HARD_CASES["ordinary"]
    dJ = twin.gradients(case.network, case.parameters, case.X, case.Y)
    truths = true_gradients(case, arithmetic_of(twin))
    for layer, true in zip(dJ, truths, strict=True):
        assert compare("", "", layer.W, true.W).ratio <= 1
        off = (1.05 * layer.W).astype("f4")
        assert compare("", "", off, true.W).ratio > 1


def test_in_words() -> None:
    mistake = next(m for m in MISTAKES if m.name == "float32 in disguise")
    twin = Mistaken(reference.implementation(), mistake)
    words = str(fingerprint(twin))  # type: ignore[arg-type]
    assert words.startswith("asked for float64, products in float32")
    right = fingerprint(reference.implementation())
    assert str(right) == "computed in float64, as asked"


def test_fewer_bits() -> None:
    x = np.array([1 + 2.0**-10, 1 + 2.0**-11, -(1 + 3 * 2.0**-11), 0, 3e38])
    nearest = fewer_bits(x, 10).tolist()
    assert nearest[:4] == [1 + 2.0**-10, 1.0, -(1 + 2.0**-9), 0]
    cut = fewer_bits(x, 10, cut=True).tolist()
    assert cut[:4] == [1 + 2.0**-10, 1.0, -(1 + 2.0**-10), 0]
    assert abs(nearest[4] / 3e38 - 1) <= 2.0**-11
