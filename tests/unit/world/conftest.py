"""One small world for all tests of the stage, and its tables read back as a user would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from hubscan import world as synthetic
from hubscan.geocode import bundled

if TYPE_CHECKING:
    import pyarrow as pa

    from hubscan.world import World

    Tables = dict[str, pd.DataFrame]

SCALE = 0.02


@pytest.fixture(scope="session")
def cities() -> pd.DataFrame:
    return bundled().cities


@pytest.fixture(scope="session")
def small(cities: pd.DataFrame) -> World:
    return synthetic.world(cities, scale=SCALE, seed=1)


@pytest.fixture(scope="session")
def arrow(small: World) -> dict[str, pa.Table]:
    return dict(synthetic.world_tables(small, raw_addresses=True))


@pytest.fixture(scope="session")
def tables(arrow: dict[str, pa.Table]) -> Tables:
    """Return the tables by indicator and kind, texts decoded, with the year of the file."""
    parts: dict[str, list[pd.DataFrame]] = {}
    for path, table in arrow.items():
        kind, _, year = path.removesuffix(".parquet").partition("-")
        plain = table.drop_columns([c for c in ("organisation", "ipc") if c in table.column_names])
        read = plain.to_pandas()
        read["file_year"] = np.int64(year or 0)
        parts.setdefault(kind, []).append(read)
    return {kind: _joined(chunks) for kind, chunks in parts.items()}


def _joined(chunks: list[pd.DataFrame]) -> pd.DataFrame:
    """Return chunks as one table; categories become plain texts."""
    return pd.concat(
        [c.astype({n: "str" for n in c.columns if c[n].dtype == "category"}) for c in chunks],
        ignore_index=True,
    )


@pytest.fixture(scope="session")
def placed(small: World, tables: Tables) -> dict[str, pd.DataFrame]:
    """Return the located addresses of the documents that count in the 2025 windows."""
    inventors = tables["patents/addresses"]
    inventors = inventors[inventors["file_year"].between(2020, 2024)].dropna(subset=["latitude"])
    articles = tables["publications/documents"]
    counted = articles[(articles["type"] == "article") & _of_science(articles["subjects"])]
    authors = tables["publications/addresses"]
    authors = authors[authors["file_year"].between(2019, 2023)].drop(columns="file_year")
    authors = authors[authors["document_id"].isin(counted["document_id"])]
    where = small.sites[small.sites["kind"].isin(["core", "town", "background"])]
    where = where[["city", "region", "country", "latitude", "longitude"]]
    authors = authors.merge(where, on=["city", "region", "country"], how="inner")
    return {"patents": inventors, "publications": authors}


def _of_science(subjects: pd.Series[str]) -> pd.Series[bool]:
    """Return whether a document has a category of science or technology."""
    areas = synthetic.published.world_table("subjects").set_index("subject")["area"]
    distinct = {s: any(areas[x] == "science" for x in s.split("; ")) for s in subjects.unique()}
    return subjects.map(distinct)
