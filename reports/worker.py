"""One fresh process of the speed table: python -m reports.worker TASK."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from parity_tests.cases import Case
from parity_tests.implementations import Choice
from parity_tests.trajectory import flatten
from reference.specification import Contract
from reports.sizes import SIZES, size_case

__all__ = ["main"]

SAMPLES = 4


def samples(
    implementation: Contract, case: Case
) -> tuple[list[float], np.ndarray]:
    """Seconds of each training, and the parameters that the last gave.

    The arrays are on the device before the clock starts, and the clock
    stops when the device has finished.
    """
    with implementation.scope():
        cast = case.cast(implementation.dtype)
        native = implementation.to_native(cast)

        def train() -> Any:
            trained, _ = implementation.run_train(
                case.network, *native, learning_rate=case.learning_rate,
                steps=case.steps, l2=case.l2,
            )  # fmt: skip
            implementation.synchronize(trained)
            return trained

        trained = train()  # compiles, and warms the caches
        seconds = []
        for _ in range(SAMPLES):
            start = time.perf_counter()
            trained = train()
            seconds.append(time.perf_counter() - start)
        numbers = implementation.to_numpy(trained)
    return seconds, flatten(numbers)


def main(task: str) -> None:
    """Print {size: [seconds, ...]} as JSON; save what was trained."""
    told = json.loads(task)
    folder = Path(told.pop("folder"))
    implementation = Choice(**told).build()
    result = {}
    for size in SIZES:
        result[size.name], theta = samples(implementation, size_case(size))
        np.save(folder / f"{size.name}.npy", theta)
    print(json.dumps(result))


if __name__ == "__main__":
    main(sys.argv[1])
