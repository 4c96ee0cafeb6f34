"""The fingerprint: what was asked for, and what was done."""

import numpy as np
import pytest

import reference
from parity_tests.fingerprint import fingerprint
from parity_tests.mistakes import MISTAKES, Mistaken
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
