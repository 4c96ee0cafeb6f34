"""Where shapes, axes and indices differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "Square layers hide a transpose",
    "A kernel of Flax or Keras is W^T. Copied as it is into a square layer "
    "it computes something else, and nothing objects; so does a batch of "
    "columns through nn.Linear where m = n.",
    "Make n_x, n[l] and m all different in every test.",
    "2.3", "torch",
)  # fmt: skip
def transposed_kernel(show: Show) -> None:
    import torch

    W = torch.tensor([[1.0, 2.0], [0.0, 1.0]])
    X = torch.tensor([[1.0, 0.0], [1.0, 1.0]])  # columns are examples
    layer = torch.nn.Linear(2, 2, bias=False)
    with torch.no_grad():
        layer.weight.copy_(W)
        show("due: W X", W @ X, np.array([[3.0, 2.0], [1.0, 1.0]]))
        show("layer(X)", layer(X), np.array([[1.0, 0.0], [3.0, 1.0]]))
        show("layer(X.T).T", layer(X.T).T, np.array([[3.0, 2.0], [1.0, 1.0]]))


@divergence(
    "db without keepdims turns b into a square",
    "The sum of dZ along its examples has the shape (n,); b (n, 1) minus it "
    "is (n, n), in all three.",
    "keepdims=True, keepdim=True. A b of shape (n,) is added along the "
    "wrong axis as soon as m = n.",
    "2.11", "torch", "jax",
)  # fmt: skip
def without_keepdims(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    b, dZ = np.zeros((3, 1)), np.ones((3, 5))
    show("NumPy", (b - dZ.sum(1)).shape, (3, 3))
    show(
        "torch",
        tuple((torch.tensor(b) - torch.tensor(dZ).sum(1)).shape),
        (3, 3),
    )
    show("JAX", (jnp.array(b) - jnp.array(dZ).sum(1)).shape, (3, 3))


@divergence(
    "Tools for rows, given columns",
    "StandardScaler and train_test_split take the first axis for the "
    "examples. Of X (n_x, m) they normalize examples and split features.",
    "Hand them X.T.",
    "3.2.1-normalize", "sklearn",
)  # fmt: skip
def tools_for_rows(show: Show) -> None:
    from sklearn.model_selection import train_test_split
    from sklearn.preprocessing import StandardScaler

    X = np.random.default_rng(0).normal(size=(3, 100))
    X[0] = 1000 + X[0]
    scaled = StandardScaler().fit_transform(X)
    show(
        "mean of the first feature, which should be 0",
        scaled[0].mean(),
        np.sqrt(2),
        0.01,
    )
    show(
        "shape of the larger part of (3, 100)",
        train_test_split(X, random_state=0)[0].shape,
        (2, 100),
    )


@divergence(
    "An index out of range",
    "NumPy and torch raise. JAX takes the last entry, drops the update, or "
    "fills with NaN, by the function.",
    "Compute indices in NumPy, and check them there.",
    "3-split", "torch", "jax",
)  # fmt: skip
def out_of_range(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    x = np.arange(10.0)
    show.raises("NumPy: x[12]", IndexError, lambda: x[12])
    show.raises("torch: x[12]", IndexError, lambda: torch.tensor(x)[12])
    show("JAX: x[12]", jnp.array(x)[12], 9.0)
    show(
        "JAX: x.at[12].set(7), largest", jnp.array(x).at[12].set(7.0).max(), 9.0
    )
    show("jnp.take(x, 12)", jnp.take(jnp.array(x), 12), np.nan)


@divergence(
    "The last mini-batch of dynamic_slice",
    "Where the batch size does not divide m, the start is moved back: "
    "examples are used twice.",
    "Drop the last batch, or take it by indices that NumPy made.",
    "A1.1", "jax",
)  # fmt: skip
def last_batch(show: Show) -> None:
    import jax
    import jax.numpy as jnp

    x = jnp.arange(10)
    show(
        "the four from 8 on",
        jax.lax.dynamic_slice(x, (8,), (4,)),
        np.array([6, 7, 8, 9]),
    )


@divergence(
    "How many examples a fraction is",
    "20 % of 11: scikit-learn rounds up to 3 for the test set, torch's "
    "random_split down to 2.",
    "Say the numbers, or hand the same indices to all.",
    "3-split", "sklearn", "torch",
)  # fmt: skip
def size_of_a_part(show: Show) -> None:
    import torch
    from sklearn.model_selection import train_test_split

    show(
        "train_test_split",
        len(train_test_split(np.arange(11), test_size=0.2)[1]),
        3,
    )
    _, test = torch.utils.data.random_split(range(11), [0.8, 0.2])
    show("random_split", len(test), 2)


@divergence(
    "round(0.5) is 0, and 0.5 >= 0.5 is true",
    "All three round half to even. A network that starts at zero has "
    "A = 1/2 everywhere, and is of class 0 or 1 by how that is written.",
    "A > 1/2, and never round.",
    "1.2-predict", "torch", "jax",
)  # fmt: skip
def ties(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    show("np.round(0.5)", np.round(0.5), 0.0)
    show("torch.round", torch.round(torch.tensor(0.5)), 0.0)
    show("jnp.round", jnp.round(0.5), 0.0)
    show("np.round(1.5)", np.round(1.5), 2.0)


@divergence(
    "Who gets the gradient of a maximum that two entries share",
    "torch.max(dim) sends it to one of them, amax and jnp.max split it.",
    "Know which one you call; ties are common after ReLU.",
    "2.3-derivatives", "torch", "jax",
)  # fmt: skip
def shared_maximum(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    def slopes(largest):
        z = torch.ones(2, requires_grad=True)
        largest(z).backward()
        return z.grad

    show(
        "torch.max(dim=0)",
        slopes(lambda z: z.max(dim=0).values),
        np.array([1.0, 0.0]),
    )
    show("torch.amax", slopes(lambda z: z.amax()), np.array([0.5, 0.5]))
    show("jnp.max", jax.grad(jnp.max)(jnp.ones(2)), np.array([0.5, 0.5]))
