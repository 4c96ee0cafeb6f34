"""What a result was obtained with: processor, memory, devices, versions."""

from __future__ import annotations

import platform
import subprocess
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from threadpoolctl import threadpool_info

from reference.backend import cores
from reports.surroundings import versions

__all__ = ["describe", "name_machine"]


def describe() -> dict[str, Any]:
    """Everything that belongs beside a number: machine, versions, date."""
    return {
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "processor": processor(),
        "cores": cores(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
        "gpus": gpus(),
        "blas": blas(),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "versions": versions(),
        "commit": commit(),
    }


def processor() -> str:
    """The processor's name, where the system tells it."""
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        for line in cpuinfo.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def blas() -> list[str]:
    """The libraries of linear algebra in this process, with versions."""
    found = [pool for pool in threadpool_info() if pool["user_api"] == "blas"]
    return sorted({f"{p['internal_api']} {p['version']}" for p in found})


def gpus() -> list[str]:
    """The NVIDIA GPUs that the driver knows."""
    try:
        import pynvml

        pynvml.nvmlInit()
    except Exception:  # no such package, or no driver: no GPU either way
        return []
    handles = map(
        pynvml.nvmlDeviceGetHandleByIndex, range(pynvml.nvmlDeviceGetCount())
    )
    driver = pynvml.nvmlSystemGetDriverVersion()
    return [
        f"{pynvml.nvmlDeviceGetName(handle)}, driver {driver}"
        for handle in handles
    ]


def commit() -> str:
    """The commit of the code, with a + if the tree has changed since."""
    root = Path(__file__).parent.parent
    git = ["git", "-C", str(root), "describe", "--always", "--dirty=+"]
    try:
        told = subprocess.run(
            git, capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return "unknown"
    return told.stdout.strip()


def name_machine(run: dict[str, Any]) -> str:
    """A machine in a few words."""
    machine = run["machine"]
    cores = f"{machine['cores']} core{'s' if machine['cores'] > 1 else ''}"
    return ", ".join([machine["processor"], cores, *machine["gpus"]])
