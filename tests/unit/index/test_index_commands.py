"""The commands of ``hubscan index``: what they print, write and refuse."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from hubscan import cli, indexing_figures
from hubscan.errors import FrameworkError, InputError

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result


FRAMEWORK = "code,parent,weight,name,direction\nT,,,Total,\nx,T,3,First,1\ny,T,1,Second,-1\n"
VALUES = "unit,name,x,y\nNA,Namibia,0,10\nNO,Norway,50,0\nRO,Romania,100,5\nFI,Finland,20,2\n"
RECIPE = """
[[step]]
step = "normalise"
method = "min_max"
span = [0, 100]
bounds = "observed"
constant = "error"
[[step]]
step = "aggregate"
method = "arithmetic"
overrides = {}
min_coverage = 0.0
coverage = "count"
[[step]]
step = "rank"
method = "min"
tolerance = 1e-9
"""
SCORES = {"NA": 0.0, "NO": 62.5, "RO": 87.5, "FI": 35.0}
"""By hand: 3/4 of x scaled to 0-100 plus 1/4 of y scaled and turned round."""


def invoked(*arguments: str) -> Result:
    return CliRunner().invoke(cli.app, list(arguments))


def printed(*arguments: str) -> dict[str, Any]:
    found = invoked("--json", *arguments)
    if found.exception is not None and not isinstance(found.exception, SystemExit):
        raise found.exception
    content: dict[str, Any] = json.loads(found.stdout)
    return content


@pytest.fixture
def quick_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        indexing_figures, "figure_bytes", lambda _figure, *, form, about: f"{form} {about}".encode()
    )


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str, str]:
    texts = {"framework.csv": FRAMEWORK, "values.csv": VALUES, "recipe.toml": RECIPE}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    framework, values, recipe = (str(tmp_path / name) for name in texts)
    return framework, values, recipe


@pytest.fixture
def run_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    ranking = pd.DataFrame(
        {
            "rank": [1, 2, 3],
            "cluster": [4, 7, 9],
            "name": ["Ulm", "Oslo", "Rome"],
            "share_patents": [0.3, 0.2, 0.1],
            "share_deals": [0.0, 0.2, 0.1],
            "patents_per_million": [10.0, 30.0, 20.0],
            "deals_per_million": [0.0, 8.0, 2.0],
        }
    )
    ranking.to_parquet(folder / "ranking.parquet", index=False)
    about = {"edition": {"name": "e"}, "inputs": {"synthetic": True, "title": "A world"}}
    (folder / "run.json").write_text(json.dumps(about), encoding="utf-8")
    return folder


def test_verification_holds_with_the_implied_weights_and_names_talent_with_the_printed() -> None:
    assert invoked("index", "verify", "set-2024").exit_code == 0
    found = invoked("index", "verify", "set-2024", "--weights", "printed")
    assert found.exit_code == 1
    assert "29 of 255 published scores" in found.stderr.replace("\n", "")
    assert "talent_development" in found.stderr
    content = printed("index", "verify", "set-2024", "--weights", "printed")
    assert len(content["outside"]) == 29
    assert {row["table"] for row in content["outside"]} == {"talent_development"}
    assert content["outside"][0]["unit"] == "Shenzhen"


def test_recovered_weights_stand_beside_the_printed_ones() -> None:
    weights = printed("index", "infer", "set-2024")["weights"]
    assert len(weights) == 43
    talent = [row for row in weights if row["parent"] == "2"]
    assert [row["fraction"] for row in talent] == ["7/20", "7/20", "3/10"]
    assert [row["printed"] for row in talent] == [0.4, 0.4, 0.2]
    assert [row["child"] for row in weights if row["agrees"] is False] == ["2.1", "2.2", "2.3"]
    assert all(row["low"] <= row["weight"] <= row["high"] for row in weights)
    assert "40/40/20" in invoked("index", "infer", "set-2024").stderr


@pytest.mark.usefixtures("quick_figures")
def test_the_set_index_is_reproduced_rank_by_rank(tmp_path: Path) -> None:
    out = tmp_path / "set"
    content = printed("index", "set-2024", "--out", str(out))
    assert content["ranks_as_published"] == 30
    assert content["holds"]
    assert [row["unit"] for row in content["type_exceptions"]] == ["Seattle", "Shenzhen"]
    beside = pd.read_csv(out / "published.csv", dtype={"node": str})
    assert len(beside) == 13 * 30
    # secondary scores have one decimal, or are computed from parts with two
    assert beside["difference"].abs().max() < 0.055
    assert (beside["origin"] == "computed").sum() == 4 * 30 + 9 * 15
    widths = pd.read_parquet(out / "ranking.parquet")
    assert ((widths["upper"] - widths["lower"]).head(7) <= 1).all()
    assert len(pd.read_csv(out / "scores.csv").columns) == 1 + 1 + 3 + 9 + 31
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["weights"] == "implied"
    assert {"typology", "correlations", "bubble", "scatter"} <= set(record["figures"])
    for name in record["figures"]:
        assert all((out / "figures" / f"{name}.{form}").exists() for form in ("csv", "png", "svg"))
    sheets = openpyxl.load_workbook(out / "index.xlsx").sheetnames
    assert {"tertiary raw", "top raw", "residuals", "ranking"} <= set(sheets)


@pytest.mark.usefixtures("quick_figures")
def test_the_printed_weights_move_nine_ranks(tmp_path: Path) -> None:
    out = tmp_path / "set"
    content = printed("index", "set-2024", "--out", str(out), "--weights", "printed")
    ranks = {row["unit"]: row["rank"] for row in content["ranking"]}
    assert (ranks["Shenzhen"], ranks["Tokyo"]) == (13, 8)
    assert not content["holds"]
    assert content["outside"] == 29


@pytest.mark.slow
def test_figures_are_equal_byte_by_byte(tmp_path: Path) -> None:
    for name in ("one", "other"):
        assert invoked("-q", "index", "set-2024", "--out", str(tmp_path / name)).exit_code == 0
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    assert len(files) > 90
    for path in files:
        other = tmp_path / "other" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.usefixtures("quick_figures")
def test_an_index_of_ones_own(tmp_path: Path, files: tuple[str, str, str]) -> None:
    framework, values, recipe = files
    out = tmp_path / "out"
    content = printed(
        "index", "build", framework, values, "--recipe", recipe, "--out", str(out), "--runs", "64"
    )
    assert {row["unit"]: row["score"] for row in content["ranking"]} == SCORES
    assert [row["rank"] for row in content["ranking"]] == [1, 2, 3, 4]
    assert content["ranking"][-1]["lower"] == content["ranking"][-1]["upper"] == 4
    assert not content["synthetic"]
    audit = pd.read_csv(out / "audit.csv")
    assert len(audit)
    sheets = openpyxl.load_workbook(out / "index.xlsx").sheetnames
    assert {"raw", "1 normalise", "scores", "ranks", "audit"} <= set(sheets)


@pytest.mark.usefixtures("quick_figures")
def test_equal_seeds_give_equal_tables_whatever_the_order_of_rows(
    tmp_path: Path, files: tuple[str, str, str]
) -> None:
    framework, values, recipe = files
    header, *rows = VALUES.splitlines()
    shuffled = tmp_path / "values_shuffled.csv"
    shuffled.write_text("\n".join([header, *reversed(rows)]), encoding="utf-8")
    for name, given in (("a", values), ("b", str(shuffled))):
        options = ["--recipe", recipe, "--out", str(tmp_path / name), "--runs", "64"]
        assert invoked("-q", "index", "build", framework, given, *options).exit_code == 0
    for name in ("ranking.csv", "scores.parquet", "audit.csv"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


@pytest.mark.usefixtures("quick_figures")
def test_other_forms_of_the_same_index_give_the_same_scores(
    tmp_path: Path, files: tuple[str, str, str]
) -> None:
    framework, values, recipe = files
    imeta = tmp_path / "imeta.csv"
    imeta.write_text(
        "Level,iCode,iName,Direction,Weight,Unit,Target,Denominator,Parent,Type\n"
        "1,x,First,1,3,,NA,NA,T,Indicator\n1,y,Second,-1,1,,NA,NA,T,Indicator\n"
        "2,T,Total,1,1,NA,NA,NA,NA,Aggregate\nNA,name,N,NA,NA,NA,NA,NA,NA,Group\n",
        encoding="utf-8",
    )
    wide = pd.read_csv(values, keep_default_na=False)
    idata = tmp_path / "idata.csv"
    wide.rename(columns={"unit": "uCode", "name": "uName"}).to_csv(idata, index=False)
    long = tmp_path / "long.csv"
    melted = wide.melt(id_vars="unit", value_vars=["x", "y"], var_name="indicator")
    melted.to_csv(long, index=False)
    book = tmp_path / "values.xlsx"
    wide.to_excel(book, sheet_name="Values", index=False)
    forms = [(str(imeta), str(idata)), (framework, str(long)), (framework, str(book))]
    for place, pair in enumerate(forms):
        out = str(tmp_path / f"out{place}")
        content = printed("index", "build", *pair, "-r", recipe, "--out", out, "--runs", "0")
        assert {row["unit"]: row["score"] for row in content["ranking"]} == SCORES
        assert "lower" not in content["ranking"][0]


@pytest.mark.usefixtures("quick_figures")
def test_several_periods_are_ranked_apart_without_intervals(
    tmp_path: Path, files: tuple[str, str, str]
) -> None:
    framework, _, recipe = files
    panel = tmp_path / "panel.csv"
    panel.write_text("unit,period,x,y\nA,1,0,0\nB,1,5,1\nA,2,9,0\nB,2,4,1\n", encoding="utf-8")
    out = ["--recipe", recipe, "--out", str(tmp_path / "out")]
    ranking = printed("index", "build", framework, str(panel), *out)["ranking"]
    best = [(row["period"], row["unit"]) for row in ranking if row["rank"] == 1]
    assert best == [("1", "B"), ("2", "A")]
    assert "several periods" in invoked("index", "build", framework, str(panel), *out).stderr


@pytest.mark.parametrize(
    ("name", "text", "error", "said"),
    [
        ("values.csv", "unit,x\nA,1\n", InputError, "no values of y"),
        ("values.csv", "city,x,y\nA,1,2\n", InputError, "no column unit or uCode"),
        ("values.csv", "unit,x,y\nA,1,2\nA,1,3\n", InputError, "A stands twice"),
        ("values.csv", "unit,x,y\nA,many,2\n", FrameworkError, "A / x"),
        ("framework.csv", "code,parent\nT,\n", FrameworkError, "no column weight"),
        ("recipe.toml", "steps = 1\n", InputError, "has no steps"),
        ("recipe.toml", "[[step", InputError, "no TOML file"),
        ("recipe.toml", '[[step]]\nstep = "rank"\n', FrameworkError, "step 1 has no method"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    name: str,
    text: str,
    error: type[Exception],
    said: str,
    *,
    tmp_path: Path,
    files: tuple[str, str, str],
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    framework, values, recipe = files
    out = tmp_path / "out"
    found = invoked("index", "build", framework, values, "-r", recipe, "--out", str(out))
    assert isinstance(found.exception, error)
    assert said in str(found.exception)
    assert not out.exists()


def test_errors_leave_with_their_code_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["hubscan", "index", "run", str(tmp_path)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == InputError.exit_code
    assert "has no run.json: give a folder" in capsys.readouterr().err.replace("\n", "")


@pytest.mark.usefixtures("quick_figures")
def test_an_index_over_the_clusters_of_a_run(tmp_path: Path, run_folder: Path) -> None:
    out = tmp_path / "out"
    content = printed("index", "run", str(run_folder), "--out", str(out), "--runs", "64")
    # patents 100, 50, 0; deals 0, 100, 50; intensity the mean of 0, 100, 50 and 0, 100, 25
    expected = {"Oslo": 250 / 3, "Ulm": 100 / 3, "Rome": 87.5 / 3}
    found = {row["unit"]: row["score"] for row in content["ranking"]}
    assert found == pytest.approx(expected, abs=1e-9)
    assert content["synthetic"]
    assert "synthetic" in content["title"]
    record = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert record["synthetic"]
    assert record["run"]["inputs"] == "A world"
    book = openpyxl.load_workbook(out / "index.xlsx")
    assert any(
        "SYNTHETIC" in str(cell)
        for row in book["About"].iter_rows(values_only=True)
        for cell in row
    )


@pytest.mark.usefixtures("quick_figures")
def test_weights_and_number_of_clusters_can_be_chosen(tmp_path: Path, run_folder: Path) -> None:
    out = ["--out", str(tmp_path / "out"), "--runs", "0"]
    chosen = ["--weights", "patents=3,deals=1,intensity=0", "--top", "2"]
    content = printed("index", "run", str(run_folder), *out, *chosen)
    assert {row["unit"]: row["score"] for row in content["ranking"]} == {"Ulm": 75.0, "Oslo": 25.0}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("patents", "NAME=WEIGHT was needed"),
        ("papers=1", "'papers' is not in this run: known are patents, deals, intensity"),
        ("patents=-1", "not negative"),
        ("patents=0,deals=0", "one must be greater"),
    ],
)
def test_weights_that_make_no_sense_are_refused(text: str, said: str, run_folder: Path) -> None:
    found = invoked("index", "run", str(run_folder), "--weights", text)
    assert isinstance(found.exception, InputError)
    assert said in str(found.exception)


@pytest.mark.usefixtures("quick_figures")
def test_an_index_folder_is_no_run_folder(tmp_path: Path, run_folder: Path) -> None:
    out = tmp_path / "out"
    assert invoked("-q", "index", "run", str(run_folder), "--out", str(out)).exit_code == 0
    found = invoked("index", "run", str(out))
    assert isinstance(found.exception, InputError)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys, hubscan.cli; heavy = {'pandas', 'numpy', 'pydantic', 'matplotlib', 'scipy'}; "
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    found = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True)  # noqa: S603 - our own interpreter and text
    assert found.returncode == 0, found.stderr


@pytest.mark.usefixtures("quick_figures")
def test_the_example_of_coinr(tmp_path: Path, shared: Path) -> None:
    inputs = shared / "oracle" / "composite" / "inputs"
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(ASEM + RECIPE, encoding="utf-8")
    content = printed(
        "index", "build", str(inputs / "asem_iMeta.csv"), str(inputs / "asem_iData.csv"),
        "-r", str(recipe), "--out", str(tmp_path / "out"), "--runs", "0",
    )  # fmt: skip
    best = {row["unit"]: row["score"] for row in content["ranking"][:3]}
    expected = {"CHE": 68.383724238, "NLD": 64.819516170, "DNK": 64.804079961}
    assert best == pytest.approx(expected, abs=5e-10)


ASEM = """
[[step]]
step = "denominate"
method = "by_denominator"
scale = {}
[[step]]
step = "impute"
method = "group_mean"
by = "EurAsia_group"
[[step]]
step = "screen"
method = "by_coverage"
thresholds = { "*" = 0.9 }
force_in = []
force_out = []
[[step]]
step = "treat"
method = "winsorised"
thresholds = [2.0, 3.5]
max_points = 5
second = "log_ct"
"""
