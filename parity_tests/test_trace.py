"""The trace: 100 % of the clauses, both ways, read from the sources."""

import ast
import copy
from pathlib import Path

import pytest

from parity_tests.checks import ALL_CHECKS
from parity_tests.examples import EXAMPLES, LAWFUL
from parity_tests.proofs import proofs
from parity_tests.tested import TESTED
from parity_tests.trace import (
    all_tests,
    claimed,
    claims_of_tests,
    definitions,
    empty_claims,
    examples_faults,
    function_claims,
    marked,
    missing_tests,
    trace_faults,
)
from reference.clauses import CLAUSES
from reference.specification import Clause

FUNCTIONS = {
    package: function_claims(package)
    for package in ("reference", "torch_impl", "jax_impl")
}
TESTS = claims_of_tests()
ROOT = Path(__file__).parent.parent / "reference"


def test_every_clause_is_at_home_and_tested() -> None:
    """In each of the three packages; and nothing claims what is not."""
    assert len({clause.id for clause in CLAUSES}) == len(CLAUSES) == 48
    assert not trace_faults(FUNCTIONS, TESTS)


def test_every_function_is_compared() -> None:
    assert not examples_faults([*EXAMPLES, *LAWFUL])


def test_every_law_is_of_the_same_clause() -> None:
    """What has no example is compared by a check that claims its clause."""
    for name, check in LAWFUL.items():
        ids = {c.id for c in CLAUSES if name in c.home}
        assert ids & set(ALL_CHECKS[check].clauses), name


def test_every_clause_has_a_proof() -> None:
    """What the scorecard counts, without a case."""
    proven = {id for proof in proofs([]) for id in proof.clauses}
    assert {clause.id for clause in CLAUSES} - proven <= set()


@pytest.mark.parametrize("package", FUNCTIONS)
def test_a_function_that_is_taken_away_is_missed(package: str) -> None:
    """Any one, in any of the three."""
    for claim in FUNCTIONS[package]:
        less = copy.deepcopy(FUNCTIONS)
        less[package].remove(claim)
        name, id = claim
        assert trace_faults(less, TESTS) == [
            f"{package}.{name} does not claim {id}"
        ]


def test_a_test_that_is_taken_away_is_missed() -> None:
    for claim in TESTS:
        name, id = claim
        assert trace_faults(FUNCTIONS, TESTS - {claim}) == [
            f"{name} does not claim {id}"
        ]


def test_an_example_that_is_taken_away_is_missed() -> None:
    for example in EXAMPLES:
        name, variants = example.split(",")[0], example.count(",")
        others = [e for e in EXAMPLES if e != example]
        gone = f"{example} is gone" if variants else f"nothing compares {name}"
        alone = not any(e.split(",")[0] == name for e in others)
        faults = examples_faults([*others, *LAWFUL])
        assert faults == ([gone] if alone or variants else [])


def test_any_test_that_is_taken_away_is_missed() -> None:
    """Those of no clause too."""
    there = all_tests()
    assert not missing_tests(there)
    for name in there:
        assert missing_tests(there - {name}) == [f"{name} is gone"]
    assert missing_tests({*there, "test_a.test_f"}) == [
        "test_a.test_f is in no list"
    ]


def test_no_claim_is_empty() -> None:
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        assert not empty_claims(path.stem, ast.parse(path.read_text()))


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("@C\ndef test_f(): pass", "test_a.test_f asserts nothing"),
        ("@C\n@pytest.mark.skip\ndef test_f(): assert f()",
         "test_a.test_f is skipped"),
        ("@C\n@pytest.mark.parametrize('x', [])\ndef test_f(x): assert x",
         "test_a.test_f has no parameters"),
        ("def test_f(): assert f()\ndef test_f(): assert f()",
         "test_a.test_f is there twice"),
        ("class TestF:\n def test_f(self): assert f()",
         "test_a.TestF is a class of tests"),
        ("pytestmark = pytest.mark.clause('2.3')",
         "test_a claims a clause for all of its tests"),
    ],
)  # fmt: skip
def test_empty_claims_are_found(source: str, fault: str) -> None:
    tree = ast.parse(source.replace("@C", "@pytest.mark.clause('2.3')"))
    assert empty_claims("test_a", tree) == [fault]


@pytest.mark.parametrize("package", FUNCTIONS)
def test_no_function_hides_another(package: str) -> None:
    """A second def of one name would run, and the first be read."""
    names = [name for name, _ in definitions(f"{package}/*.py")]
    assert len(set(names)) == len(names)


def test_errata_are_in_the_docstrings() -> None:
    """Of a function that states the clause, or of its page."""
    for clause in CLAUSES:
        if clause.erratum:
            pages = {name.split(".")[0] for name in clause.home}
            texts = [(ROOT / f"{page}.py").read_text() for page in pages]
            assert any("Errat" in text for text in texts), clause.id


def test_claims_of_nothing_are_found() -> None:
    more = {**FUNCTIONS, "jax_impl": {*FUNCTIONS["jax_impl"], ("a.f", "9.9")}}
    assert trace_faults(more, TESTS) == ["jax_impl.a.f is not listed for 9.9"]
    faults = trace_faults(FUNCTIONS, {*TESTS, ("test_a.test_f", "9.9")})
    assert "test_a.test_f claims 9.9, which does not exist" in faults
    assert examples_faults([*EXAMPLES, *LAWFUL, "a.f"]) == [
        "a.f is of no clause"
    ]


def test_claims_are_read_where_they_stand() -> None:
    assert claimed("""Z = W A + b      (2.3, 2.4)\n\n(9.9)""") == ("2.3", "2.4")
    assert claimed("the tie (see above) is 0\n(1.2-predict)") == (
        "1.2-predict",
    )
    assert claimed("W := W - alpha dW  (A1.1)") == ("A1.1",)
    assert claimed("g'(Z) of an elementwise g (its pullback)") == ()
    assert claimed(None) == ()
    source = "@pytest.mark.clause('2.3')\ndef test_f(): ..."
    (function,) = ast.parse(source).body
    assert isinstance(function, ast.FunctionDef)
    assert marked(function) == ("2.3",)


def test_every_listed_test_runs() -> None:
    """A test of that name is in that file, and not only in the list."""
    folder = Path(__file__).parent
    for name in {name for names in TESTED.values() for name in names}:
        file, _, test = name.partition(".")
        assert f"def {test}(" in (folder / f"{file}.py").read_text()


def test_a_clause_is_a_sentence() -> None:
    for clause in CLAUSES:
        assert isinstance(clause, Clause)
        assert clause.statement.endswith(".")
        assert (
            not clause.erratum
            or "Right" in clause.erratum
            or ("rinted" in clause.erratum)
        )


def test_errata_are_in_the_readme() -> None:
    """Word for word, in the table of the specification's section."""
    readme = (Path(__file__).parent.parent / "README.md").read_text()
    for clause in CLAUSES:
        row = f"| `{clause.id}` | {clause.erratum} |"
        assert (row in readme) is bool(clause.erratum)
    assert f"come apart into {len(CLAUSES)} clauses" in readme
