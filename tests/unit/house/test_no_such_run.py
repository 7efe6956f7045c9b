"""A run folder that is not there is one sentence, whichever command asks for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from hubscan import cli
from hubscan.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "words",
    [
        ("rerun", "nowhere"),
        ("figures", "nowhere"),
        ("explore", "nowhere"),
        ("export", "html", "nowhere", "page.html"),
        ("export", "site", "nowhere", "site"),
        ("brief", "nowhere", "Seoul"),
        ("uncertainty", "nowhere"),
        ("sweep", "nowhere", "--vary", "cluster.radius_km=10,20"),
        ("compare", "nowhere", "nowhere-else"),
        ("explain", "Seoul", "--run", "nowhere"),
        ("index", "run", "nowhere"),
    ],
)
def test_a_run_folder_that_is_not_there_is_one_sentence(
    words: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["hubscan", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    # the screen may break the line inside the path
    said = "".join(capsys.readouterr().err.split())
    assert "thereisnorunfolderat" in said, said
    assert "nowhere:giveonemadebyhubscanrun,demoorindex" in said
    assert stopped.value.code == InputError.exit_code
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (
            ("run", "--inputs", "folder", "--out", "run"),
            "error folder: can't be read as an inputs file: Is a directory: a file",
        ),
        (
            ("run", "--inputs", "none.toml", "--out", "run"),
            "error none.toml: can't be read as an inputs file: No such file or directory:",
        ),
        (
            # before anything is made
            ("demo", "--edition", "folder", "--out", "run"),
            "error edition 'folder' is neither a readable file nor one of africa-2024",
        ),
    ],
)
def test_what_is_no_file_is_one_sentence(
    words: tuple[str, ...],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["hubscan", *words])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    said = " ".join(capsys.readouterr().err.split())
    assert sentence in said
    assert stopped.value.code
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
