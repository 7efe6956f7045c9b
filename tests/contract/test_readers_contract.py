"""Every reader of the registry, on files of its documented layout, whole and broken."""

from __future__ import annotations

import csv
import gzip
import json
import shutil
import zipfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest

from hubscan import opening, readers
from hubscan.errors import InputError
from hubscan.readers.parts import ADDRESSES, DOCUMENTS
from hubscan.readers.recognition import UNUSABLE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from hubscan.readers import Ingested
    from hubscan.watching import StageRecord

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "readers"
NAMES = [source.name for source in readers.SOURCES]
MAIN = {
    "patstat": "tls201_appln_part01.csv",
    "regpat": "202501_PCT_Inv_reg.txt",
    "regpat-epo": "202501_EPO_Inv_reg.txt",
    "patentsview": "g_patent.tsv",
    "patentsview-pregrant": "pg_published_application.tsv",
    "lens": "answer-1.json",
    "wos": "savedrecs.txt",
    "openalex": "page-1.json",
    "scopus": "scopus.csv",
    "affiliations": "affiliations.csv",
    "crunchbase": "funding_rounds.csv",
    "crunchbase-rounds": "rounds.csv",
    "crunchbase-2013": "funding_rounds.csv",
    "pitchbook": "deals.csv",
    "dealroom": "companies.csv",
    "table": "filings.csv",
}
# documents and addresses of the little world behind the fixtures, and what each adds to it
WORLD = {"patents": (6, 9), "publications": (6, 9), "deals": (7, 7)}
MORE = {
    "wos": (1, 0),
    "scopus": (1, 1),
    "openalex": (1, 2),
    "crunchbase": (2, 2),
    "pitchbook": (2, 2),
}


SOME = ("patentsview", "wos", "openalex")
MOST_SLOW = [*SOME, *(pytest.param(n, marks=pytest.mark.slow) for n in NAMES if n not in SOME)]


class Recorder:
    """A watcher that keeps its records."""

    def __init__(self) -> None:
        self.records: list[StageRecord] = []

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: StageRecord) -> None:
        """Keep the record."""
        self.records.append(record)


def converted(name: str, out: Path, paths: Sequence[Path] = (), **more: object) -> Ingested:
    mapping = readers.read_mapping(FIXTURES / "table" / "mapping.toml") if name == "table" else None
    found = list(paths) or [FIXTURES / name]
    found = [path / MAIN[name] if name == "table" and path.is_dir() else path for path in found]
    watcher = more.pop("watcher", Recorder())
    options = readers.Options(mapping=mapping, threads=1, **more)  # type: ignore[arg-type] - of Options
    source = readers.source_named(name)
    return readers.convert(source, found, out, options=options, watcher=watcher)  # type: ignore[arg-type] - as above


@dataclass(frozen=True)
class Converted:
    """A source's own fixture converted, and where."""

    name: str
    done: Ingested
    out: Path

    @property
    def tables(self) -> tuple[pa.Table, pa.Table]:
        """Documents and addresses."""
        return tables(self.out, self.done.source.indicator)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Converted]:
    """Return what converts a source's own fixture, once."""

    @cache
    def made(name: str) -> Converted:
        out = tmp_path_factory.mktemp(name) / "out"
        return Converted(name, converted(name, out), out)

    return made


def tables(out: Path, indicator: str) -> tuple[pa.Table, pa.Table]:
    documents, addresses = (
        pq.read_table(out / f"{indicator}-{kind}.parquet") for kind in ("documents", "addresses")
    )
    return documents, addresses


@pytest.mark.parametrize("name", NAMES)
def test_a_source_gives_the_canonical_tables_and_accounts_for_every_row(
    name: str, plain: Callable[[str], Converted]
) -> None:
    done = plain(name).done
    documents, addresses = plain(name).tables
    assert documents.schema == DOCUMENTS
    assert addresses.schema == ADDRESSES
    expected = tuple(
        a + b for a, b in zip(WORLD[done.source.indicator], MORE.get(name, (0, 0)), strict=True)
    )
    assert (len(documents), len(addresses)) == expected
    ids = documents["document_id"].to_pylist()
    assert ids == sorted(set(ids))
    assert set(addresses["document_id"].to_pylist()) <= set(ids)
    pairs = list(zip(addresses["document_id"].to_pylist(), addresses["sequence"].to_pylist()))  # noqa: B905 - one table
    assert pairs == sorted(set(pairs))
    for tally, rows in ((done.documents, documents), (done.addresses, addresses)):
        assert tally.read == tally.kept + sum(tally.rejected.values())
        assert tally.kept == len(rows)
    for file in done.files:
        for counts in (file["rows"], file["addresses"]):
            assert counts["read"] == counts["kept"] + sum(counts["rejected"].values())
        assert file["rows"]["read"] > 0
        assert len(file["sha256"]) == 64
    assert done.passed_over == []


@pytest.mark.parametrize("name", NAMES)
def test_the_little_world_is_found_whole(name: str, plain: Callable[[str], Converted]) -> None:
    done = plain(name).done
    documents, addresses = plain(name).tables
    own = [city for city in addresses["city"].to_pylist() if city]
    more = MORE.get(name, (0, 0))[1]
    if done.source.indicator == "deals":
        assert (own.count("Boston"), own.count("Kobe"), own.count("Munich")) == (4 + more, 2, 1)
    else:
        assert (own.count("Boston"), own.count("Kobe"), own.count("Munich")) == (5 + more, 3, 1)
    years = documents["year"].to_pylist()
    assert set(years) <= {2021, 2022, 2023}
    assert None not in addresses["country"].to_pylist()


@pytest.mark.parametrize("name", NAMES)
def test_the_folder_is_ready_for_a_run(name: str, plain: Callable[[str], Converted]) -> None:
    out = plain(name).out
    inputs = opening.read_inputs(out / "inputs.toml")
    (source,) = inputs.source
    assert source.documents is not None
    assert {"city", "region", "country", "document_id", "sequence"} <= set(source.columns)
    record = json.loads((out / "ingest.json").read_text(encoding="utf-8"))
    assert list(record["sources"]) == [source.indicator]
    header = (out / "rejected.csv").read_text(encoding="utf-8").splitlines()[0]
    assert header == "source,file,row,reason,values"
    left = {path.name for path in out.iterdir()}
    assert left == {
        "inputs.toml", "ingest.json", "rejected.csv",
        f"{source.indicator}-documents.parquet", f"{source.indicator}-addresses.parquet",
    }  # fmt: skip


@pytest.mark.parametrize("name", MOST_SLOW)
def test_the_same_files_give_the_same_bytes_and_are_read_once(
    name: str, plain: Callable[[str], Converted]
) -> None:
    first = {path.name: path.read_bytes() for path in plain(name).out.iterdir()}
    again, out = Recorder(), plain(name).out.with_name("again")
    converted(name, out, watcher=again)
    assert {path.name: path.read_bytes() for path in out.iterdir()} == first
    assert all(record.reused for record in again.records if record.stage != "assemble")
    assert len(again.records) > 1


def broken_copy(name: str, tmp_path: Path, content: bytes, suffix: str = "") -> Path:
    folder = tmp_path / name
    shutil.copytree(FIXTURES / name, folder)
    found = next(folder.rglob(MAIN[name]))
    found.unlink()
    (found.parent / (MAIN[name] + suffix)).write_bytes(content)
    return found.parent / (MAIN[name] + suffix)


def one_sentence(name: str, path: Path, tmp_path: Path) -> str:
    with pytest.raises(InputError) as caught:
        converted(name, tmp_path / "out", [path])
    said = str(caught.value)
    assert "\n" not in said
    assert path.name in said
    assert not (tmp_path / "out").exists()
    return said


@pytest.mark.parametrize("name", NAMES)
def test_an_empty_file_is_named(name: str, tmp_path: Path) -> None:
    said = one_sentence(name, broken_copy(name, tmp_path, b"\n \n"), tmp_path)
    assert "an empty file" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_file_of_numbers_is_named(name: str, tmp_path: Path) -> None:
    said = one_sentence(name, broken_copy(name, tmp_path, bytes(range(256)) * 8), tmp_path)
    assert "not of text" in said


@pytest.mark.parametrize("name", NAMES)
def test_another_header_is_named_with_what_is_needed(name: str, tmp_path: Path) -> None:
    path = broken_copy(name, tmp_path, b"alpha,beta\n1,2\n")
    said = one_sentence(name, path, tmp_path)
    assert "alpha,beta" in said
    assert "hubscan ingest table" in said


@pytest.mark.parametrize("name", NAMES)
def test_a_packed_file_cut_short_is_named(name: str, tmp_path: Path) -> None:
    whole = gzip.compress(next((FIXTURES / name).rglob(MAIN[name])).read_bytes() * 200, mtime=0)
    path = broken_copy(name, tmp_path, whole[: len(whole) // 2], ".gz")
    if name == "table":
        said = one_sentence(name, path, tmp_path)
    else:
        with pytest.raises(InputError) as caught:
            converted(name, tmp_path / "out", [path.parent])
        said = str(caught.value)
    assert path.name in said
    assert "cut short" in said


@pytest.mark.parametrize("name", [name for name in NAMES if name != "table"])
def test_a_file_of_one_source_given_to_another_names_its_own(name: str, tmp_path: Path) -> None:
    other = "scopus" if name != "scopus" else "wos"
    said = one_sentence(other, next((FIXTURES / name).rglob(MAIN[name])), tmp_path)
    assert said.endswith(f"hubscan ingest {name}")


@pytest.mark.parametrize("name", MOST_SLOW)
def test_files_inside_archives_are_read_as_they_are(
    name: str, tmp_path: Path, plain: Callable[[str], Converted]
) -> None:
    archive = tmp_path / "all.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for path in sorted((FIXTURES / name).rglob("*")):
            if path.is_file() and path.suffix != ".toml":
                packed.write(path, path.relative_to(FIXTURES / name).as_posix())
        packed.writestr("__MACOSX/._x.csv", b"\x00\x05")
    done = converted(name, tmp_path / "out", [archive])
    assert done.documents.content() == plain(name).done.documents.content()
    assert tables(tmp_path / "out", done.source.indicator) == plain(name).tables


@pytest.mark.parametrize("name", ["patstat", "regpat", "patentsview", "crunchbase", "affiliations"])
def test_the_order_of_rows_changes_nothing(
    name: str, tmp_path: Path, plain: Callable[[str], Converted]
) -> None:
    folder = tmp_path / "shuffled"
    shutil.copytree(FIXTURES / name, folder)
    for path in folder.iterdir():
        first, *rows = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text(first + "".join(reversed(rows)), encoding="utf-8", newline="")
    done = converted(name, tmp_path / "out", [folder])
    shuffled, straight = tables(tmp_path / "out", done.source.indicator), plain(name).tables
    assert shuffled[0] == straight[0]
    # affiliations are listed in the order of rows; which there are does not depend on it
    columns = ["document_id", "city", "country", "address"]
    order = [(column, "ascending") for column in columns]
    assert shuffled[1].select(columns).sort_by(order) == straight[1].select(columns).sort_by(order)


@pytest.mark.parametrize("name", ["pitchbook", "dealroom", "table"])
def test_workbooks_give_what_their_csv_gives(
    name: str, tmp_path: Path, plain: Callable[[str], Converted]
) -> None:
    folder = tmp_path / "books"
    folder.mkdir()
    for path in (FIXTURES / name).glob("*.csv"):
        book = openpyxl.Workbook()
        sheet = book.active
        sheet.title = "Data"
        with path.open(encoding="utf-8", newline="") as text:
            for row in csv.reader(text, delimiter=";" if name == "table" else ","):
                sheet.append(row)
        book.save(folder / f"{path.stem}.xlsx")
    paths = [folder / "filings.xlsx"] if name == "table" else [folder]
    done = converted(name, tmp_path / "out", paths)
    assert tables(tmp_path / "out", done.source.indicator) == plain(name).tables


def test_a_table_may_be_parquet(tmp_path: Path, plain: Callable[[str], Converted]) -> None:
    options = arrow_csv.ParseOptions(delimiter=";")
    rows = arrow_csv.read_csv(FIXTURES / "table" / "filings.csv", parse_options=options)
    pq.write_table(rows, tmp_path / "filings.parquet")
    done = converted("table", tmp_path / "out", [tmp_path / "filings.parquet"])
    assert done.documents.rejected == {"document_id is empty": 1}
    assert tables(tmp_path / "out", "patents")[1] == plain("table").tables[1]


def test_two_indicators_share_a_folder_and_a_third_source_is_refused(tmp_path: Path) -> None:
    converted("wos", tmp_path / "out")
    converted("patentsview", tmp_path / "out")
    inputs = opening.read_inputs(tmp_path / "out" / "inputs.toml")
    assert [source.name for source in inputs.source] == ["patentsview", "wos"]
    assert len(inputs.attribution) == 2
    before = (tmp_path / "out" / "ingest.json").read_bytes()
    with pytest.raises(InputError, match="has publications from Web of Science already"):
        converted("scopus", tmp_path / "out")
    assert (tmp_path / "out" / "ingest.json").read_bytes() == before


def test_one_economy_alone(tmp_path: Path) -> None:
    done = converted("patentsview", tmp_path / "out", countries=("JP",))
    documents, addresses = tables(tmp_path / "out", "patents")
    assert set(addresses["country"].to_pylist()) == {"JP"}
    assert documents["document_id"].to_pylist() == ["11000002", "11000004"]
    assert done.documents.rejected["no address of it is in JP"] == 4
    assert done.addresses.rejected["the address is not in JP"] == 6


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("lens.csv", "#,Jurisdiction,Kind,Lens ID,Title\n", "which has no addresses"),
        ("lens.csv", "Lens ID,Title,Publication Type\n", "which has no affiliations"),
        ("scopus.csv", "Authors,Title,EID\n", "Affiliations ticked"),
        ("records.txt", "PT\tAU\tUT\nJ\tDoe\t1\n", "Full Record"),
        ("refs.bib", "@article{a,\n title={b}}\n", "BibTeX"),
        ("refs.ris", "TY  - JOUR\nER  - \n", "RIS"),
        ("page.csv", "<!DOCTYPE html><html></html>\n", "the download failed"),
        ("export.7z", "7z\xbc\xaf\x27\x1c", "unpack it first"),
        ("old.xls", "\xd0\xcf\x11\xe0", "old kind"),
        ("report.pdf", "%PDF-1.7", "a PDF"),
    ],
)
def test_exports_that_cannot_serve_are_told_apart(
    name: str, content: str, said: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content.encode("latin-1"))
    assert said in one_sentence("crunchbase", path, tmp_path)


def test_every_unusable_kind_says_what_to_do() -> None:
    assert len(UNUSABLE) >= 10
    assert all(kind.instead and not kind.instead.endswith(".") for kind in UNUSABLE)


REAL = [
    ("wos", "exports-bibliographic/wos_tagged_2015.txt", 60, 134),
    ("wos", "exports-bibliographic/wos_tagged_2026.txt", 8, 16),
    ("scopus", "exports-bibliographic/scopus_2026.csv", 8, 14),
    ("openalex", "exports-bibliographic/openalex_web_2026.csv", 8, 12),
    ("affiliations", "affiliations-plos/author_affiliations.csv", 109, 558),
    ("crunchbase-rounds", "vc-us-2013/crunchbase_rounds_10_2013_sample.csv", 2878, 2878),
]


@pytest.mark.parametrize(("name", "file", "documents", "addresses"), REAL)
def test_genuine_exports_are_read_whole(
    name: str, file: str, documents: int, addresses: int, shared: Path, tmp_path: Path
) -> None:
    done = converted(name, tmp_path / "out", [shared / "data" / file])
    assert (done.documents.kept, done.addresses.kept) == (documents, addresses)
    assert "the row has another number of columns than the header" not in done.documents.rejected


def test_the_genuine_csv_of_lens_is_refused(shared: Path, tmp_path: Path) -> None:
    path = shared / "data" / "exports-bibliographic" / "lens_scholarly_2026.csv"
    assert "no affiliations" in one_sentence("lens", path, tmp_path)
