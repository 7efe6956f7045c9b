"""A file of texts located from the command line, reviewed, corrected by hand and located again."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import typer
from typer.testing import CliRunner

from hubscan import cli_remote
from hubscan.console import Screen
from hubscan.errors import InputError

if TYPE_CHECKING:
    from pathlib import Path


def run(*words: object) -> Any:  # noqa: ANN401 - a result of typer
    app = typer.Typer()

    @app.callback()
    def _options(context: typer.Context) -> None:
        context.obj = Screen(quiet=True, as_json=True)

    cli_remote.register(app)
    result = CliRunner().invoke(app, list(map(str, words)))
    if result.exception is not None:
        raise result.exception
    return result


def texts(folder: Path) -> Path:
    path = folder / "texts.csv"
    pd.DataFrame(
        {
            "address": ["Univ Ottawa, Ottawa, ON K1N 6N5, Canada", "", "x"],
            "city": ["", "Kent", "Eindhovn"],
            "country": ["", "US", "Netherlands"],
            "documents": [3, 8, 2],
        }
    ).to_csv(path, index=False)
    return path


def test_located_reviewed_corrected_and_located_again(tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = run("locate", texts(tmp_path), "--out", out)
    assert json.loads(first.output)["located"] == 1, first.output
    located = pd.read_csv(out / "located.csv", keep_default_na=False)
    assert located["geonameid"].astype("str").tolist() == ["6094817", "", ""]
    review = pd.read_csv(out / "review.csv", keep_default_na=False, dtype="str")
    assert review["city"].tolist() == ["Kent", "Eindhovn"]
    review.loc[0, ["latitude", "longitude"]] = ["41.15", "-81.36"]
    review.to_csv(tmp_path / "by_hand.csv", index=False)
    words = ("--overrides", tmp_path / "by_hand.csv", "--fuzzy", "85")
    second = run("locate", texts(tmp_path), "--out", out, *words)
    assert json.loads(second.output) == {
        "folder": str(out), "rows": 3, "located": 3, "review": 1,
    }  # fmt: skip
    methods = pd.read_csv(out / "located.csv")["method"].tolist()
    assert methods == ["address, region", "by hand", "misspelt, unique"]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("name\nx\n", "needed is a column"),
        ("city,documents\nx,many\n", "whole numbers"),
        (None, ""),
    ],
)
def test_what_cannot_be_located_is_told(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=why or "cannot be read"):
        run("locate", path, "--out", tmp_path / "out")
