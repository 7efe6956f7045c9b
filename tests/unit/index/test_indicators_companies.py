from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    CNS_ISSNS,
    company_sum,
    discipline_growth_index,
    journal_documents,
    median_intensity,
    sector_employee_share,
)

COMPANIES = pd.DataFrame(
    {
        "company": [1, 2, 3, 4],
        "unit": ["Oslo", "Oslo", "Oslo", "Rome"],
        "sector": ["Software", "Banks", "Software", "Banks"],
        "employees": [30.0, 10.0, np.nan, 5.0],
        "rd": [3.0, 1.0, 9.0, np.nan],
        "sales": [10.0, 20.0, 0.0, 10.0],
    }
)


def test_articles_of_cell_nature_and_science_however_the_issn_is_written() -> None:
    documents = pd.DataFrame(
        {
            "document": [1, 2, 3, 4, 5],
            "issn": ["0028-0836", "00928674", "1095-9203", "0028-0836", None],
            "kind": ["article", "review", "article", "editorial", "article"],
        }
    )
    found = journal_documents(documents, issns=CNS_ISSNS, kinds=["article", "review"])
    assert found["document"].tolist() == [1, 2, 3]


def test_companies_are_counted_and_summed() -> None:
    count = company_sum(COMPANIES, column=None, replicates=0, seed=1)
    assert count["value"].tolist() == [3.0, 1.0]
    staff = company_sum(COMPANIES, column="employees", replicates=0, seed=1)
    assert staff["value"].tolist() == [40.0, 5.0]
    assert staff["flags"].tolist() == ["left_out=1", ""]


def test_the_share_of_employees_in_given_sectors() -> None:
    found = sector_employee_share(COMPANIES, sectors=["Software"], replicates=0, seed=1)
    assert found["value"].tolist() == [0.75, 0.0]
    assert found["flags"].tolist() == ["left_out=1", ""]


def test_the_median_intensity_leaves_out_companies_without_sales() -> None:
    found = median_intensity(COMPANIES, replicates=20, seed=1)
    # Oslo: 0.3 and 0.05, one without sales; Rome has no spending at all
    assert found["unit"].tolist() == ["Oslo"]
    assert found["value"].tolist() == [pytest.approx(0.175)]
    assert found[["denominator", "n", "flags"]].to_numpy().tolist() == [[2.0, 2, "left_out=1"]]


def test_a_rise_counts_by_its_ratio() -> None:
    ranks = pd.DataFrame(
        {
            "unit": ["Oslo"] * 4 + ["Rome"] * 2 + ["Bonn"],
            "year": [2020, 2020, 2024, 2024, 2020, 2024, 2024],
            "rank": [100, 200, 50, 100, 4, 2, 7],
        }
    )
    found = discipline_growth_index(ranks, first_year=2020, last_year=2024).set_index("unit")
    assert found.loc["Oslo", "value"] == pytest.approx(math.log(2))
    assert found.loc["Rome", "value"] == pytest.approx(math.log(2))
    assert math.isnan(found.loc["Bonn", "value"])
    assert found["n"].to_dict() == {"Bonn": 1, "Oslo": 2, "Rome": 1}
    assert set(found["flags"]) == {"reconstruction"}


def test_median_and_mean_count_equally() -> None:
    ranks = pd.DataFrame(
        {"unit": "Oslo", "year": [2020] * 3 + [2024] * 3, "rank": [10, 20, 90, 10, 10, 100]}
    )
    found = discipline_growth_index(ranks, first_year=2020, last_year=2024).iloc[0]
    # medians 20 to 10, means 40 to 40
    assert found["value"] == pytest.approx(math.log(2) / 2)


def test_a_rank_below_one_is_an_error() -> None:
    ranks = pd.DataFrame({"unit": ["Oslo"], "year": [2020], "rank": [0]})
    with pytest.raises(InputError, match="ranks: 0: a rank is at least 1"):
        discipline_growth_index(ranks, first_year=2020, last_year=2024)
