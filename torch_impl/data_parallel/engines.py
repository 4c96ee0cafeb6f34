"""The network as a module, in the hands of DDP or of FSDP2."""

from torch import Tensor as Array
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel

from reference.specification import Dropout, Network, Parameters
from torch_impl.activations import activation
from torch_impl.data_parallel.sharding import Ranks
from torch_impl.dropout import layer_dropout
from torch_impl.network import linear

__all__ = ["Dense", "Model", "engine"]


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
