"""Where activations and their derivatives differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "ReLU'(0) is 0, 1/2 or 1, by how ReLU is written",
    "relu and where(z > 0) have 0, maximum(z, 0) has 1/2, clamp and "
    "where(z >= 0) have 1; (z + |z|) / 2 has 1/2 in torch and 1 in JAX.",
    "torch.relu and jax.nn.relu alone. Test with Z that holds 0: a "
    "zero-initialized layer, an input that was dropped.",
    "2.3-derivatives", "torch", "jax",
)  # fmt: skip
def relu_at_zero(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    def slope(g):
        z = torch.zeros((), requires_grad=True)
        g(z).backward()
        return z.grad

    show("torch.relu(z)", slope(torch.relu), 0.0)
    show(
        "torch.maximum(z, 0)",
        slope(lambda z: torch.maximum(z, torch.zeros(()))),
        0.5,
    )
    show("z.clamp(min=0)", slope(lambda z: z.clamp(min=0)), 1.0)
    show("torch, (z + |z|) / 2", slope(lambda z: (z + z.abs()) / 2), 0.5)
    show("jax.nn.relu(z)", jax.grad(jax.nn.relu)(0.0), 0.0)
    show("jnp.maximum(z, 0)", jax.grad(lambda z: jnp.maximum(z, 0.0))(0.0), 0.5)
    show(
        "JAX, (z + |z|) / 2", jax.grad(lambda z: (z + jnp.abs(z)) / 2)(0.0), 1.0
    )


@divergence(
    "Leaky ReLU at 0, and its slope",
    "At 0 torch has the slope for a derivative, JAX has 1. maximum(s z, z) "
    "has their mean there, and is another function where s > 1.",
    "Say the slope, always; and where Z may be 0 write the derivative "
    "yourself. The notes' is the slope.",
    "2.3-derivatives", "torch", "jax",
)  # fmt: skip
def leaky_relu_at_zero(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch
    import torch.nn.functional as F

    z = torch.zeros((), requires_grad=True)
    F.leaky_relu(z).backward()
    show("F.leaky_relu", z.grad, 0.01, 1e-6)
    show("jax.nn.leaky_relu", jax.grad(jax.nn.leaky_relu)(0.0), 1.0)

    def written(z):
        return jnp.maximum(0.01 * z, z)

    show("maximum(0.01 z, z)", jax.grad(written)(0.0), 0.505, 1e-6)
    show(
        "maximum(2 z, z) at -1, which should be -2",
        np.maximum(-2.0, -1.0),
        -1.0,
    )


@divergence(
    "e^z / (1 + e^z) overflows, 1 / (1 + e^-z) only warns",
    "Beyond 709.78 in float64, 88.73 in float32, the first is inf / inf. The "
    "second is right, and NumPy warns of the overflow on the way: fatal "
    "where warnings are errors. torch and JAX say nothing.",
    "e^-|z|, and two branches, in NumPy; the library's sigmoid elsewhere.",
    "1.2-sigmoid",
)  # fmt: skip
def overflowing_sigmoid(show: Show) -> None:
    z = np.float64(710)
    with np.errstate(over="ignore", invalid="ignore"):
        show("e^z / (1 + e^z) at 710", np.exp(z) / (1 + np.exp(z)), np.nan)
    with show.warns("1 / (1 + e^-z) at -710", RuntimeWarning):
        1 / (1 + np.exp(-np.array(-710.0)))
    with np.errstate(over="ignore"):
        show("its value", 1 / (1 + np.exp(z)), 0.0)


@divergence(
    "XLA's tanh on a CPU is some roundings off",
    "JAX computes tanh by a rational function of its own: several units in "
    "the last place in float64, where NumPy and torch have about one.",
    "Derive tolerances from what a library's functions do, not from one "
    "rounding.",
    "2.2-tanh", "torch", "jax",
)  # fmt: skip
def tanh_in_units(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    z = np.linspace(0.01, 5, 20001)
    exact = np.tanh(z.astype(np.longdouble))

    def units(got):
        got = np.asarray(got)
        return float(np.max(np.abs(got - exact) / np.spacing(got)))

    with jax.enable_x64(True):
        show("JAX: more than 3 units", units(jnp.tanh(jnp.array(z))) > 3, True)
    show("torch: less than 2", units(torch.tanh(torch.tensor(z))) < 2, True)
    show("NumPy: less than 3", units(np.tanh(z)) < 3, True)


@divergence(
    "XLA flushes subnormal numbers to 0 on CPUs",
    "log(1e-40) in float32 is -92.1 in NumPy and torch, and -inf in JAX; so "
    "a cost of probabilities is infinite from |z| = 88 on.",
    "Take the loss from Z. In comparisons, allow for the smallest normal "
    "number at each operation.",
    "1.2-loss", "torch", "jax",
)  # fmt: skip
def subnormal_numbers(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    tiny = np.float32(1e-40)
    show("NumPy: log(1e-40)", np.log(tiny), -92.1, 1e-3)
    show("torch", torch.log(torch.tensor(tiny)), -92.1, 1e-3)
    show("JAX", jnp.log(jnp.float32(tiny)), -np.inf)
