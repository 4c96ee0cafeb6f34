"""How a call reaches a framework: NumPy in, its own arrays, NumPy out.

A package subclasses HandingOver with its way to do the handing; see each
backend.py. What is handed over is the business of its chapters.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from types import ModuleType
from typing import Any, ClassVar

import numpy as np

from reference.arguments import (
    check_dropout,
    check_labels,
    check_network,
    check_parameters,
)
from reference.validation import (
    check_array,
    check_choice,
    check_device,
    check_mode,
    check_range,
)
from reference.vocabulary import DTYPES, Dropout, Network, Parameters

__all__ = ["HandingOver"]


OVER_EXAMPLES = {
    "network": ("forward", "cost"),
    "backpropagation": ("gradients",),
    "gradient_descent": ("train", "train_dropout"),
    "early_stopping": ("train_early_stopping",),
    "normalization": ("fit_normalization",),
    "prediction": ("accuracy",),
}
"""What goes over the examples, and ranks can share: data_parallel has each
by the same name."""


class HandingOver(ABC):
    """What every package says of itself, in its framework's own terms."""

    name: ClassVar[str]
    group: Any
    """The ranks of which this process is one, in the framework's terms."""
    crew: Callable[[str, Any, Any], Any] | None = None
    """Or how to ask the ranks that it has started."""
    modes: ClassVar[tuple[str, ...]]
    """The modes of the package, its default first."""
    parallel: ClassVar[tuple[str, ...]] = ()
    """Those in which ranks share the examples: "ddp:3" is "ddp" on three."""
    pages: ClassVar[ModuleType]
    """The package, whose files hold one topic of the notes each."""

    def __init__(self, device: str, dtype: str, mode: str | None) -> None:
        self.device = check_device(device, self.cuda_devices())
        # np.float32 and np.dtype("float32") are as good as the word.
        word = (
            dtype
            if isinstance(dtype, str)
            else getattr(dtype, "name", getattr(dtype, "__name__", dtype))
        )
        self.dtype = np.dtype(check_choice("dtype", word, DTYPES))
        self.engine, counts = check_mode(mode, self.modes, self.parallel)
        self.mode = mode or self.engine
        self.ranks = self.gather_ranks(counts) if self.is_parallel else 1

    @property
    def is_parallel(self) -> bool:
        """Whether ranks share the examples."""
        return self.engine in self.parallel

    def gather_ranks(self, counts: tuple[int, ...]) -> int:
        """Get the ranks together that the mode asks for, as group or crew:
        how many they are."""
        raise NotImplementedError(self.engine)

    @property
    def is_first(self) -> bool:
        """Whether this process is the one that speaks for all ranks."""
        return True

    def __repr__(self) -> str:
        return f"{self.name} ({self.mode}, {self.device}, {self.dtype})"

    @classmethod
    @abstractmethod
    def cuda_devices(cls) -> int:
        """How many CUDA devices the framework sees."""

    @abstractmethod
    def native(self, array: np.ndarray) -> Any:
        """The framework's array of the same dtype, on the device."""

    @abstractmethod
    def numpy(self, array: Any) -> np.ndarray:
        """The NumPy array of a framework's array."""

    @abstractmethod
    def rng(self, seed: int) -> Any:
        """The framework's own generator of random numbers."""

    @abstractmethod
    def synchronize(self, value: Any) -> None:
        """Return only when everything that value depends on is computed."""

    def gather(self, number: int) -> list[int]:
        """The numbers, each in [0, 2^62), of all processes that call it, in
        the order of their ranks."""
        return [number]

    def scope(self) -> AbstractContextManager[Any]:
        """The settings that hold inside a call, and never outside."""
        return nullcontext()

    def run(
        self, function: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Any:
        """function on native arguments, in the way of the mode."""
        return self.shared_out(function)(*arguments, **named)

    def shared_out(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The form of a page's function in which ranks share the examples,
        where the mode is such and the function goes over examples."""
        if self.is_parallel:
            for page, names in OVER_EXAMPLES.items():
                for name in names:
                    if getattr(getattr(self.pages, page), name) is function:
                        return partial(self.on_ranks, name)
        return function

    def on_ranks(self, what: str, *arguments: Any, **named: Any) -> Any:
        """data_parallel's what on native arguments: on the ranks that this
        process is one of, or on those that it has started."""
        if self.crew is None:
            shared = getattr(self.pages.data_parallel, what)
            return shared(self.group, *arguments, **named)
        given, settings = self.to_numpy((arguments, tuple(named.items())))
        return self.to_native(self.crew(what, given, dict(settings)))

    def take_part(self, what: str, arguments: Any, named: Any) -> Any:
        """The same on NumPy arguments, as a rank of somebody's crew."""
        with self.scope():
            given, settings = self.to_native((arguments, tuple(named.items())))
            return self.to_numpy(self.on_ranks(what, *given, **dict(settings)))

    def prepare_train(self, *arguments: Any, **named: Any) -> Callable[[], Any]:
        """gradient_descent.train on native arguments, up to its first step:
        to be called once. A trainer of its own makes here what it needs."""
        train = self.pages.gradient_descent.train
        return partial(self.run, train, *arguments, **named)

    def run_train(self, *arguments: Any, **named: Any) -> Any:
        """gradient_descent.train on native arguments, to its end."""
        return self.prepare_train(*arguments, **named)()

    def run_train_dropout(self, *arguments: Any, **named: Any) -> Any:
        """gradient_descent.train_dropout, likewise."""
        page = self.pages.gradient_descent
        return self.run(page.train_dropout, *arguments, **named)

    def run_logistic(self, way: str, *arguments: Any, **named: Any) -> Any:
        """logistic_regression.train_looped or train_vectorized, likewise."""
        page = self.pages.logistic_regression
        return self.run(getattr(page, f"train_{way}"), *arguments, **named)

    def run_early_stopping(self, *arguments: Any, **named: Any) -> Any:
        """early_stopping.train_early_stopping, decided on the host."""
        train = self.pages.early_stopping.train_early_stopping
        return self.shared_out(train)(*arguments, **named)

    def run_sample_dropout(self, seed: int, *arguments: Any) -> Any:
        """dropout.sample_dropout, from the seed: likewise."""
        if self.is_parallel:
            return self.on_ranks("sample_dropout", seed, *arguments)
        return self.pages.dropout.sample_dropout(self.rng(seed), *arguments)

    def call(
        self,
        function: Callable[..., Any],
        *arguments: Any,
        on_host: bool = False,
        **named: Any,
    ) -> Any:
        """A page's function on NumPy arguments, in the way of the mode.

        on_host for one that decides or counts in Python, and so cannot be
        compiled as a whole.
        """
        with self.scope():
            native = map(self.to_native, arguments)
            settings = {k: self.to_native(a) for k, a in named.items()}
            if on_host:
                return self.to_numpy(function(*native, **settings))
            return self.to_numpy(self.run(function, *native, **settings))

    def to_native(self, value: Any) -> Any:
        """native of every array in value, tuples of Layers included."""
        return each_array(self.native, value, np.ndarray)

    def to_numpy(self, value: Any) -> Any:
        """numpy of every native array in value, likewise."""
        return each_array(self.numpy, value, object)

    def inputs(
        self, network: Network, parameters: Any, X: Any, dropout: Any
    ) -> tuple[Parameters, np.ndarray, Dropout | None]:
        """The arguments that all passes through a network have, checked."""
        check_network(network)
        n_x = network.layer_sizes[0]
        checked = check_parameters(network, parameters, self.dtype)
        X = check_array(
            "X", X, self.dtype, (n_x, None), f"({n_x}, m) with m >= 1"
        )
        return (
            checked,
            X,
            check_dropout(network, dropout, X.shape[1], self.dtype),
        )

    def problem(
        self, network: Network, parameters: Any, X: Any, Y: Any, l2: Any = 0.0
    ) -> tuple[Parameters, np.ndarray, np.ndarray, float]:
        """The arguments of J, checked."""
        parameters, X, _ = self.inputs(network, parameters, X, None)
        Y = check_labels(network, Y, X.shape[1], self.dtype)
        return parameters, X, Y, check_range("l2", l2, dtype=self.dtype)


def each_array(change: Callable[[Any], Any], value: Any, kind: type) -> Any:
    """value with change applied to the arrays in its tuples and lists."""
    if isinstance(value, tuple | list):
        changed = [each_array(change, item, kind) for item in value]
        return (
            type(value)(*changed)
            if hasattr(value, "_fields")
            else tuple(changed)
        )
    fixed = value is None or isinstance(value, str | int | float | Network)
    return change(value) if isinstance(value, kind) and not fixed else value
