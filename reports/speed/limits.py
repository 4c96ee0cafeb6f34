"""The least time that a step can take on this machine.

A step cannot be faster than its products by the fastest library that is
here, each of exactly that shape, the result as it is or transposed, and than
the passes over its activations at the bandwidth of memory. Both are measured
in the same run as the rows, with the same threads.
"""

from __future__ import annotations

import functools
import math
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from reports.speed.workloads import WORKLOADS, Workload

__all__ = [
    "LIBRARIES",
    "arithmetic_intensity",
    "least_time",
    "measure_limits",
    "storage",
]

LIBRARIES = {"limits numpy": "numpy", "limits torch": "torch",
             "limits jax": "jax"}  # fmt: skip
SMALL = 2**21
"""Operations below which a call takes longer than its work: such a product
counts at the best rate of all, and such a copy at the best bandwidth."""
PASSES = {"hidden": 5, "output": 4}
"""Reads and writes of an activation in a step beside its products: Z is read
and A written; dA and A are read, and dZ is written. A kernel that does these
inside a product could do without."""
SECONDS = 0.03
AHEAD = 0.001
"""Seconds of work that a device is given before it is waited for."""
CACHED, LARGE = 2**16, 2**24
"""Numbers that a core's cache holds, and that only memory does."""

Product = tuple[str, int, int, int]
"""Which of the three, and n, k, m of the layer: Z is (n, m), A_prev (k, m)."""
Runner = Callable[[Product, bool], Callable[[], Any]]
"""A call that computes a product, or its transpose."""


def storage(dtype: str) -> np.dtype:
    """What the numbers of an arithmetic are kept in."""
    return np.dtype("float64" if dtype == "float64" else "float32")


def products(workload: Workload) -> list[Product]:
    """The products of one step, each as often as it occurs."""
    found: list[Product] = []
    for l, (n, k) in enumerate(workload.network.shapes, start=1):
        found += [("Z", n, k, workload.m), ("dW", n, k, workload.m)]
        if l > 1:
            found.append(("dA", n, k, workload.m))
    return found


def operations(product: Product) -> int:
    """Multiplications and additions."""
    return 2 * product[1] * product[2] * product[3]


def activations(workload: Workload) -> list[tuple[str, int]]:
    """Kind and entries of each Z[l]."""
    *hidden, output = workload.layer_sizes[1:]
    return [("hidden", n * workload.m) for n in hidden] + [
        ("output", output * workload.m)
    ]


def least_time(
    workload: Workload, dtype: str, measured: list[dict[str, Any]]
) -> dict[str, float]:
    """Seconds of a step's products, and of its passes over memory.

    measured holds what measure_limits gave for each library.
    """
    size = storage(dtype).itemsize
    rate = max(m["rate"] for m in measured)
    bandwidth = max(m["bandwidth"] for m in measured)
    arithmetic = 0.0
    for product in products(workload):
        name = " ".join(map(str, product))
        times = [m["products"][name] for m in measured if name in m["products"]]
        arithmetic += min([*times, *[operations(product) / rate][: not times]])
    memory = sum(
        PASSES[kind] * entries * size / bandwidth
        for kind, entries in activations(workload)
    )
    return {"arithmetic": arithmetic, "memory": memory}


def arithmetic_intensity(workload: Workload, dtype: str) -> float:
    """Operations for each byte that a step has to read or write once."""
    entries = workload.layer_sizes[0] * workload.m + workload.parameters
    entries += sum(n for _, n in activations(workload))
    work = sum(map(operations, products(workload)))
    return work / (entries * storage(dtype).itemsize)


def measure_limits(
    library: str, dtype: str, device: str, threads: int
) -> dict[str, Any]:
    """The products of all workloads by one library, and a copy by so many
    threads.

    rate in operations a second, bandwidth in bytes a second, products in
    seconds by their name.
    """
    wanted = {
        product
        for workload in WORKLOADS.values()
        if workload.family != "logistic"
        for product in products(workload)
        if operations(product) >= SMALL
    }
    run, wait = RUNNERS[library](dtype, device), waiting(library, device)
    times = {
        " ".join(map(str, product)): min(
            best_time(run(product, turned), wait) for turned in (False, True)
        )
        for product in sorted(wanted)
    }
    rate = max(
        operations(product) / times[" ".join(map(str, product))]
        for product in wanted
    )
    small, large = (
        bandwidth(dtype, entries, threads)
        if device == "cpu"
        else device_bandwidth(library, device)
        for entries in (CACHED, LARGE)
    )
    return {
        "products": times,
        "rate": rate,
        "bandwidth": small,
        "memory_bandwidth": large,
    }


def best_time(
    call: Callable[[], Any], wait: Callable[[Any], Any] | None = None
) -> float:
    """The shortest of the times in SECONDS.

    With a device to wait for, of so many calls that the wait hardly counts.
    """
    calls = 1
    if wait is not None:
        wait(call())
        calls = math.ceil(AHEAD / once(call, 1, wait))
    else:
        call()
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(times) < 3 or time.perf_counter() < end:
        times.append(once(call, calls, wait))
    return min(times)


def once(
    call: Callable[[], Any], calls: int, wait: Callable[[Any], Any] | None
) -> float:
    """Seconds of a call, in a row of so many."""
    start = time.perf_counter()
    for _ in range(calls):
        given = call()
    if wait is not None:
        wait(given)
    return (time.perf_counter() - start) / calls


def bandwidth(dtype: str, entries: int, threads: int) -> float:
    """Bytes a second of copies of so many numbers each, read and written."""
    pairs = [
        (np.zeros(entries, storage(dtype)), np.ones(entries, storage(dtype)))
        for _ in range(threads)
    ]
    # A thread copies so often that its start hardly counts.
    again = math.ceil(2**26 / (entries * threads))

    def copies(pair: tuple[np.ndarray, np.ndarray]) -> None:
        for _ in range(again):
            np.copyto(*pair)

    with ThreadPoolExecutor(threads) as pool:
        seconds = best_time(lambda: list(pool.map(copies, pairs)))
    return 2 * again * sum(a.nbytes for a, _ in pairs) / seconds


def device_bandwidth(library: str, device: str) -> float:
    """Bytes a second of a copy in a CUDA device's memory."""
    wait = waiting(library, device)
    if library == "jax":
        import jax.numpy as jnp

        array = jnp.zeros(2**28, "float32")
        return 2 * array.nbytes / best_time(lambda: jnp.copy(array), wait)
    import torch

    source = torch.zeros(2**28, device=device)
    target = torch.zeros_like(source)
    return 2 * source.nbytes / best_time(lambda: target.copy_(source), wait)


def operands(product: Product, dtype: str) -> Iterator[np.ndarray]:
    """The two arrays of a product, as they lie in memory."""
    kind, n, k, m = product
    rng = np.random.default_rng(0)
    shapes = {"Z": ((n, k), (k, m)), "dW": ((n, m), (k, m)),
              "dA": ((n, k), (n, m))}[kind]  # fmt: skip
    for shape in shapes:
        yield rng.normal(size=shape).astype(storage(dtype))


def factors(kind: str, a: Any, b: Any, turned: bool) -> tuple[Any, Any]:
    """What is multiplied, in any library: W A_prev, dZ A_prev^T, W^T dZ; or,
    for the transposed result, both of them transposed."""
    left, right = {"Z": (a, b), "dW": (a, b.T), "dA": (a.T, b)}[kind]
    return (right.T, left.T) if turned else (left, right)


def by_numpy(dtype: str, device: str) -> Runner:
    """np.matmul into an array that is there."""

    def run(product: Product, turned: bool) -> Callable[[], Any]:
        a, b = operands(product, dtype)
        left, right = factors(product[0], a, b, turned)
        out = np.empty((left.shape[0], right.shape[1]), storage(dtype))
        return lambda: np.matmul(left, right, out=out)

    return run


def by_torch(dtype: str, device: str) -> Runner:
    """torch.mm into a tensor that is there."""
    import torch

    if dtype == "tf32":
        torch.set_float32_matmul_precision("high")
    kind = {"bfloat16": torch.bfloat16, "float64": torch.float64}
    kept = kind.get(dtype, torch.float32)

    def run(product: Product, turned: bool) -> Callable[[], Any]:
        a, b = (
            torch.tensor(x, device=device, dtype=kept)
            for x in operands(product, dtype)
        )
        left, right = factors(product[0], a, b, turned)
        out = left @ right
        return lambda: torch.mm(left, right, out=out)

    return run


def by_jax(dtype: str, device: str) -> Runner:
    """A jitted product; on the CPU too, a call returns before it is done."""
    import jax

    from reports.speed.contenders.coarse import jax_products
    from reports.speed.contenders.jax_scope import JaxScope

    scope = JaxScope(dtype, device)
    scope.scope.enter_context(jax_products(dtype))

    @functools.partial(jax.jit, static_argnums=(0, 1))
    def product_of(kind: str, turned: bool, a: Any, b: Any) -> Any:
        left, right = factors(kind, a, b, turned)
        return left @ right

    def run(product: Product, turned: bool) -> Callable[[], Any]:
        assert scope  # open while products are run
        a, b = map(jax.numpy.array, operands(product, dtype))

        def call() -> Any:
            return product_of(product[0], turned, a, b)

        return (
            call if device != "cpu" else lambda: jax.block_until_ready(call())
        )

    return run


def waiting(library: str, device: str) -> Callable[[Any], Any] | None:
    """How to wait for a device; None where every call waits by itself."""
    if device == "cpu":
        return None
    if library == "jax":
        import jax

        return jax.block_until_ready
    import torch

    return lambda _: torch.cuda.synchronize()


RUNNERS: dict[str, Callable[[str, str], Runner]] = {
    "numpy": by_numpy, "torch": by_torch, "jax": by_jax,
}  # fmt: skip
