"""The house rules, read from the sources: arrows, mirrors, no tolerances."""

import ast
import re
from pathlib import Path

import pytest

from parity_tests.examples import EXAMPLES, LAWFUL
from parity_tests.trace import claimed

ROOT = Path(__file__).parent.parent
PACKAGES = ("reference", "torch_impl", "jax_impl", "parity_tests", "reports")
OWN = {
    "vocabulary",
    "clauses",
    "validation",
    "specification",
    "rounding",
    "stable_forms",
    "complex_step",
    "annotations",
    "kinks",
    "evidence",
    "certificate",
}
"""Files of the reference that no mirror has."""
TRAINERS = {"idiomatic", "tuned"}
"""Files that train in a way of their own, and are no pages."""
CHAPTER = "data_parallel/"
"""A folder with the pages as ranks share them, by the same names."""
BY_ENGINE = {"__init__", "engines", "launch", "training"}
"""What the engines have there beside the reference's equations."""
REPORTS = {
    "speed_samples", "test_check", "test_clause_page", "test_divergences",
    "test_power", "test_reports", "test_scale", "test_speed_files",
    "test_speed_proof", "test_speed_race", "test_speed_results",
    "test_understanding",
}  # fmt: skip
"""The tests of reports, which alone import it."""
MAY_IMPORT = {
    "reference": {"numpy", "jaxtyping", "reference"},
    "torch_impl": {"torch", "numpy", "jaxtyping", "torch_impl"},
    "jax_impl": {"jax", "numpy", "jaxtyping", "jax_impl"},
}
THIRD_PARTY = {"numpy", "torch", "jax", "jaxtyping", "scipy", "sklearn",
               "matplotlib", "jinja2", "rich", "psutil", "threadpoolctl",
               "tabulate", "hypothesis", "pytest", *PACKAGES}  # fmt: skip
PAGES = sorted(
    path.stem
    for path in (ROOT / "reference").glob("*.py")
    if path.stem not in OWN | TRAINERS | {"__init__", "backend"}
)
SHARED = sorted(
    path.stem
    for path in (ROOT / "reference" / CHAPTER).glob("*.py")
    if path.stem != "__init__"
)
MIRRORED = [(page, mirror) for page in PAGES for mirror in PACKAGES[1:3]]


def source(package: str, page: str) -> ast.Module:
    return ast.parse((ROOT / package / f"{page}.py").read_text())


def imported(tree: ast.Module) -> set[str]:
    """The modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute here"
            names.add(node.module or "")
    return names


def files(package: str) -> list[str]:
    """Its files, and those of its folders, without their ending."""
    paths = (ROOT / package).rglob("*.py")
    return sorted(
        path.relative_to(ROOT / package).with_suffix("").as_posix()
        for path in paths
    )


def arrow_faults(package: str, modules: set[str]) -> list[str]:
    """The imports among modules that the package may not have."""
    faults = []
    for module in modules:
        top = module.split(".")[0]
        if top == "reports" and package not in {"reports", *REPORTS}:
            faults.append(module)
        if package not in MAY_IMPORT or top not in THIRD_PARTY:
            continue
        vocabulary = module == "reference.specification"
        if top not in MAY_IMPORT[package] and not vocabulary:
            faults.append(module)
    return faults


@pytest.mark.parametrize("package", PACKAGES)
def test_import_arrows(package: str) -> None:
    for page in files(package):
        who = page if page in REPORTS else package
        faults = arrow_faults(who, imported(source(package, page)))
        assert not faults, f"{package}/{page}.py imports {faults}"


def test_arrows_can_fail() -> None:
    for package, module in (
        ("torch_impl", "reference.losses"),
        ("torch_impl", "reference"),
        ("torch_impl", "jax_impl.losses"),
        ("jax_impl", "torch"),
        ("reference", "scipy.special"),
        ("reference", "torch_impl"),
        ("parity_tests", "reports"),
    ):
        assert arrow_faults(package, {module}) == [module]
    assert not arrow_faults("torch_impl", {"reference.specification", "math"})


def test_same_files_in_every_package() -> None:
    assert "network" in PAGES
    for mirror in PACKAGES[1:3]:
        every = set(files(mirror))
        shared = {file for file in every if file.startswith(CHAPTER)}
        pages = every - shared - {"__init__", "backend"} - TRAINERS
        assert sorted(pages) == PAGES
        shared = {file.removeprefix(CHAPTER) for file in shared}
        assert sorted(shared - BY_ENGINE) == SHARED
    tests = {name.removeprefix("test_") for name in files("parity_tests")}
    assert {*PAGES, *TRAINERS, "data_parallel"} <= tests
    assert set(SHARED) - {"sharding"} < set(PAGES)
    checks = set(files("parity_tests/checks")) - {"__init__", "lifting"}
    assert checks - {"data_parallel"} <= set(PAGES)


def functions(tree: ast.Module) -> dict[str, ast.FunctionDef]:
    """The public functions of a page, in their order."""
    names = public(tree)
    found = {
        node.name: node
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.name in names
    }
    assert list(found) == names, "__all__ is in the order of the file"
    return found


def signature(function: ast.FunctionDef) -> str:
    assert function.returns is not None
    return f"({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


def formula(function: ast.FunctionDef) -> str:
    """The first paragraph of the docstring, its blanks folded."""
    text = ast.get_docstring(function) or ""
    return " ".join(text.split("\n\n")[0].split())


def mirror_faults(right: ast.Module, mirror: ast.Module) -> list[str]:
    """Where a mirror differs from the reference in what must not differ."""
    ours, theirs = functions(right), functions(mirror)
    if list(ours) != list(theirs):
        return [f"functions {list(theirs)}"]
    return [
        f"{what.__name__} of {name}"
        for name in ours
        for what in (signature, formula)
        if what(ours[name]) != what(theirs[name])
    ]


@pytest.mark.parametrize(("page", "mirror"), MIRRORED)
def test_mirror(page: str, mirror: str) -> None:
    right, other = source("reference", page), source(mirror, page)
    assert not mirror_faults(right, other)
    header = ast.get_docstring(other) or ""
    opening = " ".join(header.split("\n\n")[0].split())
    assert opening.endswith(f"mirrored from reference/{page}.py.")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("A_drop = A * D / keep_prob", "A_drop = A * D"),
        ("D: Bool", "mask: Bool"),
        ("keep_prob: float\n", "keep_prob: float = 0.5\n"),
        ("(3.1-dropout)", "(3.1)"),
    ],
)
def test_mirror_can_fail(old: str, new: str) -> None:
    right = source("reference", "dropout")
    text = (ROOT / "torch_impl" / "dropout.py").read_text()
    assert old in text
    assert mirror_faults(right, ast.parse(text.replace(old, new, 1)))


@pytest.mark.parametrize("page", PAGES)
def test_reference_pages_say_where_they_come_from(page: str) -> None:
    tree = source("reference", page)
    header = ast.get_docstring(tree) or ""
    assert re.search(r"^Symbol +Shape +Meaning$", header, re.M)
    assert "Source: notes" in header
    for name, function in functions(tree).items():
        assert claimed(ast.get_docstring(function)), f"{page}.{name}"


@pytest.mark.parametrize("page", [*PAGES, *sorted(TRAINERS)])
def test_every_public_function_is_named_in_its_test(page: str) -> None:
    text = (ROOT / "parity_tests" / f"test_{page}.py").read_text()
    # test_page runs over __all__ itself.
    everything = f"reference.{page}.__all__" in text
    # test_page runs over the examples; test_trace says what a law covers.
    compared = {name.split(",")[0] for name in (*EXAMPLES, *LAWFUL)}
    for package in PACKAGES[:3]:
        if not (ROOT / package / f"{page}.py").exists():
            continue
        for name in public(source(package, page)):
            listed = everything or f"{page}.{name}" in compared
            assert listed or name in text, f"{page}.{name}"


def public(tree: ast.Module) -> list[str]:
    """The functions and classes that a page is imported for."""
    (names,) = [
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign)
        and ast.unparse(node.targets[0]) == "__all__"
    ]
    return names


TOLERANCES = {
    word.replace("-", "")  # or this file would be the only one to hold them
    for word in ("r-tol", "a-tol", "all-close", "is-close", "ap-prox",
                 "assert_-close", "assert_all-close", "assert_almost_-equal")
}  # fmt: skip


def tolerances(tree: ast.Module) -> set[str]:
    """The hand-set tolerances that a file speaks of."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg:
            names.add(node.arg)
        elif isinstance(node, ast.Name):
            names.add(node.id)
        elif isinstance(node, ast.Attribute):
            names.add(node.attr)
        elif isinstance(node, ast.alias):
            names.add(node.name.split(".")[-1])
    return names & TOLERANCES


def test_no_tolerance_is_chosen_by_hand() -> None:
    for page in files("parity_tests"):
        found = tolerances(source("parity_tests", page))
        assert not found, f"parity_tests/{page}.py speaks of {found}"


@pytest.mark.parametrize(
    "text",
    [
        "np.all-close(a, b)",
        "f(a, b, r-tol=1e-5)",
        "from pytest import ap-prox",
        "torch.testing.assert_-close(a, b)",
    ],
)
def test_tolerances_are_found(text: str) -> None:
    assert tolerances(ast.parse(text.replace("-", "", 1)))
