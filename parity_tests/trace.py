"""The trace: which functions and which tests claim which clause.

A function claims clauses in parentheses at the end of its docstring's first
paragraph, a test in its marker @pytest.mark.clause(...). Both are read from
the sources, so that a claim of what is not installed counts too. The other
direction is in the clauses' home, and in TESTED.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path

from parity_tests.tested import TESTED, UNCLAIMED, VARIANTS
from reference.clauses import CLAUSES

__all__ = [
    "Claim",
    "claimed",
    "claims_of_tests",
    "definitions",
    "empty_claims",
    "examples_faults",
    "function_claims",
    "missing_tests",
    "all_tests",
    "trace_faults",
]

ROOT = Path(__file__).parent.parent
NO_PAGES = ("idiomatic.", "tuned.", "backend.")
Claim = tuple[str, str]
"""page.function or file.test, and the id of the clause that it claims."""


def claimed(docstring: str | None) -> tuple[str, ...]:
    """The clause ids at the end of a docstring's first paragraph."""
    first = " ".join((docstring or "").split("\n\n")[0].split())
    match = re.search(r"\(((?:P|A)?\d[\w., -]*)\)$", first)
    return tuple(match[1].split(", ")) if match else ()


def marked(test: ast.FunctionDef) -> tuple[str, ...]:
    """The arguments of every @pytest.mark.clause(...)."""
    return tuple(
        ast.literal_eval(argument)
        for node in test.decorator_list
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "pytest.mark.clause"
        for argument in node.args
    )


def definitions(pattern: str) -> Iterator[tuple[str, ast.FunctionDef]]:
    """file.name and source of the functions in the files of a pattern."""
    for path in sorted(ROOT.glob(pattern)):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                yield f"{path.stem}.{node.name}", node


def function_claims(package: str) -> set[Claim]:
    """What the functions of a package's pages claim."""
    return {
        (name, id)
        for name, node in definitions(f"{package}/*.py")
        if not name.startswith(NO_PAGES)
        for id in claimed(ast.get_docstring(node))
    }


def claims_of_tests() -> set[Claim]:
    """What the tests claim."""
    return {
        (name, id)
        for name, node in definitions("parity_tests/test_*.py")
        for id in marked(node)
    }


def all_tests() -> set[str]:
    """Every test there is, of a clause or not."""
    return {
        name
        for name, _ in definitions("parity_tests/test_*.py")
        if name.split(".")[1].startswith("test_")
    }


def missing_tests(there: set[str]) -> list[str]:
    """What is listed and not there, and what is there and not listed."""
    listed = {
        *UNCLAIMED,
        *(name for names in TESTED.values() for name in names),
    }
    return [f"{name} is gone" for name in sorted(listed - there)] + [
        f"{name} is in no list" for name in sorted(there - listed)
    ]


def empty_claims(file: str, tree: ast.Module) -> list[str]:
    """The claims of a test file that prove nothing, or that none would read.

    A test that asserts nothing or is skipped, two of one name, of which the
    first never runs, and claims by a class or for a whole module.
    """
    faults, names = [], []
    for node in tree.body:
        told = ast.unparse(node)
        if isinstance(node, ast.ClassDef) and "def test" in told:
            faults.append(f"{file}.{node.name} is a class of tests")
        if isinstance(node, ast.Assign) and "mark.clause" in told:
            faults.append(f"{file} claims a clause for all of its tests")
        if not isinstance(node, ast.FunctionDef):
            continue
        name = f"{file}.{node.name}"
        if node.name in names:
            faults.append(f"{name} is there twice")
        names.append(node.name)
        if not marked(node):
            continue
        if not re.search(r"\bassert\b|\brequire\(|pytest\.raises", told):
            faults.append(f"{name} asserts nothing")
        if re.search(r"mark\.(skip|xfail)|pytest\.skip\(", told):
            faults.append(f"{name} is skipped")
        if re.search(r"parametrize\([^\[]*\[\]", told):
            faults.append(f"{name} has no parameters")
    return faults


def trace_faults(
    functions: Mapping[str, Iterable[Claim]], tests: Iterable[Claim]
) -> list[str]:
    """What is broken in the trace, in a sentence each."""
    homes = {(name, c.id) for c in CLAUSES for name in c.home}
    tested = {(name, id) for id, names in TESTED.items() for name in names}
    faults = []
    for package, claims in functions.items():
        faults += differences(f"{package}.", set(claims), homes)
    faults += differences("", set(tests), tested)
    for clause in CLAUSES:
        if not clause.home or not TESTED.get(clause.id):
            faults.append(f"{clause.id} has no home, or no parity test")
    ids = {clause.id for clause in CLAUSES}
    for name, id in sorted({*tests, *tested}):
        if id not in ids:
            faults.append(f"{name} claims {id}, which does not exist")
    return faults


def differences(
    prefix: str, claims: set[Claim], listed: set[Claim]
) -> list[str]:
    """The claims that are not listed, and the listed that are not claimed."""
    return [
        f"{prefix}{name} {fault} {id}"
        for fault, found in (
            ("does not claim", listed - claims),
            ("is not listed for", claims - listed),
        )
        for name, id in sorted(found)
    ]


def examples_faults(examples: Collection[str]) -> list[str]:
    """The functions of clauses that nothing compares, and the reverse."""
    homes = {name for clause in CLAUSES for name in clause.home}
    compared = {example.split(",")[0] for example in examples}
    variants = {example for example in examples if "," in example}
    return [
        *(f"nothing compares {name}" for name in sorted(homes - compared)),
        *(f"{name} is of no clause" for name in sorted(compared - homes)),
        *(f"{name} is gone" for name in sorted({*VARIANTS} - variants)),
        *(f"{name} is in no list" for name in sorted(variants - {*VARIANTS})),
    ]
