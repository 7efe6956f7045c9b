"""Bombs and monsters: little files that unpack to much, endless lines, a million columns, names."""

from __future__ import annotations

import gzip
import io
import os
import resource
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import pytest

from hubscan import readers
from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "readers"
MEGA = 1 << 20
LONG = int(os.environ.get("HUBSCAN_LONG_LINE_MB", "150")) * MEGA
"""Bytes of the endless line: 2,000 MB in the long run."""

ALLOWED = 700 * MEGA
"""Memory that a conversion may take above what the modules take, whatever the file."""

CONVERT = """
import resource, sys
from pathlib import Path
from hubscan import readers
from hubscan.errors import HubscanError
class Silent:
    def begin(self, stage): pass
    def end(self, record): pass
name, folder, out = sys.argv[1:4]
mapping = readers.read_mapping(Path(sys.argv[4])) if len(sys.argv) > 4 else None
import hubscan.engine, duckdb, pyarrow, ibis.backends.duckdb, openpyxl
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    options = readers.Options(threads=1, mapping=mapping)
    done = readers.convert(
        readers.source_named(name), [Path(folder)], Path(out), options=options, watcher=Silent()
    )
    said = f"kept {done.documents.kept} of {done.documents.read}"
except HubscanError as error:
    said = f"error {error}"
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024)
print(said)
"""


def measured(*arguments: str) -> tuple[int, str]:
    """Return the memory that a conversion takes in a process of its own, and what it said."""
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-X", "faulthandler", "-c", CONVERT, *arguments],
        check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    memory, said = done.stdout.splitlines()[-2:]
    assert "Traceback" not in done.stderr
    return int(memory), said


def packed(path: Path, pieces: Callable[[], object], prefix: bytes) -> None:
    """Write a gzip file of a prefix and of equal pieces, as many as make the endless line."""
    with gzip.open(path, "wb", compresslevel=1) as out:
        out.write(prefix)
        for _ in range(LONG // MEGA):
            out.write(pieces())  # type: ignore[arg-type] - bytes


CASES = {
    "patentsview": ("g_patent.tsv", b""),
    "wos": ("savedrecs.txt", b""),
    "lens": ("answer-1.json", b'{"data": [{"lens_id": "1", "biblio": {}, "x": "'),
    "openalex": (
        "page-1.json", b'{"id": "https://openalex.org/W1", "title": "x"}\n{"id": "https://x/',
    ),
    "pitchbook": ("deals.csv", b""),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_an_endless_line_does_not_fill_the_memory(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(FIXTURES / name, folder)
    file, prefix = CASES[name]
    prefix = prefix or (folder / file).read_bytes() + b"PT J\nAB " * (name == "wos")
    (folder / file).unlink()
    packed(folder / f"{file}.gz", lambda: b"x" * MEGA, prefix)
    memory, said = measured(name, str(folder), str(tmp_path / "out"))
    assert memory < ALLOWED
    assert said.startswith("error ")
    assert file in said


def test_a_bomb_of_rows_takes_little_memory(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(FIXTURES / "affiliations", folder)
    file = next(folder.glob("*.csv"))
    header, first, *_ = file.read_bytes().split(b"\n")
    row = (first + b"\n") * (MEGA // (len(first) + 1))
    archive = folder / "bomb.zip"
    with (
        zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as out,
        out.open("affiliations.csv", "w") as inside,
    ):
        inside.write(header + b"\n")
        for _ in range(40):
            inside.write(row)
    file.unlink()
    assert archive.stat().st_size < MEGA
    memory, said = measured("affiliations", str(folder), str(tmp_path / "out"))
    assert memory < 2 * ALLOWED
    assert said.startswith("kept ")


def test_a_workbook_that_unpacks_to_far_more_is_refused(tmp_path: Path) -> None:
    book, plain = openpyxl.Workbook(), io.BytesIO()
    book.active.append(["Deal ID"])
    book.save(plain)
    folder = tmp_path / "in"
    folder.mkdir()
    with (
        zipfile.ZipFile(plain) as whole,
        zipfile.ZipFile(folder / "deals.xlsx", "w", zipfile.ZIP_DEFLATED) as out,
    ):
        for name in whole.namelist():
            if "sharedStrings" not in name:
                out.writestr(name, whole.read(name))
        with out.open("xl/sharedStrings.xml", "w") as texts:
            for _ in range(300):
                texts.write(b"<si><t>aaaaaaaaaaaaaaaaaaa</t></si>" * (MEGA // 35))
    memory, said = measured("pitchbook", str(folder), str(tmp_path / "out"))
    assert "unpacks to" in said
    assert memory < ALLOWED


@pytest.mark.parametrize("name", ["pitchbook", "patentsview", "affiliations"])
def test_a_million_columns(name: str, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    shutil.copytree(FIXTURES / name, folder)
    file = folder / (CASES[name][0] if name in CASES else "affiliations.csv")
    mark = b"\t" if file.suffix == ".tsv" else b","
    header, *rows = file.read_bytes().splitlines()
    many = mark.join(b"c%d" % k for k in range(10**6))
    wide = [header + mark + many, *(row + mark * 10**6 for row in rows[:3])]
    file.write_bytes(b"\n".join(wide) + b"\n")
    memory, said = measured(name, str(folder), str(tmp_path / "out"))
    assert memory < 3 * ALLOWED
    assert said.startswith(("error ", "kept "))


class Silent:
    """A watcher that says nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def test_names_inside_archives_never_become_paths(tmp_path: Path) -> None:
    archive = tmp_path / "in" / "all.zip"
    archive.parent.mkdir()
    with zipfile.ZipFile(archive, "w") as out:
        for path in (FIXTURES / "wos").iterdir():
            out.writestr(f"../../{path.name}", path.read_bytes())
            out.writestr(f"/etc/hubscan-{path.name}", path.read_bytes())
    before = {path for path in tmp_path.rglob("*") if "out" not in path.parts}
    readers.convert(
        readers.source_named("wos"), [archive], tmp_path / "work" / "out",
        options=readers.Options(threads=1), watcher=Silent(),
    )  # fmt: skip
    after = {path for path in tmp_path.rglob("*") if "work" not in path.relative_to(tmp_path).parts}
    assert after == before
    assert not list(Path("/etc").glob("hubscan-*"))


def test_a_file_that_grows_too_large_leaves_nothing_half(tmp_path: Path) -> None:
    child = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (700, 700));"
        "from hubscan import cli; sys.argv = ['hubscan', '-q', *sys.argv[1:]]; cli.main()"
    )
    arguments = ["ingest", "wos", str(FIXTURES / "wos"), "--out", str(tmp_path / "out")]
    done = subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-c", child, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 6
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith("error ")
    assert not list((tmp_path / "out").glob("*")) if (tmp_path / "out").exists() else True


def test_limits_are_of_this_process_only() -> None:
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY


def test_an_encoding_that_is_none_is_named(tmp_path: Path) -> None:
    options = readers.Options(encoding="base64", threads=1)
    with pytest.raises(InputError, match="base64"):
        readers.convert(
            readers.source_named("wos"), [FIXTURES / "wos"], tmp_path / "out",
            options=options, watcher=Silent(),
        )  # fmt: skip
