"""The embedded default: a synthetic world, ranked, beside the published ranking."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import numpy as np
import pandas as pd
import tomli_w

from hubscan import geocode, reference, runs, store
from hubscan import world as synthetic
from hubscan.cluster.names import official_names
from hubscan.console import table
from hubscan.edition import load_edition
from hubscan.sphere import chord, unit_vectors
from hubscan.store import StageRecord, fingerprint

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from hubscan.runs import Finished
    from hubscan.store import Watcher

_SHOWN: Final = 25
_TOP: Final = 10
_REACH_KM: Final = 10.0
_NOTE: Final = (
    "Synthetic: real published margins (GII 2025), modelled micro-data. No document in it is real, "
    "and nothing it shows is a finding."
)
_ATTRIBUTION: Final = (
    "WIPO, Global Innovation Index 2025, Appendix IV (published margins).",
    "GeoNames, CC BY 4.0, https://www.geonames.org.",
)
_COLUMNS: Final = {
    "patents": ("document_id", "city", "region", "country", "latitude", "longitude"),
    "publications": ("document_id", "city", "region", "country"),
    "deals": ("document_id", "year", "city", "region", "country"),
}
_DOCUMENT_COLUMNS: Final = {
    "patents": {"document_id": "document_id", "year": "year"},
    "publications": {
        "document_id": "document_id",
        "year": "year",
        "type": "type",
        "subjects": "subjects",
    },
}


@dataclass(frozen=True)
class Shown:
    """A finished demonstration: what to print, and what it says about recovery."""

    finished: Finished
    summary: dict[str, Any]
    beside_published: Table
    recovery: Table


def written_world(folder: Path, *, scale: float, seed: int, watcher: Watcher) -> Path:
    """
    Write the synthetic world and an inputs file to run on.

    Parameters
    ----------
    folder
        A new folder, or one that holds such a world; replaced as a whole.
    scale
        Documents made for each document of the world.
    seed
        Seed of everything random.
    watcher
        Who is told how it goes.

    Returns
    -------
    inputs_file
        The inputs file in the folder.
    """
    made = fingerprint("world", scale, seed)
    inputs_file = folder / "inputs.toml"
    if inputs_file.exists() and store.read_json(folder / "run.json").get("world") == made:
        return inputs_file
    with store.published(folder) as fresh:
        modelled = synthetic.world(
            geocode.bundled().cities.astype({"country": str, "admin1": str}), scale=scale, seed=seed
        )

        def opened(path: str) -> BinaryIO:
            (fresh / path).parent.mkdir(parents=True, exist_ok=True)
            return (fresh / path).open("wb")

        watcher.begin("synthetic world")
        rows = 0

        def progress(_path: str, count: int) -> None:
            nonlocal rows
            rows += count

        synthetic.write_world(modelled, opened, raw_addresses=False, progress=progress)
        watcher.end(StageRecord("synthetic_world", 0.0, rows, reused=False))
        text = tomli_w.dumps(_inputs(scale, seed))
        (fresh / "inputs.toml").write_text(text, encoding="utf-8")
        (fresh / "run.json").write_text(store.json_text({"world": made}), encoding="utf-8")
    return inputs_file


def _inputs(scale: float, seed: int) -> dict[str, Any]:
    sources = []
    for indicator, columns in _COLUMNS.items():
        rows = "deals/deals" if indicator == "deals" else f"{indicator}/addresses-*"
        source: dict[str, Any] = {
            "name": indicator,
            "indicator": indicator,
            "grain": "addresses",
            "path": f"{rows}.parquet",
            "columns": {name: name for name in columns},
        }
        if indicator == "deals":
            source["columns"]["type"] = "deal_type"
        else:
            source["documents"] = {
                "path": f"{indicator}/documents-*.parquet",
                "columns": _DOCUMENT_COLUMNS[indicator],
            }
        sources.append(source)
    return {
        "title": f"Synthetic world at scale {scale:g}, seed {seed}",
        "synthetic": True,
        "note": _NOTE,
        "attribution": list(_ATTRIBUTION),
        "source": sources,
        "population": {"gazetteer": True},
    }
