"""From the files of each source to a ranking of its little world: whole runs, known by hand."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hubscan import readers, runs
from hubscan.edition import load_edition

if TYPE_CHECKING:
    from hubscan.edition import Edition

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "readers"

# six documents: two at Boston alone in full, one of Boston twice, one of Boston and Kobe, one of
# Kobe twice, one of Munich, which is too little to be a cluster: 3.5, 1.5 and 1 in fractions
DOCUMENTS = {"Boston": 3.5, "Kobe": 1.5}
DEALS = {"Boston": 4.0, "Kobe": 2.0}

# the half-hour under test runs Web of Science beside PatentsView, every time
QUICK = ("patentsview", "crunchbase")


class Nobody:
    """A watcher that takes note of nothing."""

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: object) -> None:
        """Take note of nothing."""


def little(edition: str, indicators: list[str]) -> Edition:
    """Return an edition for a world in which three addresses are a cluster."""
    small = load_edition(edition).restricted(indicators)
    return small.replace("cluster.threshold", "weight").replace("cluster.min_weight", 3.0)


def ingested(name: str, out: Path) -> None:
    mapping = readers.read_mapping(FIXTURES / "table" / "mapping.toml") if name == "table" else None
    paths = [FIXTURES / name / "filings.csv" if name == "table" else FIXTURES / name]
    options = readers.Options(mapping=mapping, threads=1)
    source = readers.source_named(name)
    readers.convert(source, paths, out, options=options, watcher=Nobody())


def counts_of(edition: Edition, folder: Path, tmp_path: Path, indicator: str) -> dict[str, float]:
    """Return the count of each listed cluster."""
    finished = runs.run(
        edition,
        folder / "inputs.toml",
        tmp_path / "run",
        root=None,
        machine=runs.Machine(threads=1),
        watcher=Nobody(),
    )
    assert finished.rejected == 0
    ranking = finished.results.ranking
    counts = finished.results.counts
    found = counts[counts["indicator"] == indicator].set_index("cluster")["count"]
    principal = ranking["name"].str.split("–").str[0]
    return dict(zip(principal, found[ranking["cluster"]], strict=True))


def named(indicator: str) -> list[object]:
    names = [source.name for source in readers.SOURCES]
    indicators = {
        source.name: "patents" if source.name == "table" else source.indicator
        for source in readers.SOURCES
    }
    return [
        name if name in QUICK else pytest.param(name, marks=pytest.mark.slow)
        for name in names
        if indicators[name] == indicator
    ]


@pytest.mark.parametrize("name", named("patents"))
def test_patents_of_each_source_are_ranked(name: str, tmp_path: Path) -> None:
    ingested(name, tmp_path / "in")
    edition = little("gii-2024", ["patents"])
    assert counts_of(edition, tmp_path / "in", tmp_path, "patents") == DOCUMENTS


@pytest.mark.parametrize("name", named("publications"))
def test_publications_of_each_source_are_ranked(name: str, tmp_path: Path) -> None:
    ingested(name, tmp_path / "in")
    edition = little("gii-2024", ["publications"]).replace("ingest.publication_scope", "none")
    assert counts_of(edition, tmp_path / "in", tmp_path, "publications") == DOCUMENTS


@pytest.mark.parametrize("name", named("deals"))
def test_deals_of_each_source_are_counted_in_the_clusters_of_patents(
    name: str, tmp_path: Path
) -> None:
    ingested("patentsview", tmp_path / "in")
    ingested(name, tmp_path / "in")
    edition = little("gii-2025", ["patents", "deals"])
    assert edition.ingest.deals_exclude == ("accelerator", "debt")
    assert counts_of(edition, tmp_path / "in", tmp_path, "deals") == DEALS
