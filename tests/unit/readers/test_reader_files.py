"""What readers do with odd files: malformed rows, missing columns, unfinished records."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest

from hubscan import readers
from hubscan.errors import InputError
from hubscan.readers import patstat, webofscience
from hubscan.readers.deals import OTHER, TYPES, plain_type
from hubscan.readers.mapping import UserMapping

if TYPE_CHECKING:
    from hubscan.readers import Ingested

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "readers"


class Nobody:
    """A watcher that takes note of nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def read(name: str, *paths: Path, out: Path, **more: object) -> Ingested:
    options = readers.Options(threads=1, **more)  # type: ignore[arg-type] - of Options
    source = readers.source_named(name)
    return readers.convert(source, list(paths), out, options=options, watcher=Nobody())


def rows(out: Path, indicator: str, kind: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = pq.read_table(out / f"{indicator}-{kind}.parquet").to_pylist()
    return found


def test_rows_of_another_length_are_rejected_with_their_number(tmp_path: Path) -> None:
    folder = tmp_path / "patentsview"
    shutil.copytree(FIXTURES / "patentsview", folder)
    with (folder / "g_patent.tsv").open("a", encoding="utf-8") as text:
        text.write('"11000098"\t"utility"\n')
    done = read("patentsview", folder, out=tmp_path / "out")
    assert done.documents.rejected["the row has another number of columns than the header"] == 1
    listed = [row for row in done.rejected if "another number" in row["reason"]]
    assert [(row["file"], row["row"]) for row in listed] == [("g_patent.tsv", 10)]
    assert "11000098" in (tmp_path / "out" / "rejected.csv").read_text(encoding="utf-8")


def test_a_column_that_is_missing_is_named(tmp_path: Path) -> None:
    path = tmp_path / "records.tsv"
    path.write_text("patent_id\tpatent_type\tpatent_date\n1\tutility\t2020-01-01\n")
    with pytest.raises(InputError, match="of 0 addresses read none is left"):
        read("patentsview", path, out=tmp_path / "out")
    (tmp_path / "in.txt").write_text("pct_nbr|inv_name|reg_share\nWO1|X|1\n")
    with pytest.raises(InputError, match="no PCT_IPC"):
        read("regpat", tmp_path / "in.txt", out=tmp_path / "out")


def test_a_quote_that_is_never_closed_is_a_sentence_with_the_row(tmp_path: Path) -> None:
    path = tmp_path / "scopus.csv"
    good = 'EID,Year,Affiliations\n"2-s2.0-1",2020,"X, Kobe, Japan"\n'
    for end in ('"2-s2.0-2",2021,"X, Ko', '"' + "x," * 4_000_000):
        path.write_text(good + end)
        with pytest.raises(
            InputError, match=r"scopus\.csv: after row \d+: a quote is never closed"
        ):
            read("scopus", path, out=tmp_path / "out")


def test_a_row_cut_short_is_rejected_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "scopus.csv"
    path.write_text('EID,Year,Affiliations\n2-s2.0-1,2020,"X, Kobe, Japan"\n2-s2.0-2,20')
    done = read("scopus", path, out=tmp_path / "out")
    reason = "the row has another number of columns than the header"
    assert done.documents.rejected == {reason: 1}
    assert (done.documents.read, done.documents.kept) == (2, 1)


def test_a_record_without_its_end_is_named_with_the_line(tmp_path: Path) -> None:
    whole = (FIXTURES / "wos" / "savedrecs.txt").read_text(encoding="utf-8")
    path = tmp_path / "savedrecs.txt"
    path.write_text(whole[: whole.index("UT WOS:000000000000003")], encoding="utf-8")
    with pytest.raises(InputError, match=r"savedrecs\.txt: line \d+ .*has no ER line"):
        read("wos", path, out=tmp_path / "out")
    path.write_text("FN Clarivate\nVR 1.0\nPT J\nnonsense here\nER\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"savedrecs\.txt: line 4 is 'nonsense here'"):
        read("wos", path, out=tmp_path / "out")


def test_old_records_without_addresses_take_the_reprint_author(tmp_path: Path) -> None:
    path = tmp_path / "old.txt"
    path.write_text(
        "FN Thomson Reuters Web of Science\nVR 1.0\nPT J\nDT Article\nPY 1995\nUT WOS:A1\n"
        "RP Doe, J (reprint author), Kobe Univ, Kobe 657, Japan.\nER\nEF\n"
    )
    read("wos", path, out=tmp_path / "out")
    (found,) = rows(tmp_path / "out", "publications", "addresses")
    assert (found["organisation"], found["city"], found["country"]) == (
        "Kobe Univ",
        "Kobe",
        "Japan",
    )


def test_tab_exports_in_utf16_are_read(tmp_path: Path) -> None:
    path = tmp_path / "savedrecs.txt"
    text = "PT\tAU\tDT\tC1\tPY\tUT\nJ\tDoe\tArticle\tUniv Köln, D-50923 Köln, Germany.\t2020\tW1\n"
    path.write_bytes(text.encode("utf-16"))
    read("wos", path, out=tmp_path / "out")
    (found,) = rows(tmp_path / "out", "publications", "addresses")
    assert (found["organisation"], found["city"], found["postcode"]) == (
        "Univ Köln", "Köln", "D-50923",
    )  # fmt: skip


def test_a_cell_beyond_all_measure_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("Deal ID,Company ID,Deal Date,HQ City\n1,2,2020-01-01," + "x" * 200_000 + "\n")
    with pytest.raises(InputError, match=r"deals\.csv: line 2: can't be read"):
        read("pitchbook", path, out=tmp_path / "out")


def test_articles_outside_the_index_say_so() -> None:
    kind = webofscience._kind  # noqa: SLF001 - the rule itself
    assert kind("Article; Proceedings Paper", "") == "article"
    assert kind("Proceedings Paper", "") == "proceedings paper"
    emerging = "Emerging Sources Citation Index (ESCI)"
    assert kind("Article", emerging) == "article outside SCI-EXPANDED"
    assert (
        kind("Article", f"{emerging}; Science Citation Index Expanded (SCI-EXPANDED)") == "article"
    )


def test_patstat_takes_inventors_as_published_and_falls_back(tmp_path: Path) -> None:
    done = read("patstat", FIXTURES / "patstat", out=tmp_path / "out")
    found = rows(tmp_path / "out", "patents", "addresses")
    assert [row["sequence"] for row in found] == [1, 2, 1, 2, 1, 1, 2, 1, 1]
    # application 104 is in tls207 only, application 101 in both
    assert [row["city"] for row in found if row["document_id"] == "104"] == ["Kobe", "Kobe"]
    assert done.addresses.rejected[patstat.ELSEWHERE] == 2
    assert done.addresses.rejected[patstat.NO_PERSON] == 1
    # the original with a city is preferred, the first publication dates the application
    assert {row["postcode"] for row in found if row["city"] == "Kobe"} == {"650-0047"}
    documents = {row["document_id"]: row for row in rows(tmp_path / "out", "patents", "documents")}
    assert documents["101"]["date"] == "2021-03-01"
    assert documents["103"]["fields"] == "14; 16"


def test_junk_countries_of_patstat_are_missing(tmp_path: Path) -> None:
    folder = tmp_path / "patstat"
    shutil.copytree(FIXTURES / "patstat", folder)
    path = folder / "tls206_person_part01.csv"
    path.write_text(path.read_text(encoding="utf-8").replace('"US"', '"@@"'), encoding="utf-8")
    read("patstat", folder, out=tmp_path / "out")
    countries = {row["country"] for row in rows(tmp_path / "out", "patents", "addresses")}
    assert countries == {None, "JP", "DE"}


def test_namibia_is_a_country(tmp_path: Path) -> None:
    folder = tmp_path / "patentsview"
    shutil.copytree(FIXTURES / "patentsview", folder)
    for path in folder.glob("g_location*"):
        path.write_text(path.read_text(encoding="utf-8").replace('"JP"', '"NA"'), encoding="utf-8")
    read("patentsview", folder, out=tmp_path / "out", countries=("NA",))
    countries = {row["country"] for row in rows(tmp_path / "out", "patents", "addresses")}
    assert countries == {"NA"}


def test_an_interrupted_conversion_goes_on_and_leaves_no_half(tmp_path: Path) -> None:
    folder = tmp_path / "patentsview"
    shutil.copytree(FIXTURES / "patentsview", folder)
    good = (folder / "g_patent.tsv").read_bytes()
    (folder / "g_patent.tsv").write_bytes(b"\n")
    with pytest.raises(InputError):
        read("patentsview", folder, out=tmp_path / "out")
    assert not (tmp_path / "out").exists()
    (folder / "g_patent.tsv").write_bytes(good)
    assert read("patentsview", folder, out=tmp_path / "out").documents.kept == 6
    leftovers = [path.name for path in (tmp_path / ".hubscan").glob("assembled*")]
    assert leftovers == []


def test_lines_of_json_that_are_broken_are_rejected_one_by_one(tmp_path: Path) -> None:
    folder = tmp_path / "openalex"
    shutil.copytree(FIXTURES / "openalex", folder)
    path = next(folder.rglob("works/**/*.jsonl"))
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([*lines[:1], '{"id": ', *lines[1:]]) + "\n", encoding="utf-8")
    done = read("openalex", folder, out=tmp_path / "out")
    reason = "the line is no JSON record, or a value is not of its type"
    assert done.documents.rejected[reason] == 1
    assert [row["row"] for row in done.rejected if row["reason"] == reason] == [2]
    assert done.documents.kept == 7


@pytest.mark.parametrize("line", ["null", " null ", "null{}"])
def test_a_line_that_is_null_is_rejected_among_broken_ones(tmp_path: Path, line: str) -> None:
    # Arrow's parser of JSON ends the process when a null comes first
    folder = tmp_path / "openalex"
    shutil.copytree(FIXTURES / "openalex", folder)
    path = next(folder.rglob("works/**/*.jsonl"))
    lines = path.read_text(encoding="utf-8").splitlines()
    mixed = [*lines[:1], '{"id": ', line, *lines[1:]]
    path.write_text("\n".join(mixed) + "\n", encoding="utf-8")
    done = read("openalex", folder, out=tmp_path / "out")
    reason = "the line is no JSON record, or a value is not of its type"
    assert [row["row"] for row in done.rejected if row["reason"] == reason] == [2, 3]
    assert done.documents.kept == 7


def test_openalex_without_institutions_keeps_their_names(tmp_path: Path) -> None:
    path = next((FIXTURES / "openalex").rglob("works/**/*.jsonl"))
    read("openalex", path, out=tmp_path / "out")
    found = rows(tmp_path / "out", "publications", "addresses")
    assert {row["organisation"] for row in found} == {
        "Institution I1", "Institution I12", "Institution I2",
    }  # fmt: skip
    assert all(row["latitude"] is None and row["country"] for row in found)


def test_types_of_deals_are_known_once() -> None:
    assert set(TYPES).isdisjoint(OTHER)
    assert all(text == plain_type(text) for text in (*TYPES, *OTHER))
    assert {"seed", "early stage", "later stage", "accelerator", "debt"} <= set(TYPES.values())


def test_a_round_listed_once_for_each_investor_is_one_deal(tmp_path: Path) -> None:
    path = tmp_path / "investments.csv"
    path.write_text(
        "company_permalink,company_name,company_country_code,company_state_code,company_city,"
        "funding_round_permalink,funding_round_type,funded_at,raised_amount_usd,investor_name\n"
        "/o/a,A,USA,MA,Boston,/r/1,venture,2014-05-01,10,X\n"
        "/o/a,A,USA,MA,Boston,/r/1,venture,2014-05-01,10,Y\n"
    )
    done = read("crunchbase-rounds", path, out=tmp_path / "out")
    assert (done.documents.read, done.documents.kept, done.addresses.kept) == (2, 1, 1)


def mapping(**changes: object) -> dict[str, object]:
    columns = {"document_id": "id", "year": "y", "city": "town", "country": "cc"}
    return {"source": {"indicator": "patents"}, "columns": columns, **changes}


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"columns": {"document_id": "id", "year": "y"}}, "name no place"),
        ({"columns": {"document_id": "id", "city": "t"}}, "name no year"),
        ({"columns": {"year": "y", "city": "t"}}, "document_id is missing"),
        ({"split": {"colour": ";"}}, "colour is not known"),
        ({"source": {"indicator": "patents", "grain": "row"}}, "grain"),
        ({"sauce": {}}, "sauce is not known|Extra inputs"),
    ],
)
def test_mappings_that_contradict_themselves(
    changes: dict[str, object], sentence: str, tmp_path: Path
) -> None:
    import tomli_w  # noqa: PLC0415 - beside its use

    path = tmp_path / "mapping.toml"
    path.write_text(tomli_w.dumps(mapping(**changes)))
    with pytest.raises(InputError, match=sentence):
        readers.read_mapping(path)


def test_lists_in_cells_are_taken_apart_together(tmp_path: Path) -> None:
    path = tmp_path / "filings.csv"
    path.write_text("id,y,town,cc\n1,2020,Kobe|Nara,JP|JP\n2,2020,Kobe|Nara,JP\n3,2021,Nara,JP\n")
    split = {"city": "|", "country": "|"}
    described = {"indicator": "patents", "grain": "document"}
    told = UserMapping.model_validate(mapping(split=split, source=described))
    done = read("table", path, out=tmp_path / "out", mapping=told)
    assert done.documents.rejected == {"lists in its cells have different lengths": 1}
    found = rows(tmp_path / "out", "patents", "addresses")
    assert [(row["document_id"], row["city"]) for row in found] == [
        ("1", "Kobe"), ("1", "Nara"), ("3", "Nara"),
    ]  # fmt: skip


def test_what_is_kept_without_a_place_is_counted(tmp_path: Path) -> None:
    folder = tmp_path / "patentsview"
    shutil.copytree(FIXTURES / "patentsview", folder)
    for path in folder.glob("g_location*"):
        first = path.read_text(encoding="utf-8").splitlines()[0]
        path.write_text(first + "\n", encoding="utf-8")
    for path in folder.glob("g_inventor*"):
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        path.write_text("".join(line for line in lines if "11000006" not in line))
    done = read("patentsview", folder, out=tmp_path / "out")
    assert done.notes == {
        "documents without an address": 1,
        "addresses without a city, coordinates or text": 8,
    }


def test_works_whose_authors_were_cut_are_counted(tmp_path: Path) -> None:
    whole = (FIXTURES / "openalex" / "page-1.json").read_text(encoding="utf-8")
    page = json.loads(whole)
    page["results"][0]["is_authors_truncated"] = True
    path = tmp_path / "page.json"
    path.write_text(json.dumps(page))
    done = read("openalex", path, out=tmp_path / "out")
    assert done.notes["works whose list of authors the API cut at 100"] == 1


def test_retracted_works_of_the_csv_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "works.csv"
    path.write_text(
        "id,publication_year,type,is_retracted,primary_location.source.type,"
        "authorships.institutions.id,authorships.institutions.display_name\n"
        "https://openalex.org/W1,2020,article,False,journal,https://openalex.org/I1|"
        "https://openalex.org/I1,A|A\n"
        "https://openalex.org/W2,2020,article,True,journal,https://openalex.org/I1,A\n"
    )
    done = read("openalex", path, out=tmp_path / "out")
    assert done.documents.content() == {"read": 2, "kept": 1, "rejected": {"retracted": 1}}
    assert done.addresses.kept == 1


def test_an_unknown_encoding_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--encoding klingon: is not known"):
        read("scopus", FIXTURES / "scopus", out=tmp_path / "out", encoding="klingon")


def test_settings_are_recorded(tmp_path: Path) -> None:
    read("scopus", FIXTURES / "scopus", out=tmp_path / "out", encoding="cp1252", countries=("JP",))
    record = json.loads((tmp_path / "out" / "ingest.json").read_text(encoding="utf-8"))
    settings = record["sources"]["publications"]["settings"]
    assert settings == {"encoding": "cp1252", "countries": ["JP"], "mapping": None}
