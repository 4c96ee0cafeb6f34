"""The source of a function, with the lines marked that state its equation.

Read, never imported: what is not installed has a source too.
"""

from __future__ import annotations

import ast
import functools
import io
import keyword
import re
import tokenize
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from parity_tests.trace import definitions

__all__ = ["ROOT", "Line", "Pane", "functions", "pane"]

ROOT = Path(__file__).resolve().parent.parent
EQUATION = re.compile(r"(?<![Ff]or )\b([A-Za-z]\w*)(?:\[[^]]*\])?'?\s*[:+/]?=")
"""The name that an equation sets; "for l = 1 ... L" only counts."""


class Line(NamedTuple):
    """One line of source, cut into (colour, text)."""

    marked: bool
    indent: int
    pieces: list[tuple[str, str]]


class Pane(NamedTuple):
    """A function of one package: its file, the line of its def, its lines."""

    path: str
    at: int
    first: int
    lines: list[Line]


@functools.cache
def functions(package: str) -> dict[str, ast.FunctionDef]:
    """The functions of a package's files, by page.name."""
    return dict(definitions(f"{package}/*.py"))


@functools.cache
def pane(package: str, name: str) -> Pane:
    """The whole source of a function, decorators and docstring and all."""
    node = functions(package)[name]
    path = f"{package}/{name.partition('.')[0]}.py"
    source = (ROOT / path).read_text(encoding="utf-8").splitlines()
    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
    text = source[first - 1 : node.end_lineno]
    marked = {*stating(node, source), *computing_lines(node)}
    lines = [
        Line(n in marked, len(line) - len(line.lstrip()), pieces)
        for n, line, pieces in zip(
            range(first, first + len(text)), text, coloured(text), strict=True
        )
    ]
    return Pane(path, node.lineno, first, lines)


def stating(node: ast.FunctionDef, source: list[str]) -> Iterator[int]:
    """The lines of the docstring's first paragraph that hold the equation."""
    docstring = node.body[0]
    for n in range(docstring.lineno, (docstring.end_lineno or 0) + 1):
        text = source[n - 1].strip()
        if not text.strip('"'):
            return
        # The last line may be nothing but the clauses' numbers.
        if not re.fullmatch(r'\([^()]*\)"*', text):
            yield n


def computing_lines(node: ast.FunctionDef) -> Iterator[int]:
    """The lines of the statements that compute the equation."""
    for statement in computing(node):
        yield from range(statement.lineno, (statement.end_lineno or 0) + 1)


def computing(node: ast.FunctionDef) -> list[ast.stmt]:
    """The assignment to each left-hand side, or else what is returned.

    Where there are more than the equations for it, the last ones: the first
    may only set a sum to zero.
    """
    first = (ast.get_docstring(node) or "").split("\n\n")[0]
    sides = Counter(EQUATION.findall(first))
    statements = sorted(
        (s for s in ast.walk(node) if isinstance(s, ast.stmt)),
        key=lambda s: s.lineno,
    )
    found: list[ast.stmt] = []
    for name, count in sides.items():
        setting = [s for s in statements if name in targets(s)]
        found += setting[-count:] or returned(node, statements)
    return found or returned(node, statements)


def targets(statement: ast.stmt) -> set[str]:
    """The names that a statement computes; not those that it unpacks."""
    match statement:
        case ast.Assign(value=ast.Name() | ast.Subscript() | ast.Attribute()):
            return set()
        case ast.Assign(targets=[target]) | ast.AnnAssign(target=target):
            text = re.sub(r"\[[^]]*\]", "", ast.unparse(target))
            return set(re.findall(r"[A-Za-z]\w*", text))
        case ast.Expr(
            ast.Call(ast.Attribute(ast.Name(name), "append" | "insert"))
        ):
            return {name}
    return set()


def returned(
    node: ast.FunctionDef, statements: list[ast.stmt]
) -> list[ast.stmt]:
    """The function's own returns, or what computes the names they gather."""
    inner = {
        child
        for nested in ast.walk(node)
        if isinstance(nested, ast.FunctionDef) and nested is not node
        for child in ast.walk(nested)
    }
    found: list[ast.stmt] = []
    for s in statements:
        if isinstance(s, ast.Return) and s not in inner:
            last = [
                [t for t in statements if name in targets(t)][-1:]
                for name in gathered(s.value)
            ]
            found += [t for ts in last for t in ts] or [s]
    return found


def gathered(value: ast.expr | None) -> list[str]:
    """The names in a return that computes nothing: `Layer(W, b)`."""
    match value:
        case ast.Name(name):
            return [name]
        case ast.Call(ast.Name("tuple" | "Layer"), args):
            names = [a.id for a in args if isinstance(a, ast.Name)]
            return names if len(names) == len(args) else []
    return []


def coloured(lines: list[str]) -> list[list[tuple[str, str]]]:
    """Each line cut into its keywords, strings, comments, and the rest."""
    cut: list[list[tuple[str, str]]] = [[] for _ in lines]
    done = [0] * len(lines)
    source = io.StringIO("\n".join(lines) + "\n")
    for token in tokenize.generate_tokens(source.readline):
        (top, left), (bottom, right) = token.start, token.end
        for row in range(top - 1, bottom) if colour(token) else ():
            line = lines[row]
            a = left if row == top - 1 else 0
            b = right if row == bottom - 1 else len(line)
            cut[row] += [("", line[done[row] : a]), (colour(token), line[a:b])]
            done[row] = b
    for pieces, line, end in zip(cut, lines, done, strict=True):
        pieces.append(("", line[end:]))
    return [[piece for piece in pieces if piece[1]] for pieces in cut]


def colour(token: tokenize.TokenInfo) -> str:
    """The colour's name, "" for what has none."""
    kind = tokenize.tok_name[token.type]
    if kind == "COMMENT":
        return "c"
    if "STRING" in kind:  # FSTRING_START and the like from Python 3.12 on
        return "s"
    # match and case open a block here, and are names elsewhere.
    opening = re.match(r"\s*(match|case) .*:\s*$", token.line)
    soft = opening and opening.start(1) == token.start[1]
    return "k" if keyword.iskeyword(token.string) or soft else ""
