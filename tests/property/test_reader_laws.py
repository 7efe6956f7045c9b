"""Laws of readers: nothing is lost, whatever the rows; text comes through whatever its encoding."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from hubscan import readers
from hubscan.readers.parts import Opened
from hubscan.readers.postal import affiliation, street_address
from hubscan.readers.records import joined
from hubscan.readers.sink import sink_into
from hubscan.readers.streams import CleanText, Member, head
from hubscan.readers.webofscience import split_addresses

WORDS = st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=12)


@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\r\0"), min_size=1))
def test_text_comes_through_whatever_its_encoding(text: str) -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16"):
        if encoding == "utf-8" and text.startswith("\ufeff"):
            continue
        stream = CleanText(io.BytesIO(text.encode(encoding)), fallback=None)
        assert stream.read().decode() == text
        assert stream.replaced == 0


@given(st.binary(max_size=200))
def test_every_byte_is_read_or_counted(content: bytes) -> None:
    stream = CleanText(io.BytesIO(content), fallback="latin-1")
    stream.read()
    assert 0 <= stream.replaced <= len(content)


FIELD = st.text(st.characters(categories=("L", "N"), include_characters=' ",\n'), max_size=6)
ROWS = st.lists(st.lists(FIELD, min_size=1, max_size=5), max_size=12)


@settings(max_examples=40)
@given(ROWS)
def test_rows_read_are_rows_kept_and_rows_rejected(rows: list[list[str]]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=csv.QUOTE_ALL)
    header = ["company_permalink", "funding_round_type", "funded_at"]
    writer.writerow(header)
    writer.writerows(rows)
    part = readers.source_named("crunchbase-rounds").parts[0]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "rounds.csv"
        path.write_text(text.getvalue(), encoding="utf-8", newline="")
        member = Member(path)
        with sink_into(Path(folder) / "staged", part.tables, file="rounds.csv") as sink:
            part.staged(Opened(member, head(member), None), sink)
        assert sink.rows.read == len(rows)
        good = [row for row in rows if len(row) == len(header) and row[0].strip()]
        assert sink.rows.kept == len(good)
        assert sink.rows.rejected.total() == len(rows) - len(good)


@given(st.lists(WORDS, max_size=6))
def test_labels_are_joined_so_that_they_come_apart_again(labels: list[str]) -> None:
    text = joined(labels)
    parts = text.split("; ") if text else []
    assert parts == list(dict.fromkeys(parts))
    assert all(part.strip() for part in parts)
    assert joined(parts) == text


@given(st.lists(WORDS, max_size=6))
def test_any_address_can_be_read(parts: list[str]) -> None:
    text = ", ".join(parts)
    for read in (affiliation, street_address):
        found = read(text)
        assert found == read(text)
        assert found.latitude is None


NAMES = st.text("ABC abc", min_size=1, max_size=6).filter(str.strip)


@given(st.lists(st.tuples(st.lists(NAMES, max_size=2), NAMES), min_size=1, max_size=4))
def test_addresses_of_a_cell_come_apart_whatever_their_authors(
    listed: list[tuple[list[str], str]],
) -> None:
    cell = "; ".join(
        (f"[{'; '.join(authors)}] " if authors else "") + place for authors, place in listed
    )
    found = [part.rsplit("]", 1)[-1].strip() for part in split_addresses(cell)]
    assert found == [place.strip() for _, place in listed]
