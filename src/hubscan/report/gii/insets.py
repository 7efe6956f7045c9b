"""The regional maps of the reports: which parts of the world they show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.errors import InputError
from hubscan.report.maps import region_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from matplotlib.figure import Figure
    from numpy.typing import NDArray

    from hubscan.report.plane import Extent

RANKED_BY: Final = {"size": "rank", "intensity": "intensity_rank"}
"""Column of the rank that a map is coloured by."""


class Inset(NamedTuple):
    """A part of the world that is drawn by itself: west, south, east, north in degrees."""

    title: str
    extent: Extent
    by: str


INSETS: Final = {
    "east-asia": Inset("East Asia", (100.0, 18.0, 146.0, 46.0), "size"),
    "north-america": Inset("North America", (-125.0, 25.0, -68.0, 50.0), "size"),
    "europe": Inset("Europe", (-11.0, 36.0, 32.0, 61.0), "size"),
    "middle-east": Inset("Middle East", (24.0, 20.0, 62.0, 43.0), "size"),
    "india": Inset("India", (65.0, 5.0, 95.0, 35.0), "size"),
    "malaysia-and-singapore": Inset("Malaysia and Singapore", (98.0, -1.0, 108.0, 8.0), "size"),
    "africa": Inset("Africa", (-19.0, -36.0, 52.0, 37.3), "size"),
    "latin-america": Inset("Latin America", (-118.0, -56.0, -33.0, 33.0), "size"),
    "oceania": Inset("Oceania", (112.0, -48.0, 180.0, -8.0), "size"),
    "east-asia-intensity": Inset(
        "East Asia, by intensity", (100.0, 18.0, 146.0, 46.0), "intensity"
    ),
    "north-america-intensity": Inset(
        "North America, by intensity", (-125.0, 25.0, -68.0, 50.0), "intensity"
    ),
    "europe-intensity": Inset("Europe, by intensity", (-11.0, 36.0, 32.0, 61.0), "intensity"),
}
"""Regional maps of the reports, by file name; those of Latin America and Oceania are ours."""


def inside(clusters: pd.DataFrame, extent: Extent) -> NDArray[np.bool_]:
    """
    Return which clusters have their centre in an extent.

    Parameters
    ----------
    clusters
        ``latitude``, ``longitude`` in degrees.
    extent
        West, south, east, north; over the antimeridian the west is greater than the east.

    Returns
    -------
    inside
        One truth value for each cluster; the edges belong to the extent.

    Examples
    --------
    >>> import pandas as pd
    >>> suva = pd.DataFrame({"latitude": [-18.1], "longitude": [178.4]})
    >>> inside(suva, (165, -25, -170, -10)).tolist(), inside(suva, (-11, 36, 32, 61)).tolist()
    ([True], [False])
    """
    west, south, east, north = extent
    longitude, latitude = clusters["longitude"], clusters["latitude"]
    after, before = longitude >= west, longitude <= east
    across = (after & before) if west <= east else (after | before)
    return np.asarray(across & (latitude >= south) & (latitude <= north), bool)


def inset_names(clusters: pd.DataFrame, insets: Mapping[str, Inset]) -> list[str]:
    """
    Return the maps in which there is a ranked cluster.

    Parameters
    ----------
    clusters
        ``latitude``, ``longitude``, ``rank``, and ``intensity_rank`` where it is known.
    insets
        By name, such as :data:`INSETS`.

    Returns
    -------
    names
        In the order of ``insets``.

    Raises
    ------
    InputError
        If an inset is ranked by neither size nor intensity.
    """
    return [name for name, inset in insets.items() if len(_shown(clusters, inset))]


def inset_maps(
    clusters: pd.DataFrame,
    noise: pd.DataFrame,
    *,
    insets: Mapping[str, Inset],
    caption: str,
    rank_bands: Sequence[int],
    labelled: int,
) -> dict[str, Figure]:
    """
    Return a map of every region in which there is a ranked cluster.

    Parameters
    ----------
    clusters
        As for :func:`hubscan.report.maps.region_map`, with ``intensity_rank`` where it is known.
        On maps by intensity only clusters that have such a rank are shown, under it.
    noise
        Grey points.
    insets
        By name, such as :data:`INSETS`.
    caption, rank_bands, labelled
        As for :func:`hubscan.report.maps.region_map`.

    Returns
    -------
    maps
        By name; each can be saved with :func:`hubscan.report.maps.save`.

    Raises
    ------
    InputError
        As :func:`hubscan.report.maps.region_map`.
    """
    return {
        name: region_map(
            _ranked(clusters, insets[name]), noise, extent=insets[name].extent,
            title=insets[name].title, subtitle=f"Ranks by {insets[name].by}", caption=caption,
            rank_bands=rank_bands, labelled=labelled,
        )
        for name in inset_names(clusters, insets)
    }  # fmt: skip


def _ranked(clusters: pd.DataFrame, inset: Inset) -> pd.DataFrame:
    """Return the clusters that have the rank a map shows, under it."""
    if inset.by not in RANKED_BY:
        msg = f"map: {inset.title}: by = {inset.by!r}: must be one of {', '.join(RANKED_BY)}"
        raise InputError(msg)
    column = RANKED_BY[inset.by]
    if column not in clusters:
        return clusters.iloc[:0]
    known = clusters[clusters[column].notna()]
    return known.assign(rank=known[column].astype(int))


def _shown(clusters: pd.DataFrame, inset: Inset) -> pd.DataFrame:
    ranked = _ranked(clusters, inset)
    return ranked[inside(ranked, inset.extent)]
