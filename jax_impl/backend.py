"""The contract on JAX, jitted, op by op, or in JAX's own idiom."""

import contextlib
import functools
import inspect
import math
import sys
from collections.abc import Callable, Iterator
from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import AxisType

from jax_impl.data_parallel.launch import (
    join_processes,
    variables,
    watched,
)
from reference.specification import Contract, Network, ask_crew, is_member

__all__ = ["Backend", "implementation"]


class Backend(Contract):
    """The mirror in JAX, on the CPU or a CUDA device."""

    name = "jax"
    modes = ("jit", "eager", "idiomatic", "sharded", "sharded_weights")
    parallel = ("sharded", "sharded_weights")
    pages = sys.modules["jax_impl"]

    @classmethod
    def cuda_devices(cls) -> int:
        try:
            return len(jax.devices("cuda"))
        except RuntimeError:  # JAX's word for a platform that is not there
            return 0

    def gather_ranks(self, counts: tuple[int, ...]) -> int:
        """So many devices: this process's, or those of processes of its own;
        or all of all that jax.distributed has joined."""
        if len(counts) > 2:
            raise ValueError(
                f"mode {self.engine!r} takes a number of devices, or of "
                f"processes x devices, got {self.mode!r}"
            )
        platform = self.device.partition(":")[0]
        there, together = jax.devices(platform), jax.process_count() > 1
        size = math.prod(counts) if counts else len(there)
        shape = counts if len(counts) > 1 else (1, size)
        # More devices than there are can be had of CPUs alone.
        more = size > len(there) and platform == "cpu"
        if not together and (shape[0] > 1 or more):
            self.crew = functools.partial(
                ask_crew, "jax_impl", shape,
                functools.partial(variables, *shape),
                (self.device, str(self.dtype), f"{self.engine}:{size}"),
            )  # fmt: skip
            return size
        if size > len(there) or (together and size != len(there)):
            raise ValueError(
                f"mode {self.mode!r} needs {size} devices, and there are "
                f"{len(there)}"
            )
        kinds = (AxisType.Auto,)
        mesh = jax.make_mesh((size,), ("ranks",), kinds, devices=there[:size])
        weights = self.engine == "sharded_weights"
        self.group = self.pages.data_parallel.Ranks(mesh, weights)
        return size

    def on_ranks(self, what: str, *arguments: Any, **named: Any) -> Any:
        return self.together(
            what,
            functools.partial(super().on_ranks, what, *arguments, **named),
        )

    def together(self, what: str, call: Callable[[], Any]) -> Any:
        """A call that needs all processes, watched over where nobody else
        does."""
        if jax.process_count() == 1 or is_member():
            return call()

        def whole() -> Any:
            with self.scope():
                return jax.block_until_ready(call())

        return watched(what, whole)

    @property
    def is_first(self) -> bool:
        return jax.process_index() == 0

    def gather(self, number: int) -> list[int]:
        # JAX has 32 bits of it.
        high, low = divmod(number, 2**31)
        told = self.together(
            "gather",
            lambda: multihost_utils.process_allgather(
                np.array([high, low], np.int32)
            ),
        )
        each = np.reshape(told, (-1, 2)).astype(np.int64)
        return (each[:, 0] * 2**31 + each[:, 1]).tolist()

    def native(self, array: np.ndarray) -> Any:
        if self.is_parallel and self.crew is None:
            return array  # each device is handed its share of it
        # jax.device_put could share the memory of an aligned NumPy array.
        return jax.numpy.array(array, copy=True)

    def numpy(self, array: jax.Array) -> np.ndarray:
        return np.array(array)  # np.asarray would be a read-only view

    def rng(self, seed: int) -> jax.Array:
        # A key takes 32 bits of a seed, or 64 with 64-bit types, silently:
        # fold in the rest, so that a larger seed is another seed.
        key = jax.random.key(seed % 2**32)
        while seed := seed >> 32:
            key = jax.random.fold_in(key, seed % 2**32)
        return key

    def synchronize(self, value: Any) -> None:
        jax.block_until_ready(value)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        platform, _, index = self.device.partition(":")
        device = jax.local_devices(backend=platform)[int(index or 0)]
        with (
            jax.enable_x64(self.dtype == np.float64),
            jax.default_device(device),
            # Products of float32 stay float32, where JAX's default is
            # TensorFloat-32.
            jax.default_matmul_precision("highest"),
            jax.disable_jit(self.mode == "eager"),
            # A mask times a float is meant, whatever the caller forbids.
            jax.numpy_dtype_promotion("standard"),
        ):
            yield

    def run(
        self, function: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        if self.mode == "eager" or self.shared_out(function) is not function:
            return super().run(function, *arguments, **named)
        bound = inspect.signature(function).bind(*arguments, **named).arguments
        static = tuple(n for n, value in bound.items() if is_static(value))
        return jitted(function, static)(**bound)

    def prepare_train(
        self, network: Any, parameters: Any, X: Any, Y: Any, **settings: Any
    ) -> Callable[[], Any]:
        given = network, parameters, X, Y
        if self.mode == "idiomatic":
            kept = jax.block_until_ready(
                jax.tree.map(jax.numpy.copy, parameters)
            )
            take = self.pages.idiomatic.take_steps
            return functools.partial(take, network, kept, X, Y, **settings)
        if self.mode == "eager" or self.is_parallel:
            return super().prepare_train(*given, **settings)
        return functools.partial(self.jitted_train(), *given, **settings)

    def jitted_train(self) -> Any:
        """One call for all steps, which gives its parameters' memory away."""
        page = self.pages.gradient_descent
        return jitted(page.train, ("network", "steps"), "parameters")


def is_static(value: Any) -> bool:
    """Whether jit compiles for the value, rather than take it as data."""
    words = isinstance(value, Network | str | int) or callable(value)
    shape = isinstance(value, tuple) and all(type(n) is int for n in value)
    return value is None or words or shape


@functools.cache
def jitted(
    function: Callable[..., Any], static: tuple[str, ...], donated: str = ""
) -> Callable[..., Any]:
    """jax.jit of function, kept so that a second call compiles nothing."""
    return jax.jit(
        function, static_argnames=static, donate_argnames=donated or None
    )


def implementation(
    device: str = "cpu", dtype: str = "float64", mode: str | None = None
) -> Backend:
    """The mirror in JAX as an implementation of the contract.

    device is "cpu", "cuda" or "cuda:<i>", dtype "float64" or "float32",
    mode "jit" (the default), "eager", "idiomatic" (a jitted step with
    donated parameters), "sharded" (the examples shared by devices: all there
    are, or D in "sharded:D", or those of P processes in "sharded:PxD") or
    "sharded_weights" (likewise, and the weights too). Raises ValueError for
    any other, listing the known.
    """
    if str(mode).partition(":")[0] in Backend.parallel:
        join_processes()
    return Backend(device, dtype, mode)
