"""Which cluster counts the documents at a place: by membership, or by the boundary it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.count.methods import assignments
from hubscan.count.overlay import overlay_assignment

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd


def assignment(  # noqa: PLR0913 - two tables, two lists of indicators, and the boundary's numbers
    place_addresses: pd.DataFrame,
    membership: pd.DataFrame,
    *,
    shaped_by: Sequence[str],
    overlaid: Sequence[str],
    vc_boundary: str,
    buffer_deg: float,
    buffer_shape: str,
    radius_km: float,
) -> pd.DataFrame:
    """
    Return the cluster of every place, for each indicator.

    Parameters
    ----------
    place_addresses, membership
        Tables of these names.
    shaped_by
        Indicators counted where their places are members.
    overlaid
        Indicators counted in the cluster whose boundary contains the place.
    vc_boundary, buffer_deg, buffer_shape, radius_km
        The boundary: see :func:`hubscan.count.overlay.overlay_assignment`.

    Returns
    -------
    assignment
        ``indicator``, ``place``, ``cluster``; -1 for places in no cluster.
    """
    by_indicator = {name: membership[["place", "cluster"]] for name in shaped_by}
    for name in overlaid:
        places = place_addresses.loc[place_addresses["indicator"] == name, ["place"]]
        by_indicator[name] = overlay_assignment(
            places.drop_duplicates().sort_values("place", ignore_index=True),
            membership,
            vc_boundary=vc_boundary,
            buffer_deg=buffer_deg,
            buffer_shape=buffer_shape,
            radius_km=radius_km,
        )
    return assignments(by_indicator)
