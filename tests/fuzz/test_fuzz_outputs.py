"""What is written: nothing in it is run by a spreadsheet, a browser or a page, whatever came in."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pandas as pd
import pytest
from hostile import cases
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from hubscan import cli
from hubscan.index import bridges
from hubscan.report import gii, tables

if TYPE_CHECKING:
    from collections.abc import Iterator

HOUSE = Path(__file__).resolve().parents[2]
STARTS = ("=", "+", "-", "@", "\t", "\r")
RISKY = st.one_of(
    st.text(max_size=12),
    st.sampled_from(["=1+1", "+1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", '=HYPERLINK("http://x")']),
    st.sampled_from(["</script><script>alert(1)</script>", "<img src=x onerror=alert(1)>", "a|b"]),
)


def _is_plain(text: str) -> bool:
    """Return whether a workbook can hold a text: XML has no control letters, UTF-8 no halves."""
    return not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]", text)


CELL = RISKY.filter(_is_plain)


def cells(text: str) -> Iterator[str]:
    """Give the cells of a CSV text."""
    for row in csv.reader(io.StringIO(text)):
        yield from row


@cases(200)
@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), CELL)
def test_no_cell_of_csv_is_a_formula(rows: list[tuple[str, str]], title: str) -> None:
    names = ["name", title if title not in ("", "name", "n") else "other"]
    table = pd.DataFrame(rows, columns=names)
    mixed = table.astype(object).assign(n=[None, *range(len(table) - 1)])
    for given_table in (table, mixed, table.astype("category")):
        for cell in cells(tables.csv_text(given_table)):
            assert not cell.startswith(STARTS), cell


@cases(40)
@given(st.lists(CELL, min_size=1, max_size=6))
def test_no_cell_of_a_workbook_is_a_formula_or_a_link(texts: list[str]) -> None:
    table = pd.DataFrame({"name": texts})
    path = Path("book.xlsx")
    tables.write_workbook({"sheet": table}, path, about={"note": texts[0]})
    for content in (path.read_bytes(), bridges.workbook({"sheet": table}, about={"a": texts[0]})):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            sheets = [packed.read(n) for n in packed.namelist() if n.startswith("xl/worksheets/")]
        assert all(b"<f>" not in sheet and b"<hyperlink" not in sheet for sheet in sheets)
        book = openpyxl.load_workbook(io.BytesIO(content))
        assert {cell.data_type for sheet in book for row in sheet for cell in row} <= {"s", "n"}


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> None:
    """Run a command as a user would."""
    result = CliRunner().invoke(cli.app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0


def test_rows_set_aside_by_ingest_are_no_formulas(tmp_path: Path) -> None:
    mapping = (HOUSE / "tests/fixtures/readers/table/mapping.toml").read_text(encoding="utf-8")
    (tmp_path / "mapping.toml").write_text(mapping, encoding="utf-8")
    whole = (HOUSE / "tests/fixtures/readers/table/filings.csv").read_text(encoding="utf-8")
    header, first, *rest = whole.splitlines()
    cells_of = first.split(";")
    hostile = ";".join(["=cmd|'/c calc'!A1", *cells_of[1:], "one too many"])
    (tmp_path / "=filings.csv").write_text("\n".join([header, hostile, first, *rest]), "utf-8")
    run("ingest", "table", "=filings.csv", "--mapping", "mapping.toml", "--out", "out")
    listed = list(cells((tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8")))
    assert any("calc" in cell for cell in listed)
    assert not [cell for cell in listed if cell.startswith(STARTS)]


def test_located_rows_are_no_formulas_and_a_review_can_be_filled_in(tmp_path: Path) -> None:
    texts = pd.DataFrame({"city": ["=Nowhere", "Kyoto"], "country": ["DE", "JP"]})
    texts.to_csv("texts.csv", index=False)
    run("locate", "texts.csv", "--out", "located")
    for name in ("located.csv", "review.csv"):
        text = (tmp_path / "located" / name).read_text(encoding="utf-8")
        assert not [cell for cell in cells(text) if cell.startswith("=")]
    review = pd.read_csv("located/review.csv", dtype=str, keep_default_na=False)
    review.assign(latitude="48.1", longitude="11.5").to_csv("by-hand.csv", index=False)
    run("locate", "texts.csv", "--overrides", "by-hand.csv", "--out", "again")
    again = pd.read_csv("again/located.csv")
    assert again["method"].tolist()[0] == "by hand"


@cases(60)
@given(CELL)
def test_a_markdown_page_keeps_texts_in_their_cells(text: str) -> None:
    name = "clusters_2024_table6_counts"
    table = pd.DataFrame({"economy": ["CN"], "economy_name": [text], "top100_clusters": [24]})
    page = gii.markdown_page({name: table}, title="Run", about={})
    body = page.split("\n\n", 2)[2].strip().splitlines()
    assert len(body) == 3
    assert len(re.findall(r"(?<!\\)\|", body[2])) == len(re.findall(r"(?<!\\)\|", body[0]))
    assert "<" not in body[2]


def test_the_page_never_writes_texts_as_html() -> None:
    found = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\.setHTML|eval\(")
    sources = sorted((HOUSE / "web" / "src").rglob("*.ts"))
    assert len(sources) > 5
    assert [path.name for path in sources if found.search(path.read_text(encoding="utf-8"))] == []


def test_json_in_a_page_cannot_end_its_script() -> None:
    from hubscan.explorer import export  # noqa: PLC0415 - needs the built page only below

    class Answers:
        """Answers with a hostile name in them."""

        resources = {}  # noqa: RUF012 - stands in for a library

    hostile = "</script><img src=x onerror=alert(1)>"
    page = {
        "index.html": b'<html><head><script type="module" src="./a.js"></script>'
        b'<link rel="stylesheet" href="./a.css"></head><body></body></html>',
        "a.js": json.dumps({"name": hostile}).encode(),
        "a.css": b"",
        "worker.js": hostile.encode(),
    }
    text = export.page_text(page, Answers())  # type: ignore[arg-type] - as much as it needs
    assert hostile not in text
    assert len(re.findall("</script>", text)) == len(re.findall("<script", text))
