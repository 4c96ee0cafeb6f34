"""The page of the clauses, read as text: entries, panes, marks, links."""

import ast
import copy
import functools
import html
import re
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from parity_tests.tested import TESTED
from reference.clauses import CLAUSES
from reports.clause_page import clause_page

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "reports"
PACKAGES = ("reference", "torch_impl", "jax_impl")
ROW = {"id": "2.10", "implementation": "torch", "device": "cpu",
       "dtype": "float32", "mode": "eager", "verdict": "pass",
       "worst_ratio": 0.25}  # fmt: skip
RUN: dict[str, Any] = {
    "machine": {
        "date": "2026-11-20", "processor": "A <b>processor</b>", "cores": 2,
        "commit": "abc1234", "versions": {"numpy": "2.3", "jax": "0.10"},
    },
    "clauses": [ROW],
}  # fmt: skip
HOMES = sorted({name for clause in CLAUSES for name in clause.home})


@functools.cache
def page() -> str:
    return clause_page(RUN, OUT)


def entries(text: str) -> dict[str, str]:
    """The HTML of each clause's entry."""
    parts = re.split(r'<article id="([^"]+)">', text)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def text_of(markup: str) -> str:
    return html.unescape(re.sub(r"<[^>]*>", "", markup))


def panes(entry: str) -> dict[tuple[str, str], str]:
    """The HTML of each pane of an entry, by package and function."""
    found = {}
    for part in entry.split("<h3>")[1:]:
        name = part.partition("</h3>")[0]
        for figure in re.findall(r"<figure>.*?</figure>", part, re.S):
            found[text_of(figure).split("/")[0].strip(), name] = figure
    return found


@functools.cache
def all_panes() -> dict[tuple[str, str], str]:
    everything = entries(page()).values()
    return {
        at: pane for entry in everything for at, pane in panes(entry).items()
    }


def lines(pane: str, kind: str = "") -> list[str]:
    """The lines of a pane, or the marked ones with kind " m"."""
    found = re.findall(
        rf'<span class="l{kind or "[^>]*"}".*?</span>', pane, re.S
    )
    return [text_of(line).rstrip("\n") for line in found]


def test_every_clause_has_an_entry_and_an_anchor() -> None:
    found = entries(page())
    assert list(found) == [clause.id for clause in CLAUSES]
    for clause in CLAUSES:
        entry = html.unescape(found[clause.id])
        assert clause.statement in entry
        assert ("Erratum" in text_of(entry.split("<h3>")[0])) == bool(
            clause.erratum
        )
        assert clause.erratum in entry
        contents = page().partition("<article")[0]
        assert contents.count(f'href="#{clause.id}"') == 1


def test_every_home_function_has_three_panes() -> None:
    for clause in CLAUSES:
        wanted = [(p, name) for name in clause.home for p in PACKAGES]
        assert list(panes(entries(page())[clause.id])) == wanted


@pytest.mark.parametrize("package", PACKAGES)
def test_a_pane_is_the_whole_source(package: str) -> None:
    """Colouring loses nothing, and decorators are shown."""
    for name in HOMES:
        shown = "\n".join(lines(all_panes()[package, name]))
        file, _, function = name.partition(".")
        source = (ROOT / package / f"{file}.py").read_text()
        (node,) = (
            n
            for n in ast.parse(source).body
            if isinstance(n, ast.FunctionDef) and n.name == function
        )
        body = ast.get_source_segment(source, node)
        decorators = shown.removesuffix(body or "")
        assert decorators != shown
        assert decorators.count("@") == len(node.decorator_list)


ROW_OF_J = "For i = 1 ... m: J += L(i), dw += x(i) dz(i), db += dz(i); all /= m"
ROW_OF_L = "L = -Y log A - (1 - Y) log(1 - A), A = sigmoid(Z) (1.2-loss)"
ROW_OF_W = "J; then w := w - alpha dw, b := b - alpha db, by the loop (A1.2)"
ROWS_OF_DZ = [
    "dz[L] = a[L] - y, dW = dz a_prev^T, db = dz,",
    "dz[l] = W[l+1]^T dz[l+1] * g'(z[l]) (2.5, 2.6, 2.7, 2.8)",
]
LINEAR = ["Z = W A_prev + b (2.3)", "return W @ A_prev + b"]


@pytest.mark.parametrize(
    ("name", "package", "marked"),
    [
        *(("network.linear", package, LINEAR) for package in PACKAGES),
        ("losses.cross_entropy", "reference", [
            ROW_OF_L,
            "return np.maximum(Z, 0) - Y * Z + np.log1p(np.exp(-np.abs(Z)))",
        ]),
        ("losses.cross_entropy", "torch_impl", [
            ROW_OF_L,
            'return F.binary_cross_entropy_with_logits(Z, Y, reduction="none")',
        ]),
        ("losses.cross_entropy", "jax_impl", [
            ROW_OF_L, "return -Y * log_A - (1 - Y) * log_1_minus_A",
        ]),
        ("one_example.gradients_example", "reference", [
            *ROWS_OF_DZ,
            "dz = loss_gradient(g[-1], z[-1], y)",
            "layers.insert(0, Layer(dz @ a_prev.T, dz))",
            "dz = (W.T @ dz) * activation_derivative(g[l - 2], z[l - 2], "
            "slope)",
        ]),
        ("one_example.gradients_example", "torch_impl", [
            *ROWS_OF_DZ, "return torch.func.grad(L)(parameters)",
        ]),
        ("one_example.gradients_example", "jax_impl", [
            *ROWS_OF_DZ, "return jax.grad(L)(parameters)",
        ]),
        ("logistic_regression.looped_gradients", "reference", [
            ROW_OF_J, "J = J + cross_entropy(z, y)", "dw = dw + x * dz",
            "db = db + dz", "return np.sum(J) / m, dw / m, db / m",
        ]),
        ("logistic_regression.looped_gradients", "torch_impl", [
            ROW_OF_J, "J = J + loss", "dw = dw + of_w_b[0]",
            "db = db + of_w_b[1]", "return J / m, dw / m, db / m",
        ]),
        ("logistic_regression.looped_gradients", "jax_impl", [
            ROW_OF_J, "(J, (dw, db)), _ = jax.lax.scan(add, zeros, (X.T, Y.T))",
            "return J / m, dw / m, db / m",
        ]),
        # w, b = parameters unpacks, and Layer(W_all, b_all) only gathers.
        ("logistic_regression.looped_step", "reference", [
            ROW_OF_W,
            "return Layer(w - learning_rate * dw, b - learning_rate * db), J",
        ]),
        ("linear_collapse.collapse", "reference", [
            "W' = W[L] ... W[1], b' = W[L] (... (W[2] b[1] + b[2]) ...) + b[L]",
            "W_all, b_all = W @ W_all, W @ b_all + b",
        ]),
    ],
)  # fmt: skip
def test_the_equation_is_marked(
    name: str, package: str, marked: list[str]
) -> None:
    """In the docstring, here without its quotes, and in the body."""
    found = [
        " ".join(s.split()) for s in lines(all_panes()[package, name], " m")
    ]
    assert [line.strip('"') for line in found] == marked


def test_every_pane_has_a_mark_in_its_body() -> None:
    for at, pane in all_panes().items():
        docstring, body = text_of(pane).rsplit('"""', 1)
        marked = lines(pane, " m")
        assert marked[0].removesuffix('"""') in docstring, at
        assert marked[-1] in body, at


def link_faults(text: str, out: Path) -> list[str]:
    """The links that lead to no file, or not to the def that they name."""
    faults = []
    for href, shown in re.findall(r'<a href="([^#"]+#[^"]*)">(.*?)</a>', text):
        path, _, line = href.partition("#L")
        file = out / unquote(path)
        source = file.read_text().splitlines() if file.exists() else []
        at = source[int(line) - 1] if int(line) <= len(source) else ""
        name = shown.split(".")[-1] if "/" not in shown else ""
        if not at.startswith(f"def {name}") or (
            "/" in shown and not shown.endswith(f"{file.name}:{line}")
        ):
            faults.append(f"{shown} to {href}")
    return faults


def test_links_lead_to_the_line() -> None:
    assert not link_faults(page(), OUT)
    assert not link_faults(page(), ROOT / "parity_tests")
    assert link_faults(page(), ROOT)
    assert link_faults(page().replace("#L", "#L1"), OUT)
    links = len(re.findall(r'<a href="[^#"]', page()))
    functions = sum(3 * len(clause.home) for clause in CLAUSES)
    assert links == functions + sum(map(len, TESTED.values()))


def test_links_to_an_oddly_named_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkout, out = tmp_path / "a #1 & b", tmp_path / "out"
    checkout.symlink_to(ROOT)
    out.mkdir()
    monkeypatch.setattr("reports.clause_page.ROOT", checkout)
    assert not link_faults(clause_page(RUN, out), out)


def test_the_page_needs_nothing_else() -> None:
    assert not re.search(
        r'(src|href|action)="(\w+:|//)|<link|\ssrc=|@import|url\(|fetch\(',
        page(),
    )
    assert len(page().encode()) < 2_000_000
    assert page().startswith('<!doctype html>\n<html lang="en">')


def test_names_of_the_run_are_escaped() -> None:
    row = {**ROW, "implementation": "<script>alert(1)</script>"}
    text = clause_page({**RUN, "clauses": [row]}, OUT)
    assert "&lt;b&gt;processor&lt;/b&gt;" in text
    assert "<b>" not in text
    assert "<script>alert" not in text
    assert text.count("alert(1)") == 1


def test_verdicts_are_shown() -> None:
    """A dash where there is no number; a failure beats a greater number."""
    more: list[dict[str, Any]] = [
        {**ROW, "dtype": "float64", "worst_ratio": 0.5},
        {**ROW, "implementation": "jax", "mode": "jit", "device": "cuda"},
        {**ROW, "id": "2.11", "verdict": "fail", "worst_ratio": 7.5},
        {**ROW, "id": "2.11", "worst_ratio": 900.0},
    ]
    found = entries(clause_page({**RUN, "clauses": [ROW, *more]}, OUT))
    table = re.findall(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", found["2.10"])
    assert table == [
        "implementation", "float32", "float64", "torch eager", "0.250",
        "0.500", "jax jit on cuda", "0.250", "–",
    ]  # fmt: skip
    assert "passes" in text_of(found["2.10"].split("<h3>")[0])
    assert 'class="fail"' not in found["2.10"]
    assert '<td class="fail">7.50 FAILS</td>' in found["2.11"]
    assert "fails" in text_of(found["2.11"].split("<h3>")[0])
    assert "Not in this run" in found["2.12"]


def test_the_contents_tell_the_verdict() -> None:
    failing = {**ROW, "id": "2.11", "verdict": "fail"}
    text = clause_page({**RUN, "clauses": [ROW, failing]}, OUT)
    for id, kind in (("2.10", "pass"), ("2.11", "fail"), ("2.12", "none")):
        assert f'<a class="{kind}" href="#{id}">' in text
    assert "(passes: 1, fails: 1, not in this run: 46)" in text


def test_a_run_without_clauses() -> None:
    run = copy.deepcopy(RUN)
    del run["clauses"]
    text = clause_page(run, OUT)
    assert text.count("Not in this run.") == len(CLAUSES)
    assert "<td" not in text


def test_the_machine_is_named_once() -> None:
    for word in ("2026-11-20", "abc1234", "2 cores", "numpy 2.3", "jax 0.10"):
        assert page().count(word) == 1


@pytest.mark.slow
def test_no_framework_is_imported() -> None:
    """The sources are read: the page is whole without PyTorch and JAX."""
    code = (
        "import sys; sys.modules['torch'] = sys.modules['jax'] = None\n"
        "from pathlib import Path; from reports.clause_page import *\n"
        f"print(len(clause_page({RUN!r}, Path('reports'))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True
    )
    assert done.stdout == f"{len(page())}\n", done.stderr
