"""What the ranks of an engine tell each other: sums of our own, to time the
link between them, and those that a compiled program holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import numpy as np

__all__ = ["collectives_of", "sums"]


def sums(contract: Any, n: int, times: int) -> Callable[[], Any]:
    """Sums over the contract's ranks of so many numbers each, one after the
    other, ready to be called."""
    of_engine = sums_by_torch if contract.name == "torch" else sums_by_jax
    return of_engine(contract, n, times)


def sums_by_torch(contract: Any, n: int, times: int) -> Callable[[], Any]:
    """As DistributedDataParallel would have them summed."""
    import torch

    page, group = contract.pages.data_parallel, contract.group
    part = torch.ones(n, dtype=getattr(torch, str(contract.dtype)))
    part = part.to(contract.device)
    return lambda: contract.synchronize(
        [page.all_reduce(group, part) for _ in range(times)]
    )


def sums_by_jax(contract: Any, n: int, times: int) -> Callable[[], Any]:
    """Inside of one program, as the compiler puts them into a training."""
    import jax
    import jax.numpy as jnp

    page, group = contract.pages.data_parallel.sharding, contract.group
    ones = np.ones((group.size, n), contract.dtype)
    parts = page.placed(group, ones, page.ROWS)

    def again(parts: Any, _: None) -> tuple[Any, None]:
        total = page.everywhere(group, jnp.sum(parts, axis=0))
        return (parts + total) / 2, None

    @jax.jit
    def summed(parts: Any) -> Any:
        return jax.lax.scan(again, parts, length=times)[0]

    return lambda: contract.synchronize(summed(parts))


CALL = re.compile(
    r"= (?P<shapes>\(?[^=]*?\)?) (?P<kind>all-reduce|all-gather|"
    r"reduce-scatter|all-to-all|collective-permute)(?:-start)?\("
)
ARRAY = re.compile(r"(f32|f64|pred|s32|s64|u32)\[([\d,]*)\]")
WIDTH = {"f32": 4, "f64": 8, "pred": 1, "s32": 4, "s64": 8, "u32": 4}


def collectives_of(text: str) -> list[tuple[str, int]]:
    """The kind and the bytes of each in a compiled program's loop over the
    steps."""
    # "/*index=5*/" stands between the parts of a tuple.
    plain = re.sub(r"/\*.*?\*/", "", text)
    body = re.split(r"\n(?=%|ENTRY)", plain)
    inside = [part for part in body if not part.startswith("ENTRY")]
    found = []
    for part in inside:
        for call in CALL.finditer(part):
            size = 0
            for kind, shape in ARRAY.findall(call["shapes"]):
                count = np.prod([int(n) for n in shape.split(",") if n])
                size += int(count) * WIDTH[kind]
            found.append((call["kind"], size))
    return found
