"""How far apart neighbouring clusters are."""

from __future__ import annotations

from itertools import product
from math import pi
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.proximity import PointTree
from hubscan.schema import NOISE
from hubscan.sphere import EARTH_RADIUS_KM, chord, coordinates, great_circle_km, unit_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

_KM_PER_DEGREE: Final = pi * EARTH_RADIUS_KM / 180.0
_FINEST_KM: Final = 10.0
"""Finer cubes are more work to look up than they save."""
_STEPS: Final = 1 << 20
"""More cubes than fit along an axis."""


def gaps(
    membership: pd.DataFrame, *, max_gap_km: float, gap_between: str, buffer_deg: float
) -> pd.DataFrame:
    """
    Return the pairs of clusters that lie no further apart than a distance, and how far they do.

    Parameters
    ----------
    membership
        Table ``membership``.
    max_gap_km
        Greatest gap listed, kilometres, inclusive.
    gap_between
        ``"places"``: the gap is the least great-circle distance between a place of the one and a
        place of the other; ``"footprints"``: that distance less the discs of ``buffer_deg`` around
        both places, at least 0. Discs count as ``buffer_deg`` degrees of a meridian in every
        direction, as in a geodesic footprint.
    buffer_deg
        Radius of the disc around each place, degrees; for ``"footprints"``.

    Returns
    -------
    gaps
        ``a``, ``b`` (cluster ids, ``a < b``), ``gap_km``; by ``a``, then ``b``.

    Raises
    ------
    InputError
        If ``gap_between`` is neither.

    Examples
    --------
    >>> from hubscan.sphere import place_keys
    >>> membership = pd.DataFrame(
    ...     {
    ...         "place": place_keys([0.0, 0.0, 0.0], [179.98, -179.98, 10.0]),
    ...         "cluster": [1, 2, 3],
    ...     }
    ... )
    >>> gaps(membership, max_gap_km=5.0, gap_between="places", buffer_deg=0.05).round(3)
       a  b  gap_km
    0  1  2   4.448
    """
    if gap_between not in {"places", "footprints"}:
        msg = f"merge: gap_between = {gap_between!r}: must be one of places, footprints"
        raise InputError(msg)
    discs_km = 2.0 * buffer_deg * _KM_PER_DEGREE if gap_between == "footprints" else 0.0
    border = _Places.of(membership)
    found = [
        (a, b, max(0.0, _least_km(border, rows_a, rows_b) - discs_km))
        for a, b, rows_a, rows_b in _neighbours(border, reach_km=max_gap_km + discs_km)
    ]
    table = pd.DataFrame(found, columns=["a", "b", "gap_km"])
    table = table.astype({"a": np.int64, "b": np.int64, "gap_km": float})
    near = table.loc[table["gap_km"] <= max_gap_km]
    return near.sort_values(["a", "b"], ignore_index=True)


class _Places(NamedTuple):
    """Places of clusters, by ascending key, so that results do not depend on the order of rows."""

    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    vectors: NDArray[np.float64]
    cluster: NDArray[np.int64]

    @classmethod
    def of(cls, membership: pd.DataFrame) -> _Places:
        members = membership.loc[membership["cluster"] != NOISE, ["place", "cluster"]]
        members = members.sort_values("place")
        latitude, longitude = coordinates(members["place"])
        vectors = unit_vectors(latitude, longitude)
        return cls(latitude, longitude, vectors, members["cluster"].to_numpy(np.int64))


def _least_km(places: _Places, rows_a: NDArray[np.int64], rows_b: NDArray[np.int64]) -> float:
    """Return the least distance between two sets of places."""
    few, many = sorted((rows_a, rows_b), key=len)
    distance, nearest = PointTree(places.vectors[many]).nearest(places.vectors[few])
    row = int(np.argmin(distance))
    one, other = few[row], many[nearest[row]]
    latitude, longitude = places.latitude, places.longitude
    return float(great_circle_km(latitude[one], longitude[one], latitude[other], longitude[other]))


def _neighbours(
    places: _Places, *, reach_km: float
) -> Iterator[tuple[int, int, NDArray[np.int64], NDArray[np.int64]]]:
    """
    Yield pairs of clusters that may come within reach, with the places that may do so.

    Space is cut into cubes with sides as long as the reach: two places within reach of each other
    are in the same cube or in touching ones. Only cubes in touch with another cluster's matter.
    """
    side = chord(max(reach_km, _FINEST_KM)) * (1.0 + 1e-9)
    cube = np.floor(places.vectors / side).astype(np.int64) + _STEPS // 2
    key = (cube[:, 0] * _STEPS + cube[:, 1]) * _STEPS + cube[:, 2]
    # a run is what one cluster has in one cube
    order = np.lexsort((places.cluster, key))
    changes = np.diff(key[order], prepend=-1) | np.diff(places.cluster[order], prepend=-1)
    first = np.flatnonzero(changes)
    rows = np.split(order, first[1:])
    touching: dict[tuple[int, int], tuple[set[int], set[int]]] = {}
    for a, b, run_a, run_b in _touching(key[order[first]], places.cluster[order[first]]):
        runs = touching.setdefault((a, b), (set(), set()))
        runs[0].add(run_a)
        runs[1].add(run_b)
    for (a, b), (runs_a, runs_b) in sorted(touching.items()):
        yield (
            a,
            b,
            np.sort(np.concatenate([rows[run] for run in runs_a])),
            np.sort(np.concatenate([rows[run] for run in runs_b])),
        )


def _touching(
    key: NDArray[np.int64], cluster: NDArray[np.int64]
) -> Iterator[tuple[int, int, int, int]]:
    """
    Yield pairs of runs of different clusters in the same or in touching cubes.

    Runs come with the key of their cube, ascending, and their cluster; each pair of runs is given
    once, as lower cluster, higher cluster, and the positions of their runs.
    """
    cubes, first, number = np.unique(key, return_index=True, return_counts=True)
    # almost all cubes hold one cluster and touch no other: they are passed over at once
    only = np.where(number == 1, cluster[first], NOISE)
    for x, y, z in product((-1, 0, 1), repeat=3):
        moved = cubes + (x * _STEPS + y) * _STEPS + z
        at = np.minimum(np.searchsorted(cubes, moved), len(cubes) - 1)
        meets = (cubes[at] == moved) & ((only != only[at]) | (only == NOISE))
        for one, other in zip(np.flatnonzero(meets), at[meets], strict=True):
            for run_a, run_b in product(
                range(first[one], first[one] + number[one]),
                range(first[other], first[other] + number[other]),
            ):
                if cluster[run_a] < cluster[run_b]:
                    yield int(cluster[run_a]), int(cluster[run_b]), run_a, run_b
