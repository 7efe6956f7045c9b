from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    academic_corporate_documents,
    academic_corporate_share,
    academic_partners,
    collaboration_diversity,
    document_units,
    margalef_diversity,
    partner_pairs,
)


def papers(*rows: tuple[int, str, str | None]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["document", "institution", "unit"])


WORK = papers(
    (1, "uio", "Oslo"), (1, "r1", "Rome"), (1, "r2", "Rome"),
    (2, "uio", "Oslo"), (2, "b1", "Bonn"), (2, "b2", "Bonn"),
    (3, "uio", "Oslo"), (3, "ntnu", "Oslo"),
    (4, "r1", "Rome"), (4, "b1", "Bonn"),
    (5, "uio", "Oslo"), (5, "x", None),
)  # fmt: skip


def oslo(table: pd.DataFrame) -> pd.Series:
    return table.set_index("unit").loc["Oslo"]


def test_partners_are_institutions_of_other_cities_on_shared_documents() -> None:
    pairs = partner_pairs(WORK, partners=None)
    assert pairs.loc[pairs["unit"] == "Oslo", "institution"].tolist() == ["r1", "r2", "b1", "b2"]
    few = partner_pairs(WORK, partners=["Rome", "Oslo"])
    assert set(few.loc[few["unit"] == "Oslo", "partner"]) == {"Rome"}


def test_the_printed_diversity() -> None:
    # Oslo: two cities, four institutions: ln 2 / ln 4
    row = oslo(collaboration_diversity(partner_pairs(WORK, partners=None), replicates=0, seed=1))
    assert row["value"] == pytest.approx(0.5)
    assert row[["numerator", "denominator", "n"]].tolist() == [2.0, 4.0, 2]


def test_margalefs_index() -> None:
    # two cities, two pairs of document and city: (2 - 1) / ln 2
    row = oslo(margalef_diversity(partner_pairs(WORK, partners=None), replicates=0, seed=1))
    assert row["value"] == pytest.approx(1 / math.log(2))
    assert row[["numerator", "denominator"]].tolist() == [2.0, 2.0]


@pytest.mark.parametrize(
    ("partners", "printed", "margalef"),
    [
        ([("r1", "Rome")], None, None),  # one institution
        ([("r1", "Rome"), ("r2", "Rome")], 0.0, None),  # one city, one pair
        ([("r1", "Rome"), ("b1", "Bonn")], 1.0, 1 / math.log(2)),  # a city an institution
    ],
)
def test_edges_of_diversity(
    partners: list[tuple[str, str]], printed: float | None, margalef: float | None
) -> None:
    pairs = partner_pairs(papers((1, "uio", "Oslo"), *((1, *p) for p in partners)), partners=None)
    for function, value in ((collaboration_diversity, printed), (margalef_diversity, margalef)):
        found = oslo(function(pairs, replicates=0, seed=1))["value"]
        assert found == pytest.approx(math.nan if value is None else value, nan_ok=True)


def test_diversity_has_a_bootstrap_error() -> None:
    rows = [(d, "uio", "Oslo") for d in range(40)] + [(d, f"i{d}", f"c{d % 7}") for d in range(40)]
    pairs = partner_pairs(papers(*rows), partners=None)
    for function in (collaboration_diversity, margalef_diversity):
        row = oslo(function(pairs, replicates=50, seed=1))
        assert 0 < row["se"] < row["value"]


def staff(*rows: tuple[int, int, str, str, str]) -> pd.DataFrame:
    columns = ["document", "author", "institution", "unit", "sector"]
    return pd.DataFrame(rows, columns=columns)


JOINT = staff(
    (1, 1, "uio", "Oslo", "academic"), (1, 2, "acme", "Rome", "corporate"),
    (2, 1, "uio", "Oslo", "academic"), (2, 1, "acme", "Oslo", "corporate"),
    (3, 1, "uio", "Oslo", "academic"), (3, 2, "ward", "Oslo", "hospital"),
    (4, 1, "uio", "Oslo", "academic"), (4, 1, "acme", "Oslo", "corporate"),
    (4, 2, "ntnu", "Oslo", "academic"),
    (5, 1, "acme", "Oslo", "corporate"),
)  # fmt: skip


def test_two_authors_from_university_and_company_make_a_joint_document() -> None:
    found = academic_corporate_documents(JOINT, local="anywhere")
    joint = found[found["unit"] == "Oslo"].set_index("document")["joint"].to_dict()
    # 1 joint; 2 one author with both; 3 hospital; 4 another academic author; 5 company alone
    assert joint == {1: 1.0, 2: 0.0, 3: 0.0, 4: 1.0, 5: 0.0}


def test_the_side_that_must_be_local() -> None:
    for local, joint in (("corporate", [0.0, 1.0]), ("academic", [1.0, 0.0])):
        found = academic_corporate_documents(JOINT, local=local)
        assert found[found["document"] == 1]["joint"].tolist() == joint
    with pytest.raises(InputError, match="local = 'x': must be one of anywhere"):
        academic_corporate_documents(JOINT, local="x")


def test_the_share_is_of_all_documents_of_the_unit() -> None:
    joint = academic_corporate_documents(JOINT, local="anywhere")
    units = document_units(JOINT, counting="whole")
    found = academic_corporate_share(joint, units, replicates=0, seed=1)
    assert found[["unit", "value", "n"]].to_numpy().tolist() == [["Oslo", 0.4, 5], ["Rome", 1.0, 1]]


def test_the_academic_partners_of_a_citys_companies() -> None:
    table = staff(
        (1, 1, "acme", "Oslo", "corporate"), (1, 2, "eth", "Zurich", "academic"),
        (2, 1, "bolt", "Oslo", "corporate"), (2, 2, "eth", "Zurich", "academic"),
        (3, 1, "acme", "Oslo", "corporate"), (3, 2, "uio", "Oslo", "academic"),
        (4, 1, "acme", "Oslo", "corporate"), (4, 1, "ntnu", "Oslo", "academic"),
        (5, 1, "acme", "Oslo", "corporate"), (5, 2, "aau", "Bonn", "academic"),
    )  # fmt: skip
    found = academic_partners(table, partners=3)
    assert found[["institution", "documents", "companies", "rank"]].to_numpy().tolist() == [
        ["eth", 2, 2, 1],
        ["aau", 1, 1, 2],
        ["uio", 1, 1, 2],
    ]
