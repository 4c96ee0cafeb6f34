"""Where losses and costs differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "A stable cross-entropy of your own has another gradient at Z = 0",
    "max(z, 0) - z y + log(1 + e^-|z|) is right in value everywhere, and so "
    "is its derivative, but for z = 0: there autograd takes |z|' and max' "
    "for what each library has decided. With y = 1 it is -1/2.",
    "Use F.binary_cross_entropy_with_logits and jax.nn.log_sigmoid, or write "
    "dZ = A - Y by hand. Test at a zero-initialized network: random inputs "
    "never hit 0.",
    "2.9", "torch", "jax",
)  # fmt: skip
def gradient_at_zero(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch
    import torch.nn.functional as F

    def by_hand(z, maximum, log1p, exp):
        return maximum(z) - z * 1.0 + log1p(exp(-abs(z)))

    def slope(loss):
        z = torch.zeros((), dtype=torch.float64, requires_grad=True)
        loss(z).backward()
        return z.grad

    show(
        "torch, relu(z) + ...",
        slope(lambda z: by_hand(z, torch.relu, torch.log1p, torch.exp)),
        -1.0,
    )
    show(
        "torch, clamp(z, min=0) + ...",
        slope(
            lambda z: by_hand(
                z, lambda z: z.clamp(min=0), torch.log1p, torch.exp
            )
        ),
        0.0,
    )
    show(
        "torch, binary_cross_entropy_with_logits",
        slope(
            lambda z: F.binary_cross_entropy_with_logits(z, torch.ones_like(z))
        ),
        -0.5,
    )
    show(
        "JAX, relu(z) + ...",
        jax.grad(lambda z: by_hand(z, jax.nn.relu, jnp.log1p, jnp.exp))(0.0),
        -1.5,
    )
    show(
        "JAX, -log_sigmoid(z)",
        jax.grad(lambda z: -jax.nn.log_sigmoid(z))(0.0),
        -0.5,
    )


@divergence(
    "Labels of shape (m,) against outputs of shape (m, 1)",
    "They broadcast to (m, m), without a word in NumPy, torch and JAX, and "
    "training converges to the share of ones. nn.BCELoss raises, F.mse_loss "
    "warns.",
    "Keep Y in the shape of A[L], and check it. In tests of JAX: "
    "jax.numpy_rank_promotion('raise').",
    "1.2-cost", "torch", "jax",
)  # fmt: skip
def labels_that_broadcast(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    y = np.array([0.0, 1.0, 1.0, 0.0])
    a = y[:, None]  # a perfect prediction
    show(
        "NumPy: mean((a - y)^2) of a perfect prediction",
        np.mean((a - y) ** 2),
        0.5,
    )
    show("torch", torch.mean((torch.tensor(a) - torch.tensor(y)) ** 2), 0.5)
    show("JAX", jnp.mean((jnp.array(a) - jnp.array(y)) ** 2), 0.5)
    show("accuracy, (a == y).mean()", np.mean(a == y), 0.5)
    show.raises(
        "nn.BCELoss",
        ValueError,
        lambda: torch.nn.BCELoss()(torch.tensor(a), torch.tensor(y)),
    )
    with show.warns("F.mse_loss", UserWarning):
        torch.nn.functional.mse_loss(torch.tensor(a), torch.tensor(y))
    with jax.numpy_rank_promotion("raise"):
        show.raises(
            "JAX, rank promotion forbidden",
            ValueError,
            lambda: jnp.array(a) - jnp.array(y),
        )


@divergence(
    "BCELoss of a sigmoid ends at 100, and its gradient vanishes",
    "torch clamps the logarithm at -100. In float32 a sure and wrong output, "
    "z = 20 with y = 0, costs 100 in place of 20 and has no gradient at all.",
    "Take the loss from Z: BCEWithLogitsLoss is the notes' dZ = A - Y.",
    "1.2-loss", "torch",
)  # fmt: skip
def saturated_probabilities(show: Show) -> None:
    import torch
    import torch.nn.functional as F

    z = torch.tensor(20.0, requires_grad=True)
    J = F.binary_cross_entropy(torch.sigmoid(z), torch.zeros(()))
    J.backward()
    show("BCELoss(sigmoid(20)), y = 0", J, 100.0)
    show("its gradient", z.grad, 0.0)
    z.grad = None
    J = F.binary_cross_entropy_with_logits(z, torch.zeros(()))
    J.backward()
    show("BCEWithLogitsLoss(20)", J, 20.0, 1e-6)
    show("its gradient", z.grad, 1.0, 1e-6)


@divergence(
    "Probabilities handed to a loss that takes logits",
    "No library objects: a probability is a number like another. The loss "
    "cannot fall below 0.3133 for y = 1 and 0.6931 for y = 0.",
    "Call what is handed over Z or A. A cost that stops at 0.5 on balanced "
    "data is this.",
    "1.2-loss", "torch",
)  # fmt: skip
def double_sigmoid(show: Show) -> None:
    import torch
    import torch.nn.functional as F

    perfect = torch.tensor([1.0, 0.0], dtype=torch.float64)
    loss = F.binary_cross_entropy_with_logits
    show(
        "a perfect prediction of a 1",
        loss(perfect[0], perfect[0]),
        0.3133,
        1e-3,
    )
    show(
        "a perfect prediction of a 0",
        loss(perfect[1], perfect[1]),
        0.6931,
        1e-3,
    )
    show(
        "a perfect classifier of balanced data",
        loss(perfect, perfect),
        0.5032,
        1e-3,
    )


@divergence(
    "reduction='mean' divides by the outputs too",
    "The notes sum over the outputs and average over the examples; with "
    "n_L = 4 a library's mean, and all gradients, are 4 times less. With one "
    "output nobody sees it.",
    "reduction='sum', divided by m. Test with two outputs or more.",
    "1.2-cost", "torch",
)  # fmt: skip
def mean_over_outputs(show: Show) -> None:
    import torch
    import torch.nn.functional as F

    Z, Y = torch.zeros(10, 4), torch.ones(10, 4)
    mean = F.binary_cross_entropy_with_logits(Z, Y)
    summed = F.binary_cross_entropy_with_logits(Z, Y, reduction="sum") / 10
    show("J of the notes / reduction='mean'", summed / mean, 4.0, 1e-6)


@divergence(
    "The mean of mini-batch means",
    "It is not the mean over the examples where the last batch is smaller.",
    "Weigh each batch by its number of examples.",
    "1.2-cost",
)  # fmt: skip
def mean_of_means(show: Show) -> None:
    losses = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    batches = [losses[:4], losses[4:]]
    show("mean of the means", np.mean([b.mean() for b in batches]), 0.5)
    show("mean over the examples", losses.mean(), 0.8, 1e-12)


@divergence(
    "0 log 0 in a perfect prediction, and an epsilon that is none",
    "y log a + (1 - y) log(1 - a) is NaN at a = y = 1. In float32 "
    "1 - 1e-15 is 1, so that clipping by 1e-15 changes nothing; log(a + "
    "1e-8) makes a cost below 0.",
    "Take the loss from Z. Of probabilities: scipy.special.xlogy.",
    "1.2-loss", "torch", "jax",
)  # fmt: skip
def zero_times_log_zero(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    def loss(a, y, log):
        return -(y * log(a) + (1 - y) * log(1 - a))

    one = np.float32(1)
    show("NumPy", loss(one, one, np.log), np.nan)
    show("torch", loss(torch.tensor(1.0), 1.0, torch.log), np.nan)
    show("JAX", loss(jnp.float32(1), 1.0, jnp.log), np.nan)
    show("float32: 1 - 1e-15 == 1", bool(one - np.float32(1e-15) == 1), True)
    show("-log(1 + 1e-8)", -np.log(1 + 1e-8), -1e-8, 1e-6)


@divergence(
    "The float32 cost of probabilities is wrong long before it is infinite",
    "-log(1 - A) has lost 1 % at z = 15, since 1 - A keeps two digits there; "
    "log1p(-A) does not help, for A itself is rounded.",
    "Take the loss from Z.",
    "1.2-loss", "torch", "jax",
)  # fmt: skip
def cost_from_probabilities(show: Show) -> None:
    import jax
    import torch

    z = np.float32(15)
    exact = float(np.logaddexp(0.0, 15.0))
    A = {
        "NumPy": 1 / (1 + np.exp(-z)),
        "torch": torch.sigmoid(torch.tensor(15.0)),
        "JAX": jax.nn.sigmoid(z),
    }
    for name, a in A.items():
        J = -np.log1p(-np.float32(a))
        show(f"{name}: relative error", abs(J / exact - 1), 0.01, 0.5)
    softplus = torch.logaddexp(torch.tensor(0.0), torch.tensor(15.0))
    show(
        "from Z: less than 1e-6", abs(float(softplus) / exact - 1) < 1e-6, True
    )


@divergence(
    "F.softplus is a line above 20",
    "log(1 + e^z) - z is 2.04e-9 at z = 20.01, and 0 in F.softplus: half a "
    "million roundings of float64, in the value and in the derivative.",
    "F.logsigmoid(-z) negated, binary_cross_entropy_with_logits, "
    "jax.nn.softplus or np.logaddexp(0, z).",
    "1.2-loss", "torch", "jax",
)  # fmt: skip
def softplus_above_20(show: Show) -> None:
    import jax
    import torch
    import torch.nn.functional as F

    z = torch.tensor(20.01, dtype=torch.float64)
    show("F.softplus(z) - z", F.softplus(z) - z, 0.0)
    show("-F.logsigmoid(-z) - z", -F.logsigmoid(-z) - z, 2.04e-9, 1e-2)
    show(
        "np.logaddexp(0, z) - z", np.logaddexp(0, 20.01) - 20.01, 2.04e-9, 1e-2
    )
    with jax.enable_x64(True):
        show(
            "jax.nn.softplus(z) - z",
            jax.nn.softplus(20.01) - 20.01,
            2.04e-9,
            1e-2,
        )


@divergence(
    "Labels of uint8",
    "-y wraps around: -1 is 255. A cost from such labels is negative, and so "
    "is Y - 1 where a 0 stands, in NumPy, torch and JAX alike.",
    "Cast Y to the dtype of the parameters as soon as it is read.",
    "1.2-loss", "torch", "jax",
)  # fmt: skip
def unsigned_labels(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    y = np.array([1], np.uint8)
    show("NumPy: -y", (-y)[0], 255)
    show("torch: -y", (-torch.tensor(y))[0], 255)
    show("JAX: -y", (-jnp.array(y))[0], 255)
    show("NumPy: -y log(0.9)", (-y * np.log(0.9))[0], -26.87, 1e-3)


@divergence(
    "A guard by where() leaves NaN in the gradient",
    "where(z > -50, 1 / (1 + e^-z), 0) is right in value; backwards the "
    "branch that was not taken contributes 0 times inf.",
    "Use the library's sigmoid, or guard the argument: where() inside e^ "
    "too. torch.autograd.detect_anomaly and jax.debug_nans find it.",
    "2.3-derivatives", "torch", "jax",
)  # fmt: skip
def guarded_by_where(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    z = torch.tensor(-200.0, requires_grad=True)
    A = torch.where(z > -50, 1 / (1 + torch.exp(-z)), torch.zeros(()))
    A.backward()
    show("torch: value", A, 0.0)
    show("torch: derivative", z.grad, np.nan)

    def guarded(z):
        return jnp.where(z > -50, 1 / (1 + jnp.exp(-z)), 0.0)

    show("JAX: value", guarded(-200.0), 0.0)
    show("JAX: derivative", jax.grad(guarded)(-200.0), np.nan)
