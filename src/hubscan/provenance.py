"""The provenance of a run: everything that is needed to repeat and to judge it."""

from __future__ import annotations

import os
import platform
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan import __version__, beside, store
from hubscan.extras import installed_versions, left_out
from hubscan.geocode import ATTRIBUTION as GEONAMES

if TYPE_CHECKING:
    from hubscan import pipeline
    from hubscan.ingest.inputs import Inputs
    from hubscan.opening import Opened
    from hubscan.store import Store

_NAMED_VERSIONS: Final = (
    "duckdb", "geopandas", "ibis-framework", "matplotlib", "numba", "numpy", "pandas", "pyarrow",
    "pyproj", "rasterio", "scipy", "shapely", "xlsxwriter",
)  # fmt: skip


def _others(opened: Opened, root: Path) -> list[dict[str, Any]]:
    """Return the record of what is read beside the sources: population, names, an earlier run."""
    tiles = [("population", path) for path in opened.rasters]
    return [
        {
            "source": part,
            "file": path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name,
            "bytes": path.stat().st_size,
            "sha256": store.file_hash(path),
        }
        for part, path in (*tiles, *beside.files_beside(opened.inputs, root))
    ]


def _from_folder(root: Path, folder: Path) -> str | None:
    """Return where the inputs lie, as seen from the run folder; None on another drive."""
    try:
        return Path(os.path.relpath(root.resolve(), folder.resolve())).as_posix()
    except ValueError:
        return None


def _declared(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as declared, without what only the user should know."""
    told: dict[str, Any] = inputs.model_dump(mode="json")
    if told["provider"]:
        told["provider"]["settings"] = sorted(told["provider"]["settings"])
    return told


def about(results: pipeline.Results, inputs: Inputs) -> dict[str, str]:
    """
    Return what every file of a run says of itself.

    Parameters
    ----------
    results
        What the run found.
    inputs
        The declared inputs.

    Returns
    -------
    about
        Edition, inputs, whether they are synthetic, where people live, attribution, licence, and
        the parameters that are assumed.
    """
    edition, warnings = results.edition, {"warning": " ".join(results.warnings)}
    assumed = ", ".join(edition.status.get("assumed", ()))
    return {
        "edition": f"{edition.name}: {edition.title}",
        "inputs": inputs.title,
        "data": "SYNTHETIC: modelled micro-data on real published margins"
        if inputs.synthetic
        else "as declared by the user",
        "population": _population_source(inputs),
        "note": " ".join(inputs.note.split()),
        "attribution": " ".join((*inputs.attribution, f"Places: {GEONAMES}.")),
        "licence": "what the licences of the inputs allow; GeoNames CC BY 4.0; hubscan MIT",
        "assumed parameters": assumed,
        "made with": "hubscan, see run.json for versions and hashes",
        **(warnings if results.warnings else {}),
    }


def _population_source(inputs: Inputs) -> str:
    if inputs.population is None:
        return "none given: no intensity"
    if inputs.population.gazetteer:
        return "MODELLED: sum of city populations of the gazetteer, in which districts count too"
    return "raster " + ", ".join(inputs.population.raster)


def record(
    results: pipeline.Results,
    opened: Opened,
    stages: Store,
    rejected: pd.DataFrame,
    *,
    root: Path,
    folder: Path,
) -> dict[str, Any]:
    """
    Return the provenance of a run: everything that is needed to repeat and to judge it.

    Parameters
    ----------
    results
        What the run found.
    opened
        Its inputs.
    stages
        The store that watched its stages.
    rejected
        Table ``rejected``.
    root
        The folder that the inputs' paths start from.
    folder
        The run folder.

    Returns
    -------
    record
        The content of ``run.json``, but for the machine and what every file says of itself.
    """
    inputs = opened.inputs
    return {
        "hubscan": __version__,
        "edition": results.edition.model_dump(mode="json"),
        "inputs": {
            "title": inputs.title,
            "synthetic": inputs.synthetic,
            "note": inputs.note,
            "attribution": list(inputs.attribution),
            "declared": _declared(inputs),
            "files": [
                {"source": f.part, "file": f.name, "bytes": f.size, "sha256": f.sha256}
                for part in opened.files.values()
                for f in part
            ]
            + _others(opened, root),
            "folder": _from_folder(root, folder),
        },
        "density": {
            key: value for key, value in results.density.iloc[0].items() if pd.notna(value)
        },
        "rejected_rows": len(rejected),
        "warnings": list(results.warnings),
        "left_out": left_out(),
        "partial": {name: list(covers) for name, covers in opened.sources.partial.items()},
        "versions": {
            "python": platform.python_version(),
            **installed_versions(_NAMED_VERSIONS),
        },
        "platform": {"system": platform.system(), "machine": platform.machine()},
        "stages": [
            {
                "stage": r.stage,
                "seconds": r.seconds,
                "peak_gb": r.peak_gb,
                "rows": r.rows,
                "reused": r.reused,
            }
            for r in stages.records
        ],
    }
