"""The house is kept: modules and functions of bounded length, names that say something."""

from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

HOUSE = Path(__file__).resolve().parents[2]
MODULES = sorted((HOUSE / "src" / "hubscan").rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
"""Lines of a function without its docstring."""
LONGEST_USUAL = 25
WHOLE = {
    "pipeline.py: ranked": "the method on one page, a line a stage",
    "openapi.py: _schemas": "a description in data",
}
"""Longer functions, and why each is better whole."""

FORBIDDEN = {"utils", "helpers", "data", "df", "info", "process", "manager"}


def functions(tree: ast.AST) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return the lines of a function's body, its docstring left out."""
    first = function.body[0]
    told = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    start = first.end_lineno if told else function.lineno
    return int(function.end_lineno or 0) - int(start or 0)


def trees() -> dict[Path, ast.Module]:
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def test_modules_fit_on_a_few_screens_and_say_what_they_are() -> None:
    assert len(MODULES) > 200
    too_long = {
        path.name: lines
        for path in MODULES
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > LONGEST_MODULE
    }
    assert too_long == {}
    assert [path.name for path, tree in trees().items() if not ast.get_docstring(tree)] == []


def test_functions_fit_on_a_screen() -> None:
    lengths = {
        f"{path.name}: {one.name}": length(one)
        for path, tree in trees().items()
        for one in functions(tree)
    }
    assert {
        name: lines
        for name, lines in lengths.items()
        if lines > LONGEST_FUNCTION and name not in WHOLE
    } == {}
    # nine in ten are much shorter
    ordered = sorted(lengths.values())
    assert ordered[int(0.9 * len(ordered))] <= LONGEST_USUAL


def test_no_name_says_nothing() -> None:
    named = [path.stem for path in MODULES if path.stem != "_weights_data"]
    named += [one.name for tree in trees().values() for one in functions(tree)]
    assert [name for name in named if FORBIDDEN & set(name.strip("_").split("_"))] == []


def test_every_exception_from_a_rule_has_its_reason() -> None:
    bare = re.compile(r"# (?:noqa|type: ignore)(?!.*(?: # | - )\S)")
    found = [
        f"{path.name}:{number}"
        for path in (*MODULES, *(HOUSE / "tests").rglob("*.py"))
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if bare.search(line) and "bare = re" not in line
    ]
    assert found == []


def words(text: str) -> Counter[str]:
    """Return how often each name stands in a text outside imports and lists of names."""
    listed = r"^(?:from .*? import (?:\([^)]*\)|.*)|__all__ = \[[^\]]*\])$"
    plain = re.sub(listed, "", text, flags=re.MULTILINE)
    return Counter(re.findall(r"[A-Za-z_]\w*", plain))


def test_every_function_of_a_module_is_used_somewhere() -> None:
    texts = [path.read_text(encoding="utf-8") for path in MODULES]
    texts += [p.read_text(encoding="utf-8") for p in (HOUSE / "docs").rglob("*.md")]
    texts += [p.read_text(encoding="utf-8") for p in (HOUSE / "benchmarks").glob("*.py")]
    counted = sum(map(words, texts), Counter())
    unused = [
        f"{path.stem}.{one.name}"
        for path, tree in trees().items()
        for one in tree.body
        if isinstance(one, ast.FunctionDef) and not one.decorator_list and counted[one.name] < 2
    ]
    assert unused == []
