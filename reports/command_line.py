"""The command line of everything but the main job."""

from __future__ import annotations

import argparse
from pathlib import Path

__all__ = ["COMMANDS", "parse"]

COMMANDS = (
    "check", "divergences", "speed", "power", "scale", "fit", "render",
    "compare", "merge",
)  # fmt: skip


def parse(arguments: list[str]) -> argparse.Namespace:
    """The command line from the command's name on."""
    parser = argparse.ArgumentParser(prog="python -m reports")
    commands = parser.add_subparsers(dest="command", required=True)
    speed = commands.add_parser(
        "speed",
        help="time every implementation, each row beside its proof",
        description="Time every implementation in fresh processes, each row "
        "beside its proof. A run that was stopped goes on where it was: give "
        "the same command again. Exit status: 0, or 4 if a row of ours was "
        "refused for what is worse than it was asked for, or failed; 2 for "
        "wrong usage, 130 if interrupted.",
    )
    speed.add_argument(
        "--out", type=Path, metavar="FOLDER",
        help="default: out/speed, or out/speed-quick if quick",
    )  # fmt: skip
    speed.add_argument("--quick", action="store_true",
                       help="a few rows, in 3 blocks")  # fmt: skip
    speed.add_argument(
        "--only", action="append", default=[], metavar="TEXT",
        help="the rows that have TEXT in their name, as the progress shows "
        "it; several times for several",
    )  # fmt: skip
    speed.add_argument(
        "--blocks", type=positive, metavar="N",
        help="processes for each row (6, or 3 if quick)",
    )  # fmt: skip
    speed.add_argument("--time-limit", type=positive, default=300,
                       metavar="SECONDS",
                       help="for one process (default: 300)")  # fmt: skip
    power = commands.add_parser(
        "power",
        help="what the suite catches, resolves and leaves alone",
        description="Put every mistake of the catalogue through the suite, "
        "bisect the least error that it sees, and count how many right "
        "computations it calls wrong. A run that was stopped goes on where it "
        "was: give the same command again. Exit status: 0, or 4 if a mistake "
        "was missed or a right computation called wrong; 2 for wrong usage, "
        "130 if interrupted.",
    )
    power.add_argument("--out", type=Path, metavar="FOLDER",
                       help="default: out/power")  # fmt: skip
    power.add_argument("--quick", action="store_true",
                       help="every tenth task of all")  # fmt: skip
    scale = commands.add_parser(
        "scale",
        help="how training scales over ranks, measured and predicted",
        description="Time training shared by ranks: the same examples by "
        "more of them, and as many examples for each; what they send, over "
        "the least possible; and what a larger cluster should take. Each time "
        "stands beside its proof. Under torchrun, or as one of several "
        "processes of JAX, the ranks are the launcher's. A run that was "
        "stopped goes on where it was. Exit status: 0, or 4 if a result was "
        "refused or a rank failed; 2 for wrong usage, 130 if interrupted.",
    )
    scale.add_argument(
        "--out", type=Path, metavar="FOLDER",
        help="default: out/scale, or out/scale-quick if quick",
    )  # fmt: skip
    scale.add_argument("--quick", action="store_true",
                       help="one block of measurements")  # fmt: skip
    scale.add_argument(
        "--ranks", type=positives, metavar="R,R",
        help="numbers of ranks (default: 1, 2, 4, ... up to the cores)",
    )  # fmt: skip
    scale.add_argument(
        "--only", action="append", default=[], metavar="TEXT",
        help="the engines that have TEXT in their name; several times for "
        "several",
    )  # fmt: skip
    scale.add_argument("--blocks", type=positive, metavar="N",
                       help="sets of processes (3, or 1 if quick)")  # fmt: skip
    scale.add_argument("--device", default="cpu", metavar="DEVICE",
                       help="of a launcher's ranks: cpu or cuda")  # fmt: skip
    fit = commands.add_parser(
        "fit",
        help="train on ranks, from one checkpoint to the next",
        description="Train a network on scikit-learn's breast cancer data, "
        "its examples shared by ranks: processes of its own, or those that "
        "torchrun or several processes of JAX are. With --checkpoint it goes "
        "on from what is in the file, on however many ranks. Exit status: 0, "
        "or 4 if a rank died, hung or never came; 2 for wrong usage, 130 if "
        "interrupted.",
    )
    fit.add_argument("--engine", default="numpy", choices=(
        "numpy", "ddp", "fsdp", "sharded", "sharded_weights"
    ))  # fmt: skip
    fit.add_argument(
        "--ranks", metavar="R", help="how many, or PxD for P processes with D "
        "devices (default: 2, or the launcher's)",
    )  # fmt: skip
    fit.add_argument(
        "--steps", type=positive, default=200, metavar="N",
        help="in all, those of the checkpoint among them (default: 200)",
    )  # fmt: skip
    fit.add_argument(
        "--every", type=positive, default=20, metavar="N",
        help="steps between two checkpoints (default: 20)",
    )  # fmt: skip
    fit.add_argument(
        "--checkpoint", type=Path, metavar="FILE",
        help="to go on from, and to write; safetensors",
    )  # fmt: skip
    fit.add_argument(
        "--keep-prob", type=share, default=1.0, metavar="P",
        help="of dropout in the hidden layers (default: 1)",
    )  # fmt: skip
    fit.add_argument("--seed", type=seed, default=1, metavar="N",
                     help="of dropout (default: 1)")  # fmt: skip
    fit.add_argument("--dtype", default="float64",
                     choices=("float64", "float32"))  # fmt: skip
    fit.add_argument("--device", default="cpu", metavar="DEVICE",
                     help="cpu, or cuda for a GPU a rank")  # fmt: skip
    check = commands.add_parser(
        "check",
        help="judge an implementation of yours, and name its mistake",
        description="Hold an implementation against the notes, clause by "
        "clause: what it has is judged, what it lacks is listed. Where it is "
        "wrong, say which quantity departs first, and which known mistake "
        "gives exactly these numbers. Exit status: 0 pass, 4 fail, 2 wrong "
        "usage.",
    )
    check.add_argument(
        "target", metavar="TARGET",
        help="a module, a .py file, or module:object or file.py:object",
    )  # fmt: skip
    check.add_argument("--json", type=Path, metavar="FILE",
                       help="write the verdict for a program")  # fmt: skip
    check.add_argument("--timeout", type=positive, default=60,
                       metavar="SECONDS",
                       help="for one check (default: 60)")  # fmt: skip
    check.add_argument("--thorough", action="store_true",
                       help="on all hard cases")  # fmt: skip
    divergences = commands.add_parser(
        "divergences",
        help="where NumPy, PyTorch and JAX differ, shown on these versions",
        description="Run the code of every divergence of the catalogue, and "
        "write a page of what it measured beside what is claimed. Exit "
        "status: 0, or 4 if a claim does not hold here; 2 for wrong usage.",
    )
    divergences.add_argument("--out", type=Path, metavar="FOLDER",
                             default=Path("out/divergences"),
                             help="default: out/divergences")  # fmt: skip
    what = "make the reports of a run again; measures nothing"
    render = commands.add_parser("render", help=what, description=what)
    render.add_argument("folder", type=Path)
    what = "what is slower in B than in A, beyond noise"
    compare = commands.add_parser(
        "compare",
        help=what,
        description=f"Say {what}, of each row that both have: by its ratio to "
        "the baseline of its race, and of the baseline by its share of the "
        "machine's limit. Exit status: 0, or 1 if anything is slower; 2 for "
        "wrong usage, and where nothing can be judged.",
    )
    compare.add_argument("a", type=Path, metavar="A")
    compare.add_argument("b", type=Path, metavar="B")
    what = "one report of several runs, of several machines mostly"
    merge = commands.add_parser("merge", help=what, description=what)
    merge.add_argument("out", type=Path, metavar="OUT")
    merge.add_argument("folders", type=Path, nargs="+", metavar="RUN")
    return parser.parse_args(arguments)


MOST = 100_000


def positive(text: str) -> int:
    """A whole number from 1 on, that can be waited for."""
    if not text.isdecimal() or not 1 <= int(text) <= MOST:
        raise argparse.ArgumentTypeError(
            f"must be a whole number in [1, {MOST}], got {text}"
        )
    return int(text)


def seed(text: str) -> int:
    """A whole number from 0 on."""
    if not text.isdecimal() or int(text) >= 2**32:
        raise argparse.ArgumentTypeError(
            f"must be a whole number in [0, 2^32), got {text}"
        )
    return int(text)


def share(text: str) -> float:
    """A number in (0, 1]."""
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not 0 < number <= 1:
        raise argparse.ArgumentTypeError(f"must be in (0, 1], got {text}")
    return number


def positives(text: str) -> list[int]:
    """Such numbers, with commas, each once."""
    return sorted({positive(each.strip()) for each in text.split(",")})
