"""Which cluster counts the documents at a place: by membership, or by the boundary it lies in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hubscan.count.methods import assignments
from hubscan.count.overlay import overlay_assignment

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

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


def field_sums(
    field_counts: pd.DataFrame, membership: pd.DataFrame, *, boundary: Mapping[str, Any]
) -> pd.DataFrame:
    """
    Return how much each cluster has of each field, from counts at places.

    Parameters
    ----------
    field_counts
        ``place``, ``field``, ``count``: see :func:`hubscan.ingest.fields.field_counts`.
    membership
        Table ``membership``.
    boundary
        In which cluster's boundary a place lies: parameters of
        :func:`hubscan.count.overlay.overlay_assignment`.

    Returns
    -------
    sums
        ``cluster`` (-1 for places in none), ``group`` (the field), ``denominator`` (1),
        ``addresses`` (the count), by cluster and field.
    """
    places = field_counts[["place"]].drop_duplicates().sort_values("place", ignore_index=True)
    found = overlay_assignment(places, membership, **boundary)
    rows = field_counts.merge(found, on="place").rename(
        columns={"field": "group", "count": "addresses"}
    )
    keys = ["cluster", "group"]
    summed: pd.DataFrame = rows.groupby(keys, as_index=False)[["addresses"]].sum()
    summed.insert(2, "denominator", 1)
    return summed.astype("int64")
