"""Documents keep the ids and years of the user's files, and are drawn by year or organisation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.robustness import comparisons
from hubscan.robustness.bootstrap import base_of, replicates
from hubscan.robustness.draws import blocks, drawn
from hubscan.robustness.evidence import evidence_of
from hubscan.robustness.folders import opened_run
from hubscan.schema import DOCUMENTS, validated

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.robustness.evidence import Evidence

KINDS = {"patents": (2020, 2024), "publications": (2019, 2023), "deals": (2019, 2023)}
GOLDEN = {
    "document": [0.393311, 0.381259, 0.416714, 0.388412],
    "year": [0.41303, 0.222189, 0.401683, 0.375203],
    "organisation": [0.397501, 0.398811, 0.399975, 0.446102],
}
"""Total share of Berlin, the first cluster, in four replicates; it falls apart in one by year."""


def raw(run: Path, indicator: str) -> pd.DataFrame:
    """Return the file that the run has read."""
    return pd.read_csv(run.parent / "world" / f"{indicator}.csv", dtype={"id": str})


def test_documents_are_those_of_the_files_within_the_window(run_of: Callable[..., Path]) -> None:
    run = run_of()
    told = validated(pd.read_parquet(run / "documents.parquet"), DOCUMENTS)
    for indicator, (first, last) in KINDS.items():
        rows = raw(run, indicator)
        expected = rows[rows["year"].between(first, last)].groupby("id")["year"].min()
        mine = told[told["indicator"] == indicator].set_index("document_id")["year"]
        pd.testing.assert_series_equal(
            mine.sort_index(), expected.sort_index(), check_dtype=False, check_names=False
        )
    assert told["document"].is_unique
    assert (told["source"] == told["indicator"]).all()


def test_every_figure_leads_to_documents_of_the_users_files(run_of: Callable[..., Path]) -> None:
    run = run_of()
    found = comparisons.explained(run, "Paris")
    documents = found.tables["documents"]
    membership = opened_run(run).base.found.membership
    inside = membership[membership["cluster"] == found.summary["cluster"]]
    points = set(zip(inside["latitude"].round(3), inside["longitude"].round(3), strict=True))
    for indicator in ("patents", "publications"):
        rows = raw(run, indicator)
        first, last = KINDS[indicator]
        rows = rows[rows["year"].between(first, last)]
        # a document of several rows counts as a whole if any of its rows is in the window
        rows = raw(run, indicator).merge(rows[["id"]].drop_duplicates(), on="id")
        near = [point in points for point in zip(rows["lat"], rows["lon"], strict=True)]
        parts = rows.assign(inside=near).groupby("id")["inside"].agg(["sum", "size"])
        parts = parts[parts["sum"] > 0]
        mine = documents[documents["indicator"] == indicator].set_index("document_id")
        assert set(mine.index) == set(parts.index)
        expected = (parts["sum"] / parts["size"]).reindex(mine.index)
        np.testing.assert_allclose(mine["counted"], expected)
        counted = found.summary["indicators"][indicator]["counted"]
        assert counted == pytest.approx(expected.sum(), rel=1e-12)


def test_years_are_drawn_as_wholes_and_every_indicator_stays(run_of: Callable[..., Path]) -> None:
    held = opened_run(run_of()).base.evidence
    block = blocks(held, unit="year")
    years = held.documents["year"].to_numpy()
    assert len(set(block)) == 6
    for replicate in range(60):
        times = drawn(held, unit="year", seed=5, replicate=replicate).documents
        by_year = {year: set(times[years == year]) for year in np.unique(years)}
        assert all(len(each) == 1 for each in by_year.values())
        assert sum(each.pop() for each in by_year.values()) == 6
        for kind in held.documents["indicator"].cat.categories:
            assert times[(held.documents["indicator"] == kind).to_numpy()].sum() > 0


def one_year(held: Evidence) -> Evidence:
    return evidence_of(
        held.rows.assign(year=2020), held.counts.iloc[:0], held.totals, held.place_ties
    )


def test_one_year_can_not_be_drawn(run_of: Callable[..., Path]) -> None:
    held = one_year(opened_run(run_of()).base.evidence)
    with pytest.raises(InputError, match="all documents are of one year"):
        drawn(held, unit="year", seed=1, replicate=0)


def test_replicates_by_year_on_the_small_world(run_of: Callable[..., Path]) -> None:
    run = opened_run(run_of())
    found = {
        unit: replicates(run.base, numbers=range(4), unit=unit, seed=3)
        for unit in ("document", "year", "organisation")
    }
    first = {
        unit: each.ranks[each.ranks["cluster"] == 1]["total_share"].round(6).tolist()
        for unit, each in found.items()
    }
    assert first == GOLDEN


def test_the_order_of_rows_does_not_matter_by_year(run_of: Callable[..., Path]) -> None:
    base = opened_run(run_of()).base
    held = base.evidence
    mixed = held.rows.sample(frac=1.0, random_state=2)
    again = evidence_of(mixed, held.counts, held.totals, held.place_ties)
    other = base_of(base.edition, again, partial=())
    for unit in ("year", "organisation"):
        one = replicates(base, numbers=range(2), unit=unit, seed=4)
        two = replicates(other, numbers=range(2), unit=unit, seed=4)
        for mine, theirs in zip(one, two, strict=True):
            pd.testing.assert_frame_equal(mine, theirs)
