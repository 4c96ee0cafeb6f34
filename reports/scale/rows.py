"""What is measured: engines, networks, examples, ranks."""

from __future__ import annotations

from dataclasses import dataclass

from reports.speed.workloads import Workload

__all__ = ["ENGINES", "NETWORKS", "Engine", "Row", "rows_of", "workload_of"]


@dataclass(frozen=True)
class Engine:
    """A way in which ranks share the examples; devices are of one process
    where processes is False."""

    name: str
    package: str
    mode: str
    processes: bool = True

    @property
    def shares_weights(self) -> bool:
        """Whether a rank holds its share of the weights alone."""
        return self.mode in ("fsdp", "sharded_weights")


ENGINES = {
    engine.name: engine
    for engine in (
        Engine("torch DDP", "torch_impl", "ddp"),
        Engine("torch FSDP2", "torch_impl", "fsdp"),
        Engine("jax sharded", "jax_impl", "sharded"),
        Engine("jax sharded weights", "jax_impl", "sharded_weights"),
        Engine("jax sharded, one process", "jax_impl", "sharded", False),
    )
}


@dataclass(frozen=True)
class Shape:
    """A network, the examples of its strong and weak scaling, and how many
    steps one timed call takes."""

    layer_sizes: tuple[int, ...]
    hidden: str
    together: int
    """m, shared by however many ranks."""
    each: int
    """m of each rank."""
    steps: int
    why: str


NETWORKS = {
    "large": Shape((784, 256, 128, 10), "relu", 1024, 512, 5, "arithmetic"),
    "small": Shape((30, 16, 8, 1), "tanh", 456, 228, 40, "the cost of a call"),
}
FRACTIONS = (1, 2, 4)
"""Of the examples, on one rank alone: what a share of them costs."""


@dataclass(frozen=True)
class Row:
    """One network on so many examples of all ranks together."""

    network: str
    m: int


def rows_of(ranks: int) -> list[Row]:
    """What so many ranks measure: the same examples shared out, and as many
    for each; and one rank alone, shares of them."""
    found = []
    for name, shape in NETWORKS.items():
        counts = [shape.together, shape.each * ranks]
        if ranks == 1:
            counts += [shape.together // k for k in FRACTIONS]
        found += [Row(name, m) for m in sorted(set(counts), reverse=True)]
    return found


def workload_of(row: Row) -> Workload:
    """Its data, seeded, and what proves it."""
    shape = NETWORKS[row.network]
    return Workload(f"scale {row.network} {row.m}", shape.layer_sizes, row.m,
                    shape.hidden, shape.steps, shape.why)  # fmt: skip
