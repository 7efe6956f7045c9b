"""Evidence in memory reduces to what the bulk stages give, and replicates depend on seed alone."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from hubscan import count, merge
from hubscan.edition import Edition, load_edition
from hubscan.errors import InputError
from hubscan.robustness import boundaries, intervals, links
from hubscan.robustness.bootstrap import Base, base_of, replicates, together
from hubscan.robustness.draws import blocks, drawn
from hubscan.robustness.evidence import Multiplicity, evidence_of
from hubscan.robustness.outcome import Memory, outcome
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("patents", "publications", "deals")
NO_TIES = pd.DataFrame({"indicator": [], "place_a": [], "place_b": [], "strength": []})
NO_COUNTS = pd.DataFrame(
    {name: [] for name in ("indicator", "place", "economy", "denominator", "addresses")}
)


def located(seed: int, *, documents: int = 400, places: int = 30) -> pd.DataFrame:
    """Return documents of three indicators at random places of ten towns."""
    chance = np.random.default_rng(seed)
    town = np.arange(places) % 10
    latitude = 40.0 + 2.0 * town + chance.uniform(-0.04, 0.04, places)
    keys = place_keys(latitude.round(5), np.full(places, 7.0))
    pull = (1.0 + town) ** -0.8
    rows = []
    for indicator in ("patents", "publications", "deals"):
        for document in range(1, documents + 1):
            listed = 1 if indicator == "deals" else 1 + chance.poisson(1.0)
            found = max(1, listed - chance.integers(0, 2))
            at = chance.choice(places, found, p=pull / pull.sum())
            for place, number in zip(*np.unique(at, return_counts=True), strict=True):
                economy = "FR" if place % 3 else "CH"
                rows.append((indicator, document, keys[place], economy, number, listed, found))
    names = ["indicator", "document", "place", "economy", "addresses", "n_listed", "n_located"]
    return pd.DataFrame(rows, columns=names).assign(organisation=1 + np.arange(len(rows)) % 7)


def totals_of(rows: pd.DataFrame) -> pd.DataFrame:
    """Return table ``totals`` of documents that are all located."""
    documents = rows.drop_duplicates(["indicator", "document"])
    table = documents.groupby("indicator").agg(
        documents=("document", "size"),
        addresses=("n_listed", "sum"),
        located=("n_located", "sum"),
    )
    table = table.assign(unit=1, covered=table["documents"].astype(float)).reset_index()
    table = table.astype({"documents": float})
    return table[["indicator", "unit", "documents", "covered", "addresses", "located"]]


def small_edition() -> Edition:
    return load_edition("gii-2025").replace("cluster.min_weight", 30.0)


@cache
def small_base() -> Base:
    rows = located(3)
    held = evidence_of(rows, NO_COUNTS, totals_of(rows), NO_TIES)
    return base_of(small_edition(), held, partial=())


def lazy(table: pd.DataFrame) -> Any:  # noqa: ANN401 - a lazy table
    return ibis.memtable(pa.Table.from_pandas(table, preserve_index=False))


def in_order(table: pd.DataFrame) -> pd.DataFrame:
    plain = table.astype({name: str for name in ("indicator", "economy") if name in table})
    return plain.sort_values(list(plain.columns), ignore_index=True)


@pytest.mark.parametrize("missing", ["renormalise", "lose"])
def test_once_each_is_what_the_bulk_stage_counts(missing: str) -> None:
    rows = located(1)
    held = evidence_of(rows, NO_COUNTS, totals_of(rows), NO_TIES)
    bulk = count.place_addresses(lazy(rows), missing=missing).to_pandas()
    found = held.place_addresses(held.once, missing=missing, economies=(), indicators=KINDS)
    pd.testing.assert_frame_equal(in_order(found), in_order(bulk)[list(found)], check_dtype=False)


def test_ties_and_whole_documents_are_those_of_the_bulk_stages() -> None:
    rows = located(2)
    held = evidence_of(rows, NO_COUNTS, totals_of(rows), NO_TIES)
    keys = np.unique(rows["place"])
    assignment = pd.DataFrame({"place": keys[3:], "cluster": np.arange(len(keys) - 3) % 5 + 1})
    in_clusters = count.document_clusters(lazy(rows), lazy(assignment))
    ties = merge.collaboration_ties(in_clusters).to_pandas()
    found = links.ties(held, held.once, assignment, indicators=KINDS)
    pd.testing.assert_frame_equal(in_order(found), in_order(ties)[list(found)], check_dtype=False)
    whole = count.cluster_documents(in_clusters).to_pandas()
    by_indicator = pd.concat([assignment.assign(indicator=m) for m in rows["indicator"].unique()])
    counted = links.cluster_documents(held, held.once, by_indicator)
    pd.testing.assert_frame_equal(
        in_order(counted), in_order(whole)[list(counted)], check_dtype=False
    )


def test_a_multiplicity_is_a_repetition() -> None:
    rows = located(4, documents=150)
    held = evidence_of(rows, NO_COUNTS, totals_of(rows), NO_TIES)
    times = np.random.default_rng(1).integers(0, 4, len(held.documents))
    known = held.documents.assign(indicator=held.documents["indicator"].astype(str), times=times)
    copies = known.loc[known.index.repeat(times), ["indicator", "document"]]
    copies["copy"] = copies.groupby(["indicator", "document"]).cumcount()
    repeated = copies.merge(rows, on=["indicator", "document"])
    repeated["document"] = repeated["document"] * 10 + repeated["copy"]
    again = evidence_of(repeated.drop(columns="copy"), NO_COUNTS, totals_of(repeated), NO_TIES)
    edition = small_edition().replace("count.method", "full")
    for each in (edition, small_edition()):
        one = outcome(
            each, held, Multiplicity(times.astype(np.int64), held.once.counts), partial=()
        )
        other = outcome(each, again, again.once, partial=())
        pd.testing.assert_frame_equal(one.ranking, other.ranking)
        pd.testing.assert_frame_equal(one.membership, other.membership)
        pd.testing.assert_frame_equal(one.candidate_pairs, other.candidate_pairs)


def test_rows_in_any_order_are_the_same_evidence() -> None:
    rows = located(5)
    base = small_base()
    shuffled = located(3).sample(frac=1.0, random_state=1)
    held = evidence_of(shuffled, NO_COUNTS, totals_of(shuffled), NO_TIES)
    one = replicates(base, numbers=range(2), unit="document", seed=7)
    again = base_of(base.edition, held, partial=())
    other = replicates(again, numbers=range(2), unit="document", seed=7)
    for mine, theirs in zip(one, other, strict=True):
        pd.testing.assert_frame_equal(mine, theirs)
    assert len(rows) > 0


def test_blocks_of_replicates_add_up_however_they_are_cut() -> None:
    base = small_base()
    whole = replicates(base, numbers=range(6), unit="document", seed=2)
    cut = [replicates(base, numbers=n, unit="document", seed=2) for n in (range(4), range(4, 6))]
    for mine, theirs in zip(together([whole]), together(cut), strict=True):
        pd.testing.assert_frame_equal(mine, theirs)


def test_blocks_occur_together() -> None:
    held = small_base().evidence
    block = blocks(held, unit="organisation")
    times = drawn(held, unit="organisation", seed=1, replicate=3).documents
    for number in range(int(block.max()) + 1):
        assert len(set(times[block == number])) == 1
    assert 1 < block.max() + 1 < len(block)


def test_replicates_are_poisson_and_differ() -> None:
    held = small_base().evidence
    draws = [drawn(held, unit="document", seed=1, replicate=r).documents for r in range(40)]
    mean, variance = np.mean(draws), np.var(draws)
    assert abs(mean - 1.0) < 0.02
    assert abs(variance - 1.0) < 0.03
    assert not np.array_equal(draws[0], draws[1])


def test_counts_at_places_are_drawn_as_documents() -> None:
    counts = pd.DataFrame(
        {
            "indicator": "patents",
            "place": np.arange(50),
            "economy": "FR",
            "denominator": 1000,
            "addresses": 2_500_000,
        }
    )
    totals = pd.DataFrame(
        {
            "indicator": ["patents"],
            "unit": [1000],
            "documents": [125_000.5],
            "covered": [125_000.0],
            "addresses": [125_000_500],
            "located": [125_000_000],
        }
    )
    held = evidence_of(located(1).iloc[:0], counts, totals, NO_TIES)
    pd.testing.assert_frame_equal(held.weighted_totals(held.once), totals)
    number = drawn(held, unit="document", seed=1, replicate=0).counts
    assert (number % 1000 == 0).all()
    assert 20.0 < np.std(number / 1000) < 80.0
    weighted = held.weighted_totals(Multiplicity(np.zeros(0, np.int64), number))
    assert weighted["located"].item() == number.sum()
    assert weighted["documents"].item() == pytest.approx(number.sum() / 1000 + 0.5)


@pytest.mark.parametrize(
    ("unit", "said"),
    [("week", "must be one of"), ("year", "the evidence has no years of documents")],
)
def test_what_cannot_be_drawn_is_said(unit: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        drawn(small_base().evidence, unit=unit, seed=1, replicate=0)


def test_settings_that_agree_share_their_stages() -> None:
    base, memory = small_base(), Memory()
    held = base.evidence
    outcome(base.edition, held, held.once, partial=(), memory=memory)
    before = len(memory.held)
    changed = base.edition.replace("rank.on", "displayed")
    found = outcome(changed, held, held.once, partial=(), memory=memory)
    assert len(memory.held) == before
    changed = base.edition.replace("count.missing", "lose")
    found = outcome(changed, held, held.once, partial=(), memory=memory)
    alone = outcome(changed, held, held.once, partial=())
    pd.testing.assert_frame_equal(found.ranking, alone.ranking)


def test_a_study_of_replicates_holds_together() -> None:
    base = small_base()
    found = replicates(base, numbers=range(30), unit="document", seed=1)
    assert found.places.groupby("place")["times"].sum().eq(30).all()
    ranking = base.found.ranking
    drawn_ = intervals.drawn_ranks(ranking, found)
    table = intervals.rank_intervals(ranking, drawn_, level=0.9)
    assert (table["lower"] <= table["median"]).all()
    assert (table["median"] <= table["upper"]).all()
    probability = intervals.outranking(drawn_)
    np.testing.assert_allclose(probability + probability.T, 1.0)
    sets = intervals.confidence_sets(ranking, drawn_, level=0.9)
    assert (sets["joint_lower"] <= sets["own_lower"]).all()
    assert (sets["joint_upper"] >= sets["own_upper"]).all()
    assert ((sets["own_lower"] <= table["rank"]) & (table["rank"] <= sets["own_upper"])).all()
    places = boundaries.membership_probability(base.found.membership, found)
    assert places["probability"].between(0.0, 1.0, inclusive="right").all()
    lines = boundaries.probability_isolines(
        places, levels=(0.05, 0.5, 0.95), **base.edition.disc, outline="mask"
    )
    for _, of_cluster in lines.groupby("cluster"):
        areas = of_cluster.sort_values("probability")["area_km2"].to_numpy()
        assert (np.diff(areas) <= 1e-9).all()


def test_a_missing_column_is_said() -> None:
    with pytest.raises(InputError, match="column 'place' is missing"):
        evidence_of(located(1).drop(columns="place"), NO_COUNTS, pd.DataFrame(), NO_TIES)


@pytest.mark.slow
def test_a_run_folder_gives_its_own_ranking_back(tmp_path: Path, watcher: Any) -> None:  # noqa: ANN401 - a fixture of another file
    from hubscan import demonstration  # noqa: PLC0415 - heavy; for the long run only
    from hubscan.robustness import figures, studies, study_files  # noqa: PLC0415 - heavy, as above
    from hubscan.robustness.folders import opened_run  # noqa: PLC0415 - heavy, as above

    demonstration.demonstrated(
        tmp_path / "run", scale=0.005, edition="gii-2025", seed=1, threads=2, watcher=watcher
    )
    run = opened_run(tmp_path / "run")
    written = pd.read_parquet(tmp_path / "run" / "ranking.parquet")
    found = run.base.found
    pd.testing.assert_frame_equal(
        found.ranking, written[list(found.ranking)], check_dtype=False, check_exact=True
    )
    places = pd.read_parquet(tmp_path / "run" / "membership.parquet")
    pd.testing.assert_frame_equal(found.membership, places, check_exact=True)
    mass = pd.read_parquet(tmp_path / "run" / "place_addresses.parquet")
    held = run.base.evidence.place_addresses(
        run.base.evidence.once, missing="renormalise", economies=(), indicators=KINDS
    )
    pd.testing.assert_frame_equal(in_order(held), in_order(mass), check_dtype=False)

    plan = studies.Plan(12, "document", 1, 0.9, 0)
    folders = []
    for workers, work in ((1, "one"), (2, "two")):
        opened, study = studies.studied(
            tmp_path / "run", plan, work=tmp_path / work, workers=workers, watcher=watcher
        )
        folder = study_files.write_study(opened, study, plan, figures=figures.study_figures)
        folders.append({path.name: path.read_bytes() for path in folder.iterdir()})
    assert folders[0].keys() == folders[1].keys()
    for name, content in folders[0].items():
        assert content == folders[1][name], name
