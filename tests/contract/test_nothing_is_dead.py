"""Nothing of the package is there that nothing calls: no command, no test, no page, no bench."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUSE: Final = Path(__file__).resolve().parents[2]
CALLED_FROM_OUTSIDE: Final = {
    "__getattr__": "Python calls it for a name that a module lacks",
    "model_config": "pydantic reads it",
    "readinto": "io.RawIOBase calls it",
    "severity": "a column of a table of warnings, written with all fields of its row",
}
"""What others call by name, and who does."""


def words_used() -> set[str]:
    """Return every name that is used somewhere: in code, as a text, on a page."""
    used: set[str] = set()
    for folder in ("src", "tests", "docs", "benchmarks", "scripts"):
        for path in sorted((HOUSE / folder).rglob("*.py")):
            used.update(names_used(ast.parse(path.read_text(encoding="utf-8"))))
    pages = [HOUSE / "README.md", HOUSE / "CONTRIBUTING.md", *(HOUSE / "examples").rglob("*.ipynb")]
    for path in (*pages, *(HOUSE / "docs").rglob("*.md")):
        used.update(re.findall(r"\w+", path.read_text(encoding="utf-8")))
    return used


def names_used(tree: ast.AST) -> Iterator[str]:
    """Give the names that code reads, and the texts that could be names."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg:
            yield node.arg
        elif isinstance(node, ast.alias):
            yield node.name.rpartition(".")[2]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"[A-Za-z_]\w+", node.value) if len(node.value) < 200 else ()


def names_defined(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """Give the functions, classes, constants and fields that a module defines, and their lines."""
    scopes: list[ast.Module | ast.ClassDef] = [tree]
    while scopes:
        for node in scopes.pop().body:
            if isinstance(node, ast.ClassDef):
                # the values of an enumeration are read by the command line, all of them
                scopes.extend([] if "Enum" in ast.dump(ast.Tuple(node.bases)) else [node])
                yield node.name, node.lineno
            elif isinstance(node, ast.FunctionDef) and not node.decorator_list:
                yield node.name, node.lineno
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                yield node.target.id, node.lineno
            elif isinstance(node, ast.Assign):
                yield from ((t.id, node.lineno) for t in node.targets if isinstance(t, ast.Name))


def test_everything_that_is_defined_is_used() -> None:
    used = words_used() | set(CALLED_FROM_OUTSIDE)
    dead = [
        f"{path.relative_to(HOUSE)}:{line}: {name}"
        for path in sorted((HOUSE / "src").rglob("*.py"))
        for name, line in names_defined(ast.parse(path.read_text(encoding="utf-8")))
        if name not in used and not (name.startswith("__") and name.endswith("__"))
    ]
    assert dead == []


def test_what_others_call_is_still_there() -> None:
    there = {
        name
        for path in (HOUSE / "src").rglob("*.py")
        for name, _ in names_defined(ast.parse(path.read_text(encoding="utf-8")))
    }
    assert sorted(set(CALLED_FROM_OUTSIDE) - there) == []


def test_what_nothing_calls_is_found() -> None:
    code = "USED = 1\ndef dead():\n    return USED\nclass Held:\n    never: int\n"
    tree = ast.parse(code)
    assert [n for n, _ in names_defined(tree) if n not in set(names_used(tree))] == [
        "dead",
        "Held",
        "never",
    ]
