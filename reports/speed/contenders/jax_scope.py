"""What the peers on JAX have in common: its 64-bit types, and to wait."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any

import jax

__all__ = ["JaxScope"]


class JaxScope:
    """A process whose JAX has the types and the device of one row."""

    def __init__(self, dtype: str, device: str) -> None:
        platform, _, index = device.partition(":")
        self.scope = ExitStack()
        for scope in (
            jax.enable_x64(dtype == "float64"),
            jax.default_device(jax.devices(platform)[int(index or 0)]),
            # Float32 in earnest, where JAX's own default is TensorFloat-32.
            jax.default_matmul_precision("highest"),
        ):
            self.scope.enter_context(scope)

    def wait(self, trained: Any) -> None:
        """Return when the device has finished."""
        jax.block_until_ready(jax.tree.leaves(trained))
