"""The tests of pytest --implementation TARGET: one a clause."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from parity_tests.judging.judge import judge
from parity_tests.judging.verdict import verdict_of
from parity_tests.judging.words import findings_of, of_bound
from reference.specification import CLAUSES


@functools.cache
def judged(target: str, timeout: float) -> dict[str, Any] | str:
    """The verdict, once for all clauses; or why there is none."""
    try:
        found = judge(target, timeout)
        return verdict_of(found.dtype, found.in_order, found.remarks)
    except Exception as error:
        return f"{type(error).__name__}: {error}"


@pytest.mark.parametrize("clause", [clause.id for clause in CLAUSES])
def test_clause(clause: str, pytestconfig: pytest.Config) -> None:
    """It agrees with the notes, or does not implement them."""
    target = pytestconfig.getoption("implementation")
    verdict = judged(target, pytestconfig.getoption("implementation_timeout"))
    if isinstance(verdict, str):
        pytest.fail(verdict, pytrace=False)
    row = next(row for row in verdict["clauses"] if row["id"] == clause)
    if row["verdict"] == "not implemented":
        pytest.skip("not implemented")
    if row["verdict"] == "fail":
        ratio = of_bound(row["worst_ratio"])
        told = "\n".join(findings_of(verdict))
        pytest.fail(f"error / bound = {ratio}\n{told}", pytrace=False)
