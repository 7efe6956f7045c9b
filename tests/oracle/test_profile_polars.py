"""Whole profiles against Polars, on some ten thousand documents, in any order and on one thread."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from hubscan import count, engine, profile
from hubscan.profile import field_of, profiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOCUMENTS, PLACES, CLUSTERS = 6_000, 400, 25
ECONOMIES = ("CN", "FR", "", "US", "CH", "DE")
SYMBOLS = ("H04L 5/00", "H04W 4/00", "G06F 3/01", "G01N 33/68", "G01N 3/00", "A61K 9/00", "nothing")
SUBJECTS = ("Optics", "Oncology", "Art", "Acoustics", "Zoology")
INDICATORS = ("patents", "publications")
CHOICE: dict[str, Any] = {
    "extensions": "predecessor",
    "top": 3,
}


class Drawn:
    """The tables that profiles are made from, drawn at random, in any order of rows."""

    def __init__(self, order: int) -> None:
        self.order = np.random.default_rng(order)
        rng = np.random.default_rng(11)
        size = np.minimum(rng.geometric(0.35, DOCUMENTS) + 40 * (rng.random(DOCUMENTS) < 0.01), 50)
        document = np.repeat(np.arange(DOCUMENTS), size)
        place = rng.integers(0, PLACES, len(document)) ** 2 // PLACES
        found = rng.random(len(document)) < 0.95
        n_located = np.bincount(document, weights=found, minlength=DOCUMENTS).astype(int)
        frame = pd.DataFrame(
            {
                "indicator": np.where(document % 2 == 0, "patents", "publications"),
                "document": document,
                "place": place,
                # a place may lie in two economies: addresses say which
                "economy": np.array(ECONOMIES)[(place + (rng.random(len(place)) < 0.1)) % 6],
                "n_listed": size[document],
                "n_located": n_located[document],
                "organisation": rng.integers(0, 60, len(document)) ** 2 // 60,
            }
        )[found]
        cluster = rng.integers(0, CLUSTERS + 1, PLACES)
        self.assignment = self.mixed(
            pd.DataFrame({"place": np.arange(PLACES), "cluster": cluster}).query("cluster > 0")
        )
        # patents name applicants; organisations, numbered from 1, are named by publications
        named = frame["indicator"] == "publications"
        frame["organisation"] = np.where(named, frame["organisation"] + 1, 0)
        self.apart = frame
        sizes = ["indicator", "document", "n_listed", "n_located"]
        self.sizes = self.mixed(frame[sizes].drop_duplicates())
        self.located = self.mixed(
            frame.groupby(list(frame), as_index=False).size().rename(columns={"size": "addresses"})
        )
        self.labels = self.mixed(_labels(rng))
        self.lists, self.borne = _lists(self.labels)
        kinds = {"ipc": SYMBOLS, "subject": SUBJECTS, "applicant": [f"A{k:02}" for k in range(40)]}
        kinds["organisation"] = [f"O{99 - k}" for k in range(60)]
        texts = [
            (kind, k, text)
            for kind, names in kinds.items()
            for k, text in enumerate(names, start=int(kind == "organisation"))
        ]
        self.texts = self.mixed(pd.DataFrame(texts, columns=["kind", "label", "text"]))
        first = np.array(["CN", "FR", "US", "CH", "DE"])[np.arange(1, CLUSTERS + 1) % 5]
        self.economies = self.mixed(
            pd.DataFrame(
                {
                    "cluster": np.arange(1, CLUSTERS + 1),
                    "economies": [f"{code}/JP" for code in first],
                    "home_economy": first,
                }
            )
        )

    def mixed(self, frame: pd.DataFrame) -> pd.DataFrame:
        """Return a table with its rows in this drawing's order."""
        return frame.iloc[self.order.permutation(len(frame))].reset_index(drop=True)

    def profiles(self, tables: engine.DuckDB, **choice: str) -> dict[str, pd.DataFrame]:
        """Return the profiles of the clusters drawn."""
        located, assignment = tables.table(self.located), tables.table(self.assignment)
        inside = count.document_economies(
            located, assignment, tables.table(self.sizes), indicators=INDICATORS
        )
        kept, borne = tables.table(tables.frame(inside)), tables.table(self.mixed(self.borne))
        home = profile.homes(self.economies, home_economy=choice["home_economy"])
        shared = {"counting": "fractional", "missing": choice.pop("missing")}
        leading = shared | {"counting": choice["counting"]}
        of_lists, of_kind = profile.list_addresses, ("ipc", "subject")
        sums = (
            profile.cluster_addresses(kept, **shared),
            of_lists(kept, borne, kinds=of_kind, **shared),
            profile.cluster_addresses(kept, **leading),
            of_lists(kept, borne, kinds=("applicant",), **leading),
            profile.organisation_addresses(located, assignment, **leading),
            profile.foreign_documents(kept, tables.table(home)),
            profile.economy_links(kept),
            profile.cluster_pairs(kept),
        )
        reduced = profile.Reduced(*(self.mixed(tables.frame(table)) for table in sums))
        named = profile.Named(self.mixed(self.lists), self.texts)
        return profiles(reduced, named, self.economies, range(1, 11), **CHOICE, **choice)


def _lists(labels: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the labels of each distinct list, and the list that each document bears."""
    keys = ["indicator", "document", "kind"]
    ordered = labels.sort_values([*keys, "position"])
    told = ordered.groupby(keys)["label"].agg(tuple).reset_index(name="told")
    once = told[["kind", "told"]].drop_duplicates().sort_values(["kind", "told"])
    once["label_list"] = once.groupby("kind").cumcount()
    borne = told.merge(once, on=["kind", "told"])[[*keys, "label_list"]]
    parts = once.explode("told", ignore_index=True).rename(columns={"told": "label"})
    parts["position"] = parts.groupby(["kind", "label_list"]).cumcount() + 1
    return parts.astype({"label": "int64"}), borne


def _labels(rng: np.random.Generator) -> pd.DataFrame:
    """Return labels of documents: one in ten has none of a kind."""
    parts = []
    for kind, parity, many in (
        ("ipc", 0, len(SYMBOLS)),
        ("applicant", 0, 40),
        ("subject", 1, len(SUBJECTS)),
    ):
        for document in range(parity, DOCUMENTS, 2):
            size = min(int(rng.integers(0, 10) > 0) * int(rng.geometric(0.5)), 5)
            drawn = rng.choice(many, size, replace=False)
            parts += [
                ("patents" if parity == 0 else "publications", document, kind, int(k), at)
                for at, k in enumerate(drawn, start=1)
            ]
    return pd.DataFrame(parts, columns=["indicator", "document", "kind", "label", "position"])


Found = tuple[dict[str, str], dict[str, pd.DataFrame]]
"""The options of a profile, and its tables."""

CHOICES = [
    {"field_counting": f, "counting": c, "home_economy": h, "missing": m}
    for f, c, h, m in (
        ("equal", "fractional", "main", "renormalise"),
        ("symbol_share", "whole", "all_labels", "lose"),
        ("first_ipc", "fractional", "all_labels", "lose"),
    )
]


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    return Drawn(1)


@pytest.fixture(scope="module")
def tables(tmp_path_factory: pytest.TempPathFactory) -> Iterator[engine.DuckDB]:
    spill = tmp_path_factory.mktemp("spill")
    with engine.opened(spill=spill, threads=2, memory_gb=1.0) as opened:
        yield opened


@pytest.fixture(
    scope="module", params=CHOICES, ids=lambda c: f"{c['field_counting']}-{c['missing']}"
)
def found(request: pytest.FixtureRequest, drawn: Drawn, tables: engine.DuckDB) -> Found:
    return request.param, drawn.profiles(tables, **request.param)


def placed(drawn: Drawn) -> pl.DataFrame:
    """Return addresses with their cluster."""
    assignment = pl.from_pandas(drawn.assignment)
    joined = pl.from_pandas(drawn.apart).join(assignment, on="place", how="left")
    return joined.with_columns(pl.col("cluster").fill_null(-1))


def denominator(choice: dict[str, str]) -> str:
    return "n_located" if choice["missing"] == "renormalise" else "n_listed"


def parts_in_clusters(drawn: Drawn, indicator: str, choice: dict[str, str]) -> pl.DataFrame:
    """Return each document's part in each cluster."""
    return (
        placed(drawn)
        .filter(pl.col("indicator") == indicator)
        .group_by("document", "cluster")
        .agg((1 / pl.col(denominator(choice))).sum().alias("part"))
    )


def compared(ours: pd.DataFrame, theirs: pl.DataFrame, keys: list[str], values: list[str]) -> None:
    """Check that two tables have the same keys, and values but for rounding."""
    one = ours.sort_values(keys, ignore_index=True)
    other = theirs.to_pandas().sort_values(keys, ignore_index=True)
    assert one[keys].to_numpy().tolist() == other[keys].to_numpy().tolist()
    for value in values:
        assert one[value].to_numpy(float) == pytest.approx(other[value].to_numpy(float), rel=1e-9)


def test_fields(found: Found, drawn: Drawn) -> None:
    choice, tables_of_profiles = found
    fields = field_of(pd.Series(SYMBOLS), extensions="predecessor")
    marked = pl.from_pandas(drawn.labels).filter(pl.col("kind") == "ipc")
    marked = marked.with_columns(field=pl.lit(fields.to_list()).list.get(pl.col("label")))
    marked = marked.filter(pl.col("field") > 0)
    if choice["field_counting"] == "first_ipc":
        marked = marked.sort("position").group_by("document").first()
    if choice["field_counting"] == "equal":
        marked = marked.unique(["document", "field"])
    shares = marked.group_by("document", "field").agg(symbols=pl.len())
    shares = shares.with_columns(phi=pl.col("symbols") / pl.col("symbols").sum().over("document"))
    counts = (
        parts_in_clusters(drawn, "patents", choice)
        .join(shares, on="document")
        .group_by("cluster", "field")
        .agg((pl.col("part") * pl.col("phi")).sum().alias("count"))
    )
    world = counts.group_by("field").agg(pl.col("count").sum().alias("all"))
    theirs = (
        counts.filter(pl.col("cluster") > 0)
        .with_columns(share=pl.col("count") / pl.col("count").sum().over("cluster"))
        .join(world, on="field")
        .with_columns(specialisation=pl.col("share") / (pl.col("all") / world["all"].sum()))
    )
    ours = tables_of_profiles["field_profile"]
    assert len(ours) == 35 * CLUSTERS
    compared(
        ours.loc[ours["count"] > 0],
        theirs,
        ["cluster", "field"],
        ["count", "share", "specialisation"],
    )


def test_fields_of_the_listed_clusters(found: Found) -> None:
    _, tables_of_profiles = found
    first = tables_of_profiles["field_profile"].query("cluster <= 10")
    theirs = pl.from_pandas(first).group_by("field").agg(pl.col("count").sum())
    theirs = theirs.with_columns(share=pl.col("count") / pl.col("count").sum())
    compared(tables_of_profiles["listed_fields"], theirs, ["field"], ["count", "share"])


def test_subjects_and_what_has_none(found: Found, drawn: Drawn) -> None:
    choice, tables_of_profiles = found
    marked = pl.from_pandas(drawn.labels).filter(pl.col("kind") == "subject")
    marked = marked.with_columns(
        n=pl.len().over("document"), subject=pl.lit(list(SUBJECTS)).list.get(pl.col("label"))
    )
    parts = parts_in_clusters(drawn, "publications", choice)
    joined = parts.join(marked, on="document", how="left")
    theirs = (
        joined.drop_nulls("subject")
        .group_by("cluster", "subject")
        .agg((pl.col("part") / pl.col("n")).sum().alias("count"))
    )
    ours = tables_of_profiles["subject_profile"]
    compared(
        ours.loc[ours["count"] > 0],
        theirs.filter(pl.col("cluster") > 0),
        ["cluster", "subject"],
        ["count"],
    )
    without = joined.group_by("cluster").agg(
        pl.col("part").filter(pl.col("subject").is_null()).sum().alias("unclassified"),
        (pl.col("part") / pl.col("n").fill_null(1)).sum().alias("count"),
    )
    compared(
        tables_of_profiles["subject_concentration"], without, ["cluster"], ["count", "unclassified"]
    )


@pytest.mark.parametrize("kind", ["applicant", "organisation"])
def test_leaders(found: Found, drawn: Drawn, kind: str) -> None:
    choice, tables_of_profiles = found
    indicator = "patents" if kind == "applicant" else "publications"
    whole = choice["counting"] == "whole"
    parts = parts_in_clusters(drawn, indicator, choice)
    if kind == "applicant":
        marked = pl.from_pandas(drawn.labels).filter(pl.col("kind") == kind)
        each = parts.join(marked.with_columns(n=pl.len().over("document")), on="document")
        each = each.with_columns(amount=1.0 if whole else pl.col("part") / pl.col("n"))
    else:
        named = pl.from_pandas(drawn.apart).filter(pl.col("organisation") > 0)
        each = named.join(pl.from_pandas(drawn.assignment), on="place")
        each = each.rename({"organisation": "label"}).with_columns(
            amount=1 / pl.col(denominator(choice))
        )
        if whole:
            each = each.unique(["document", "cluster", "label"]).with_columns(amount=1.0)
    texts = pl.from_pandas(drawn.texts).filter(pl.col("kind") == kind).select("label", name="text")
    counts = (
        each.filter(pl.col("cluster") > 0)
        .group_by("cluster", "label")
        .agg(pl.col("amount").sum().alias("count"))
        .join(texts, on="label")
        .with_columns(rounded=pl.col("count").round(9))
        .sort("cluster", "rounded", "name", descending=[False, True, False])
        .with_columns(rank=pl.int_range(1, pl.len() + 1).over("cluster"))
    )
    amount = pl.len() if whole else pl.col("part").sum()
    amounts = parts.group_by("cluster").agg(amount.alias("n"))
    theirs = (
        counts.filter(pl.col("rank") <= CHOICE["top"])
        .join(amounts, on="cluster")
        .with_columns(share=pl.col("count") / pl.col("n"))
        .rename({"name": kind})
    )
    compared(
        tables_of_profiles[f"top_{kind}s"], theirs, ["cluster", "rank", kind], ["count", "share"]
    )


def test_collaboration(found: Found, drawn: Drawn) -> None:
    choice, tables_of_profiles = found
    labels = pl.from_pandas(drawn.economies)
    at_home = labels.select("cluster", home=pl.concat_list("home_economy"))
    if choice["home_economy"] == "all_labels":
        at_home = labels.select("cluster", home=pl.col("economies").str.split("/"))
    ends = placed(drawn).unique(["indicator", "document", "cluster", "economy"])
    inside = ends.filter(pl.col("cluster") > 0).unique(["indicator", "document", "cluster"])
    met = inside.select("indicator", "document", "cluster").join(
        ends.select("indicator", "document", "economy", there="cluster"),
        on=["indicator", "document"],
    )
    met = met.join(at_home, on="cluster").with_columns(
        own=pl.col("economy").is_in(pl.col("home")) | (pl.col("economy") == "")
    )
    documents = (
        met.group_by("indicator", "document", "cluster")
        .agg(abroad=~pl.col("own").all())
        .group_by("indicator", "cluster")
        .agg(documents=pl.len(), foreign_documents=pl.col("abroad").sum())
    )
    ours = tables_of_profiles["collaboration"]
    compared(ours, documents, ["indicator", "cluster"], ["documents", "foreign_documents"])
    outside = met.filter(pl.col("there") != pl.col("cluster"))
    links = (
        outside.unique(["indicator", "document", "cluster", "economy"])
        .group_by("indicator", "cluster", "economy")
        .agg(links=pl.len(), own=pl.col("own").first())
    )
    compared(
        tables_of_profiles["links_by_economy"],
        links,
        ["indicator", "cluster", "economy"],
        ["links"],
    )
    known = links.filter(pl.col("economy") != "")
    sums = known.group_by("indicator", "cluster").agg(
        domestic_links=pl.col("links").filter(pl.col("own")).sum(),
        foreign_links=pl.col("links").filter(~pl.col("own")).sum(),
    )
    compared(ours, sums, ["indicator", "cluster"], ["domestic_links", "foreign_links"])


def test_links_between_clusters(found: Found, drawn: Drawn) -> None:
    _, tables_of_profiles = found
    once = placed(drawn).unique(["indicator", "document", "cluster"])
    once = once.select("indicator", "document", "cluster")
    pairs = once.join(once.rename({"cluster": "partner"}), on=["indicator", "document"])
    theirs = (
        pairs.filter((pl.col("cluster") != pl.col("partner")) & (pl.col("cluster") > 0))
        .group_by("indicator", "cluster", "partner")
        .agg(links=pl.len())
        .with_columns(share=pl.col("links") / pl.col("links").sum().over("indicator", "cluster"))
    )
    compared(
        tables_of_profiles["cluster_links"],
        theirs,
        ["indicator", "cluster", "partner"],
        ["links", "share"],
    )


def test_neither_the_order_of_rows_nor_threads_change_a_bit(found: Found, tmp_path: Path) -> None:
    choice, tables_of_profiles = found
    with engine.opened(spill=tmp_path, threads=1, memory_gb=1.0) as alone:
        again = Drawn(2).profiles(alone, **choice)
    assert again.keys() == tables_of_profiles.keys()
    for name, table in tables_of_profiles.items():
        pd.testing.assert_frame_equal(again[name], table, check_exact=True, obj=name)
        one, other = (pa.Table.from_pandas(each) for each in (again[name], table))
        assert one.equals(other)
