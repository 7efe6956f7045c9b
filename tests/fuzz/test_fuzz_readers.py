"""Readers of sources on damaged files: one sentence, or tables and every row accounted for."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hostile import CELLS, DAMAGE, VALUES, cases, damaged, kept, with_cells, with_value
from hypothesis import given
from hypothesis import strategies as st

from hubscan import readers
from hubscan.errors import HubscanError

if TYPE_CHECKING:
    from hostile import Step

    from hubscan.readers import Ingested
    from hubscan.watching import StageRecord

# a draw of long texts is long to show: that is no fault of what is tested
pytestmark = pytest.mark.filterwarnings("ignore::hypothesis.errors.HypothesisWarning")

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "readers"
NAMES = [source.name for source in readers.SOURCES]
FILES = {
    name: sorted(p for p in (FIXTURES / name).rglob("*") if p.is_file() and p.suffix != ".toml")
    for name in NAMES
}
ROWS_OF_TEXT = ("patentsview", "patstat", "regpat", "affiliations", "crunchbase", "scopus", "table")
OBJECTS = {"lens": "answer-1.json", "openalex": "page-1.json"}


class Silent:
    """A watcher that says nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: StageRecord) -> None:
        """Take note of nothing."""


def converted(
    name: str, changed: dict[str, bytes], *, countries: tuple[str, ...] = ()
) -> Ingested | None:
    """Convert a source's fixture with some files changed; None if that ended in one sentence."""
    mapping = readers.read_mapping(FIXTURES / "table" / "mapping.toml") if name == "table" else None
    options = readers.Options(mapping=mapping, threads=1, countries=countries)
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "in", Path(scratch) / "out"
        shutil.copytree(FIXTURES / name, folder)
        for file, content in changed.items():
            (folder / file).write_bytes(content)
        paths = [next(folder.glob("filings.*"))] if name == "table" else [folder]
        if name == "table" and changed:
            paths = [folder / next(iter(changed))]
        try:
            done = readers.convert(
                readers.source_named(name), paths, out, options=options, watcher=Silent()
            )
        except HubscanError as error:
            said = str(error)
        else:
            accounted(done, out)
            return done
        assert said
        assert "\n" not in said
        assert not out.exists() or not any(out.iterdir())
        return None


def accounted(done: Ingested, out: Path) -> None:
    """Assert that every row read was kept or rejected, and that those kept are in the tables."""
    indicator = done.source.indicator
    for tally, kind in ((done.documents, "documents"), (done.addresses, "addresses")):
        assert tally.read == tally.kept + sum(tally.rejected.values())
        assert tally.kept == pq.read_metadata(out / f"{indicator}-{kind}.parquet").num_rows
    for file in done.files:
        for counts in (file["rows"], file["addresses"]):
            assert counts["read"] == counts["kept"] + sum(counts["rejected"].values())
            assert counts["kept"] >= 0


def rows_read(done: Ingested, file: str) -> int:
    """Return how many rows were read of one file."""
    return int(next(one["rows"]["read"] for one in done.files if one["file"] == file))


@pytest.mark.parametrize("name", NAMES)
def test_a_damaged_file_gives_one_sentence_or_whole_tables(name: str) -> None:
    @cases(10)
    @given(st.sampled_from(FILES[name]), DAMAGE)
    def tried(path: Path, steps: list[Step]) -> None:
        inside = path.relative_to(FIXTURES / name).as_posix()
        converted(name, {inside: damaged(path.read_bytes(), steps)})

    tried()


@pytest.mark.parametrize("name", ROWS_OF_TEXT)
def test_a_hostile_cell_never_makes_a_row_vanish(name: str) -> None:
    @cases(6)
    @given(st.sampled_from(FILES[name]), CELLS)
    def tried(path: Path, cells: list[tuple[float, bytes]]) -> None:
        inside = path.relative_to(FIXTURES / name).as_posix()
        content = with_cells(path.read_bytes(), cells)
        done = converted(name, {inside: content})
        if done is not None:
            # counted without the reader: no hostile text has a quote, a delimiter or a line feed
            plain = converted(name, {})
            assert plain is not None
            assert rows_read(done, path.name) == rows_read(plain, path.name)

    tried()


@pytest.mark.parametrize("name", OBJECTS)
def test_json_values_of_other_types(name: str) -> None:
    document = (FIXTURES / name / OBJECTS[name]).read_text(encoding="utf-8")

    @cases(40)
    @given(st.floats(0.0, 1.0, width=16), st.sampled_from(VALUES), st.booleans())
    def tried(where: float, value: Any, lines: bool) -> None:  # noqa: ANN401, FBT001 - drawn
        found = with_value(json.loads(document), where, value)
        text = json.dumps(found)
        if lines and isinstance(found, dict):
            listed = found.get("data") or found.get("results") or []
            text = "\n".join(json.dumps(one) for one in listed) if isinstance(listed, list) else ""
        converted(name, {OBJECTS[name]: text.encode()})

    tried()


def workbook() -> bytes:
    """Return the deals of the fixture as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    for line in (FIXTURES / "pitchbook" / "deals.csv").read_text(encoding="utf-8").splitlines():
        sheet.append(line.split(","))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@cases(25)
@given(DAMAGE)
def test_a_damaged_workbook_gives_one_sentence_or_whole_tables(steps: list[Step]) -> None:
    converted("pitchbook", {"deals.xlsx": damaged(workbook(), steps)})


@cases(15)
@given(DAMAGE)
def test_a_damaged_parquet_file_gives_one_sentence_or_whole_tables(steps: list[Step]) -> None:
    converted("table", {"filings.parquet": damaged(parquet(), steps)})


def parquet() -> bytes:
    """Return the table of the fixture as Parquet."""
    import pyarrow.csv as arrow_csv  # noqa: PLC0415 - only here

    options = arrow_csv.ParseOptions(delimiter=";")
    rows = arrow_csv.read_csv(FIXTURES / "table" / "filings.csv", parse_options=options)
    stream = io.BytesIO()
    pq.write_table(rows, stream)
    return stream.getvalue()


@pytest.mark.parametrize("path", kept("readers"), ids=lambda path: path.name)
def test_what_once_went_wrong(path: Path) -> None:
    name, _, file = path.name.partition("--")
    converted(name, {file.split("--")[-1]: path.read_bytes()})
