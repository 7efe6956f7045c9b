"""Everything a user can name is documented, and no link of the documentation leads nowhere."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hubscan import errors, schema
from hubscan.edition import load_edition

if TYPE_CHECKING:
    from types import ModuleType

HOUSE = Path(__file__).resolve().parents[2]
DOCS = HOUSE / "docs"
PAGES = sorted(
    path
    for path in (*DOCS.rglob("*.md"), HOUSE / "README.md", HOUSE / "CONTRIBUTING.md")
    if not {"_build", "generated"} & set(path.parts)
)
WRITTEN = {path: path.read_text(encoding="utf-8") for path in PAGES}


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    """Return the module that makes the reference."""
    spec = importlib.util.spec_from_file_location("reference_pages", DOCS / "reference_pages.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_command_and_option_says_what_it_does(reference: ModuleType) -> None:
    found = dict(reference.commands())
    assert {"hubscan run", "hubscan rerun", "hubscan index verify"} <= set(found)
    page = reference.pages()["commands"]
    for name, command in found.items():
        assert f"\n## {name}\n" in page
        assert command.help, name
        for one in command.params:
            assert getattr(one, "help", None), f"{name} {one.name}"
            shown = [(one.metavar or one.name).upper()] if one.opts == [one.name] else one.opts
            assert all(f"`{text}`" in page for text in shown)


def test_every_command_is_told_of_in_words(reference: ModuleType) -> None:
    words = "\n".join(WRITTEN.values())
    missing = [name for name, _ in reference.commands() if name not in words]
    assert missing == []


def test_every_key_of_an_edition_has_a_meaning_and_a_row(reference: ModuleType) -> None:
    meanings = dict(reference.keys())
    named = {key.split("[")[0] for key in load_edition("gii-2025").keys()}  # noqa: SIM118 - no mapping
    page = reference.pages()["editions"]
    for key in named:
        row = next((k for k in meanings if key == k or key.startswith(f"{k}.")), None)
        assert row is not None, key
        assert f"`{row}`" in page
    without = [key for key, meaning in meanings.items() if "." in key and not meaning]
    assert without == []


def test_every_column_and_error_and_name_is_on_a_page(reference: ModuleType) -> None:
    pages = reference.pages()
    for name, table in schema.TABLES.items():
        assert f"## Table `{name}`" in pages["tables"]
        for column in table:
            assert column.meaning
            assert f"| `{column.name}` |" in pages["tables"]
    for name in dir(errors):
        if name.endswith("Error"):
            assert f"`{name}`" in pages["errors"]
    names = list(reference.public_names())
    assert len(names) > 100
    assert [f"{module}.{name}" for module, name, told in names if not told] == []
    assert all(f"`{name}`" in pages["names"] for _, name, _ in names)


def test_every_file_of_a_run_folder_is_told_of(reference: ModuleType) -> None:
    source = (HOUSE / "src" / "hubscan" / "outputs.py").read_text(encoding="utf-8")
    told = reference.pages()["tables"]
    for name in re.findall(r'^        "([a-z_]+)": results', source, re.MULTILINE):
        assert f"`{name}.csv`" in told
    for name in re.findall(r'^        \("([a-z_]+)", ', source, re.MULTILINE):
        assert f"`{name}.parquet`" in told


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(HOUSE).as_posix())
def test_links_lead_somewhere(path: Path) -> None:
    text = re.sub(r"```.*?```", "", WRITTEN[path], flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        file, _, anchor = target.partition("#")
        found = (path.parent / file) if file else path
        generated = "generated" in found.parts
        assert generated or found.exists(), f"{target} in {path.name}"
        if anchor and not generated and found.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            slugs = {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}
            assert anchor in slugs or f"({anchor})=" in found.read_text(encoding="utf-8")


def test_every_page_is_in_the_contents() -> None:
    contents = "\n".join(WRITTEN[p] for p in PAGES if "{toctree}" in WRITTEN[p])
    for path in PAGES:
        listed = path.stem in contents or (
            path.parent / "index.md" in WRITTEN and ":glob:" in contents
        )
        assert listed or DOCS not in path.parents, path.name
