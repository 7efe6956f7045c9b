"""Tables with shapes as GeoParquet: shapes as well-known binary, boxes, and the system's name."""

from __future__ import annotations

import functools
import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import shapely

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

SHAPE: Final = "geometry"
"""The column of shapes, longitude before latitude in WGS84; a table that has it is geographic."""

_BOX: Final = "bbox"
_SIDES: Final = ("xmin", "ymin", "xmax", "ymax")
_VERSION: Final = "1.1.0"


def packed(shapes: pd.DataFrame, *, boxes: bool) -> pa.Table:
    """
    Return a geographic table as GeoParquet 1.1 holds it.

    Parameters
    ----------
    shapes
        Any columns, and ``geometry``: shapes in WGS84, longitude before latitude.
    boxes
        Whether to add the box around each shape, by which readers find what they look for.

    Returns
    -------
    packed
        The same rows, ``geometry`` as well-known binary, and the description that the format asks
        for; its coordinate system is EPSG:4326.

    Examples
    --------
    >>> table = pd.DataFrame({"cluster": [7], "geometry": [shapely.box(9, 48, 10, 49)]})
    >>> packed(table, boxes=True).column_names
    ['cluster', 'geometry', 'bbox']
    >>> unpacked(packed(table, boxes=True))["geometry"][0].bounds
    (9.0, 48.0, 10.0, 49.0)
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy; not needed to print help

    plain = pd.DataFrame(shapes)
    ground = plain[SHAPE].to_numpy(dtype=object)
    binary = pd.Series(shapely.to_wkb(ground), index=plain.index, dtype=object)
    table = pa.Table.from_pandas(plain.assign(**{SHAPE: binary}), preserve_index=False)
    place = table.column_names.index(SHAPE)
    # a table without rows has no type of its own
    table = table.set_column(place, SHAPE, table[SHAPE].cast(pa.binary()))
    if boxes:
        sides = [pa.array(side) for side in shapely.bounds(ground).T]
        table = table.append_column(_BOX, pa.StructArray.from_arrays(sides, names=list(_SIDES)))
    said = json.dumps(_description(ground, boxes=boxes), separators=(",", ":"))
    return table.replace_schema_metadata({**(table.schema.metadata or {}), b"geo": said.encode()})


def unpacked(table: pa.Table) -> pd.DataFrame:
    """
    Return the geographic table that GeoParquet holds.

    Parameters
    ----------
    table
        As read from a file.

    Returns
    -------
    shapes
        Its rows in order, ``geometry`` as shapes; without their boxes.

    Raises
    ------
    ValueError
        If there is no column of shapes.
    """
    if b"geo" not in (table.schema.metadata or {}) or SHAPE not in table.column_names:
        msg = "holds no shapes"
        raise ValueError(msg)
    kept = [name for name in table.column_names if name != _BOX]
    plain: pd.DataFrame = table.select(kept).to_pandas()
    ground = shapely.from_wkb(plain[SHAPE].to_numpy(dtype=object))
    return plain.assign(**{SHAPE: pd.Series(ground, index=plain.index, dtype=object)})


def _description(ground: np.ndarray[Any, Any], *, boxes: bool) -> dict[str, Any]:
    """Return the description of the column of shapes."""
    column: dict[str, Any] = {
        "encoding": "WKB",
        "crs": _wgs84(),
        "geometry_types": sorted({shape.geom_type for shape in ground if shape is not None}),
    }
    if len(ground):
        column["bbox"] = shapely.total_bounds(ground).tolist()
    if boxes:
        column["covering"] = {_BOX: {side: [_BOX, side] for side in _SIDES}}
    creator = {"library": "hubscan"}
    return {
        "version": _VERSION,
        "primary_column": SHAPE,
        "columns": {SHAPE: column},
        "creator": creator,
    }


@functools.cache
def _wgs84() -> Any:  # noqa: ANN401 - JSON is what it is
    """Return EPSG:4326 as PROJ writes it in JSON."""
    return json.loads(resources.files("hubscan").joinpath("wgs84.json").read_text("utf-8"))
