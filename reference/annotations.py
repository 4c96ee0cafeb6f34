"""The shape annotations, switched off for what is no plain array.

A test run checks them on every call. Arrays with error bars, complex ones
and those in long double go through the same pages, and are no float arrays
of NumPy.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from jaxtyping import config

__all__ = ["unchecked"]


@contextmanager
def unchecked() -> Iterator[None]:
    """The scope in which no annotation is checked."""
    before = config.jaxtyping_disable
    config.update("jaxtyping_disable", True)
    try:
        yield
    finally:
        config.update("jaxtyping_disable", before)
