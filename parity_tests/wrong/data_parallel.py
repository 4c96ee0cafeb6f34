"""Mistakes that take more than one rank."""

from __future__ import annotations

from typing import Any

import numpy as np

from parity_tests.wrong.mistake import Mistake, after, current
from reference import Dropout, Layer, Network, backpropagation
from reference import network as networks
from reference.early_stopping import stop_early
from reference.gradient_descent import train as train_alone
from reference.gradient_descent import update
from reference.regularization import l2_cost, l2_penalty_gradient

__all__ = ["MISTAKES"]

shard = current("data_parallel.shard")
shard_dropout = current("data_parallel.shard_dropout")
cost = current("data_parallel.cost")
gradients = current("data_parallel.gradients")
step = current("data_parallel.step")


def own_of_ranks(ranks: Any, X: Any, Y: Any, dropout: Any = None) -> Any:
    """What each rank has that has any."""
    each = zip(shard(ranks, X), shard(ranks, Y),
               shard_dropout(ranks, dropout), strict=True)  # fmt: skip
    return [(X_r, Y_r, D_r) for X_r, Y_r, D_r in each if X_r.shape[1]]


def own_means(ranks: Any, network: Network, parameters: Any, X: Any, Y: Any,
              dropout: Any) -> Any:  # fmt: skip
    """dJ of each rank's own mean."""
    return [
        backpropagation.gradients(network, parameters, X_r, Y_r, dropout=D_r)
        for X_r, Y_r, D_r in own_of_ranks(ranks, X, Y, dropout)
    ]


def mean_of_costs(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
                  l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
    own = [
        networks.cost(network, parameters, X_r, Y_r, 0.0, D_r)
        for X_r, Y_r, D_r in own_of_ranks(ranks, X, Y, dropout)
    ]
    return sum(own) / len(own) + l2_cost(parameters, l2, X.shape[1])


def first_cost(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
               l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
    X_r, Y_r, D_r = own_of_ranks(ranks, X, Y, dropout)[0]
    return networks.cost(network, parameters, X_r, Y_r, 0.0, D_r) + l2_cost(
        parameters, l2, X.shape[1]
    )


def combined(how: Any) -> Any:
    """Gradients that make of the ranks' own means something else."""

    def wrong(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
              l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
        own = own_means(ranks, network, parameters, X, Y, dropout)
        m = X.shape[1]
        return tuple(
            Layer(
                how([dW for dW, _ in layer]) + l2_penalty_gradient(W, l2, m),
                how([db for _, db in layer]),
            )
            for (W, _), layer in zip(parameters, zip(*own, strict=True),
                                     strict=True)
        )  # fmt: skip

    return wrong


def penalty_for_each(J: Any, ranks: Any, network: Any, parameters: Any,
                     X: Any, Y: Any, l2: Any = 0.0,
                     dropout: Any = None) -> Any:  # fmt: skip
    return J + (ranks.size - 1) * l2_cost(parameters, l2, X.shape[1])


def decay_for_each(dJ: Any, ranks: Any, network: Any, parameters: Any,
                   X: Any, Y: Any, l2: Any = 0.0,
                   dropout: Any = None) -> Any:  # fmt: skip
    more = (ranks.size - 1) * l2
    return tuple(
        Layer(dW + l2_penalty_gradient(W, more, X.shape[1]), db)
        for (dW, db), (W, _) in zip(dJ, parameters, strict=True)
    )


def decay_by_own_m(dJ: Any, ranks: Any, network: Any, parameters: Any,
                   X: Any, Y: Any, l2: Any = 0.0,
                   dropout: Any = None) -> Any:  # fmt: skip
    m, m_0 = X.shape[1], shard(ranks, X)[0].shape[1]
    more = l2 * (m / m_0 - 1)
    return tuple(
        Layer(dW + l2_penalty_gradient(W, more, m), db)
        for (dW, db), (W, _) in zip(dJ, parameters, strict=True)
    )


def data_part_divided(dJ: Any, ranks: Any, network: Any, parameters: Any,
                      X: Any, Y: Any, l2: Any = 0.0,
                      dropout: Any = None) -> Any:  # fmt: skip
    m, R = X.shape[1], ranks.size
    decay = [l2_penalty_gradient(W, l2, m) for W, _ in parameters]
    return tuple(
        Layer((dW - d) / R + d, db / R)
        for (dW, db), d in zip(dJ, decay, strict=True)
    )


def own_bias(dJ: Any, ranks: Any, network: Any, parameters: Any, X: Any,
             Y: Any, l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
    own = own_means(ranks, network, parameters, X, Y, dropout)[0]
    return tuple(
        Layer(dW, db) for (dW, _), (_, db) in zip(dJ, own, strict=True)
    )


def on_examples(which: Any) -> Any:
    """Gradients over other examples than the m."""

    def wrong(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
              l2: Any = 0.0, dropout: Any = None) -> Any:  # fmt: skip
        m = X.shape[1]
        i = which(m, ranks.size)
        chosen = dropout and Dropout(
            dropout.keep_prob,
            tuple(None if D is None else D[:, i] for D in dropout.masks),
        )
        dJ = backpropagation.gradients(
            network, parameters, X[:, i], Y[:, i], dropout=chosen
        )
        return tuple(
            Layer(dW + l2_penalty_gradient(W, l2, m), db)
            for (dW, db), (W, _) in zip(dJ, parameters, strict=True)
        )

    return wrong


def equal_shares(m: int, R: int) -> Any:
    return np.arange(max(1, m // R * R))


def filled_up(m: int, R: int) -> Any:
    return np.arange(-(-m // R) * R) % m


def squares_of_own_rows(J: Any, ranks: Any, network: Any, parameters: Any,
                        X: Any, Y: Any, l2: Any = 0.0,
                        dropout: Any = None) -> Any:  # fmt: skip
    others = tuple(
        Layer(W[-(-len(W) // ranks.size) :], b) for W, b in parameters
    )
    return J - l2_cost(others, l2, X.shape[1])


def strided(ranks: Any, X: Any) -> Any:
    return [X[:, r :: ranks.size] for r in range(ranks.size)]


def first_masks(parts: Any, ranks: Any, dropout: Any) -> Any:
    if dropout is None:
        return parts
    m_0 = parts[0]
    return [
        Dropout(D_r.keep_prob, tuple(
            None if D is None else first[:, : D.shape[1]]
            for D, first in zip(D_r.masks, m_0.masks, strict=True)
        ))
        for D_r in parts
    ]  # fmt: skip


def own_count(seed: int, l: int, n: int, keep_prob: float, first: int,
              m_r: int) -> Any:  # fmt: skip
    rng = np.random.default_rng([seed, l])
    D = rng.random((m_r, n)) < keep_prob
    return D.T


def seeded_by_rank(seed: int, l: int, n: int, keep_prob: float, first: int,
                   m_r: int) -> Any:  # fmt: skip
    rng = np.random.default_rng([seed, l, first])
    D = rng.random((m_r, n)) < keep_prob
    return D.T


def one_layers_masks(seed: int, l: int, n: int, keep_prob: float,
                     first: int, m_r: int) -> Any:  # fmt: skip
    rng = np.random.default_rng([seed])
    D = rng.random((first + m_r, n)) < keep_prob
    return D[first:].T


def first_normalization(ranks: Any, X: Any) -> Any:
    return current("normalization.fit_normalization")(shard(ranks, X)[0])


def variances_of_ranks(ranks: Any, X: Any) -> Any:
    parts = [X_r for X_r in shard(ranks, X) if X_r.shape[1]]
    m = X.shape[1]
    mu = sum(X_r.sum(axis=1, keepdims=True) for X_r in parts) / m
    own = [X_r.var(axis=1, keepdims=True) * X_r.shape[1] for X_r in parts]
    return mu, np.sqrt(sum(own) / m)


def mean_of_means(ranks: Any, X: Any) -> Any:
    parts = [X_r for X_r in shard(ranks, X) if X_r.shape[1]]
    mu = sum(X_r.mean(axis=1, keepdims=True) for X_r in parts) / len(parts)
    mu = mu.astype(X.dtype)
    return mu, np.sqrt(np.mean((X - mu) * (X - mu), axis=1, keepdims=True))


def stopped_by_the_first(ranks: Any, network: Any, parameters: Any, X: Any,
                         Y: Any, X_dev: Any, Y_dev: Any, *,
                         learning_rate: Any, steps: int, patience: int,
                         l2: Any = 0.0) -> Any:  # fmt: skip
    X_0, Y_0 = shard(ranks, X_dev)[0], shard(ranks, Y_dev)[0]
    return stop_early(
        lambda theta: step(ranks, network, theta, X, Y, learning_rate, l2),
        lambda theta: networks.cost(network, theta, X_0, Y_0),
        parameters, steps, patience,
    )  # fmt: skip


def mean_of_accuracies(ranks: Any, predicted: Any, Y: Any) -> Any:
    each = zip(shard(ranks, predicted), shard(ranks, Y), strict=True)
    own = [
        np.mean(np.all(p_r == (Y_r > 0.5), axis=0), dtype=Y.dtype)
        for p_r, Y_r in each
        if Y_r.shape[1]
    ]
    return Y.dtype.type(sum(own) / len(own))


def rate_for_each(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
                  learning_rate: Any, l2: Any,
                  dropout: Any = None) -> Any:  # fmt: skip
    J = cost(ranks, network, parameters, X, Y, l2, dropout)
    dJ = gradients(ranks, network, parameters, X, Y, l2, dropout)
    return update(parameters, dJ, learning_rate * ranks.size), J


def met_at_the_end(ranks: Any, network: Any, parameters: Any, X: Any, Y: Any,
                   *, learning_rate: Any, steps: int,
                   l2: Any = 0.0) -> Any:  # fmt: skip
    m, ends, costs = X.shape[1], [], []
    for X_r, Y_r, _ in own_of_ranks(ranks, X, Y):
        share = X_r.shape[1] / m
        theta, J = train_alone(
            network, parameters, X_r, Y_r, learning_rate=learning_rate,
            steps=steps, l2=l2 * share,
        )  # fmt: skip
        ends.append([Layer(W * share, b * share) for W, b in theta])
        costs.append(J * share)
    whole = tuple(
        Layer(sum(W for W, _ in layer), sum(b for _, b in layer))
        for layer in zip(*ends, strict=True)
    )
    return whole, np.asarray(sum(costs))


M = Mistake
MISTAKES = (
    M("mean of the ranks' costs", "1.2-cost", "data_parallel.cost", "cost",
      "J is the mean of the ranks' means, though their shares differ.",
      "Sum the losses over all ranks, and divide by the m of all.",
      mean_of_costs),
    M("cost of one rank", "1.2-cost", "data_parallel.cost", "cost",
      "J is that of the first rank's examples.",
      "Sum the losses over all ranks before J is told.", first_cost),
    M("penalty of each rank", "3.1-l2", "data_parallel.cost", "cost",
      "Every rank adds the penalty, and the sum has it R times.",
      "Add the penalty once, after the sum over the ranks.",
      after("data_parallel.cost", penalty_for_each)),
    M("squares of one rank's rows", "3.1-l2", "data_parallel.cost", "cost",
      "The weights are sharded, and ||W||^2 is of the rank's own rows.",
      "Sum the squares over the ranks.",
      after("data_parallel.cost", squares_of_own_rows)),
    M("mean of the ranks' gradients", "2.10", "data_parallel.gradients",
      "gradients",
      "The ranks' gradients are averaged as DDP does it, though their "
      "shares differ.",
      "Give each rank's sum of losses the factor R/m before backward().",
      combined(lambda own: sum(own) / len(own))),
    M("sum of the ranks' gradients", "2.10", "data_parallel.gradients",
      "gradients",
      "Each rank divides by its own count, and their gradients are summed.",
      "Divide by the m of all ranks.", combined(sum)),
    M("gradient averaged twice", "2.10", "data_parallel.gradients",
      "gradients",
      "The losses are divided by the m of all ranks, and the engine takes "
      "the mean over the ranks again.",
      "Multiply the rank's loss by R, or let the engine sum.",
      after("data_parallel.gradients", data_part_divided)),
    M("gradient of one rank", "2.10", "data_parallel.gradients", "gradients",
      "The ranks do not tell each other their gradients: no_sync(), or a "
      "model that was called past its engine.",
      "Call the engine's module, and end no_sync() at the last backward().",
      combined(lambda own: own[0])),
    M("db of one rank", "2.11", "data_parallel.gradients", "gradients",
      "The gradients of the biases are not summed over the ranks.",
      "Hand all parameters to the engine.",
      after("data_parallel.gradients", own_bias)),
    M("decay of each rank", "3.1-l2", "data_parallel.gradients", "gradients",
      "Every rank adds lambda/m W, and the sum has it R times.",
      "Add it once: after the sum, or in a loss whose mean is taken.",
      after("data_parallel.gradients", decay_for_each)),
    M("decay by the rank's own m", "3.1-l2", "data_parallel.gradients",
      "gradients", "lambda is divided by the examples of one rank.",
      "Divide by the m of all ranks.",
      after("data_parallel.gradients", decay_by_own_m)),
    M("last examples left out", "2.10", "data_parallel.gradients",
      "gradients",
      "The shares are made equal, and what is left over is not learnt from.",
      "Let the last rank have fewer.", on_examples(equal_shares)),
    M("first examples twice", "2.10", "data_parallel.gradients", "gradients",
      "The shares are filled up with the first examples, as by "
      "DistributedSampler.",
      "Let the last rank have fewer, or give what fills up the weight 0.",
      on_examples(filled_up)),
    M("examples dealt out by turns", "2.4", "data_parallel.shard", "forward",
      "Rank r has the examples r, r + R, ..., and the answers are put one "
      "rank behind the other.",
      "Give each rank neighbours, or put the answers back in their order.",
      strided),
    M("the first rank's masks", "3.1-dropout", "data_parallel.shard_dropout",
      "forward", "All ranks use the masks of the first one's examples.",
      "A mask goes with its example.",
      after("data_parallel.shard_dropout", first_masks)),
    M("one seed on all ranks", "3.1-dropout", "data_parallel.example_masks",
      "example_masks",
      "All ranks draw from the same seed: the same masks on each.",
      "Draw by seed, layer and the example's number among all.", own_count),
    M("masks by the others", "3.1-dropout", "data_parallel.example_masks",
      "example_masks",
      "With other examples or ranks beside it an example has another mask: "
      "its seed holds the rank, say, or all masks are drawn in one block.",
      "Draw by seed, layer and the example's number among all.",
      seeded_by_rank),
    M("one stream for all layers", "3.1-dropout",
      "data_parallel.example_masks", "dropout_law",
      "The seed does not hold the layer: layers are dropped alike.",
      "Draw by seed, layer and example.", one_layers_masks),
    M("normalized by one rank", "3.2.1-normalize",
      "data_parallel.fit_normalization", "normalization",
      "mu and sigma are of the first rank's examples.",
      "Sum over all ranks.", first_normalization),
    M("mean of the ranks' variances", "3.2.1-normalize",
      "data_parallel.fit_normalization", "normalization",
      "sigma^2 is the mean of the ranks' own variances: how far their "
      "means are apart is left out.",
      "Take the distance to the mu of all ranks.", variances_of_ranks),
    M("mean of the ranks' means", "3.2.1-normalize",
      "data_parallel.fit_normalization", "normalization",
      "mu is the mean of the ranks' means, though their shares differ.",
      "Divide the sum of all ranks by the m of all.", mean_of_means),
    M("stopped by one rank", "3.1-early-stopping",
      "data_parallel.train_early_stopping", "early_stopping",
      "The dev cost is of the first rank's dev examples.",
      "Sum it over all ranks, or they stop at different steps.",
      stopped_by_the_first),
    M("mean of the ranks' accuracies", "1.2-predict",
      "data_parallel.accuracy", "prediction",
      "The ranks' accuracies are averaged, though their shares differ.",
      "Count over all ranks, and divide by the m of all.",
      mean_of_accuracies),
    M("learning rate times R", "A1.1", "data_parallel.step", "train",
      "alpha grows with the ranks, though the m examples of a step are the "
      "same.",
      "Scale it with the examples of a step, not with the ranks.",
      rate_for_each),
    M("ranks that meet at the end", "A1.1", "data_parallel.train", "train",
      "Each rank trains alone, and the parameters are averaged after it.",
      "Sum the gradients at each step.", met_at_the_end),
)  # fmt: skip
