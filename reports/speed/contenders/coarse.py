"""Products of float32 that round what they take: TensorFloat-32, bfloat16.

A process of a row in one of these is in such a scope until it ends.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

__all__ = ["COARSE", "jax_products", "torch_products"]

COARSE = ("tf32", "bfloat16")
ALGORITHMS = {"tf32": "tensorfloat32", "bfloat16": "BF16_BF16_F32"}
"""JAX's names. Its "bfloat16" is what a device does by default, which is
TensorFloat-32 on a GPU."""


def torch_products(dtype: str, device: str) -> AbstractContextManager[Any]:
    """PyTorch's. Of set_float32_matmul_precision, even "medium" is
    TensorFloat-32 on a GPU; bfloat16 is for autocast to ask."""
    import torch

    if dtype == "tf32":
        torch.set_float32_matmul_precision("high")
    if dtype != "bfloat16":
        return nullcontext()
    kind = device.partition(":")[0]
    # Its cache would multiply by the weights of the first step for good.
    return torch.autocast(kind, dtype=torch.bfloat16, cache_enabled=False)


def jax_products(dtype: str) -> AbstractContextManager[Any]:
    """JAX's."""
    import jax

    if dtype not in COARSE:
        return nullcontext()
    return jax.default_matmul_precision(ALGORITHMS[dtype])
