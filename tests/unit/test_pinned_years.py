"""A change of rank computed from the same years twice is said to be none."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
import tomli_w

from hubscan import runs
from hubscan.edition import load_edition
from hubscan.ingest.inputs import inputs_from
from hubscan.previous import pinned_years

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.watching import Watcher

WHERE = {"latitude": "lat", "longitude": "lon"}


def source(name: str, **declared: object) -> dict[str, Any]:
    columns = {"document_id": "id", "sequence": "seq", "year": "year", **WHERE}
    given = {"name": name, "indicator": "patents", "grain": "addresses", "path": f"{name}.csv"}
    return {**given, "columns": columns, **declared}


COUNTS = {"grain": "counts", "columns": {"count": "n", **WHERE}}


@pytest.mark.parametrize(
    ("sources", "said"),
    [
        ([source("a")], ""),
        ([source("a", years=[2000, 2004])], "the same years of a, whose years .* no rank can"),
        ([source("a", **COUNTS)], "the same years of a, whose years .* no rank can"),
        (
            [source("a"), source("b", years=[2000, 2004])],
            "years of b, .* their part of a change is 0",
        ),
        ([source("a"), source("b", indicator="deals", years=[2000, 2004])], ""),
    ],
)
def test_pinned_years_are_said_in_one_sentence(sources: list[Any], said: str) -> None:
    inputs = inputs_from({"title": "Mine", "source": sources}, where="inputs.toml")
    sentence = pinned_years(inputs, ["patents"])
    assert (not sentence) == (not said)
    assert re.search(said, sentence)
    assert sentence.count(". ") == 0


def test_the_screen_the_report_and_the_record_say_it(
    tmp_path: Path, watcher: Watcher, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = pd.DataFrame(
        {"id": range(40), "seq": 1, "year": 2001, "lat": [48.1] * 30 + [52.5] * 10,
         "lon": [11.6] * 30 + [13.4] * 10}
    )  # fmt: skip
    rows.to_csv(tmp_path / "a.csv", index=False)
    declared = {"title": "Mine", "source": [source("a", years=[2000, 2004])]}
    (tmp_path / "inputs.toml").write_text(tomli_w.dumps(declared), encoding="utf-8")
    edition = load_edition("gii-2025").restricted(["patents"]).replace("cluster.threshold", "share")
    finished = runs.run(
        edition,
        tmp_path / "inputs.toml",
        tmp_path / "run",
        root=None,
        machine=runs.Machine(threads=2, work=tmp_path / "work", change=True),
        watcher=watcher,
    )
    assert finished.results.change is not None
    assert (finished.results.change["rank_change"] == 0).all()
    (said,) = finished.results.warnings
    folder = tmp_path / "run"
    assert json.loads((folder / "run.json").read_text("utf-8"))["warnings"] == [said]
    assert said in (folder / "report" / "tables.md").read_text("utf-8").replace("\n", " ")
    assert said in json.loads((folder / "change.csv.json").read_text("utf-8"))["about"]["warning"]

    from hubscan import cli, console  # noqa: PLC0415 - beside its use

    cli._say_where(console.Screen(), finished)  # noqa: SLF001 - what the command says at its end
    assert said in capsys.readouterr().err.replace("\n", "")
