from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import (
    earlier_profiles,
    mean_impact,
    normalised_diversity,
    subfield_similarity,
    team_diversity,
)

SIMILARITY = pd.DataFrame(
    [[1.0, 0.5, 0.0], [0.5, 1.0, 0.0], [0.0, 0.0, 1.0]], index=list("abc"), columns=list("abc")
)
FOCAL = pd.DataFrame({"document": [1]})


def profiles(*rows: tuple[int, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["author", "field", "share"]).assign(document=1)


def diversity(*rows: tuple[int, str, float]) -> pd.Series:
    return team_diversity(profiles(*rows), SIMILARITY, FOCAL).iloc[0]


def test_cosines_of_citation_profiles() -> None:
    counts = pd.DataFrame([[3.0, 4.0], [4.0, 3.0], [0.0, 0.0]], index=list("abc"))
    found = subfield_similarity(counts)
    assert found.loc["a", "b"] == pytest.approx(24 / 25)
    assert found.loc["c"].tolist() == [0.0, 0.0, 1.0]
    assert np.linalg.eigvalsh(found.to_numpy()).min() > -1e-12


def test_two_authors_of_unlike_fields() -> None:
    # own terms 1 and 1; mean profile (1/2, 0, 1/2): 1/4 + 1/4 = 1/2; M = 1 - 1/2
    assert diversity((1, "a", 1.0), (2, "c", 1.0))["citations"] == pytest.approx(0.5)


def test_similar_fields_are_less_diverse() -> None:
    # mean profile (1/2, 1/2, 0): 1/4 + 1/4 + 2 * 1/4 * 1/2 = 3/4; M = 1/4
    assert diversity((1, "a", 1.0), (2, "b", 1.0))["citations"] == pytest.approx(0.25)


def test_authors_alike_have_no_diversity_however_broad_each_is() -> None:
    rows = [(author, field, 0.5) for author in (1, 2) for field in "ac"]
    found = diversity(*rows)
    assert found["citations"] == pytest.approx(0.0, abs=1e-15)
    assert (found["authors"], found["flag"]) == (2, "")


def test_three_authors_by_hand() -> None:
    # profiles a, a, c: own terms 1; mean (2/3, 0, 1/3): 4/9 + 1/9 = 5/9; M = 4/9
    found = diversity((1, "a", 1.0), (2, "a", 1.0), (3, "c", 1.0))
    assert found["citations"] == pytest.approx(4 / 9)


def test_a_single_author_and_a_team_without_a_past_score_nothing() -> None:
    assert diversity((1, "a", 0.5), (1, "c", 0.5))[["citations", "flag"]].tolist() == [
        0.0,
        "fewer_than_two",
    ]
    none = team_diversity(profiles(), SIMILARITY, FOCAL).iloc[0]
    assert none[["citations", "authors", "flag"]].tolist() == [0.0, 0, "fewer_than_two"]


def test_a_field_without_similarity_is_named() -> None:
    with pytest.raises(InputError, match="field 'z' is missing; found a, b, c"):
        diversity((1, "z", 1.0))


def test_a_profile_is_of_documents_strictly_earlier() -> None:
    written = pd.DataFrame(
        {
            "author": 1,
            "document": [1, 2, 3, 4],
            "unit": "Oslo",
            "date": pd.to_datetime(["2018-01-01", "2019-01-01", "2020-01-01", "2020-01-01"]),
        }
    )
    fields = pd.DataFrame({"document": [1, 2, 2, 3, 4], "field": ["a", "a", "b", "c", "c"]})
    found = earlier_profiles(written, fields, pd.DataFrame({"document": [1, 2, 3]}))
    # the first document has no past; the second has a; the third a and half a, half b, not c
    assert found[["document", "field", "share"]].to_numpy().tolist() == [
        [2, "a", 1.0],
        [3, "a", 0.75],
        [3, "b", 0.25],
    ]


def test_the_score_of_a_city_is_relative_to_field_and_year() -> None:
    table = pd.DataFrame({"document": [1, 2, 3], "citations": [0.1, 0.3, 0.4]})
    documents = pd.DataFrame({"document": [1, 2, 3], "year": [2020, 2020, 2021]})
    fields = pd.DataFrame({"document": [1, 2, 3], "field": "a"})
    impact = normalised_diversity(table, documents, fields)
    assert impact["impact"].tolist() == pytest.approx([0.5, 1.5, 1.0])
    units = pd.DataFrame({"document": [2, 3], "unit": "Oslo", "weight": 1.0})
    assert mean_impact(impact, units, replicates=0, seed=1)["value"].tolist() == [1.25]
