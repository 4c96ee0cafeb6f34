"""What the notes say of training, measured on real data for the pictures.

One function a section. Each runs the frameworks that are here, in float64
and from the same start, and hands back lists, floats and words, for JSON.
Numbers keep six digits; one that is not finite, as a diverged cost, is None.
"""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
from sklearn.datasets import load_diabetes
from threadpoolctl import threadpool_limits

import reference
from parity_tests.data import photographs, sounds
from parity_tests.implementations import MODES, Choice
from reference import Network
from reference.gradient_checking import relative_difference
from reference.specification import AUGMENTATIONS, RULES, Contract, Parameters
from reports.training import load_study

__all__ = ["understand"]

Here: TypeAlias = dict[str, Contract]
"""The frameworks that are here, by name, in float64."""

EXACT = reference.implementation()
LOGISTIC = Network((30, 1), ("sigmoid",))
RATES = (0.003, 0.1, 1.0, 10.0, 30.0)
RATE_STEPS = 60
BOWL_STEPS = 300
NEAR = 0.01
"""Of the way to the least cost, what may be left to count as arrived."""
OVERFITTING = Network((30, 32, 1), ("relu", "sigmoid"))
EXAMPLES = slice(200, 240)
"""Few of the training examples, so that a network can learn them by heart."""
FIT_STEPS, SEGMENT, PATIENCE = 300, 10, 40
FIT_RATE, L2, KEEP_PROB = 0.5, 3.0, 0.5
LAYERS, WIDTH = 15, 64
RANDOM = tuple(rule for rule in RULES if rule != "zeros")
FAN_IN, FAN_OUT, SEEDS, SCALE = 100, 50, 20, 0.01
EDGES = np.linspace(-4, 4, 33)
SETTINGS = {"flip": 1.0, "desaturate": 0.0, "blur": 2.0,
            "louder": 3.0, "noise": 0.1, "suppress": 0.25}  # fmt: skip
SEED = 7
EPSILONS = {
    "float64": 10.0 ** np.arange(-1, -12.1, -0.5),
    "float32": 10.0 ** np.arange(-1, -6.1, -0.5),
}
CHECKED = (7, 7, 1)
"""64 parameters: what JAX maps over at a time, so it compiles one size."""
KINK = 1e-4


def understand(
    choices: list[Choice], say: Callable[[str], None]
) -> dict[str, Any]:
    """Every section by one choice a framework, ready for JSON."""
    here = {name: choice.build() for name, choice in one_each(choices).items()}
    single = {
        name: replace(choice, dtype="float32").build()
        for name, choice in one_each(choices).items()
    }
    found = {}
    # A training that diverges overflows, and is meant to; and arrays this
    # small are slower on many threads than on one.
    with np.errstate(over="ignore", invalid="ignore"), threadpool_limits(1):
        for section, measure in MEASURES.items():
            say(f"understanding: {section.replace('_', ' ')}")
            found[section] = measure(here)
        say("understanding: gradient check")
        found["gradient_check"] = gradient_check(here, single)
    return found


def one_each(choices: list[Choice]) -> dict[str, Choice]:
    """The package's default mode on the CPU, in float64, by framework."""
    return {
        choice.name: replace(choice, dtype="float64")
        for choice in choices
        if choice.mode == MODES[choice.package][0] and choice.device == "cpu"
    }


def told(values: Any) -> Any:
    """Floats of six digits, in lists as deep; None for what is not finite."""
    if np.ndim(values):
        return [told(value) for value in values]
    return float(f"{values:.6g}") if np.isfinite(values) else None


def learning_rate(here: Here) -> dict[str, Any]:
    """J against the step of logistic regression, a curve for each rate."""
    case = load_study().case
    start = EXACT.initialize(LOGISTIC, "zeros", 0)
    costs = {
        name: [
            told(
                framework.train(
                    LOGISTIC, start, case.X, case.Y,
                    learning_rate=rate, steps=RATE_STEPS, l2=1.0,
                )[1]
            )
            for rate in RATES
        ]
        for name, framework in here.items()
    }  # fmt: skip
    return {"m": case.X.shape[1], "rates": list(RATES), "costs": costs}


def normalization(here: Here) -> dict[str, Any]:
    """A linear model of the diabetes data, raw and normalized."""
    data = load_diabetes(scaled=False)
    X, Y = data.data.T, data.target[None] / 100
    normalized = {
        name: framework.normalize(X, *framework.fit_normalization(X))
        for name, framework in here.items()
    }
    return {
        "m": X.shape[1],
        "features": X.shape[0],
        "near": NEAR,
        "raw": descents(here, dict.fromkeys(here, X), Y),
        "normalized": descents(here, normalized, Y),
    }


def descents(
    here: Here, inputs: dict[str, np.ndarray], Y: np.ndarray
) -> dict[str, Any]:
    """J above its least, at the best rate that the bowl of J allows."""
    network = Network((len(next(iter(inputs.values()))), 1), ("identity",))
    start = EXACT.initialize(network, "zeros", 0)
    # The bias is the weight of a feature that is always 1.
    A = {k: np.vstack([X, np.ones_like(Y)]) for k, X in inputs.items()}
    rate, least = bowl(next(iter(A.values())), Y)
    excess = {
        name: framework.train(
            network, start, inputs[name], Y,
            learning_rate=rate, steps=BOWL_STEPS,
        )[1] - least
        for name, framework in here.items()
    }  # fmt: skip
    return {
        "learning_rate": told(rate),
        "excess": {name: told(J) for name, J in excess.items()},
        "steps": {name: arrival(J) for name, J in excess.items()},
        "condition": {k: told(here[k].condition_number(A[k])) for k in here},
        "contour": contour(next(iter(inputs.values()))),
    }


def bowl(A: np.ndarray, Y: np.ndarray) -> tuple[float, float]:
    """2 / (lambda_max + lambda_min), the best rate, and the least J."""
    curvatures = np.linalg.svd(A, compute_uv=False) ** 2 / A.shape[1]
    theta = np.linalg.lstsq(A.T, Y.T, rcond=None)[0]
    rate = 2 / (curvatures[0] + curvatures[-1])
    return float(rate), float(np.mean((theta.T @ A - Y) ** 2) / 2)


def arrival(excess: np.ndarray) -> int | None:
    """The first step with no more than that share left; None if none is."""
    near = np.flatnonzero(excess <= NEAR * excess[0])
    return int(near[0]) if len(near) else None


def contour(X: np.ndarray) -> list[list[float]]:
    """Where J has one value, over the weights of body mass and pressure."""
    X = X[2:4]
    curvatures, axes = np.linalg.eigh(X @ X.T / X.shape[1])
    around = np.linspace(0, 2 * np.pi, 73)
    circle = np.stack([np.cos(around), np.sin(around)])
    longest = np.sqrt(curvatures[0])
    return told(axes @ (circle * longest / np.sqrt(curvatures)[:, None]))


def regularization(here: Here) -> dict[str, Any]:
    """Training and dev cost of a network that can learn by heart."""
    parts = load_study().parts
    X, Y = (a[:, EXAMPLES] for a in parts["train"])
    sets = {"train": (X, Y), "dev": parts["dev"]}
    return {
        "m": X.shape[1],
        "m_dev": parts["dev"][0].shape[1],
        "layer_sizes": list(OVERFITTING.layer_sizes),
        "l2": L2,
        "keep_prob": KEEP_PROB,
        "patience": PATIENCE,
        "steps": list(range(0, FIT_STEPS + 1, SEGMENT)),
        "ways": {name: ways(fw, sets) for name, fw in here.items()},
        "early_stopping": {name: early(fw, sets) for name, fw in here.items()},
    }


Sets: TypeAlias = dict[str, tuple[np.ndarray, np.ndarray]]


def ways(framework: Contract, sets: Sets) -> dict[str, Any]:
    """The costs without anything, with L2, and with dropout."""
    data, m = sets["train"], sets["train"][0].shape[1]
    masks = [
        EXACT.sample_dropout(OVERFITTING, KEEP_PROB, m, k)
        for k in range(FIT_STEPS)
    ]

    def plain(p: Parameters, k: int, l2: float = 0.0) -> Parameters:
        return framework.train(
            OVERFITTING, p, *data, learning_rate=FIT_RATE, steps=SEGMENT, l2=l2
        )[0]

    def dropped(p: Parameters, k: int) -> Parameters:
        D = masks[k : k + SEGMENT]
        return framework.train_dropout(
            OVERFITTING, p, *data, D, learning_rate=FIT_RATE
        )[0]

    return {
        "nothing": watch(framework, sets, plain),
        "L2": watch(framework, sets, lambda p, k: plain(p, k, L2)),
        "dropout": watch(framework, sets, dropped),
    }


def watch(
    framework: Contract,
    sets: Sets,
    advance: Callable[[Parameters, int], Parameters],
) -> dict[str, list[float]]:
    """J of both sets after every segment, without penalty and dropout."""
    p = EXACT.initialize(OVERFITTING, "he", 0)
    costs: dict[str, list[float]] = {name: [] for name in sets}
    for k in range(0, FIT_STEPS + 1, SEGMENT):
        p = advance(p, k - SEGMENT) if k else p
        for name, (X, Y) in sets.items():
            costs[name].append(told(framework.cost(OVERFITTING, p, X, Y)))
    return costs


def early(framework: Contract, sets: Sets) -> dict[str, Any]:
    """The dev costs up to where early stopping stops, and its best step."""
    start = EXACT.initialize(OVERFITTING, "he", 0)
    _, _, dev_costs, best = framework.train_early_stopping(
        OVERFITTING, start, *sets["train"], *sets["dev"],
        learning_rate=FIT_RATE, steps=FIT_STEPS, patience=PATIENCE,
    )  # fmt: skip
    return {"best_step": best, "dev_costs": told(dev_costs)}


def depth(here: Here) -> dict[str, Any]:
    """The scale of A[l] and of dW[l] through many layers, by each rule."""
    case = load_study().case
    X, Y = case.X[:, :WIDTH], case.Y[:, :WIDTH]
    found: dict[str, Any] = {"layers": LAYERS, "width": WIDTH}
    for g in ("tanh", "relu"):
        sizes = (X.shape[0], *(WIDTH,) * (LAYERS - 1), 1)
        network = Network(sizes, (g,) * (LAYERS - 1) + ("sigmoid",))
        found[g] = {}
        for rule in RANDOM:
            start = EXACT.initialize(network, rule, 0, SCALE)
            found[g][rule] = {
                name: {
                    "A": told(framework.activation_scales(network, start, X)),
                    "dW": told(framework.gradient_scales(network, start, X, Y)),
                }
                for name, framework in here.items()
            }
    found["repeated_weight"] = {
        str(w): {
            name: told(framework.repeated_weight(w, LAYERS))
            for name, framework in here.items()
        }
        for w in (1.5, 0.5)
    }
    return found


def weights(here: Here) -> dict[str, Any]:
    """How the weights of each framework's own generator are spread."""
    spread = {
        "small": SCALE,
        "xavier": (1 / FAN_IN) ** 0.5,
        "xavier_average": (2 / (FAN_IN + FAN_OUT)) ** 0.5,
        "he": (2 / FAN_IN) ** 0.5,
    }
    return {
        "fan_in": FAN_IN,
        "fan_out": FAN_OUT,
        "draws": SEEDS * FAN_IN * FAN_OUT,
        "edges": told(EDGES),
        "rules": {
            rule: {
                "sigma": told(spread[rule]),
                "drawn": {
                    name: drawn(framework, rule, spread[rule])
                    for name, framework in here.items()
                },
            }
            for rule in RANDOM
        },
    }


def drawn(framework: Contract, rule: str, sigma: float) -> dict[str, Any]:
    """The histogram of W / sigma over many seeds; the end bins are open."""
    network = Network((FAN_IN, FAN_OUT), ("relu",))
    # Seeds of its own, or every rule would scale the same draws.
    first = SEEDS * RANDOM.index(rule)
    W = np.stack(
        [
            framework.initialize(network, rule, seed, SCALE)[0].W
            for seed in range(first, first + SEEDS)
        ]
    )
    counts, _ = np.histogram(np.clip(W / sigma, EDGES[0], EDGES[-1]), EDGES)
    return {"counts": counts.tolist(), "sigma": told(np.std(W))}


def augmentation(here: Here) -> dict[str, Any]:
    """The six operations, dealt out among the frameworks that are here."""
    photos, sound = thumbnails(), sounds()[:1, :400]
    operations = {}
    for k, (operation, (setting, _)) in enumerate(AUGMENTATIONS.items()):
        name = list(here)[k % len(here)]
        batch = photos if k < 3 else sound
        after = here[name].augment(
            operation, batch, seed=SEED, **{setting: SETTINGS[operation]}
        )
        operations[operation] = {
            "framework": name,
            "setting": f"{setting} {SETTINGS[operation]:g}",
            **as_example(after),
        }
    return {
        "shape": list(photos.shape),
        **as_example(photos),
        **as_example(sound),
        "operations": operations,
    }


def thumbnails() -> np.ndarray:
    """The two photographs, cropped, each pixel the mean of 5 x 5."""
    cut = photographs()[:, 40:400, 80:560]
    return cut.reshape(2, 72, 5, 96, 5, 3).mean((2, 4))


def as_example(batch: np.ndarray) -> dict[str, Any]:
    """Images as bytes 0 to 255 in base64, row by row; the one sound."""
    if batch.ndim == 2:
        return {"sound": told(batch[0])}
    levels = np.rint(255 * np.clip(batch, 0, 1)).astype(np.uint8)
    return {"image": base64.b64encode(levels.tobytes()).decode()}


def gradient_check(here: Here, single: Here) -> dict[str, Any]:
    """The notes' relative difference against epsilon, smooth and kinked."""
    case, n_x = load_study().case, CHECKED[0]
    X, Y = case.X[:n_x], case.Y
    smooth = Network(CHECKED, ("tanh", "sigmoid"))
    start = EXACT.initialize(smooth, "xavier", 0)
    bent = Network(CHECKED, ("relu", "sigmoid"))
    few = X[:, :5], Y[:, :5]
    ways = {
        "float64": (here, smooth, start, X, Y),
        "float32": (single, smooth, start, X, Y),
        "kink": (here, bent, near_a_kink(bent, few[0]), *few),
    }
    found: dict[str, Any] = {"kink_at": KINK}
    for way, (frameworks, *problem) in ways.items():
        epsilons = EPSILONS["float32" if way == "float32" else "float64"]
        found[way] = {
            "epsilons": told(epsilons),
            "differences": {
                name: told(differences(framework, problem, epsilons))
                for name, framework in frameworks.items()
            },
        }
    return found


def near_a_kink(network: Network, X: np.ndarray) -> Parameters:
    """Parameters that put one z of the first layer just above 0."""
    first, *rest = EXACT.initialize(network, "he", 0)
    b = first.b.copy()
    b[0] = KINK - first.W[0] @ X[:, 0]
    return (first._replace(b=b), *rest)


def differences(
    framework: Contract, problem: list[Any], epsilons: np.ndarray
) -> list[float]:
    """||dtheta_num - dtheta|| / (||dtheta_num|| + ||dtheta||), each epsilon."""
    exact = in_one(framework.exact_gradients(*problem))
    return [
        float(
            relative_difference(
                in_one(framework.numerical_gradients(*problem, epsilon=eps)),
                exact,
            )
        )
        for eps in epsilons.tolist()
    ]


def in_one(gradients: Parameters) -> np.ndarray:
    """dtheta, in float64 so that comparing rounds nothing."""
    return np.concatenate([a.ravel() for p in gradients for a in p]).astype(
        np.float64
    )


MEASURES: dict[str, Callable[[Here], dict[str, Any]]] = {
    "learning_rate": learning_rate,
    "normalization": normalization,
    "regularization": regularization,
    "depth": depth,
    "weights": weights,
    "augmentation": augmentation,
}
