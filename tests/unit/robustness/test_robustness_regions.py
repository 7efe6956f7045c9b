"""Editions of regions, and single places as rivals: evidence gives back what the run found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from hubscan.robustness.bootstrap import replicates
from hubscan.robustness.evidence import Multiplicity, evidence_of
from hubscan.robustness.folders import opened_run
from hubscan.robustness.outcome import outcome

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

EDITIONS: dict[str, tuple[str, tuple[tuple[str, Any], ...]]] = {
    "places as rivals": ("gii-2025", (("merge.noise_rival", "places"),)),
    "of a region": ("africa-2024", (("regional.target_clusters", 20),)),
    "by the region's totals": (
        "africa-2024",
        (
            ("regional.weights_universe", "region"), ("regional.shares", "region"),
            ("merge.noise_rival", "places"), ("weights.totals", "all"),
            ("regional.target_clusters", 20),
        ),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EDITIONS)
def test_evidence_gives_back_what_the_run_found(name: str, run_of: Callable[..., Path]) -> None:
    folder = run_of(*EDITIONS[name])
    run = opened_run(folder)
    found = run.base.found
    for table, written in (
        (found.ranking, "ranking"), (found.membership, "membership"),
        (found.candidate_pairs, "merging"), (found.counts, "counts"),
    ):  # fmt: skip
        expected = pd.read_parquet(folder / f"{written}.parquet")
        expected = expected[list(table)] if written == "ranking" else expected
        pd.testing.assert_frame_equal(table, expected, check_exact=True, check_dtype=False)
    assert len(found.candidate_pairs) or "rivals" not in name


@pytest.mark.parametrize("name", EDITIONS)
def test_replicates_of_regions_are_made(name: str, run_of: Callable[..., Path]) -> None:
    run = opened_run(run_of(*EDITIONS[name]))
    found = replicates(run.base, numbers=range(3), unit="document", seed=1)
    assert (found.sizes["clusters"] > 0).all()
    assert found.ranks["total_share"].between(0.0, 3.0).all()


@pytest.mark.parametrize("name", ["places as rivals", "by the region's totals"])
def test_a_multiplicity_is_a_repetition_there_too(name: str, run_of: Callable[..., Path]) -> None:
    base = opened_run(run_of(*EDITIONS[name])).base
    held = base.evidence
    times = np.random.default_rng(4).integers(0, 3, len(held.documents))
    known = held.documents.assign(indicator=held.documents["indicator"].astype(str), times=times)
    copies = known.loc[known.index.repeat(times), ["indicator", "document"]]
    copies["copy"] = copies.groupby(["indicator", "document"]).cumcount()
    rows = held.rows.astype({"indicator": str, "economy": str})
    repeated = copies.merge(rows, on=["indicator", "document"])
    repeated["document"] = repeated["document"] * 10 + repeated["copy"]
    weights = Multiplicity(times.astype(np.int64), held.once.counts)
    economies = held.by_country["country"].unique()
    again = evidence_of(
        repeated.drop(columns="copy"),
        held.counts,
        held.weighted_totals(weights),
        held.place_ties,
        held.weighted_countries(weights, economies=economies),
    )
    one = outcome(base.edition, held, weights, partial=())
    other = outcome(base.edition, again, again.once, partial=())
    pd.testing.assert_frame_equal(one.ranking, other.ranking)
    pd.testing.assert_frame_equal(one.candidate_pairs, other.candidate_pairs)
