"""The contract on PyTorch, eager, compiled, or in PyTorch's own idiom."""

import contextlib
import functools
import math
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh

from reference.specification import Contract, ask_crew
from torch_impl.data_parallel.launch import naming, start_ranks, variables

__all__ = ["Backend", "implementation"]


class Backend(Contract):
    """The mirror in PyTorch, on the CPU or a CUDA device."""

    name = "torch"
    modes = ("eager", "compile", "idiomatic", "tuned", "ddp", "fsdp")
    parallel = ("ddp", "fsdp")
    pages = sys.modules["torch_impl"]

    def __init__(self, device: str, dtype: str, mode: str | None) -> None:
        super().__init__(device, dtype, mode)
        if self.mode in ("compile", "tuned") and not compiler():
            raise ValueError(
                f"mode {self.mode!r} needs a C++ compiler (g++, clang++ or "
                "CXX), and none was found"
            )

    @classmethod
    def cuda_devices(cls) -> int:
        return torch.cuda.device_count()

    def gather_ranks(self, counts: tuple[int, ...]) -> int:
        """torchrun's, if it has started this process; else processes."""
        if len(counts) > 1:
            raise ValueError(
                f"mode {self.engine!r} takes one number of ranks, "
                f"got {self.mode!r}"
            )
        if not dist.is_initialized() and "RANK" not in os.environ:
            size = math.prod(counts or (2,))
            self.crew = functools.partial(
                ask_crew, "torch_impl", (size,),
                functools.partial(variables, size),
                (self.device, str(self.dtype), self.mode),
            )  # fmt: skip
            return size
        kind = self.device.partition(":")[0]
        if not dist.is_initialized():
            start_ranks("nccl" if kind == "cuda" else "gloo")
        mesh = init_device_mesh(kind, (dist.get_world_size(),))
        self.group = self.pages.data_parallel.Ranks(mesh, self.engine)
        if counts and counts[0] != self.group.size:
            raise ValueError(
                f"mode {self.mode!r} needs {counts[0]} ranks, and there are "
                f"{self.group.size}"
            )
        return self.group.size

    def on_ranks(self, what: str, *arguments: Any, **named: Any) -> Any:
        if self.crew is not None:
            return super().on_ranks(what, *arguments, **named)
        with naming(what):
            return super().on_ranks(what, *arguments, **named)

    @property
    def is_first(self) -> bool:
        return not dist.is_initialized() or dist.get_rank() == 0

    def gather(self, number: int) -> list[int]:
        if not dist.is_initialized():
            return [number]
        told: list[Any] = [None] * dist.get_world_size()
        with naming("gather"):
            dist.all_gather_object(told, number)
        return told

    def native(self, array: np.ndarray) -> torch.Tensor:
        # torch.tensor copies; torch.from_numpy would share the memory.
        return torch.tensor(array, device=self.device)

    def numpy(self, array: torch.Tensor) -> np.ndarray:
        return array.detach().cpu().numpy()

    def rng(self, seed: int) -> torch.Generator:
        if seed >= 2**32:
            # The CPU's generator takes 32 bits and drops the others: mix.
            mixed = np.random.SeedSequence(seed).generate_state(1)
            seed = int(mixed[0])
        return torch.Generator(self.device).manual_seed(seed)

    @contextlib.contextmanager
    def scope(self) -> Iterator[None]:
        # The caller may be inside torch.no_grad(), where no gradient is.
        with torch.inference_mode(False), torch.enable_grad():
            yield

    def synchronize(self, value: Any) -> None:
        if self.device != "cpu":
            torch.cuda.synchronize(self.device)

    def run(
        self, function: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        if self.mode != "compile":
            return super().run(function, *arguments, **named)
        # autograd.grad is traced: forward, backward and update become one
        # graph for each network and shape, however many there are.
        with self.pages.tuned.compiling():
            return compiled(function)(*arguments, **named)

    def prepare_train(
        self, network: Any, parameters: Any, X: Any, Y: Any, **settings: Any
    ) -> Callable[[], Any]:
        given = network, parameters, X, Y
        if self.mode == "eager" or self.is_parallel:
            train = self.shared_out(self.pages.gradient_descent.train)
            return functools.partial(train, *given, **settings)
        if self.mode in ("idiomatic", "tuned"):
            home = getattr(self.pages, self.mode)
            return home.Training(*given, **settings).run
        return functools.partial(self.train_compiled, *given, **settings)

    def train_compiled(
        self, network: Any, parameters: Any, X: Any, Y: Any, **settings: Any
    ) -> Any:
        """The loop stays in Python, and each pass of it is one compiled call.

        A number would be compiled into it: tensors.
        """
        page = self.pages.gradient_descent
        rate, l2 = (X.new_tensor(settings[n]) for n in ("learning_rate", "l2"))
        step = compiled(page.step)
        with self.pages.tuned.compiling():
            return page.repeat(
                lambda theta: step(network, theta, X, Y, rate, l2),
                parameters,
                settings["steps"],
            )

    # The loops stay in Python for the rest of them too.

    def run_train_dropout(
        self, network: Any, parameters: Any, X: Any, Y: Any, dropouts: Any,
        **settings: Any,
    ) -> Any:  # fmt: skip
        page, costs = self.pages.gradient_descent, []
        if self.mode != "compile":
            return super().run_train_dropout(
                network, parameters, X, Y, dropouts, **settings
            )
        for D in dropouts:
            parameters, J = self.run(
                page.step, network, parameters, X, Y,
                settings["learning_rate"], settings["l2"], D,
            )  # fmt: skip
            costs.append(J)
        return parameters, torch.stack(costs)

    def run_logistic(
        self, way: str, parameters: Any, X: Any, Y: Any, **settings: Any
    ) -> Any:
        page = self.pages.logistic_regression
        if self.mode != "compile":
            return super().run_logistic(way, parameters, X, Y, **settings)
        step, rate = getattr(page, f"{way}_step"), settings["learning_rate"]
        return self.pages.gradient_descent.repeat(
            lambda parameters: self.run(step, parameters, X, Y, rate),
            parameters,
            settings["steps"],
        )

    def run_early_stopping(
        self, network: Any, parameters: Any, X: Any, Y: Any, X_dev: Any,
        Y_dev: Any, **settings: Any,
    ) -> Any:  # fmt: skip
        page, descent = self.pages.early_stopping, self.pages.gradient_descent
        if self.mode != "compile":
            return super().run_early_stopping(
                network, parameters, X, Y, X_dev, Y_dev, **settings
            )
        rate, l2 = settings["learning_rate"], settings["l2"]
        return page.stop_early(
            lambda p: self.run(descent.step, network, p, X, Y, rate, l2),
            lambda p: self.run(
                self.pages.network.cost, network, p, X_dev, Y_dev
            ),
            parameters,
            settings["steps"],
            settings["patience"],
        )


@functools.cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """torch.compile of function, in one graph, a graph a shape."""
    return torch.compile(function, fullgraph=True, dynamic=False)


def compiler() -> bool:
    """Whether the C++ compiler that TorchInductor would call is here.

    By its rule, without it: to import it takes seconds.
    """
    usual = {"darwin": "clang++", "win32": "cl"}.get(sys.platform, "g++")
    return shutil.which(os.environ.get("CXX", usual)) is not None


def implementation(
    device: str = "cpu", dtype: str = "float64", mode: str | None = None
) -> Backend:
    """The mirror in PyTorch as an implementation of the contract.

    device is "cpu", "cuda" or "cuda:<i>", dtype "float64" or "float32",
    mode "eager" (the default), "compile", "idiomatic" (eager, and trained
    by torch.optim.SGD), "tuned" (eager, and trained by tuned.py), "ddp" or
    "fsdp" (the examples shared by ranks: those that torchrun has started,
    or processes of its own, two or R in "ddp:R"). Raises ValueError for any
    other, listing the known.
    """
    return Backend(device, dtype, mode)
