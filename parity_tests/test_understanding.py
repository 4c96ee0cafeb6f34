"""What the pictures of understanding claim, by the reference alone."""

import copy
import functools
import json
import re
from typing import Any

import numpy as np
import pytest

from parity_tests.implementations import Choice
from reference.specification import CLAUSES
from reports.understanding import (
    CAPTIONS,
    one_each,
    understand,
    understanding_pictures,
)
from reports.understanding.drawing import alike
from reports.understanding.measurement import told
from reports.understanding.weights import SEEDS

NUMPY = [
    Choice("reference", "eager", dtype, "cpu")
    for dtype in ("float64", "float32")
]


@functools.cache
def measured() -> tuple[dict[str, Any], list[str]]:
    said: list[str] = []
    return understand(NUMPY, said.append), said


def found() -> dict[str, Any]:
    return measured()[0]


@functools.cache
def pictures() -> dict[str, str]:
    return understanding_pictures(found())


def test_it_says_what_it_measures() -> None:
    said = [line.removeprefix("understanding: ") for line in measured()[1]]
    assert said == [section.replace("_", " ") for section in found()]


def test_one_choice_a_framework() -> None:
    """The default mode, on the CPU, in float64."""
    others = [
        Choice("torch_impl", "idiomatic", "float64", "cpu"),
        Choice("jax_impl", "jit", "float64", "cuda"),
    ]
    exact = {"numpy": NUMPY[0].build()}
    assert one_each([*NUMPY, *others]) == one_each(NUMPY[1:]) == exact


def test_json() -> None:
    """A cost that is not finite is None, and NaN is nowhere."""
    text = json.dumps(found(), allow_nan=False)
    assert json.loads(text) == found()
    assert told([[1.23456789, np.inf], [np.nan, 0]]) == [
        [1.23457, None], [None, 0.0]
    ]  # fmt: skip


@pytest.mark.clause("A1.1")
def test_learning_rate() -> None:
    """Least with the good rate; up and down with the largest."""
    curves = found()["learning_rate"]["costs"]["numpy"]
    small, _, good, _, large = (np.array(curve) for curve in curves)
    assert small[0] == good[0] == large[0]
    assert good[-1] < 0.5 * small[-1]
    assert good[-1] < 0.5 * large[-1]
    assert (np.diff(small) < 0).all()
    assert (np.diff(good) < 0).all()
    assert np.max(large) > 5 * large[0]


@pytest.mark.clause("3.2.1-normalize")
def test_normalization() -> None:
    """A rounder bowl, and fewer steps to its ground."""
    raw, normal = (found()["normalization"][k] for k in ("raw", "normalized"))
    assert normal["condition"]["numpy"] < 1e-3 * raw["condition"]["numpy"]
    assert normal["steps"]["numpy"] is not None
    assert raw["steps"]["numpy"] is None
    k = normal["steps"]["numpy"]
    near = found()["normalization"]["near"] * normal["excess"]["numpy"][0]
    before, after = normal["excess"]["numpy"][k - 1 : k + 1]
    assert 0 < after <= near < before
    for kind, least in ((raw, 0.0), (normal, 0.3)):
        x, y = np.array(kind["contour"])
        radii = np.hypot(x, y)
        assert max(radii) <= 1.00001
        assert least < min(radii) / max(radii) < least + 0.4


@pytest.mark.clause("3.1-l2", "3.1-dropout")
def test_regularization() -> None:
    ways = found()["regularization"]["ways"]["numpy"]
    end = {way: {k: J[-1] for k, J in c.items()} for way, c in ways.items()}
    gap = {way: J["dev"] - J["train"] for way, J in end.items()}
    assert gap["L2"] < gap["nothing"]
    assert gap["dropout"] < gap["nothing"]
    assert end["L2"]["dev"] < end["nothing"]["dev"]
    assert end["dropout"]["dev"] < end["nothing"]["dev"]
    assert end["L2"]["train"] > end["nothing"]["train"]
    assert end["nothing"]["dev"] > 1.3 * min(ways["nothing"]["dev"])


@pytest.mark.clause("3.1-early-stopping")
def test_early_stopping() -> None:
    """Before the end, where the dev cost is least, after patience in vain."""
    section = found()["regularization"]
    stop = section["early_stopping"]["numpy"]
    k, dev_costs = stop["best_step"], stop["dev_costs"]
    assert 0 < k < section["steps"][-1]
    assert dev_costs[k] == min(dev_costs)
    assert len(dev_costs) == k + section["patience"] + 1
    dev = section["ways"]["numpy"]["nothing"]["dev"]
    assert dev_costs[k] <= min(dev)
    watched = range(0, len(dev_costs), section["steps"][1])
    assert [dev_costs[step] for step in watched] == dev[: len(watched)]


@pytest.mark.clause("3.2.2-vanishing")
def test_repeated_weight() -> None:
    for w, powers in found()["depth"]["repeated_weight"].items():
        l = np.arange(1, found()["depth"]["layers"] + 1)
        assert powers["numpy"] == told(float(w) ** l)
        rises = np.diff(powers["numpy"]) > 0
        assert rises.all() if w == "1.5" else not rises.any()


@pytest.mark.clause("3.2.2-xavier", "3.2.2-xavier-average", "3.2.2-he")
def test_scales_through_many_layers() -> None:
    def share(g: str, rule: str) -> float:
        A = found()["depth"][g][rule]["numpy"]["A"]
        return A[-2] / A[0]

    def first_gradient(g: str, rule: str) -> float:
        return found()["depth"][g][rule]["numpy"]["dW"][0]

    assert 0.3 < share("relu", "he") < 3
    assert share("relu", "xavier") < 0.1
    assert share("tanh", "xavier") > 0.2
    assert share("tanh", "xavier_average") > 0.2
    for g, good in (("relu", "he"), ("tanh", "xavier")):
        assert share(g, "small") < 1e-10
        assert first_gradient(g, "small") < 1e-10 * first_gradient(g, good)


@pytest.mark.clause("2.4-small-random")
def test_weights() -> None:
    """Every draw is counted, and 9 of 10 lie as the normal law has them."""
    section = found()["weights"]
    edges, rows = section["edges"], []
    assert section["draws"] == SEEDS * section["fan_in"] * section["fan_out"]
    assert list(section["rules"]) == ["small", "xavier", "xavier_average", "he"]
    for rule in section["rules"].values():
        counts = np.array(rule["drawn"]["numpy"]["counts"])
        assert len(counts) == len(edges) - 1
        assert counts.sum() == section["draws"]
        inside = counts[np.abs(edges[:-1] + np.diff(edges) / 2) < 1]
        # Six deviations of a share of 68.27 % in 100 000 draws: 0.9 %.
        assert abs(inside.sum() / section["draws"] - 0.6827) < 0.009
        assert 0.98 < rule["drawn"]["numpy"]["sigma"] / rule["sigma"] < 1.02
        rows.append(counts.tolist())
    assert len({tuple(row) for row in rows}) == len(rows)


@pytest.mark.clause("3.1-augmentation")
def test_augmentation() -> None:
    section = found()["augmentation"]
    results = [o.get("image", o.get("sound")) for o in
               section["operations"].values()]  # fmt: skip
    before = [section["image"]] * 3 + [section["sound"]] * 3
    assert len(results) == 6
    assert all(a != b for a, b in zip(results, before, strict=True))
    x, y = np.array(section["sound"]), np.array(results[3])
    assert np.max(np.abs(y)) == 1 > np.max(np.abs(x))
    assert sum(v == 0 for v in results[5]) >= 100


@pytest.mark.clause("3.2.3-two-sided", "3.2.3-check")
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_the_valley(dtype: str) -> None:
    """Least inside, within a decade of cbrt(u)."""
    way = found()["gradient_check"][dtype]
    curve = way["differences"]["numpy"]
    k = int(np.argmin(curve))
    assert abs(np.log10(way["epsilons"][k] / np.cbrt(np.finfo(dtype).eps))) < 1
    assert min(curve[0], curve[-1]) > 10 * curve[k]


@pytest.mark.clause("3.2.3-check")
def test_the_kink() -> None:
    """Wrong across the kink, and right as soon as epsilon is below it."""
    way = found()["gradient_check"]["kink"]
    at, smooth = found()["gradient_check"]["kink_at"], 1e-7
    pairs = list(zip(way["epsilons"], way["differences"]["numpy"], strict=True))
    assert all(d > 1e-3 for epsilon, d in pairs if epsilon > 2 * at)
    assert any(d < smooth for epsilon, d in pairs if epsilon > at / 10)


@pytest.mark.slow
def test_a_picture_and_a_caption_a_section() -> None:
    assert list(pictures()) == list(found()) == list(CAPTIONS)
    for picture in pictures().values():
        assert picture.startswith("<svg")
        assert picture.rstrip().endswith("</svg>")
        assert len(picture) < 300_000
        # Letters of a photograph may spell anything.
        drawn = re.sub(r'"data:image/png;base64[^"]*"', "", picture)
        assert "nan" not in drawn.lower()


def test_captions_name_clauses_and_no_measurement() -> None:
    known = {clause.id for clause in CLAUSES}
    for caption in CAPTIONS.values():
        cited = re.findall(r"\b(?:A1\.1|\d\.\d(?:\.\d)?-[a-z0-9-]+)", caption)
        assert cited
        assert set(cited) <= known
        bare = re.sub("|".join(map(re.escape, sorted(cited, key=len)[::-1])),
                      "", caption).replace("L2", "")  # fmt: skip
        assert not re.search(r"\d", bare)


def test_numbers_and_titles_come_from_the_run() -> None:
    """Three frameworks that agree are said to; one that does not, is not."""
    three = copy.deepcopy(found()["regularization"])
    for section in (three["ways"], three["early_stopping"]):
        section["torch"] = section["jax"] = copy.deepcopy(section["numpy"])
    for section in three["early_stopping"].values():
        section["best_step"] = 37
    agree = understanding_pictures({"regularization": three})
    assert "lie on one another" in agree["regularization"]
    assert "keeps step 37" in agree["regularization"]
    three["ways"]["jax"] = copy.deepcopy(three["ways"]["numpy"])
    three["ways"]["jax"]["L2"]["dev"][5] *= 1.1
    part = understanding_pictures({"regularization": three})
    assert "curves part" in part["regularization"]
    assert not alike(np.array([[1.0, np.nan], [1.0, 2.0]]))


@pytest.mark.slow
def test_a_diverged_cost_leaves_a_gap() -> None:
    there = copy.deepcopy(found()["learning_rate"])
    there["costs"]["numpy"][4][20:] = [None] * 40
    picture = understanding_pictures({"learning_rate": there})["learning_rate"]
    assert "nan" not in picture.lower()
    assert picture != pictures()["learning_rate"]
