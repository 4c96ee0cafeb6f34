"""Where L2, dropout and early stopping differ."""

from __future__ import annotations

import numpy as np

from parity_tests.divergences.entry import Show, divergence


@divergence(
    "weight_decay=lambda is not lambda/(2m) ||W||^2",
    "torch's SGD adds weight_decay times the parameter to the gradient: m "
    "times too much, of the biases too, and J knows nothing of it.",
    "weight_decay=lambda/m, for a group of the weights alone; or the penalty "
    "in the cost. Not both.",
    "3.1-l2", "torch",
)  # fmt: skip
def weight_decay_of_lambda(show: Show) -> None:
    import torch

    def change(**settings):
        """What one step takes from W = 1 and b = 1, where dW = db = 0."""
        W, b = (torch.ones(1, dtype=torch.float64, requires_grad=True)
                for _ in "Wb")  # fmt: skip
        W.grad, b.grad = torch.zeros_like(W), torch.zeros_like(b)
        torch.optim.SGD([W, b], lr=1.0, **settings).step()
        return 1 - W.item(), 1 - b.item()

    l2, m = 0.5, 100
    show("due: lambda/m W", l2 / m, 0.005)
    show(
        "SGD(weight_decay=lambda), of W and of b",
        np.array(change(weight_decay=l2)),
        np.array([0.5, 0.5]),
        1e-12,
    )
    show(
        "SGD(weight_decay=lambda/m)",
        np.array(change(weight_decay=l2 / m)),
        np.array([0.005, 0.005]),
        1e-12,
    )


@divergence(
    "One number, another penalty in each optimizer",
    "AdamW takes alpha times weight_decay off W whatever the gradient is, "
    "and has a default of 0.01; Adam(weight_decay) divides the penalty by "
    "its own size, so that W moves by alpha for any lambda.",
    "Put the penalty into the cost, and leave the optimizer's decay at 0.",
    "3.1-l2", "torch",
)  # fmt: skip
def decay_of_adam(show: Show) -> None:
    import torch

    def change(kind, **settings):
        W = torch.ones(1, dtype=torch.float64, requires_grad=True)
        W.grad = torch.zeros_like(W)
        kind([W], lr=0.1, **settings).step()
        return 1 - W.item()

    show("AdamW, by default", change(torch.optim.AdamW), 0.001, 1e-9)
    show(
        "Adam(weight_decay=0.5)",
        change(torch.optim.Adam, weight_decay=0.5),
        0.1,
        1e-6,
    )
    show(
        "Adam(weight_decay=0.005)",
        change(torch.optim.Adam, weight_decay=0.005),
        0.1,
        1e-5,
    )


@divergence(
    "Optax: the decay of the biases, and the order in a chain",
    "add_decayed_weights decays every leaf. After sgd in a chain it is added "
    "to what is already a step downhill, and the weights grow.",
    "optax.chain(add_decayed_weights(lambda/m, mask=kernels), sgd(alpha)).",
    "3.1-l2", "optax", "jax",
)  # fmt: skip
def order_of_optax(show: Show) -> None:
    import jax.numpy as jnp
    import optax

    params = {"W": jnp.ones(1), "b": jnp.ones(1)}
    still = {"W": jnp.zeros(1), "b": jnp.zeros(1)}
    decay, sgd = optax.add_decayed_weights(0.5), optax.sgd(1.0)
    for name, parts in {
        "decay, sgd": (decay, sgd),
        "sgd, decay": (sgd, decay),
    }.items():
        chain = optax.chain(*parts)
        updates, _ = chain.update(still, chain.init(params), params)
        moved = optax.apply_updates(params, updates)
        due = 0.5 if name == "decay, sgd" else 1.5
        show(f"chain({name}): W, from 1", moved["W"][0], due)
        show(f"chain({name}): b, from 1", moved["b"][0], due)


@divergence(
    "scikit-learn's C and alpha",
    "LogisticRegression(C=1/lambda) has the notes' optimum: its objective is "
    "m J / lambda, and the intercept is free.",
    "C = 1/lambda; MLPClassifier's alpha is lambda.",
    "3.1-l2", "sklearn",
)  # fmt: skip
def c_of_scikit_learn(show: Show) -> None:
    from sklearn.linear_model import LogisticRegression

    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 3))
    y = (X[:, 0] + 0.5 * rng.normal(size=60) > 0).astype(float)
    l2, m = 2.0, len(y)
    model = LogisticRegression(C=1 / l2, tol=1e-10, max_iter=10**4).fit(X, y)
    w, b = model.coef_[0], model.intercept_[0]
    A = 1 / (1 + np.exp(-(X @ w + b)))
    dw = X.T @ (A - y) / m + l2 / m * w
    show(
        "|dJ/dw| of the notes there: less than 1e-6",
        bool(np.max(np.abs(dw)) < 1e-6),
        True,
    )
    show("|dJ/db|: less than 1e-6", bool(abs(np.mean(A - y)) < 1e-6), True)


@divergence(
    "norm(W)**2 has no gradient at W = 0",
    "jnp.linalg.norm is not differentiable at 0, and JAX says NaN; torch says "
    "0. sqrt(sum(W**2)) is NaN in both.",
    "The penalty is sum(W**2).",
    "3.1-frobenius", "torch", "jax",
)  # fmt: skip
def norm_at_zero(show: Show) -> None:
    import jax
    import jax.numpy as jnp
    import torch

    W = torch.zeros(2, requires_grad=True)
    (torch.linalg.norm(W) ** 2).backward()
    show("torch, norm(W)**2", W.grad, np.zeros(2))
    W.grad = None
    (torch.sqrt((W**2).sum()) ** 2).backward()
    show("torch, sqrt(sum(W**2))**2", W.grad, np.full(2, np.nan))
    show(
        "JAX, norm(W)**2",
        jax.grad(lambda W: jnp.linalg.norm(W) ** 2)(jnp.zeros(2)),
        np.full(2, np.nan),
    )
    show(
        "JAX, sum(W**2)",
        jax.grad(lambda W: jnp.sum(W**2))(jnp.zeros(2)),
        np.zeros(2),
    )


@divergence(
    "keep_prob in the notes, the drop probability in the libraries",
    "keep_prob = 0.9 handed to nn.Dropout zeroes 90 %. The mean of A is what "
    "it was, thanks to the scaling, and looks right.",
    "p = 1 - keep_prob, in one place. Test the share of zeros, not the mean.",
    "3.1-dropout", "torch",
)  # fmt: skip
def keep_prob_or_rate(show: Show) -> None:
    import torch

    torch.manual_seed(0)
    A = torch.ones(100000)
    dropped = torch.nn.functional.dropout(A, p=0.9)
    show("share of zeros", (dropped == 0).float().mean(), 0.9, 0.01)
    show("mean", dropped.mean(), 1.0, 0.05)
    show("standard deviation", dropped.std(), 3.0, 0.05)


@divergence(
    "Dropout that is on when you think it is off",
    "F.dropout does not know of model.eval(): training=True is its default. "
    "torch.no_grad() does not turn nn.Dropout off.",
    "F.dropout(..., training=self.training), or nn.Dropout and eval().",
    "3.1-dropout", "torch",
)  # fmt: skip
def dropout_left_on(show: Show) -> None:
    import torch
    import torch.nn.functional as F

    class Model(torch.nn.Module):
        def forward(self, A):
            return F.dropout(A, 0.5)

    A = torch.ones(1000)
    show(
        "F.dropout under eval() drops",
        bool((Model().eval()(A) == 0).any()),
        True,
    )
    with torch.no_grad():
        show(
            "nn.Dropout under no_grad() drops",
            bool((torch.nn.Dropout(0.5)(A) == 0).any()),
            True,
        )
    show(
        "nn.Dropout under eval() drops",
        bool((torch.nn.Dropout(0.5).eval()(A) == 0).any()),
        False,
    )


@divergence(
    "The same mask at every step",
    "A JAX key that is used again gives the same mask: in two layers of one "
    "shape, and in all steps. So does np.random inside jit, which runs once.",
    "fold_in the step and the layer. jax.debug_key_reuse(True) raises.",
    "3.1-dropout", "jax",
)  # fmt: skip
def one_mask(show: Show) -> None:
    import jax
    import jax.numpy as jnp

    key = jax.random.key(0)

    def draw(key):
        return jax.random.bernoulli(key, 0.8, (5, 4))

    show(
        "one key, two masks that are equal",
        bool(jnp.array_equal(draw(key), draw(key))),
        True,
    )
    show(
        "fold_in(key, 1) and fold_in(key, 2)",
        bool(
            jnp.array_equal(
                draw(jax.random.fold_in(key, 1)),
                draw(jax.random.fold_in(key, 2)),
            )
        ),
        False,
    )
    rng = np.random.default_rng(0)
    step = jax.jit(lambda A: A * (rng.random(20) < 0.5))
    show(
        "np.random inside jit, two steps that are equal",
        bool(jnp.array_equal(step(jnp.ones(20)), step(jnp.ones(20)))),
        True,
    )


@divergence(
    "torch's dropout has no generator of its own",
    "The mask depends on every number that anybody has drawn since the seed "
    "was set; even nn.Linear draws some when it is made.",
    "Draw the masks yourself, and hand them over.",
    "3.1-dropout", "torch",
)  # fmt: skip
def global_stream(show: Show) -> None:
    import torch

    def mask(before):
        torch.manual_seed(0)
        before()
        return torch.nn.functional.dropout(torch.ones(100), 0.5)

    plain = mask(lambda: None)
    show("the same after nothing", torch.equal(plain, mask(lambda: None)), True)
    show(
        "after torch.rand(3)",
        torch.equal(plain, mask(lambda: torch.rand(3))),
        False,
    )
    show(
        "after nn.Linear(2, 2)",
        torch.equal(plain, mask(lambda: torch.nn.Linear(2, 2))),
        False,
    )


@divergence(
    "A mask for each entry, for each node, or for each example",
    "The notes drop single entries of A. F.dropout1d drops a whole row; the "
    "mean is the same.",
    "D has the shape of A.",
    "3.1-dropout", "torch",
)  # fmt: skip
def whole_rows(show: Show) -> None:
    import torch
    import torch.nn.functional as F

    torch.manual_seed(1)
    A = torch.ones(200, 50)

    def rows(D):
        return float(((D == 0).all(1) | (D != 0).all(1)).float().mean())

    show("F.dropout: rows of one kind", rows(F.dropout(A, 0.5)), 0.0)
    show(
        "F.dropout1d: rows of one kind", rows(F.dropout1d(A[None], 0.5)[0]), 1.0
    )


@divergence(
    "The best parameters that follow the last ones",
    "best = model.state_dict() is no copy: it follows each later step. In "
    "NumPy best = W and W -= ... does the same; JAX's arrays do not change.",
    "copy.deepcopy(model.state_dict()), W.copy().",
    "3.1-early-stopping", "torch", "jax",
)  # fmt: skip
def best_that_moves(show: Show) -> None:
    import jax.numpy as jnp
    import torch

    model = torch.nn.Linear(1, 1)
    best = model.state_dict()
    with torch.no_grad():
        model.weight.fill_(7)
    show("torch: best, after the weight became 7", best["weight"][0, 0], 7.0)
    W = np.zeros(1)
    best_W = W
    W += 7
    show("NumPy: best, after W += 7", best_W[0], 7.0)
    W = jnp.zeros(1)
    best_W = W
    W += 7
    show("JAX: best, after W += 7", best_W[0], 0.0)
