"""Where dtypes and arithmetic differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "float64 becomes float32 in JAX, and float32 becomes float64 in NumPy",
    "jnp.asarray of a float64 array is float32, without a word, unless "
    "jax_enable_x64 is set. A float32 array times np.sqrt(2/n) is float64 "
    "since NumPy 2, for that is no Python number.",
    "Say the dtype of every array; math.sqrt for scales; and check the dtype "
    "of what comes out.",
    "2.3", "torch", "jax",
)  # fmt: skip
def dtypes_that_change(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    with jax.enable_x64(False):
        show(
            "jnp.asarray(float64)",
            str(jnp.asarray(np.ones(2)).dtype),
            "float32",
        )
    W = np.ones(2, np.float32)
    show(
        "NumPy: float32 array * np.sqrt(2 / 3)",
        str((W * np.sqrt(2 / 3)).dtype),
        "float64",
    )
    show(
        "torch: the same",
        str((torch.tensor(W) * np.sqrt(2 / 3)).dtype),
        "torch.float32",
    )
    show("torch.tensor([0.1])", str(torch.tensor([0.1]).dtype), "torch.float32")
    show("np.array([0.1])", str(np.array([0.1]).dtype), "float64")


@divergence(
    "NumPy's mean along the first axis of float32",
    "It adds up one row after the other, without the pairs that keep the "
    "error small along the last axis: the mean of two million times 0.1 is "
    "0.0985. torch and JAX are right to six digits.",
    "dtype=np.float64 in sums and means; or examples as columns, and axis 1.",
    "3.2.1-normalize", "torch", "jax",
)  # fmt: skip
def mean_of_many(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    x = np.full((2_000_000, 2), 0.1, np.float32)
    show("NumPy, axis 0", x.mean(0)[0], 0.0985, 1e-2)
    show("NumPy, axis 0, dtype=float64", x.mean(0, dtype=float)[0], 0.1, 1e-6)
    show("NumPy, axis 1 of the transpose", x.T.copy().mean(1)[0], 0.1, 1e-5)
    show("torch, axis 0", torch.tensor(x).mean(0)[0], 0.1, 1e-5)
    show("JAX, axis 0", jnp.array(x).mean(0)[0], 0.1, 1e-5)


@divergence(
    "E[x^2] - E[x]^2 cancels",
    "In float32 the variance of numbers around 1000 with a deviation of 1 "
    "comes out as anything, below 0 too.",
    "Subtract the mean first.",
    "3.2.1-normalize",
)  # fmt: skip
def cancelling_variance(show: Show) -> None:
    rng = np.random.default_rng(0)
    x = (1000 + rng.standard_normal(10**6)).astype(np.float32)
    shortcut = np.mean(x * x) - np.mean(x) ** 2
    show("off by more than a tenth", bool(abs(shortcut - 1) > 0.1), True)
    show("mean((x - mu)^2)", np.mean((x - np.mean(x)) ** 2), 1.0, 0.01)


@divergence(
    "torch.std and torch.var divide by m - 1",
    "NumPy, JAX and scikit-learn divide by m: a factor of 1.41 for m = 2, "
    "and NaN for m = 1.",
    "correction=0 in torch.",
    "3.2.1-normalize", "torch", "jax",
)  # fmt: skip
def unbiased(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    x = np.array([2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0])
    show("np.std", np.std(x), 2.0, 1e-6)
    show("jnp.std", jnp.std(jnp.array(x)), 2.0, 1e-6)
    show("torch.std", torch.std(torch.tensor(x)), 2.138, 1e-3)
    show(
        "torch.std(correction=0)",
        torch.std(torch.tensor(x), correction=0),
        2.0,
        1e-6,
    )
    show("torch.std of one", torch.std(torch.tensor([1.0])), np.nan)


@divergence(
    "Gradient checking in float32 calls right gradients wrong",
    "With the course's epsilon of 1e-7 the two-sided difference of a "
    "float32 function is all rounding.",
    "Check in float64, with epsilon around 1e-5; or judge by what rounding "
    "may do, as gradient_check does.",
    "3.2.3-check",
)  # fmt: skip
def check_in_single(show: Show) -> None:
    def difference(dtype, epsilon):
        """Of d/dw mean(log(1 + e^(w x))), relative, as the notes have it."""
        rng = np.random.default_rng(0)
        x = rng.normal(size=(5, 40)).astype(dtype)
        w = rng.normal(size=5).astype(dtype)

        def J(w):
            return np.mean(np.logaddexp(0, w @ x, dtype=dtype))

        exact = np.mean(x / (1 + np.exp(-(w @ x))), axis=1)
        steps = np.eye(5, dtype=dtype) * dtype(epsilon)
        approximate = np.array([
            (J(w + e) - J(w - e)) / (2 * epsilon) for e in steps
        ])  # fmt: skip
        gap = np.linalg.norm(approximate - exact)
        return gap / (np.linalg.norm(approximate) + np.linalg.norm(exact))

    show(
        "float64, 1e-7: less than 1e-7",
        bool(difference(np.float64, 1e-7) < 1e-7),
        True,
    )
    show(
        "float32, 1e-7: more than 0.1",
        bool(difference(np.float32, 1e-7) > 0.1),
        True,
    )
    show(
        "float32, 1e-2: less than 1e-3",
        bool(difference(np.float32, 1e-2) < 1e-3),
        True,
    )


@divergence(
    "autocast on a CPU is bfloat16",
    "Products under torch.autocast('cpu') keep three digits.",
    "Compare outside of it.",
    "2.3", "torch",
)  # fmt: skip
def autocast(show: Show) -> None:
    import torch

    W = torch.full((4, 4), 1 / 3)
    with torch.autocast("cpu"):
        product = W @ W
    show("dtype of a product", str(product.dtype), "torch.bfloat16")
    error = float((product.float() / (4 / 9) - 1).abs().max())
    show("relative error above 1e-4", error > 1e-4, True)
