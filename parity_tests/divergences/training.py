"""Where updates, memory and compilation differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "torch adds each gradient to the last one",
    "Without zero_grad the second step is taken with the sum of two "
    "gradients. J falls faster for it, and looks right.",
    "zero_grad before each backward. Compare the second step too, never the "
    "first alone.",
    "A1.1", "torch",
)  # fmt: skip
def accumulated_gradients(show: Show) -> None:
    import torch

    w = torch.zeros((), requires_grad=True)
    for k in (1, 2):
        (3 * w).backward()
        show(f"grad after backward number {k}", w.grad, 3.0 * k)


@divergence(
    "from_numpy shares its memory",
    "An update in place in NumPy moves the torch parameter as well. "
    "torch.tensor and jnp.array copy.",
    "Copy at every boundary.",
    "A1.1", "torch", "jax",
)  # fmt: skip
def shared_memory(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    W = np.zeros(3)
    shared, copied, of_jax = torch.from_numpy(W), torch.tensor(W), jnp.array(W)
    W += 1
    show("torch.from_numpy", shared[0], 1.0)
    show("torch.tensor", copied[0], 0.0)
    show("jnp.array", of_jax[0], 0.0)


@divergence(
    ".data lets a change past autograd",
    "What autograd has saved for the way back is changed with it, and the "
    "gradient is wrong without a word. The same change in the open raises.",
    "Never .data: torch.no_grad, or a new tensor.",
    "3.1-dropout", "torch",
)  # fmt: skip
def hidden_change(show: Show) -> None:
    import torch

    def slope(change):
        z = torch.tensor(0.5, dtype=torch.float64, requires_grad=True)
        a = torch.tanh(z)
        change(a)
        a.backward()
        return z.grad

    show("tanh'(0.5)", slope(lambda a: None), 1 - np.tanh(0.5) ** 2, 1e-12)
    show(
        "after a.data.mul_(3)",
        slope(lambda a: a.data.mul_(3)),
        1 - 9 * np.tanh(0.5) ** 2,
        1e-12,
    )
    show.raises(
        "after a.mul_(3)", RuntimeError, lambda: slope(lambda a: a.mul_(3))
    )


@divergence(
    "w = w - alpha w.grad makes another tensor",
    "Outside of no_grad it is no leaf any more: its grad stays None.",
    "Update in place: with torch.no_grad(): w -= alpha * w.grad.",
    "A1.1", "torch",
)  # fmt: skip
def no_leaf(show: Show) -> None:
    import torch

    w = torch.ones((), requires_grad=True)
    (w * w).backward()
    show("a leaf before", w.is_leaf, True)
    w = w - 0.1 * w.grad
    show("after", w.is_leaf, False)


@divergence(
    "jit keeps what it was not given",
    "A global, an attribute or a captured array is read once, while the "
    "function is traced: a lambda that is changed later changes nothing.",
    "Every number that may change is an argument.",
    "3.1-l2", "jax",
)  # fmt: skip
def frozen_by_jit(show: Show) -> None:
    import jax

    settings = {"l2": 2.0}
    cost = jax.jit(lambda W: settings["l2"] * W)
    show("with l2 = 2", cost(1.0), 2.0)
    settings["l2"] = 0.0
    show("with l2 = 0", cost(1.0), 2.0)


@divergence(
    "Donated arrays are gone, on CPUs too",
    "What donate_argnums names may not be used after the call.",
    "Give the parameters one name: theta = step(theta).",
    "A1.1", "jax",
)  # fmt: skip
def donated(show: Show) -> None:
    import jax
    import jax.numpy as jnp

    theta = jnp.ones(3)
    jax.jit(lambda theta: theta - 1, donate_argnums=0)(theta)
    show.raises("theta after step(theta)", RuntimeError, lambda: theta + 1)


@divergence(
    "An optimizer's step is not W - alpha dW in the last bit",
    "torch.optim.SGD and XLA may multiply and add in one rounding. NumPy "
    "takes two.",
    "Allow for a rounding of W and one of alpha dW at each step.",
    "A1.1", "torch",
)  # fmt: skip
def one_rounding_less(show: Show) -> None:
    import torch

    rng = np.random.default_rng(0)
    W, dW = rng.normal(size=(2, 100000)).astype(np.float32)
    theta = torch.tensor(W, requires_grad=True)
    theta.grad = torch.tensor(dW)
    torch.optim.SGD([theta], lr=0.1).step()
    got, due = theta.detach().numpy(), W - np.float32(0.1) * dW
    change = np.abs(np.float32(0.1) * dW)
    room = np.spacing(np.abs(W) + change) + np.spacing(change)
    show(
        "within these two roundings",
        bool(np.all(np.abs(got - due) <= room)),
        True,
    )


@divergence(
    "One example alone is not its column of the batch, bit for bit",
    "Products are added up in another order for another shape.",
    "Allow for n roundings of |W| |A|.",
    "2.3", "torch", "jax",
)  # fmt: skip
def alone_or_in_a_batch(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    rng = np.random.default_rng(0)
    W, A = rng.normal(size=(2, 64, 64)).astype(np.float32)
    room = 64 * 2.0**-23 * (np.abs(W) @ np.abs(A))
    for name, array in {
        "NumPy": np.array,
        "torch": torch.tensor,
        "JAX": jnp.array,
    }.items():
        batch = np.asarray(array(W) @ array(A))
        alone = np.hstack(
            [np.asarray(array(W) @ array(A[:, k : k + 1])) for k in range(64)]
        )
        show(f"{name}: all bits equal", bool((batch == alone).all()), False)
        show(
            f"{name}: within 64 roundings",
            bool((np.abs(batch - alone) <= room).all()),
            True,
        )
