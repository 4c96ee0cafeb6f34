"""Where initial weights and random streams differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "nn.Linear does not start as He or Xavier say",
    "Its weights are uniform with a deviation of 1/sqrt(3 n), a sixth of "
    "He's variance, and its biases are not 0. After ten layers of ReLU "
    "little of the signal is left.",
    "Draw the parameters yourself, by the rule that you mean.",
    "3.2.2-he", "torch",
)  # fmt: skip
def default_of_linear(show: Show) -> None:
    import torch

    torch.manual_seed(0)
    layer = torch.nn.Linear(1000, 1000)
    show("deviation of W", layer.weight.std(), 1 / np.sqrt(3 * 1000), 0.01)
    show(
        "He's, over it",
        np.sqrt(2 / 1000) / float(layer.weight.std()),
        np.sqrt(6),
        0.01,
    )
    show("biases that are 0", int((layer.bias == 0).sum()), 0)
    show(
        "all within 1/sqrt(n)",
        bool(layer.bias.abs().max() <= 1 / np.sqrt(1000)),
        True,
    )


@divergence(
    "fan_in is read from the other axis",
    "jax.nn.initializers take (n_in, n_out), the notes and torch (n_out, "
    "n_in): of W (10, 1000) JAX's he_normal has the deviation of a layer of "
    "10 inputs.",
    "he_normal(in_axis=-1, out_axis=-2). Test with layers that are not "
    "square.",
    "3.2.2-he", "jax",
)  # fmt: skip
def other_axis(show: Show) -> None:
    import jax

    key, he = jax.random.key(0), jax.nn.initializers.he_normal
    show("due: sqrt(2 / 1000)", np.sqrt(2 / 1000), 0.0447, 1e-2)
    show("he_normal()", he()(key, (10, 1000)).std(), 0.447, 0.03)
    show(
        "he_normal(in_axis=-1, out_axis=-2)",
        he(in_axis=-1, out_axis=-2)(key, (10, 1000)).std(),
        0.0447,
        0.03,
    )


@divergence(
    "What is called Xavier",
    "The notes' Xavier initialization has the variance 1/n[l-1], which "
    "libraries call LeCun's; theirs has 2/(n[l-1] + n[l]). On square layers "
    "both are one.",
    "Say the variance. Test both on a layer that is not square.",
    "3.2.2-xavier", "torch",
)  # fmt: skip
def two_xaviers(show: Show) -> None:
    import torch

    torch.manual_seed(0)
    W = torch.nn.init.xavier_normal_(torch.empty(10, 1000))
    show("xavier_normal_: deviation", W.std(), np.sqrt(2 / 1010), 0.03)
    show(
        "the notes', over it",
        np.sqrt(1 / 1000) / float(W.std()),
        np.sqrt(1010 / 2000),
        0.03,
    )


@divergence(
    "Normal initializers that are cut off, and one that is not",
    "JAX's he_normal and lecun_normal end at two deviations of the normal "
    "law they are cut from, 2.27 of their own. torch's trunc_normal_ "
    "ends at -2 and 2, whatever std is.",
    "Ask for the normal law itself: sqrt(2/n) times jax.random.normal.",
    "3.2.2-he", "torch", "jax",
)  # fmt: skip
def truncated_laws(show: Show) -> None:
    import jax
    import torch

    W = jax.nn.initializers.he_normal()(jax.random.key(0), (1000, 1000))
    show(
        "he_normal: largest, in deviations", abs(W).max() / W.std(), 2.27, 0.01
    )
    torch.manual_seed(0)
    W = torch.nn.init.trunc_normal_(torch.empty(1000, 1000), std=0.02)
    show(
        "trunc_normal_(std=0.02): largest, more than 4 deviations",
        bool(W.abs().max() > 4 * 0.02),
        True,
    )


@divergence(
    "One seed, many streams",
    "The same seed gives other numbers in each library, for each dtype, and "
    "in torch for each length: 15 and 16 numbers have no beginning in common.",
    "Draw once, in NumPy, and copy; compare laws, not numbers.",
    "2.4-small-random", "torch", "jax",
)  # fmt: skip
def streams(show: Show) -> None:
    import jax
    import torch

    def drawn(n, **dtype):
        torch.manual_seed(0)
        return torch.randn(n, **dtype)

    show(
        "torch.randn(15) is the beginning of randn(16)",
        torch.equal(drawn(16)[:15], drawn(15)),
        False,
    )
    of_numpy = np.random.default_rng(0).standard_normal(3)
    of_jax = np.asarray(jax.random.normal(jax.random.key(0), 3))
    show(
        "NumPy and JAX agree in a digit",
        bool(np.any(np.abs(of_numpy - of_jax) < 0.01)),
        False,
    )
    with jax.enable_x64(True):
        low = jax.random.normal(jax.random.key(0), 3, "float32")
        high = jax.random.normal(jax.random.key(0), 3, "float64")
        show(
            "JAX: float32 and float64 agree in a digit",
            bool((abs(low - high) < 0.01).any()),
            False,
        )


@divergence(
    "A seed beyond 32 bits",
    "With 64 bits switched off, which is JAX's default, key(2^32 + 1) is "
    "key(1).",
    "Seeds below 2^32; or split one key.",
    "2.4-small-random", "jax",
)  # fmt: skip
def long_seeds(show: Show) -> None:
    import jax

    def data(seed):
        return jax.random.key_data(jax.random.key(seed))

    with jax.enable_x64(False):
        show(
            "key(2^32 + 1) == key(1)",
            bool((data(2**32 + 1) == data(1)).all()),
            True,
        )
