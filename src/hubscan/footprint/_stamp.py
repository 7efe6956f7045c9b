"""Stamp discs on rows of cells: each row of a disc is one run of columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hubscan.footprint._compiled import compiled, inner

if TYPE_CHECKING:
    from numpy.typing import NDArray


class Rows(NamedTuple):
    """
    Rows of cells along parallels: latitude, longitude of the first centre, step.

    Latitudes ascend. Grids of longitude and latitude are of this kind, and so are grids in every
    pseudocylindrical projection, such as Mollweide's.
    """

    latitude: NDArray[np.float64]
    first: NDArray[np.float64]
    step: NDArray[np.float64]


def stamped(
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    rows: Rows,
    *,
    columns: int,
    buffer_deg: float,
    buffer_shape: str,
) -> NDArray[np.bool_]:
    """
    Return which cells have their centre within a disc.

    Parameters
    ----------
    latitude, longitude
        Centres of the discs, degrees.
    rows
        The rows of cells; longitudes may run on beyond 180.
    columns
        Number of cells in a row.
    buffer_deg, buffer_shape
        Radius and shape of the discs; their rims belong to them.

    Returns
    -------
    inside
        Array of shape (rows, columns).
    """
    geodesic = buffer_shape == "geodesic"
    first = np.searchsorted(rows.latitude, latitude - buffer_deg)
    last = np.searchsorted(rows.latitude, latitude + buffer_deg, side="right")
    edges = np.zeros((len(rows.latitude), columns + 1), np.int32)
    _stamp(latitude, longitude, first, last, rows, edges, buffer_deg, geodesic)
    return np.cumsum(edges, axis=1, dtype=np.int32)[:, :-1] > 0


@compiled
def _stamp(  # noqa: PLR0913, PLR0917 - a kernel: arrays in
    latitude: NDArray[np.float64],
    longitude: NDArray[np.float64],
    first: NDArray[np.int64],
    last: NDArray[np.int64],
    rows: Rows,
    edges: NDArray[np.int32],
    radius: float,
    geodesic: bool,  # noqa: FBT001 - a compiled branch
) -> None:
    """Add 1 where a disc begins along a row of centres, and take it off where it ends."""
    columns = edges.shape[1] - 1
    for place in range(len(latitude)):
        for row in range(first[place], last[place]):
            half = _half_width(latitude[place], rows.latitude[row], radius, geodesic)
            for turn in (-360.0, 0.0, 360.0):
                east = longitude[place] + turn - rows.first[row]
                begin = np.ceil((east - half) / rows.step[row])
                end = np.floor((east + half) / rows.step[row]) + 1.0
                if end > 0.0 and begin < columns and begin < end:
                    edges[row, max(int(begin), 0)] += 1
                    edges[row, min(int(end), columns)] -= 1


@inner
def _half_width(
    latitude: float,
    row_latitude: float,
    radius: float,
    geodesic: bool,  # noqa: FBT001 - a compiled branch
) -> float:
    """Return half the degrees of longitude that a disc holds of a parallel."""
    if not geodesic:
        return float(np.sqrt(max(radius * radius - (row_latitude - latitude) ** 2, 0.0)))
    phi, psi = np.radians(latitude), np.radians(row_latitude)
    # haversines, because cosines of small angles differ too little
    part = np.sin(np.radians(radius) / 2.0) ** 2 - np.sin((psi - phi) / 2.0) ** 2
    span = np.cos(phi) * np.cos(psi)
    if part >= span:
        return 180.0
    return float(np.degrees(2.0 * np.arcsin(np.sqrt(max(part, 0.0) / span))))
