"""Files as streams: encodings, marks, ends of line, archives, JSON lists."""

from __future__ import annotations

import gzip
import io
import json
import tarfile
import zipfile
from typing import TYPE_CHECKING

import pytest

from hubscan.errors import InputError
from hubscan.readers.json_stream import is_lines, json_lines, listed_records
from hubscan.readers.streams import CleanText, Member, clean_text, head, members

if TYPE_CHECKING:
    from pathlib import Path

TEXT = "id,town\n1,Köln\n2,München\n"


def clean(content: bytes, fallback: str | None = None) -> tuple[str, int]:
    stream = CleanText(io.BytesIO(content), fallback=fallback)
    return stream.read().decode(), stream.replaced


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_marks_tell_the_encoding(encoding: str) -> None:
    assert clean(TEXT.encode(encoding)) == (TEXT, 0)


@pytest.mark.parametrize(
    ("fallback", "read", "replaced"),
    [("latin-1", "Köln", 1), ("cp1252", "Köln", 1), (None, "K\ufffdln", 1)],
)  # fmt: skip
def test_bytes_that_are_not_utf8_are_counted(
    fallback: str | None, read: str, replaced: int
) -> None:
    assert clean(b"K\xf6ln", fallback) == (read, replaced)


def test_a_letter_cut_by_a_block_is_whole() -> None:
    text = "a" * 65_535 + "é" * 700_000
    assert clean(text.encode()) == (text, 0)


def test_lone_returns_become_line_feeds_and_pairs_stay() -> None:
    assert clean(b"a\rb\rc")[0] == "a\nb\nc"
    assert clean(b"a\r\nb")[0] == "a\r\nb"


def test_lines_are_counted_as_they_are_read() -> None:
    stream = CleanText(io.BytesIO(b"a\nb\nc"), fallback=None)
    stream.read(2)
    assert stream.lines == 1
    stream.read()
    assert stream.lines == 2


def test_members_of_archives_are_listed_by_name_without_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "parts.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("b.csv", "a.csv", "__MACOSX/._a.csv", ".hidden"):
            archive.writestr(name, TEXT)
    assert [member.inside for member in members(path)] == ["a.csv", "b.csv"]
    with members(path)[0].opened() as stream:
        assert stream.read().decode() == TEXT


def test_a_tar_of_gz_files_is_read_through(tmp_path: Path) -> None:
    inner = tmp_path / "a.csv.gz"
    inner.write_bytes(gzip.compress(TEXT.encode()))
    path = tmp_path / "bulk.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        archive.add(inner, "export/a.csv.gz")
    (member,) = members(path)
    assert member.plain_name == "a.csv"
    with clean_text(member, fallback=None) as text:
        assert text.read().decode() == TEXT


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"", "empty"),
        (b" \r\n", "empty"),
        (b"a,b\n", "text"),
        (b"a\0b", "binary"),
        ("a".encode("utf-16"), "text"),
        (b"%PDF-1", "pdf"),
        (b"PAR1xx", "parquet"),
        (b"PK\x03\x04", "zip"),
    ],
)
def test_kinds_are_told_by_first_bytes(content: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    assert head(Member(path)).kind == kind


def test_a_broken_zip_is_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "x.zip"
    path.write_bytes(b"PK\x03\x04 and no more")
    with pytest.raises(InputError, match=r"x\.zip: the archive is broken or cut short"):
        members(path)


def records(text: str) -> list[object]:
    return list(listed_records(CleanText(io.BytesIO(text.encode()), fallback=None), where="x.json"))


def test_records_of_a_list_come_one_by_one() -> None:
    assert records('{"meta": {"n": 2}, "results": [{"a": 1}, {"a": [2]}]}') == [
        {"a": 1},
        {"a": [2]},
    ]
    assert records('[{"a": 1},\n {"a": 2}]') == [{"a": 1}, {"a": 2}]
    assert records('{"a": 1}') == [{"a": 1}]
    assert records('{"data": []}') == []


def test_a_record_longer_than_a_block_is_whole() -> None:
    long = [{"text": "é" * 900_000}, {"text": "b" * 1_200_000}]
    assert records(json.dumps({"results": long}, ensure_ascii=False)) == long


@pytest.mark.parametrize("shift", range(4))
def test_a_letter_cut_by_a_block_of_json_is_whole(shift: int) -> None:
    long = [{"text": "x" * shift + "\N{EARTH GLOBE ASIA-AUSTRALIA}" * 700_000}, {"text": "é"}]
    assert records(json.dumps({"results": long}, ensure_ascii=False)) == long


@pytest.mark.parametrize("text", ['{"results": [{"a": 1}, {"a": ', '{"results": [{"a": 1}'])
def test_a_list_cut_short_is_a_sentence(text: str) -> None:
    with pytest.raises(InputError, match=r"x\.json: line 1: the list ends within a record"):
        records(text)


def test_no_list_is_a_sentence() -> None:
    with pytest.raises(InputError, match="is not JSON with a list"):
        records("plain text")


def test_lines_keep_their_numbers_across_blocks() -> None:
    lines = [json.dumps({"i": i, "pad": "x" * 1000}) for i in range(9000)]
    text = CleanText(io.BytesIO("\n".join(lines).encode()), fallback=None)
    found = [
        (number, line)
        for first, block in json_lines(text, where="x.jsonl")
        for number, line in enumerate(block.splitlines(), first)
    ]
    assert [number for number, _ in found] == list(range(1, 9001))
    assert [line.decode() for _, line in found] == lines
    assert is_lines("\n".join(lines[:3]))
