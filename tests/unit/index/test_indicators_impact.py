from __future__ import annotations

import math

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    cited_by_patents_share,
    mean_impact,
    normalised_impact,
    top_count,
    top_marks,
    top_share,
    window_citations,
)


@pytest.mark.parametrize(
    ("following", "census", "citations"),
    [(3, 2030, 3), (5, 2030, 5), (None, 2030, 11), (3, 2020, 2), (None, 2022, 3), (0, 2030, 1)],
)
def test_the_citation_window(following: int | None, census: int, citations: int) -> None:
    documents = pd.DataFrame({"document": [1], "year": [2019]})
    # one citation in each of 2018 (before publication), 2019, 2020, 2022, 2023, 2024, and six later
    cited = pd.DataFrame(
        {"document": 1, "year": [2018, 2019, 2020, 2022, 2023, 2024, 2029],
         "citations": [1, 1, 1, 1, 1, 1, 6]}
    )  # fmt: skip
    found = window_citations(documents, cited, following_years=following, census_year=census)
    assert found["citations"].tolist() == [citations]


def test_documents_without_citations_have_none() -> None:
    documents = pd.DataFrame({"document": [2, 1], "year": 2019})
    none = pd.DataFrame({"document": [], "year": [], "citations": []}, dtype=int)
    found = window_citations(documents, none, following_years=3, census_year=2024)
    assert found.to_numpy().tolist() == [[1, 0], [2, 0]]


WORLD = pd.DataFrame({"document": [1, 2, 3], "year": 2020, "kind": "article"})
FIELDS = pd.DataFrame({"document": [1, 2, 3, 3], "field": ["a", "a", "a", "b"]})
CITED = pd.DataFrame({"document": [1, 2, 3], "citations": [2, 4, 6]})


def impact(cells: str = "fractional") -> pd.DataFrame:
    return normalised_impact(WORLD, FIELDS, CITED, by=["kind", "year"], cells=cells)


def test_a_document_of_several_fields_expects_the_harmonic_mean() -> None:
    # field a: (2 + 4 + 6/2) / 2.5 = 3.6; field b: 6; document 3: 2 / (1/3.6 + 1/6) = 4.5
    assert impact()["expected"].tolist() == pytest.approx([3.6, 3.6, 4.5])
    assert impact()["impact"].tolist() == pytest.approx([2 / 3.6, 4 / 3.6, 6 / 4.5])
    assert impact()["impact"].mean() == pytest.approx(1.0, abs=1e-15)


def test_whole_cells_count_a_document_once_in_each_field() -> None:
    # field a: 12 / 3 = 4; field b: 6; document 3: 2 / (1/4 + 1/6) = 4.8
    assert impact("whole")["expected"].tolist() == pytest.approx([4.0, 4.0, 4.8])


def test_types_and_years_have_cells_of_their_own() -> None:
    world = WORLD.assign(kind=["article", "review", "article"], year=[2020, 2020, 2021])
    found = normalised_impact(world, FIELDS, CITED, by=["kind", "year"], cells="fractional")
    assert found["impact"].tolist() == pytest.approx([1.0, 1.0, 1.0])


def test_nothing_expected_or_no_field_is_left_out_and_counted() -> None:
    world = pd.DataFrame({"document": [1, 2, 3, 4], "year": [2020, 2020, 2021, 2020]})
    fields = pd.DataFrame({"document": [1, 2, 3], "field": "a"})
    cited = pd.DataFrame({"document": [1, 2, 3, 4], "citations": [1, 3, 0, 9]})
    found = normalised_impact(world, fields, cited, by=["year"], cells="fractional")
    assert found["impact"].isna().tolist() == [False, False, True, True]
    units = pd.DataFrame({"document": [1, 2, 3, 4], "unit": "Oslo", "weight": 1.0})
    row = mean_impact(found, units, replicates=0, seed=1).iloc[0]
    assert row[["value", "denominator", "n", "flags"]].tolist() == [1.0, 2.0, 2, "left_out=2"]


def test_mean_impact_weighs_documents() -> None:
    found = pd.DataFrame({"document": [1, 2], "impact": [4.0, 1.0]})
    units = pd.DataFrame({"document": [1, 2], "unit": "Oslo", "weight": [0.5, 1.0]})
    assert mean_impact(found, units, replicates=0, seed=1)["value"].tolist() == [2.0]


def marks(citations: list[int], ties: str, top: float = 0.5) -> list[float]:
    n = len(citations)
    documents = pd.DataFrame({"document": range(n), "year": 2020})
    fields = pd.DataFrame({"document": range(n), "field": "a"})
    cited = pd.DataFrame({"document": range(n), "citations": citations})
    found = top_marks(documents, fields, cited, by=["year"], top_share=top, ties=ties)
    return found["mark"].tolist()


@pytest.mark.parametrize(
    ("ties", "expected"),
    [
        ("fraction", [1.0, 1 / 3, 1 / 3, 1 / 3]),
        ("strict", [1.0, 0.0, 0.0, 0.0]),
        ("inclusive", [1.0, 1.0, 1.0, 1.0]),
    ],
)
def test_documents_at_the_threshold(ties: str, expected: list[float]) -> None:
    assert marks([9, 5, 5, 5], ties) == pytest.approx(expected)


@pytest.mark.parametrize("ties", ["fraction", "strict", "inclusive"])
def test_without_a_tie_at_the_threshold_all_rules_agree(ties: str) -> None:
    assert marks([9, 8, 5, 5], ties) == [1.0, 1.0, 0.0, 0.0]


def test_several_fields_share_a_document() -> None:
    # top half of field a (mass 2): document 1 in full; of field b (mass 1): 1 and 2 tie at 9 and 1
    documents = pd.DataFrame({"document": [1, 2, 3], "year": 2020})
    fields = pd.DataFrame({"document": [1, 2, 2, 3, 3], "field": ["a", "a", "b", "a", "b"]})
    cited = pd.DataFrame({"document": [1, 2, 3], "citations": [9, 5, 1]})
    found = top_marks(documents, fields, cited, by=["year"], top_share=0.5, ties="fraction")
    # a: masses 1, .5, .5, target 1: marks 1, 0, 0; b: masses .5, .5, target .5: marks 1, 0
    assert found["mark"].tolist() == [1.0, 0.5, 0.0]
    assert found["mark"].sum() == pytest.approx(0.5 * 3)


def test_top_count_and_top_share() -> None:
    table = pd.DataFrame({"document": [1, 2, 3], "mark": [1.0, 0.5, 0.0]})
    units = pd.DataFrame({"document": [1, 2, 3], "unit": "Oslo", "weight": [1.0, 1.0, 2.0]})
    assert top_count(table, units, replicates=0, seed=1)["value"].tolist() == [1.5]
    assert top_share(table, units, replicates=0, seed=1)["value"].tolist() == [1.5 / 4]


def test_unknown_words_are_named() -> None:
    with pytest.raises(InputError, match="ties = 'x': must be one of fraction"):
        marks([1], "x")
    with pytest.raises(InputError, match="cells = 'x': must be one of fractional"):
        impact("x")


def test_papers_cited_by_patents_of_the_given_offices() -> None:
    units = pd.DataFrame(
        {"document": [1, 2, 3, 4], "unit": ["Oslo", "Oslo", "Oslo", "Rome"], "weight": 1.0}
    )
    cited = pd.DataFrame({"document": [1, 1, 2, 9], "office": ["US", "WO", "CN", "EP"]})
    found = cited_by_patents_share(units, cited, offices=["WO", "US", "EP"], replicates=0, seed=1)
    assert found["value"].tolist() == [pytest.approx(1 / 3), 0.0]
    assert found["n"].tolist() == [3, 1]
    assert math.isnan(found["se"].iloc[0])
