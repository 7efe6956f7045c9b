from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import flow_matrix, inflow_share, inflows, main_sources


def written(*rows: tuple[int, int, str | None]) -> pd.DataFrame:
    """Return authorships from author, year and unit, one document each."""
    table = pd.DataFrame(rows, columns=["author", "year", "unit"])
    dates = pd.to_datetime(table["year"].astype(str) + "-01-01")
    return table.assign(document=range(len(table)), date=dates).drop(columns="year")


def people(**units: str | None) -> pd.DataFrame:
    authors = [int(name.removeprefix("a")) for name in units]
    return pd.DataFrame({"author": authors, "unit": list(units.values()), "weight": 1.0})


def flows(table: pd.DataFrame, active: pd.DataFrame, via: str = "any") -> pd.DataFrame:
    return inflows(table, active, first_year=2019, via=via)


def test_who_published_before_but_never_here_is_an_inflow() -> None:
    table = written((1, 2017, "Rome"), (1, 2022, "Oslo"))
    found = flows(table, people(a1="Oslo"))
    assert found.to_numpy().tolist() == [[1, "Rome", "Oslo", 1.0]]


@pytest.mark.parametrize(
    "rows",
    [
        [(1, 2021, "Rome"), (1, 2022, "Oslo")],  # nothing before the window
        [(1, 2010, "Oslo"), (1, 2018, "Rome"), (1, 2022, "Oslo")],  # came back
        [(1, 2017, "Oslo"), (1, 2022, "Oslo")],  # never left
    ],
)
def test_newcomers_to_science_and_returners_are_no_inflow(
    rows: list[tuple[int, int, str | None]],
) -> None:
    assert flows(written(*rows), people(a1="Oslo")).empty


def test_the_origin_is_the_last_place_before_the_window() -> None:
    table = written((1, 2010, "Bonn"), (1, 2018, "Rome"), (1, 2022, "Oslo"))
    assert flows(table, people(a1="Oslo"))["origin"].tolist() == ["Rome"]


def test_several_origins_share_a_researcher() -> None:
    table = written((1, 2018, "Bonn"), (1, 2018, "Rome"), (1, 2022, "Oslo"))
    found = flows(table, people(a1="Oslo"))
    assert found[["origin", "weight"]].to_numpy().tolist() == [["Bonn", 0.5], ["Rome", 0.5]]


def test_passing_through_a_third_place_counts_as_printed_or_not() -> None:
    table = written((1, 2018, "Rome"), (1, 2020, "Bonn"), (1, 2022, "Oslo"))
    assert len(flows(table, people(a1="Oslo"))) == 1
    assert flows(table, people(a1="Oslo"), "direct").empty
    straight = written((1, 2018, "Rome"), (1, 2020, "Rome"), (1, 2022, "Oslo"))
    assert len(flows(straight, people(a1="Oslo"), "direct")) == 1
    with pytest.raises(InputError, match="via = 'x': must be one of any, direct"):
        flows(table, people(a1="Oslo"), "x")


def test_elsewhere_is_a_place() -> None:
    table = written((1, 2018, None), (1, 2022, "Oslo"), (2, 2018, "Oslo"), (2, 2022, None))
    found = flows(table, people(a1="Oslo", a2=None))
    assert found[["origin", "unit"]].to_numpy().tolist() == [
        ["elsewhere", "Oslo"],
        ["Oslo", "elsewhere"],
    ]


def test_the_matrix_balances_and_the_share_is_of_the_active() -> None:
    table = written(
        (1, 2017, "Rome"), (1, 2022, "Oslo"), (2, 2017, None), (2, 2022, "Oslo"),
        (3, 2017, "Oslo"), (3, 2022, "Rome"), (4, 2017, "Oslo"), (4, 2022, "Oslo"),
    )  # fmt: skip
    active = people(a1="Oslo", a2="Oslo", a3="Rome", a4="Oslo")
    found = flows(table, active)
    matrix = flow_matrix(found)
    assert list(matrix.index) == list(matrix.columns) == ["Oslo", "Rome", "elsewhere"]
    assert matrix["Oslo"].to_dict() == {"Oslo": 0.0, "Rome": 1.0, "elsewhere": 1.0}
    assert matrix.sum(axis=0).sum() == matrix.sum(axis=1).sum() == 3.0
    shares = inflow_share(found, active, replicates=0, seed=1).set_index("unit")
    assert shares["value"].to_dict() == {"Oslo": pytest.approx(2 / 3), "Rome": 1.0}
    assert shares.loc["Oslo", ["numerator", "denominator", "n"]].tolist() == [2.0, 3.0, 3]


def test_the_figure_shows_the_largest_sources_as_wide_as_their_logarithm() -> None:
    rows = [("Rome", 120.0), ("Bonn", 120.0), ("Bern", 500.0), ("Graz", 99.0), ("elsewhere", 900.0)]
    found = pd.DataFrame(
        {"author": range(5), "origin": [name for name, _ in rows], "unit": "Oslo",
         "weight": [weight for _, weight in rows]}
    )  # fmt: skip
    shown = main_sources(found, sources=2, min_researchers=100)
    assert shown["origin"].tolist() == ["Bern", "Bonn"]
    assert shown["width"].tolist() == pytest.approx([math.log(500), math.log(120)])
    assert len(main_sources(found, sources=5, min_researchers=100)) == 3
