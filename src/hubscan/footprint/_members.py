"""The member places of clusters, in one order whatever the order of rows, and the discs' checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.errors import InputError
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    import pandas as pd
    from numpy.typing import NDArray

SHAPES: Final = ("planar_degrees", "geodesic")
"""What a disc is: a circle in longitude and latitude degrees, or one on the ground."""

WIDEST_DEG: Final = 45.0
"""Discs are local: none covers a whole hemisphere, nor both poles."""


class Members(NamedTuple):
    """The member places of one cluster, by ascending place, in degrees."""

    cluster: int
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]


def members_by_cluster(membership: pd.DataFrame) -> Iterator[Members]:
    """Give the member places of each cluster, by ascending cluster; noise is left out."""
    inside = membership.loc[membership["cluster"] != NOISE]
    inside = inside.sort_values(["cluster", "place"], kind="stable")
    clusters = inside["cluster"].to_numpy(np.int64)
    latitude = inside["latitude"].to_numpy(np.float64)
    longitude = inside["longitude"].to_numpy(np.float64)
    if not (np.isfinite(latitude).all() and np.isfinite(longitude).all()):
        msg = "footprint: membership has places without coordinates: every place needs both"
        raise InputError(msg)
    longitude = (longitude + 180.0) % 360.0 - 180.0
    found, starts = np.unique(clusters, return_index=True)
    ends = np.append(starts, len(clusters))[1:]
    for cluster, begin, end in zip(found, starts, ends, strict=True):
        yield Members(int(cluster), latitude[begin:end], longitude[begin:end])


def check_disc(buffer_deg: float, buffer_shape: str) -> None:
    """Raise InputError if discs of this radius and shape can't be drawn."""
    one_of(buffer_shape, SHAPES, name="buffer_shape")
    if not 0.0 < buffer_deg <= WIDEST_DEG:
        msg = f"footprint: buffer_deg = {buffer_deg}: must be above 0 and at most {WIDEST_DEG:g}"
        raise InputError(msg)


def one_of(value: str, known: Collection[str], *, name: str) -> None:
    """Raise InputError if a value is none of the known ones."""
    if value not in known:
        msg = f"footprint: {name} = {value!r}: must be one of {', '.join(known)}"
        raise InputError(msg)
