"""Footprints as files: GeoJSON for the web, GeoPackage for QGIS and R, GeoParquet for tables."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from hubscan.errors import StoreError
from hubscan.extras import need
from hubscan.geoparquet import SHAPE, packed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from numpy.typing import NDArray

DECIMALS: Final = 5
"""Of coordinates in GeoJSON: about a metre."""

_FIXED_DATE: Final = "2000-01-01T00:00:00.000Z"
_STYLE_COLUMNS: Final = (
    "f_table_catalog",
    "f_table_schema",
    "f_table_name",
    "f_geometry_column",
    "styleName",
    "styleQML",
    "styleSLD",
    "useAsDefault",
    "description",
    "owner",
    "ui",
    "update_time",
)
_FILL: Final = "180,67,31,70"
_LINE: Final = "142,47,18,255"
_GREY: Final = "22,32,43,160"


def geojson_text(clusters: pd.DataFrame, *, about: Mapping[str, str]) -> str:
    """
    Return clusters as GeoJSON (RFC 7946).

    Longitude before latitude in WGS84, five decimals, outer rings counter-clockwise, nothing
    crosses the antimeridian if nothing did before; ``id`` is the cluster's id; all other columns
    are properties.

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

    Examples
    --------
    >>> square = pd.DataFrame({"cluster": [7], "geometry": [shapely.box(9, 48, 10, 49)]})
    >>> print(geojson_text(square, about={"edition": "gii-2025"}))
    {"type":"FeatureCollection","hubscan":{"edition":"gii-2025"},"features":[
    {"type":"Feature","id":7,"properties":{"cluster":7},"geometry":{"type":"Polygon",...}}
    ]}
    """
    shapes = _rounded(clusters[SHAPE].to_numpy())
    rows = pd.DataFrame(clusters).drop(columns=SHAPE).to_dict("records")
    lines = [
        f'{{"type":"Feature","id":{int(row["cluster"])},"properties":{_compact(_plain(row))},'
        f'"geometry":{_shape_text(shape)}}}'
        for row, shape in zip(rows, shapes, strict=True)
    ]
    head, body = _compact(dict(about)), ",\n".join(lines)
    return f'{{"type":"FeatureCollection","hubscan":{head},"features":[\n{body}\n]}}\n'


def write_geopackage(
    layers: Mapping[str, pd.DataFrame], path: Path, *, about: Mapping[str, str]
) -> None:
    """
    Write layers as one GeoPackage, with a style for each that QGIS picks up.

    Parameters
    ----------
    layers
        Geographic tables by layer name.
    path
        The file to write; its name must end in ``.gpkg``.
    about
        Edition, inputs, attribution and the like; kept as the metadata of each layer.

    Raises
    ------
    StoreError
        If it can't be written.
    InputError
        If the extra ``gis`` is not installed.
    """
    need("gis")
    import geopandas as gpd  # noqa: PLC0415 - an extra
    import pyogrio  # noqa: PLC0415 - an extra

    with _fixed_date(), _told(path):
        for name, layer in layers.items():
            ground = gpd.GeoDataFrame(layer, geometry=SHAPE, crs="EPSG:4326")
            pyogrio.write_dataframe(
                ground, path, layer=name, driver="GPKG", layer_metadata=dict(about)
            )
        styles = [
            _style(name, str(layer[SHAPE].iloc[0].geom_type))
            for name, layer in layers.items()
            if len(layer)
        ]
        if styles:
            table = pd.DataFrame(styles, columns=list(_STYLE_COLUMNS))
            pyogrio.write_dataframe(table, path, layer="layer_styles", driver="GPKG")


def write_geoparquet(table: pd.DataFrame, path: Path, *, about: Mapping[str, str]) -> None:
    """
    Write a geographic table as GeoParquet 1.1 with bounding boxes, and what it is about.

    Parameters
    ----------
    table
        Any geographic table; its index is left out.
    path
        The file to write.
    about
        Edition, inputs, attribution and the like; kept under the key ``hubscan``.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - heavy; not every report needs it

    arrow = packed(table, boxes=True)
    text = json.dumps(dict(about), ensure_ascii=False, sort_keys=True)
    metadata = {**(arrow.schema.metadata or {}), b"hubscan": text.encode()}
    pq.write_table(arrow.replace_schema_metadata(metadata), path, compression="zstd")


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn the library's errors of writing into ours."""
    try:
        yield
    except RuntimeError as error:
        # all its errors are of this kind: of the file, of a layer, of SQL
        reason = " ".join(str(error).split())[:120]
        msg = f"{path.name}: can't be written ({reason}): is the disk full?"
        raise StoreError(msg) from error


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Have GDAL write one date of last change, so that equal layers give equal files."""
    import pyogrio  # noqa: PLC0415 - an extra

    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": _FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _rounded(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return valid shapes on the grid of printed coordinates, outer rings counter-clockwise."""
    snapped = shapely.set_precision(shapes, 10.0**-DECIMALS)
    return np.asarray(shapely.orient_polygons(snapped))


def _shape_text(shape: shapely.Geometry) -> str:
    """Return a shape as GeoJSON, coordinates with five decimals at most."""
    parts = shapely.get_parts(shape)
    polygons = [
        [_ring_text(ring) for ring in shapely.get_rings(part)]
        for part in parts
        if part.geom_type == "Polygon" and not part.is_empty
    ]
    texts = [f"[{','.join(rings)}]" for rings in polygons]
    if len(texts) == 1:
        return f'{{"type":"Polygon","coordinates":{texts[0]}}}'
    return f'{{"type":"MultiPolygon","coordinates":[{",".join(texts)}]}}'


def _ring_text(ring: shapely.LinearRing) -> str:
    points = np.round(shapely.get_coordinates(ring), DECIMALS) + 0.0
    return json.dumps(points.tolist(), separators=(",", ":"))


def _compact(content: Mapping[str, Any]) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row as JSON can hold it: no number is NaN, none is NumPy's."""
    return {
        str(name): None if pd.api.types.is_scalar(value) and pd.isna(value) else _own(value)
        for name, value in row.items()
    }


def _own(value: Any) -> Any:  # noqa: ANN401 - a cell
    return value.item() if isinstance(value, np.generic) else value


def _style(layer: str, kind: str) -> tuple[Any, ...]:
    """Return the row of a layer's style, as QGIS keeps it in a GeoPackage."""
    if kind.endswith("Polygon"):
        symbol, layer_class = "fill", "SimpleFill"
        options = {"color": _FILL, "outline_color": _LINE, "outline_width": "0.3"}
    elif kind.endswith("LineString"):
        symbol, layer_class = "line", "SimpleLine"
        options = {"line_color": _LINE, "line_width": "0.2"}
    else:
        symbol, layer_class = "marker", "SimpleMarker"
        options = {"color": _GREY, "name": "circle", "outline_style": "no", "size": "0.8"}
    lines = "".join(f'<Option name="{k}" value="{v}" type="QString"/>' for k, v in options.items())
    qml = (
        '<!DOCTYPE qgis PUBLIC "http://mrcc.com/qgis.dtd" "SYSTEM"><qgis styleCategories='
        '"Symbology"><renderer-v2 type="singleSymbol" symbollevels="0"><symbols><symbol '
        f'name="0" type="{symbol}" alpha="1"><layer class="{layer_class}" enabled="1">'
        f'<Option type="Map">{lines}</Option></layer></symbol></symbols></renderer-v2></qgis>'
    )
    return "", "", layer, "geom", layer, qml, "", 1, "", "", "", _FIXED_DATE
