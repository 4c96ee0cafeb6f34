"""The least time that a step can take on this machine.

A step cannot be faster than its products by the fastest library that is
here, each of exactly that shape and transposition, and than the passes over
its activations at the bandwidth of memory. Both are measured in the same
run as the rows, with the same threads.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from reports.speed.workloads import WORKLOADS, Workload

__all__ = ["LIBRARIES", "arithmetic_intensity", "least_time", "measure_limits"]

COARSE = {
    "tf32": ("high", "tensorfloat32"), "bfloat16": ("medium", "bfloat16"),
}  # fmt: skip
"""What torch and JAX call products that round what they take."""
LIBRARIES = {"limits numpy": "numpy", "limits torch": "torch",
             "limits jax": "jax"}  # fmt: skip
SMALL = 2**21
"""Operations below which a call takes longer than its work: such a product
counts at the best rate of all, and such a copy at the best bandwidth."""
PASSES = {"hidden": 5, "output": 4}
"""Reads and writes of an activation in a step, where nothing is done twice:
Z, then A, is written; A is read by the next product, by g' and by dW."""
SECONDS = 0.05
CACHED, LARGE = 2**16, 2**24
"""Numbers that a core's cache holds, and that only memory does."""

Product = tuple[str, int, int, int]
"""Which of the three, and n, k, m of the layer: Z is (n, m), A_prev (k, m)."""


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


def measure_limits(library: str, dtype: str, device: str) -> dict[str, Any]:
    """The products of all workloads by one library, and a copy.

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
    run = RUNNERS[library](dtype, device)
    times = {
        " ".join(map(str, product)): best_time(run(product))
        for product in sorted(wanted)
    }
    rate = max(
        operations(product) / times[" ".join(map(str, product))]
        for product in wanted
    )
    return {
        "products": times,
        "rate": rate,
        "bandwidth": bandwidth(dtype, CACHED)
        if device == "cpu"
        else device_bandwidth(device),
        "memory_bandwidth": bandwidth(dtype, LARGE)
        if device == "cpu"
        else device_bandwidth(device),
    }


def best_time(call: Callable[[], Any]) -> float:
    """The shortest of the times in a twentieth of a second."""
    call()
    times: list[float] = []
    end = time.perf_counter() + SECONDS
    while len(times) < 3 or time.perf_counter() < end:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return min(times)


def bandwidth(dtype: str, entries: int) -> float:
    """Bytes a second of a copy of so many numbers, read and written."""
    source = np.zeros(entries, storage(dtype))
    target = np.zeros_like(source)
    return 2 * source.nbytes / best_time(lambda: np.copyto(target, source))


def device_bandwidth(device: str) -> float:
    """Bytes a second of a copy in a CUDA device's memory."""
    import torch

    source = torch.zeros(2**28, device=device)
    target = torch.zeros_like(source)

    def copy() -> None:
        target.copy_(source)
        torch.cuda.synchronize()

    return 2 * source.nbytes / best_time(copy)


def operands(product: Product, dtype: str) -> Iterator[np.ndarray]:
    """The two arrays of a product, as they lie in memory."""
    kind, n, k, m = product
    rng = np.random.default_rng(0)
    shapes = {"Z": ((n, k), (k, m)), "dW": ((n, m), (k, m)),
              "dA": ((n, k), (n, m))}[kind]  # fmt: skip
    for shape in shapes:
        yield rng.normal(size=shape).astype(storage(dtype))


def by_numpy(dtype: str, device: str) -> Callable[[Product], Any]:
    """np.matmul into an array that is there."""

    def run(product: Product) -> Callable[[], Any]:
        a, b = operands(product, dtype)
        kind = product[0]
        left, right = {"Z": (a, b), "dW": (a, b.T), "dA": (a.T, b)}[kind]
        out = np.empty((left.shape[0], right.shape[1]), storage(dtype))
        return lambda: np.matmul(left, right, out=out)

    return run


def by_torch(dtype: str, device: str) -> Callable[[Product], Any]:
    """torch.mm into a tensor that is there."""
    import torch

    if dtype in COARSE:
        torch.set_float32_matmul_precision(COARSE[dtype][0])

    def run(product: Product) -> Callable[[], Any]:
        a, b = (
            torch.tensor(x, device=device) for x in operands(product, dtype)
        )
        kind = product[0]
        left, right = {"Z": (a, b), "dW": (a, b.T), "dA": (a.T, b)}[kind]
        out = left @ right

        def call() -> None:
            torch.mm(left, right, out=out)
            if device != "cpu":
                torch.cuda.synchronize()

        return call

    return run


def by_jax(dtype: str, device: str) -> Callable[[Product], Any]:
    """A jitted product."""
    import jax

    from reports.speed.contenders.jax_scope import JaxScope

    scope = JaxScope(dtype, device)
    if dtype in COARSE:
        coarse = jax.default_matmul_precision(COARSE[dtype][1])
        scope.scope.enter_context(coarse)
    matmul = {
        "Z": jax.jit(lambda a, b: a @ b),
        "dW": jax.jit(lambda a, b: a @ b.T),
        "dA": jax.jit(lambda a, b: a.T @ b),
    }

    def run(product: Product) -> Callable[[], Any]:
        assert scope  # open while products are run
        a, b = map(jax.numpy.array, operands(product, dtype))
        return lambda: jax.block_until_ready(matmul[product[0]](a, b))

    return run


RUNNERS: dict[str, Callable[[str, str], Any]] = {
    "numpy": by_numpy, "torch": by_torch, "jax": by_jax,
}  # fmt: skip
