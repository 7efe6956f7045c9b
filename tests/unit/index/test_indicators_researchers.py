from __future__ import annotations

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    Activity,
    academic_ages,
    active_researchers,
    h_indices,
    latest_units,
    median_h_index,
    researcher_count,
    researcher_share,
    stock_growth,
    young_researchers,
)

RULE = Activity(window_years=5, recent_years=3, min_documents=3, min_recent=1)


def written(*rows: tuple[int, int, str, str | None]) -> pd.DataFrame:
    """Return authorships from author, document, date and unit."""
    table = pd.DataFrame(rows, columns=["author", "document", "date", "unit"])
    return table.assign(date=pd.to_datetime(table["date"]))


def active(table: pd.DataFrame, counting: str = "whole") -> pd.DataFrame:
    return active_researchers(table, last_year=2023, activity=RULE, counting=counting)


def career(author: int, *dates: str, unit: str = "Oslo") -> list[tuple[int, int, str, str]]:
    return [(author, 100 * author + place, date, unit) for place, date in enumerate(dates)]


def test_three_papers_in_the_window_and_one_recent_make_an_active_researcher() -> None:
    table = written(
        *career(1, "2019-01-01", "2020-06-01", "2021-01-01"),  # active: 2021 is recent
        *career(2, "2019-01-01", "2020-01-01", "2020-12-31"),  # none recent
        *career(3, "2018-12-31", "2022-01-01", "2023-12-31"),  # two in the window
        *career(4, "2021-01-01", "2022-01-01", "2023-01-01", "2024-01-01"),  # active
    )
    assert active(table)["author"].tolist() == [1, 4]


def test_a_paper_listed_twice_counts_once() -> None:
    table = written(
        (1, 1, "2022-01-01", "Oslo"), (1, 1, "2022-01-01", "Rome"), (1, 2, "2022-02-01", "Oslo")
    )
    assert active(table).empty


def test_the_city_is_that_of_the_most_recent_paper_of_the_window() -> None:
    rows = career(1, "2021-01-01", "2022-01-01")
    table = written(*rows, (1, 9, "2023-05-01", "Rome"), (1, 10, "2024-01-01", "Bonn"))
    assert active(table)["unit"].tolist() == ["Rome"]


def test_several_cities_on_the_latest_paper_count_each_or_share() -> None:
    rows = career(1, "2021-01-01", "2022-01-01")
    table = written(*rows, (1, 9, "2023-05-01", "Rome"), (1, 9, "2023-05-01", "Bonn"),
                    (1, 9, "2023-05-01", None))  # fmt: skip
    assert active(table)["weight"].tolist() == [1.0, 1.0, 1.0]
    shared = active(table, "fractional")
    assert shared["weight"].tolist() == pytest.approx([1 / 3] * 3)
    assert shared["unit"].isna().sum() == 1
    assert researcher_count(shared, replicates=0, seed=1)["value"].sum() == pytest.approx(2 / 3)


def test_papers_of_the_same_latest_date_count_together() -> None:
    table = written((1, 1, "2022-01-01", "Rome"), (1, 2, "2022-01-01", "Bonn"))
    assert latest_units(table)[["unit", "share"]].to_numpy().tolist() == [
        ["Bonn", 0.5],
        ["Rome", 0.5],
    ]


def test_years_instead_of_dates_are_an_error() -> None:
    table = written((1, 1, "2022-01-01", "Oslo")).assign(date=[2022])
    with pytest.raises(InputError, match="date is int64: must be datetime64"):
        latest_units(table)


@pytest.mark.parametrize(
    ("citations", "h"),
    [([10, 3, 3, 1], 3), ([0, 0], 0), ([1], 1), ([5, 5, 5, 5, 5], 5), ([4, 4, 4], 3)],
)
def test_the_h_index(citations: list[int], h: int) -> None:
    documents = list(range(len(citations)))
    table = pd.DataFrame({"author": 1, "document": documents})
    counted = pd.DataFrame({"document": documents, "citations": citations})
    assert h_indices(table, counted)["h"].tolist() == [h]


def test_an_uncited_or_unknown_document_adds_nothing_to_h() -> None:
    table = pd.DataFrame({"author": [1, 1, 1, 2], "document": [1, 1, 2, 3]})
    counted = pd.DataFrame({"document": [1], "citations": [7]})
    assert h_indices(table, counted)["h"].tolist() == [1, 0]


def test_the_median_of_an_even_number_is_the_mean_of_the_middle_two() -> None:
    people = pd.DataFrame({"author": range(5), "unit": ["Oslo"] * 4 + ["Rome"], "weight": 1.0})
    h = pd.DataFrame({"author": range(5), "h": [1, 30, 4, 7, 9]})
    found = median_h_index(people, h, replicates=50, seed=1)
    assert found["value"].tolist() == [5.5, 9.0]
    assert found["denominator"].tolist() == [4.0, 1.0]
    assert found["se"].iloc[0] > 0
    assert found["se"].iloc[1] == 0


def test_academic_age_is_the_difference_of_years() -> None:
    table = written(*career(1, "2018-12-31", "2023-01-01", "2024-01-01"))
    for age, years in (("difference", 5), ("inclusive", 6)):
        assert academic_ages(table, last_year=2023, age=age)["age"].tolist() == [years]


def test_young_is_an_age_of_at_most_five_years() -> None:
    people = pd.DataFrame({"author": [1, 2, 3, 4], "unit": "Oslo", "weight": 1.0})
    ages = pd.DataFrame({"author": [1, 2, 3, 4], "age": [0, 5, 6, 30]})
    young = young_researchers(people, ages, oldest_years=5)
    found = researcher_share(young, people, replicates=0, seed=1).iloc[0]
    assert found[["value", "numerator", "denominator", "n"]].tolist() == [0.5, 2.0, 4.0, 4]


def test_growth_of_the_young_compares_stocks_of_two_years() -> None:
    # author 1 is young and active in 2019, not young in 2023; authors 2 and 3 are young in 2023
    table = written(
        *career(
            1, "2017-01-01", "2018-01-01", "2019-01-01", "2022-01-01", "2022-02-01", "2022-03-01"
        ),
        *career(2, "2021-01-01", "2022-01-01", "2023-01-01"),
        *career(3, "2021-01-01", "2022-01-01", "2023-01-01"),
    )
    stocks = []
    for year in (2019, 2023):
        ages = academic_ages(table, last_year=year, age="difference")
        people = active_researchers(table, last_year=year, activity=RULE, counting="whole")
        stocks.append(young_researchers(people, ages, oldest_years=4))
    found = stock_growth(*stocks, periods=4, small_base=1, replicates=0, seed=1).iloc[0]
    assert (found["denominator"], found["numerator"]) == (1.0, 2.0)
    assert found["value"] == pytest.approx(2**0.25 - 1)
