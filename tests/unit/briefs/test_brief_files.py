"""Briefs as files: two tagged pages, equal bytes, names as published, nothing typeset as code."""

from __future__ import annotations

import re
import sys
import zlib
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from hubscan import briefs, cli_brief, reference
from hubscan.briefs import letters
from hubscan.console import Screen
from hubscan.errors import InputError
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.run_folder import RunFolder

HOSTILE = '#panic("x") $ ] \\ @x <b> & `raw` *b* _i_ // c /* */ "q" \x00\n'


def unpacked(pdf: bytes) -> bytes:
    """Return a PDF with its compressed streams unpacked behind it."""
    parts = [pdf]
    for found in re.finditer(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL):
        try:
            parts.append(zlib.decompressobj().decompress(found[1]))
        except zlib.error:
            continue
    return b"\n".join(parts)


def renamed(path: Path, names: dict[int, str]) -> Path:
    """Give clusters of a run other names."""
    table = pd.read_parquet(path / "ranking.parquet")
    table["name"] = [names.get(c, n) for c, n in zip(table["cluster"], table["name"], strict=True)]
    table.to_parquet(path / "ranking.parquet", index=False)
    return path


def test_a_brief_is_two_tagged_pages_and_the_same_every_time(run_folder: RunFolder) -> None:
    made = [briefs.Press(briefs.material_of(run_folder)).pdf(1) for _ in range(2)]
    assert made[0] == made[1]
    content = unpacked(made[0])
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"/Lang", b"/Alt", b"pdfuaid:part"):
        assert mark in content
    assert b"innovation cluster brief" in content
    assert b"CreationDate" not in content
    assert b"/Count 2" in content


def test_what_was_printed_before_changes_nothing(another_run: Callable[..., Path]) -> None:
    folder = opened_runs([renamed(another_run("mixed"), {1: "東京"})])[0]
    alone = briefs.Press(briefs.material_of(folder)).pdf(3)
    press = briefs.Press(briefs.material_of(folder))
    press.pdf(1)
    assert press.pdf(3) == alone


@pytest.mark.parametrize(
    "name",
    [
        HOSTILE,
        "東京–横浜",
        "القاهرة",
        "\ue000\U000e0001",
        "Ab" * 200,
        "x y " * 80,
        "Łódź–Ærøskøbing",
    ],
)
def test_any_name_is_typeset_as_text_on_two_pages(
    another_run: Callable[..., Path], name: str
) -> None:
    folder = opened_runs([renamed(another_run("named"), {1: name, 2: name})])[0]
    press = briefs.Press(briefs.material_of(folder))
    assert len(press.pages(1, dots_per_inch=20.0)) == 2
    assert press.pdf(2).startswith(b"%PDF")


def test_long_lists_of_long_names_find_room(another_run: Callable[..., Path]) -> None:
    path = another_run("long")
    (path / "profiles").mkdir()
    rows = {"cluster": [1] * 10, "rank": range(1, 11), "count": [1.0] * 10, "share": [0.1] * 10}
    for name, column in (("top_applicants", "applicant"), ("top_organisations", "organisation")):
        long = [
            f"Establishment {k} of the International Consolidated Works " * 9 for k in range(10)
        ]
        pd.DataFrame({**rows, column: long}).to_parquet(path / "profiles" / f"{name}.parquet")
    press = briefs.Press(briefs.material_of(opened_runs([path])[0]))
    assert len(press.pages(1, dots_per_inch=20.0)) == 2


def test_letters_that_no_font_has_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_machine_fonts", tuple)
    found = letters.Letters()
    assert found.readable("東京", instead="Cluster 1") == "Cluster 1"
    assert found.readable("Tokyo 東京", instead="") == "Tokyo"
    assert (found.left_out, found.families) == (2, [letters.FAMILY])
    assert (
        letters.Letters().readable("Zürich Ἀθῆναι Łódź القاهرة", instead="").startswith("Zürich Ἀθ")
    )


def test_file_names_are_those_of_the_published_briefs() -> None:
    table = reference.published("clusters_2023_brief_urls").rename(columns={"cluster": "name"})
    published = table["url"].str.rpartition("/")[2].str.removesuffix(".pdf")
    codes = published.str.extract(r"^((?:[a-z]{2}-)+)")[0].str.strip("-").str.upper()
    named = table.assign(cluster=table["rank"], economies=codes.str.replace("-", " / "))
    found = briefs.file_names(named)
    differ = {
        n for n, r, p in zip(named["name"], named["rank"], published, strict=True) if found[r] != p
    }
    assert len(found) == 81
    # published under the name of its state
    assert differ == {"Dallas, TX"}


def test_file_names_do_not_collide() -> None:
    table = {
        "cluster": [4, 9, 2, 7],
        "rank": [1, 2, 3, 4],
        "name": ["Cambridge", "Cambridge, MA", "東京", "Côte–d'Or"],
        "economies": ["GB", "GB", "JP", None],
    }
    found = briefs.file_names(pd.DataFrame(table))
    assert found == {4: "gb-cambridge", 9: "gb-cambridge-9", 2: "jp-cluster-2", 7: "cote-dor"}


@pytest.fixture
def command() -> typer.Typer:
    """Return the command as the command line has it."""
    app = typer.Typer()

    @app.callback()
    def _options(context: typer.Context) -> None:
        context.obj = Screen(quiet=True, as_json=True)

    app.command()(cli_brief.brief)
    return app


def test_clusters_are_named_as_people_name_them(
    command: typer.Typer, run_path: Path, tmp_path: Path
) -> None:
    asked = ["brief", str(run_path), "alpha", "za-gamma.pdf", "1", "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(command, asked)
    assert ran.exit_code == 0, ran.output
    files = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert files == ["de-alpha.pdf", "za-gamma.pdf"]
    every = CliRunner().invoke(
        command, ["brief", str(run_path), "--all", "-o", str(tmp_path / "a")]
    )
    assert every.exit_code == 0, every.output
    assert len(list((tmp_path / "a").iterdir())) == len(
        pd.read_parquet(run_path / "ranking.parquet")
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["alhpa"], "did you mean alpha"),
        ([], "name clusters or give --all"),
        (["alpha", "--all"], "one of the two"),
    ],
)
def test_faults_are_one_sentence(
    command: typer.Typer, run_path: Path, tmp_path: Path, words: list[str], sentence: str
) -> None:
    asked = ["brief", str(run_path), *words, "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(command, asked)
    assert isinstance(ran.exception, InputError)
    assert sentence in str(ran.exception)
    assert not (tmp_path / "out").exists()


def test_without_typst_the_extra_is_named(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "typst", None)
    with pytest.raises(InputError, match=r"pip install 'hubscan\[briefs\]'"):
        briefs.Press(briefs.material_of(run_folder))


@pytest.mark.parametrize(
    ("table", "column", "sentence"),
    [
        ("ranking", "latitude", "ranking has no column latitude"),
        ("ranking", "economies", "ranking: has no column economies"),
        ("membership", "longitude", "its tables are not as this version writes them"),
        ("economies", "count", "its tables are not as this version writes them"),
    ],
)
def test_a_table_without_a_column_is_one_sentence(
    another_run: Callable[..., Path], table: str, column: str, sentence: str
) -> None:
    path = another_run("lame")
    found = pd.read_parquet(path / f"{table}.parquet").drop(columns=column)
    found.to_parquet(path / f"{table}.parquet", index=False)
    with pytest.raises(InputError, match=sentence) as told:
        briefs.Press(briefs.material_of(opened_runs([path])[0])).pdf(1)
    assert "\n" not in str(told.value)
