from __future__ import annotations

import pandas as pd
import pytest

from hubscan.index.indicators import top_author_count, top_author_marks

WRITTEN = pd.DataFrame({"author": [1, 1, 1, 2, 3, 3, 4], "document": [1, 2, 2, 3, 4, 5, 6]})
FIELDS = pd.DataFrame({"document": [1, 2, 3, 4, 5, 6], "field": list("aaabba")})
CITED = pd.DataFrame({"document": [1, 2, 3, 4], "citations": [4, 5, 9, 100]})


def test_authors_are_ranked_within_their_field_by_all_their_citations() -> None:
    found = top_author_marks(WRITTEN, FIELDS, CITED, top_share=0.5, ties="fraction")
    # field a: authors 1 and 2 with 9 each tie for 1.5 of 3 places, 4 has none; field b: 3 alone
    assert found["citations"].tolist() == [9, 9, 100, 0]
    assert found["mark"].tolist() == pytest.approx([0.75, 0.75, 0.5, 0.0])
    assert found["mark"].sum() == pytest.approx(0.5 * 4)


def test_each_unit_counts_its_residents() -> None:
    marks = pd.DataFrame({"author": [1, 2, 3], "mark": [1.0, 1.0, 0.0]})
    residents = pd.DataFrame(
        {"author": [1, 2, 2, 3], "unit": ["Oslo", "Oslo", "Rome", "Rome"],
         "weight": [1.0, 0.5, 0.5, 1.0]}
    )  # fmt: skip
    found = top_author_count(marks, residents, replicates=20, seed=1)
    assert found["value"].tolist() == [1.5, 0.5]
    assert found["denominator"].tolist() == [1.5, 1.5]
    assert (found["se"] > 0).all()
