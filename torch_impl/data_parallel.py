"""Data parallelism by PyTorch's own engines: DDP, and FSDP2.

One process is one rank. All of them call each function here with the same
arguments, and get the same result; each computes its own columns of X and
Y. DistributedDataParallel keeps all parameters on every rank; fully_shard
keeps of each a share of its rows, and gathers a layer when it is due.

Both take the mean of the ranks' gradients, and the notes that over the m
examples: a rank gives R/m times the sum of its losses, and unequal shares
or none are right then. The penalty is the optimizer's weight decay, which
is not summed over the ranks. J is told by the losses' own sum.
"""

from typing import Any, NamedTuple

import numpy as np
import torch
import torch.distributed as dist
from jaxtyping import Bool, Float, Shaped
from torch import Tensor as Array
from torch import Tensor as Scalar
from torch import nn
from torch.distributed.device_mesh import DeviceMesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, Shard
from torch.nn.parallel import DistributedDataParallel

from reference.specification import (
    Dropout,
    Layer,
    Network,
    Parameters,
    check_keep_prob,
)
from torch_impl.activations import activation
from torch_impl.dropout import layer_dropout
from torch_impl.early_stopping import stop_early
from torch_impl.losses import loss
from torch_impl.network import linear
from torch_impl.regularization import l2_cost

__all__ = [
    "Ranks",
    "Model",
    "Training",
    "shares",
    "shard",
    "shard_dropout",
    "all_reduce",
    "all_gather",
    "forward",
    "cost",
    "gradients",
    "train",
    "train_dropout",
    "train_early_stopping",
    "fit_normalization",
    "accuracy",
    "example_masks",
    "sample_dropout",
]


class Ranks(NamedTuple):
    """The ranks, of which this process is one, and the engine's name."""

    mesh: DeviceMesh
    engine: str

    @property
    def size(self) -> int:
        """R."""
        return self.mesh.size()

    @property
    def rank(self) -> int:
        """r, of this process."""
        return self.mesh.get_local_rank()


class Dense(nn.Module):
    """One layer's W[l] and b[l], which fully_shard gathers together."""

    def __init__(self, W: Array, b: Array) -> None:
        super().__init__()
        self.W, self.b = nn.Parameter(W.clone()), nn.Parameter(b.clone())

    def forward(self, A_prev: Array) -> Array:
        """Z = W A_prev + b                                       (2.3)"""
        return linear(self.W, A_prev, self.b)


class Model(nn.Module):
    """The network as a module of layers."""

    def __init__(self, network: Network, parameters: Parameters) -> None:
        super().__init__()
        self.network = network
        self.layers = nn.ModuleList(Dense(W, b) for W, b in parameters)

    def forward(self, X: Array, dropout: Dropout | None) -> list[Array]:
        """A[1], ..., A[L-1], Z[L]: the loss takes it from there."""
        network, found = self.network, [X]
        for l, layer in enumerate(self.layers, start=1):
            Z = layer(found[-1])
            if l < network.L:
                g = network.activations[l - 1]
                A = activation(g, Z, network.leaky_slope)
                found.append(layer_dropout(A, l, dropout))
        return [*found[1:], Z]


def engine(ranks: Ranks, network: Network, parameters: Parameters) -> nn.Module:
    """The network's module, in the hands of the engine."""
    model = Model(network, parameters)
    if ranks.engine == "ddp":
        return DistributedDataParallel(
            model, process_group=ranks.mesh.get_group()
        )
    for layer in model.layers:
        fully_shard(layer, mesh=ranks.mesh)
    fully_shard(model, mesh=ranks.mesh)
    return model


def shares(m: int, R: int) -> tuple[int, ...]:
    """m_r = ceil(m / R), as long as there are examples"""
    most = -(-m // R)
    return tuple(max(0, min(most, m - r * most)) for r in range(R))


def shard(ranks: Ranks, X: Shaped[Array, "n m"]) -> Array:
    """X = [X_0 ... X_(R-1)]"""
    return X.split(shares(X.shape[1], ranks.size), dim=1)[ranks.rank]


def shard_dropout(ranks: Ranks, dropout: Dropout | None) -> Dropout | None:
    """D[l] = [D[l]_0 ... D[l]_(R-1)]: a mask goes with its example
    (3.1-dropout)"""
    if dropout is None:
        return None
    own = [None if D is None else shard(ranks, D) for D in dropout.masks]
    return Dropout(dropout.keep_prob, tuple(own))


def all_reduce(ranks: Ranks, part: Array) -> Array:
    """sum_r part_r"""
    total = part.detach().clone()
    dist.all_reduce(total, group=ranks.mesh.get_group())
    return total


def all_gather(ranks: Ranks, part: Array, m: int) -> Shaped[Array, "n m"]:
    """[part_0 ... part_(R-1)]"""
    n = len(part)
    return DTensor.from_local(
        part.detach().contiguous(), ranks.mesh, [Shard(1)],
        shape=torch.Size((n, m)), stride=(m, 1),
    ).full_tensor()  # fmt: skip


def forward(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    dropout: Dropout | None = None,
) -> tuple[Array, ...]:
    """A[l] = [A[l]_0 ... A[l]_(R-1)]                            (2.3, 2.4)"""
    model = engine(ranks, network, parameters)
    with torch.no_grad():
        *A, Z = model(shard(ranks, X), shard_dropout(ranks, dropout))
    A.append(activation(network.activations[-1], Z, network.leaky_slope))
    return tuple(all_gather(ranks, A_r, X.shape[1]) for A_r in A)


def cost(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Float[Scalar, ""]:
    """J = sum_r 1/m sum_(i on r) L(i) + lambda/(2m) sum_l ||W[l]||^2
    (1.2-cost, 3.1-l2)"""
    training = Training(ranks, network, parameters, X, Y, l2=l2)
    with torch.no_grad():
        losses = training.losses(shard_dropout(ranks, dropout))
    return training.cost(losses)


def gradients(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    l2: float | Scalar = 0.0,
    dropout: Dropout | None = None,
) -> Parameters:
    """dW = sum_r m_r/m dW_r + lambda/m W,  db = sum_r m_r/m db_r
    (2.10, 2.11, 3.1-l2)"""
    training = Training(ranks, network, parameters, X, Y)
    training.backward(training.losses(shard_dropout(ranks, dropout)))
    W = [W.detach().requires_grad_() for W, _ in parameters]
    layers = tuple(Layer(W_l, None) for W_l in W)
    penalty = torch.autograd.grad(l2_cost(layers, l2, X.shape[1]), W)
    return tuple(
        Layer(dW + decay, db)
        for (dW, db), decay in zip(training.gradients(), penalty, strict=True)
    )


class Training:
    """The model in its engine, its optimizer, and the rank's examples."""

    def __init__(
        self, ranks: Ranks, network: Network, parameters: Parameters,
        X: Array, Y: Array, *, learning_rate: float | Scalar = 0.0,
        l2: float | Scalar = 0.0,
    ) -> None:  # fmt: skip
        self.ranks, self.l2, self.m = ranks, l2, X.shape[1]
        self.output = network.activations[-1]
        self.X, self.Y = shard(ranks, X), shard(ranks, Y)
        self.model = engine(ranks, network, parameters)
        named = dict(self.model.named_parameters())
        self.weights = [p for name, p in named.items() if name[-1] == "W"]
        self.biases = [p for name, p in named.items() if name[-1] == "b"]
        groups: list[dict[str, Any]] = [
            {"params": self.weights, "weight_decay": l2 / self.m},
            {"params": self.biases, "weight_decay": 0.0},
        ]
        self.optimizer = torch.optim.SGD(groups, lr=learning_rate)

    def losses(self, dropout: Dropout | None = None) -> Array:
        """The sum of the rank's losses: 0, with gradients, where it has no
        example, for the others wait for them."""
        Z = self.model(self.X, dropout)[-1]
        return torch.sum(loss(self.output, Z, self.Y))

    def backward(self, losses: Array) -> None:
        """The engine's mean over ranks becomes that over examples."""
        (losses * (self.ranks.size / self.m)).backward()

    def cost(self, losses: Array) -> Array:
        """J, by the sums of all ranks."""
        J = all_reduce(self.ranks, losses) / self.m
        if self.l2 == 0:
            return J
        own = [part(W.detach()) for W in self.weights]
        squares = torch.stack([torch.sum(W * W) for W in own]).sum()
        if self.ranks.engine == "fsdp":  # of the rank's own rows
            squares = all_reduce(self.ranks, squares)
        return J + self.l2 / (2 * self.m) * squares

    def step(self, dropout: Dropout | None = None) -> Array:
        """J, and one step down from there; every rank takes the same."""
        self.optimizer.zero_grad()
        losses = self.losses(dropout)
        self.backward(losses)
        J = self.cost(losses)
        self.optimizer.step()
        return J

    def parameters(self) -> Parameters:
        """(W[l], b[l]) for l = 1 ... L, whole."""
        pairs = zip(self.weights, self.biases, strict=True)
        return tuple(Layer(whole(W), whole(b)) for W, b in pairs)

    def gradients(self) -> Parameters:
        """(dW[l], db[l]) likewise, without the penalty's."""
        pairs = zip(self.weights, self.biases, strict=True)
        return tuple(Layer(whole(W.grad), whole(b.grad)) for W, b in pairs)

    def state(self) -> list[Array]:
        """What of the parameters this rank holds, as it is now."""
        return [part(p.detach()).clone() for p in self.model.parameters()]

    def restore(self, state: list[Array]) -> None:
        """Make it what it was."""
        for p, before in zip(self.model.parameters(), state, strict=True):
            part(p.detach()).copy_(before)


def train(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """Repeat { W := W - alpha dW,  b := b - alpha db }              (A1.1)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    costs = [training.step() for _ in range(steps)]
    history = torch.stack(costs) if costs else X.new_zeros(0)
    return training.parameters(), history


def train_dropout(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    dropouts: tuple[Dropout, ...],
    *,
    learning_rate: float | Scalar,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " steps"]]:
    """For each D: W := W - alpha dW,  b := b - alpha db, under the masks D
    (A1.1, 3.1-dropout)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    costs = [training.step(shard_dropout(ranks, D)) for D in dropouts]
    return training.parameters(), torch.stack(costs)


def train_early_stopping(
    ranks: Ranks,
    network: Network,
    parameters: Parameters,
    X: Float[Array, "n_x m"],
    Y: Float[Array, "n_y m"],
    X_dev: Float[Array, "n_x m_dev"],
    Y_dev: Float[Array, "n_y m_dev"],
    *,
    learning_rate: float | Scalar,
    steps: int,
    patience: int,
    l2: float | Scalar = 0.0,
) -> tuple[Parameters, Float[Array, " K"], Float[Array, " K"], int]:
    """(best parameters, costs, dev costs, best step)  (3.1-early-stopping)"""
    training = Training(
        ranks, network, parameters, X, Y, learning_rate=learning_rate, l2=l2
    )
    dev = Training(ranks, network, parameters, X_dev, Y_dev)

    def step(state: list[Array]) -> tuple[list[Array], Array]:
        J = training.step()  # from that state, in which the last step left it
        return training.state(), J

    def dev_cost(state: list[Array]) -> Array:
        dev.restore(state)
        with torch.no_grad():
            return dev.cost(dev.losses())

    found = stop_early(step, dev_cost, training.state(), steps, patience)
    training.restore(found[0])
    return training.parameters(), found[1], found[2], found[3]


def fit_normalization(
    ranks: Ranks, X: Float[Array, "n_x m"]
) -> tuple[Float[Array, "n_x 1"], Float[Array, "n_x 1"]]:
    """mu = sum_r 1/m sum_(i on r) x(i),
    sigma = sqrt(sum_r 1/m sum_(i on r) (x(i) - mu)^2)    (3.2.1-normalize)"""
    m, x_1, X_r = X.shape[1], X[:, :1], shard(ranks, X)
    other = all_reduce(ranks, torch.sum(X_r != x_1, dim=1, keepdim=True))
    mean = all_reduce(ranks, torch.sum(X_r, dim=1, keepdim=True) / m)
    mu = torch.where(other == 0, x_1, mean)
    squares = (X_r - mu) * (X_r - mu)
    sigma2 = all_reduce(ranks, torch.sum(squares, dim=1, keepdim=True) / m)
    return mu, torch.sqrt(sigma2)


def accuracy(
    ranks: Ranks, predicted: Bool[Array, "n m"], Y: Float[Array, "n m"]
) -> Float[Scalar, ""]:
    """1/m sum_r (examples on r with every class right)       (1.2-predict)"""
    right = torch.all(shard(ranks, predicted) == (shard(ranks, Y) > 0.5), dim=0)
    return all_reduce(ranks, torch.sum(right, dtype=Y.dtype)) / Y.shape[1]


def example_masks(
    seed: int, l: int, n: int, keep_prob: float, first: int, m_r: int
) -> Bool[Array, "n m_r"]:
    """D(i)[l] = (U < keep_prob), U from seed, l and i alone  (3.1-dropout)

    Drawn on the CPU, an example after the other. A torch.Generator cannot
    go on to the rank's first: what the ranks before it draw, it draws too.
    """
    mixed = np.random.SeedSequence([seed, l]).generate_state(1)
    rng = torch.Generator().manual_seed(int(mixed[0]))
    U = torch.rand((first + m_r, n), generator=rng)
    D = U[first:] < check_keep_prob(keep_prob)
    return D.T


def sample_dropout(
    ranks: Ranks, seed: int, network: Network, keep_prob: float, m: int
) -> Dropout:
    """D[l] = [D[l]_0 ... D[l]_(R-1)], each drawn by its rank (3.1-dropout)"""
    masks, m_r = [], shares(m, ranks.size)
    first, own = sum(m_r[: ranks.rank]), m_r[ranks.rank]
    for l, n in enumerate(network.layer_sizes[1:-1], start=1):
        D_r = example_masks(seed, l, n, keep_prob, first, own)
        D_r = D_r.to(ranks.mesh.device_type)
        masks.append(all_gather(ranks, D_r, m))
    return Dropout(keep_prob, tuple(masks))


def part(p: Array) -> Array:
    """What of it this rank holds."""
    return p.to_local() if isinstance(p, DTensor) else p


def whole(p: Array | None) -> Array:
    """All of it."""
    assert p is not None, "a gradient is there after backward()"
    return (p.full_tensor() if isinstance(p, DTensor) else p).detach().clone()
