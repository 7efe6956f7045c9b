"""Footprints as files: GeoJSON for the web, GeoPackage for QGIS and R, equal byte by byte."""

from __future__ import annotations

import json
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely
from shapely.geometry import mapping
from shapely.geometry.polygon import orient

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import geopandas as gpd

_DECIMALS: Final = 5
_FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"


def geojson_text(clusters: gpd.GeoDataFrame, *, about: Mapping[str, str]) -> str:
    """
    Return clusters as GeoJSON (RFC 7946).

    Longitude before latitude in WGS84, five decimals, outer rings counter-clockwise, cut at the
    antimeridian; ``id`` is the cluster's id; all other columns are properties.

    Parameters
    ----------
    clusters
        ``cluster`` and ``geometry``, and any columns of numbers and texts.
    about
        Edition, inputs, attribution and the like; kept as the member ``hubscan``.

    Returns
    -------
    text
        One feature a line.
    """
    lines = [
        json.dumps(_feature(row), ensure_ascii=False, separators=(",", ":"))
        for row in clusters.to_dict("records")
    ]
    head = json.dumps(dict(about), ensure_ascii=False)
    body = ",\n".join(lines)
    return f'{{"type":"FeatureCollection","hubscan":{head},"features":[\n{body}\n]}}\n'


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path) -> None:
    """
    Write layers as one GeoPackage.

    Parameters
    ----------
    layers
        Geographic tables by layer name.
    path
        The file to write; its name must end in ``.gpkg``.
    """
    with _fixed_date():
        for name, layer in layers.items():
            layer.to_file(path, layer=name, driver="GPKG", engine="pyogrio")


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Have GDAL write one date of last change, so that equal layers give equal files."""
    before = os.environ.get("OGR_CURRENT_DATE")
    os.environ["OGR_CURRENT_DATE"] = _FIXED_DATE
    try:
        yield
    finally:
        if before is None:
            del os.environ["OGR_CURRENT_DATE"]
        else:
            os.environ["OGR_CURRENT_DATE"] = before


def _feature(row: Mapping[Any, Any]) -> dict[str, Any]:
    shape = shapely.set_precision(row["geometry"], 10.0**-_DECIMALS)
    properties = {str(k): _plain(v) for k, v in row.items() if k != "geometry"}
    return {
        "type": "Feature",
        "id": int(row["cluster"]),
        "properties": properties,
        "geometry": _rounded(mapping(_oriented(shape))),
    }


def _oriented(shape: shapely.Geometry) -> shapely.Geometry:
    parts = [orient(part) for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
    return parts[0] if len(parts) == 1 else shapely.MultiPolygon(parts)


def _rounded(value: Any) -> Any:  # noqa: ANN401 - nested coordinates
    if isinstance(value, float):
        return round(value, _DECIMALS)
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    return [_rounded(item) for item in value] if isinstance(value, (list, tuple)) else value


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell
    if value is None or value is pd.NA or (isinstance(value, float) and value != value):  # noqa: PLR0124 - NaN
        return None
    return value.item() if hasattr(value, "item") else value
