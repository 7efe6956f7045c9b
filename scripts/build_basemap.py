"""Build the base map of the figures from the npm package world-atlas (Natural Earth)."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path
from typing import Any, Final

import numpy as np
import shapely

TARGET: Final = (
    Path(__file__).resolve().parents[1] / "src" / "hubscan" / "report" / "basemap.json.gz"
)
WEST, EAST = -169.0, 191.0
"""The map is cut in the Bering Strait, where the cut meets hardly any land."""

PER_DEGREE: Final = 100
LARGEST_BYTES: Final = 400_000
_HALF_TURN: Final = 180.0


def arc_points(topology: dict[str, Any]) -> list[np.ndarray[Any, Any]]:
    """Return the arcs of a topology, shape (points, 2), longitude and latitude in degrees."""
    scale = np.asarray(topology["transform"]["scale"])
    shift = np.asarray(topology["transform"]["translate"])
    return [np.cumsum(np.asarray(arc), axis=0) * scale + shift for arc in topology["arcs"]]


def joined(arcs: list[np.ndarray[Any, Any]], numbers: list[int]) -> np.ndarray[Any, Any]:
    """Return one line from arcs in order; a negative number is an arc run backwards."""
    parts = [arcs[number] if number >= 0 else arcs[~number][::-1] for number in numbers]
    return np.concatenate([parts[0], *[part[1:] for part in parts[1:]]])


def unrolled(line: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return a line whose longitudes run on over the antimeridian instead of jumping."""
    longitudes = np.unwrap(line[:, 0], period=360.0)
    return np.column_stack([longitudes, line[:, 1]])


def polygon(rings: list[np.ndarray[Any, Any]]) -> Any:  # noqa: ANN401 - a shapely geometry
    """Return a polygon in longitude and latitude; one around the south pole is closed there."""
    outer, *holes = [unrolled(ring) for ring in rings]
    if abs(outer[-1, 0] - outer[0, 0]) > _HALF_TURN:
        foot = np.array([[outer[-1, 0], -90.0], [outer[0, 0], -90.0]])
        outer = np.concatenate([outer, foot])
    return shapely.make_valid(shapely.Polygon(outer, holes))


def cut(shape: Any) -> Any:  # noqa: ANN401 - shapely geometries
    """Return a shape in the window of the map, its parts beyond the edges brought round."""
    parts = []
    for turn in (-360.0, 0.0, 360.0):
        moved = shapely.transform(shape, lambda xy, turn=turn: xy + np.array([turn, 0.0]))
        parts.append(shapely.intersection(moved, shapely.box(WEST, -90.0, EAST, 90.0)))
    return shapely.union_all(parts)


def land(topology: dict[str, Any]) -> list[Any]:
    """Return the polygons of the land, from west to east."""
    arcs = arc_points(topology)
    shapes = [
        polygon([joined(arcs, ring) for ring in rings])
        for geometry in topology["objects"]["land"]["geometries"]
        for rings in geometry["arcs"]
    ]
    whole = shapely.union_all([cut(shape) for shape in shapes])
    return in_order(shapely.set_precision(whole, 1.0 / PER_DEGREE), "Polygon")


def borders(topology: dict[str, Any]) -> list[Any]:
    """Return the lines that two countries share, from west to east."""
    arcs = arc_points(topology)
    owners: dict[int, set[int]] = {}
    for country, geometry in enumerate(topology["objects"]["countries"]["geometries"]):
        for number in numbers_in(geometry["arcs"]):
            owners.setdefault(number if number >= 0 else ~number, set()).add(country)
    shared = [number for number, countries in sorted(owners.items()) if len(countries) > 1]
    lines = [cut(shapely.LineString(unrolled(arcs[number]))) for number in shared]
    whole = shapely.line_merge(shapely.union_all(lines))
    return in_order(shapely.set_precision(whole, 1.0 / PER_DEGREE), "LineString")


def numbers_in(nested: list[Any]) -> list[int]:
    """Return the arc numbers in nested lists."""
    if nested and isinstance(nested[0], int):
        return nested
    return [number for part in nested for number in numbers_in(part)]


def in_order(whole: Any, kind: str) -> list[Any]:  # noqa: ANN401 - shapely geometries
    """Return the parts of one kind in an order that does not depend on the machine."""
    parts = [part for part in shapely.get_parts(shapely.normalize(whole)) if part.geom_type == kind]
    return sorted(parts, key=lambda part: (part.bounds, part.wkb))


def steps(line: Any) -> list[int]:  # noqa: ANN401 - a shapely geometry
    """Return a line as its first point and the steps between points, in 1 / PER_DEGREE."""
    points = np.rint(shapely.get_coordinates(line) * PER_DEGREE).astype(int)
    return [int(step) for step in np.diff(points, axis=0, prepend=[[0, 0]]).ravel()]


def main(package: Path) -> None:
    """Write the base map."""
    topology = json.loads((package / "countries-50m.json").read_text(encoding="utf-8"))
    table = {
        "source": "Natural Earth 1:50m (public domain), from world-atlas 2.0.2",
        "per_degree": PER_DEGREE,
        "west": WEST,
        "east": EAST,
        "land": [
            [steps(ring) for ring in (part.exterior, *part.interiors)] for part in land(topology)
        ],
        "borders": [steps(part) for part in borders(topology)],
    }
    text = json.dumps(table, separators=(",", ":"))
    packed = gzip.compress(text.encode(), compresslevel=9, mtime=0)
    if len(packed) > LARGEST_BYTES:
        sys.exit(f"the base map is {len(packed)} bytes: must be at most {LARGEST_BYTES}")
    TARGET.write_bytes(packed)
    sys.stdout.write(f"{TARGET.name}: {len(packed)} bytes, {len(table['land'])} pieces of land\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
