"""The files of a world: what a user would open, and what the published totals say of it."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pyarrow.parquet as pq
import pytest

from hubscan import world as synthetic
from hubscan.errors import InputError
from hubscan.world.published import ADDRESSES, COVERED, LISTED, LOCATED

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

    from hubscan.world import World

    Tables = dict[str, pd.DataFrame]

SCALE = 0.02


class _Kept(io.BytesIO):
    """A file that keeps its content when closed."""

    content = b""

    def close(self) -> None:
        """Keep the content."""
        self.content = self.content or self.getvalue()
        super().close()


def _written(cities: pd.DataFrame, *, seed: int) -> dict[str, bytes]:
    """Return the files of a tiny world."""
    files: dict[str, _Kept] = {}

    def opened(path: str) -> _Kept:
        files[path] = _Kept()
        return files[path]

    made = synthetic.world(cities, scale=0.001, seed=seed)
    synthetic.write_world(made, opened, raw_addresses=True, progress=lambda *_: None)
    return {path: file.content for path, file in files.items()}


def test_equal_seeds_give_equal_bytes_and_others_do_not(cities: pd.DataFrame) -> None:
    some = cities[cities["population"] >= 20_000]
    first, again = _written(some, seed=1), _written(some.sample(frac=1.0, random_state=3), seed=1)
    other = _written(some, seed=2)
    assert first == again
    assert first.keys() == other.keys()
    assert all(first[path] != other[path] for path in first)
    assert all(content[:4] == b"PAR1" for content in first.values())


def test_files_are_those_described_and_say_that_they_are_synthetic(
    arrow: dict[str, pa.Table],
) -> None:
    described = {
        file["paths"]: file["columns"] for file in synthetic.description(raw_addresses=True)
    }
    for path, table in arrow.items():
        pattern = path if path.startswith("deals") else path.split("-")[0] + "-*.parquet"
        assert table.column_names == described[pattern]
        assert b"not real documents" in table.schema.metadata[b"synthetic"]
    years = {path.split("-")[1][:4] for path in arrow if "-" in path}
    assert years == {str(year) for year in range(2017, 2025)}


def test_raw_addresses_can_be_left_out() -> None:
    without = synthetic.description(raw_addresses=False)[0]["columns"]
    assert "raw_address" not in without


def test_rows_are_sorted_and_every_document_has_its_addresses(tables: Tables) -> None:
    for name in ("patents", "publications"):
        addresses, documents = tables[f"{name}/addresses"], tables[f"{name}/documents"]
        assert documents["document_id"].is_monotonic_increasing
        assert documents["document_id"].is_unique
        assert addresses["document_id"].is_monotonic_increasing
        assert addresses["document_id"].drop_duplicates().tolist() == (
            documents["document_id"].tolist()
        )
        last = addresses.groupby("document_id")["sequence"].agg(["max", "size"])
        assert (last["max"] == last["size"]).all()
    assert (documents["year"] == documents["file_year"]).all()


def test_totals_and_coverage_are_the_published_ones(tables: Tables) -> None:
    rows = tables["patents/addresses"]
    rows = rows[rows["file_year"].between(2020, 2024)]
    located = rows["latitude"].notna()
    assert rows["document_id"].nunique() == round(LISTED["patents"] * SCALE)
    assert rows.loc[located, "document_id"].nunique() == round(COVERED["patents"] * SCALE)
    assert len(rows) == pytest.approx(ADDRESSES["patents"] * SCALE, rel=0.01)
    assert located.mean() == pytest.approx(LOCATED["patents"], abs=0.0015)
    assert (rows["longitude"].notna() == located).all()
    assert rows.loc[~located, "country"].str.fullmatch("[A-Z]{2}").all()


def test_teams_are_as_large_as_published(tables: Tables) -> None:
    for name, mean, most in (("patents", 3.2, 60), ("publications", 3.48, 250)):
        size = tables[f"{name}/addresses"].groupby("document_id").size()
        assert size.mean() == pytest.approx(mean, abs=0.04)
        assert size.max() > most


def test_publications_need_the_filters(tables: Tables) -> None:
    documents = tables["publications/documents"]
    documents = documents[documents["year"].between(2019, 2023)]
    assert set(documents["type"]) == {"article", "review", "meeting abstract", "editorial material"}
    articles = documents[documents["type"] == "article"]
    science = synthetic.published.world_table("subjects").set_index("subject")["area"] == "science"
    kept = articles["subjects"].map(
        {s: any(science[x] for x in s.split("; ")) for s in articles["subjects"].unique()}
    )
    assert kept.sum() == round(LISTED["publications"] * SCALE)
    assert len(documents) > 1.03 * kept.sum()
    assert (~kept).sum() > 500


def test_deals_need_the_filters_and_hold_the_published_numbers(
    tables: Tables, small: World
) -> None:
    deals = tables["deals/deals"]
    deals = deals[deals["year"].between(2019, 2023)]
    counted = deals[~deals["deal_type"].isin(["accelerator", "debt"])]
    assert len(deals) > 1.1 * len(counted)
    assert len(counted) == round(LISTED["deals"] * SCALE)
    seats = small.truth.drop_duplicates(["city", "region", "country"])
    seats = seats[seats["kind"].isin(["core", "town"])]
    found = counted.merge(seats, on=["city", "region", "country"])
    assert counted["city"].notna().sum() == round(COVERED["deals"] * SCALE)
    got = found.groupby("rank").size().reindex(small.margins["rank"], fill_value=0)
    wanted = small.margins["deals"].to_numpy() * SCALE
    assert np.abs(got.to_numpy() - wanted).max() < 2.0


def test_inventors_live_near_their_city(tables: Tables, small: World) -> None:
    rows = tables["patents/addresses"].dropna(subset=["latitude"]).head(20_000)
    core = small.truth[small.truth["kind"] == "core"]
    rows = rows.merge(core, on=["city", "region", "country"], suffixes=("", "_city"))
    north_km = (rows["latitude"] - rows["latitude_city"]) * 111.195
    east_km = (rows["longitude"] - rows["longitude_city"]) * 111.195
    away_km = np.hypot(north_km, east_km * np.cos(np.radians(rows["latitude"])))
    assert (away_km <= rows["radius_km"] + 0.1).mean() > 0.97
    assert rows[["latitude", "longitude"]].drop_duplicates().shape[0] > 0.4 * len(rows)


def test_addresses_are_written_as_their_countries_do(tables: Tables) -> None:
    rows = tables["patents/addresses"]
    written = rows.dropna(subset=["raw_address"])
    assert len(written) == rows["latitude"].notna().sum()
    japan = written.loc[written["country"] == "JP", "raw_address"]
    assert japan.str.fullmatch(r"\d+-\d+-\d+ \w+, \w+-ku, .+ \d{3}-\d{4}, JP").all()
    states = written.loc[written["country"] == "US", "raw_address"]
    assert states.str.fullmatch(r"\d+ [\w ]+, .+, [A-Z]{2} \d{5}, US").mean() > 0.99
    one = written.groupby("raw_address")[["latitude", "longitude"]].nunique().max()
    assert one.max() == 1


def test_published_leaders_lead(tables: Tables, arrow: dict[str, pa.Table], small: World) -> None:
    documents = tables["patents/documents"][["document_id", "applicants"]]
    sites = small.truth[["city", "region", "country", "cluster"]].drop_duplicates(
        ["city", "region", "country"]
    )
    rows = tables["patents/addresses"].merge(sites, on=["city", "region", "country"])
    rows = rows.merge(documents, on="document_id")
    rows["applicant"] = rows["applicants"].str.split("; ").str[0]
    leading = rows.groupby(["cluster", "applicant"]).size().sort_values(ascending=False)
    leading = leading.reset_index().drop_duplicates("cluster").set_index("cluster")["applicant"]
    known = {"Munich": "BMW", "Tokyo–Yokohama": "Mitsubishi Electric", "Ningde": "CATL",
             "Eindhoven": "Philips Electronics", "Seoul": "Samsung Electronics"}  # fmt: skip
    assert {name: leading[name] for name in known} == known
    ipc = arrow["patents/documents-2022.parquet"]["ipc"].to_pylist()
    assert all(symbol[4] == " " for text in ipc[:500] for symbol in text.split("; "))


def test_a_bad_gazetteer_or_scale_is_refused(cities: pd.DataFrame) -> None:
    with pytest.raises(InputError, match="needed geonameid"):
        synthetic.world(cities.drop(columns="admin1"), scale=0.1, seed=1)
    with pytest.raises(InputError, match=r"scale = 1\.5"):
        synthetic.world(cities, scale=1.5, seed=1)
    with pytest.raises(InputError, match="too few"):
        synthetic.world(cities.nlargest(1_500, "population"), scale=0.01, seed=1)


def test_files_are_compressed_and_read_back(cities: pd.DataFrame) -> None:
    files = _written(cities[cities["population"] >= 20_000], seed=1)
    meta = pq.read_metadata(io.BytesIO(files["patents/addresses-2020.parquet"]))
    assert meta.row_group(0).column(0).compression == "ZSTD"
    table = pq.read_table(io.BytesIO(files["publications/documents-2019.parquet"]))
    assert table.num_rows == table["document_id"].to_pandas().nunique()
