"""Label clusters with the economies that their output comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import EditionError, InputError
from hubscan.schema import ECONOMY_COUNTS, NOISE, validated

if TYPE_CHECKING:
    from collections.abc import Mapping

MEASURES: Final = ("total", "any_indicator")
"""What is measured: the economy's part of the total of shares, or of any one indicator."""

ORDERS: Final = ("share", "alphabetic")
"""How the codes are ordered."""


def economy_labels(
    economy_counts: pd.DataFrame,
    world_totals: pd.Series[float],
    *,
    label_min_share: float,
    label_measure: str,
    label_order: str,
    separator: str,
) -> pd.DataFrame:
    r"""
    Return the economies of each cluster, and the one that is its home.

    With :math:`N_{c,i,k}` the output of cluster *c* in indicator *i* from economy *k*, and
    :math:`W_i` the world's, the economy's part of the cluster is
    :math:`\\sum_i N_{c,i,k}/W_i \\,/\\, \\sum_i \\sum_k N_{c,i,k}/W_i`, or with ``any_indicator``
    the greatest of :math:`N_{c,i,k} / \\sum_k N_{c,i,k}`. A label lists the economies with at least
    ``label_min_share``, and always the home economy, which has the greatest part of the total.

    Parameters
    ----------
    economy_counts
        Table ``economy_counts``. Output of unknown economy counts for the cluster, but for no
        label.
    world_totals
        World totals :math:`W_i`, indexed by indicator; greater than 0. Indicators that are not in
        it do not count.
    label_min_share
        Part of the output an economy needs, in [0, 1].
    label_measure
        ``"total"`` or ``"any_indicator"``.
    label_order
        ``"share"``: greatest part of the total first; ``"alphabetic"``: by code.
    separator
        What stands between the codes.

    Returns
    -------
    economy_labels
        ``cluster``, ``economies`` (label), ``home_economy`` (ISO alpha-2); both empty where no
        economy is known; clusters ascending, without noise.

    Raises
    ------
    EditionError
        If a choice is unknown or the share is outside [0, 1].
    InputError
        If a world total is not greater than 0.

    Examples
    --------
    >>> counts = pd.DataFrame(
    ...     {
    ...         "cluster": [1, 1, 1],
    ...         "indicator": ["patents", "patents", "publications"],
    ...         "economy": ["CH", "FR", "CH"],
    ...         "count": [80.0, 1.0, 50.0],
    ...     }
    ... )
    >>> totals = pd.Series({"patents": 1000.0, "publications": 1000.0})
    >>> choice = {"label_min_share": 0.01, "label_order": "share", "separator": "/"}
    >>> economy_labels(counts, totals, label_measure="total", **choice)["economies"].tolist()
    ['CH']
    >>> economy_labels(counts, totals, label_measure="any_indicator", **choice)[
    ...     "economies"
    ... ].tolist()
    ['CH/FR']
    """
    _check(world_totals, label_min_share, label_measure, label_order)
    parts = _parts(validated(economy_counts, ECONOMY_COUNTS), world_totals)
    parts = parts[parts["economy"] != ""]
    parts = parts.sort_values(
        ["cluster", "total", "economy"], ascending=[True, False, True], ignore_index=True
    )
    home = parts.drop_duplicates("cluster").set_index("cluster")["economy"]
    enough = parts[label_measure] >= label_min_share
    listed = parts[enough | ~parts["cluster"].duplicated()]
    if label_order == "alphabetic":
        listed = listed.sort_values(["cluster", "economy"])
    labels = listed.groupby("cluster")["economy"].agg(separator.join)
    clusters = np.unique(economy_counts["cluster"])
    table = pd.DataFrame({"economies": labels, "home_economy": home})
    table = table.reindex(clusters[clusters != NOISE], fill_value="")
    return table.rename_axis("cluster").reset_index()


def with_given_labels(clusters: pd.DataFrame, overrides: Mapping[str, str]) -> pd.DataFrame:
    """
    Return clusters with the labels that are given by name, whatever their shares.

    Parameters
    ----------
    clusters
        ``name``, ``economies``, ``home_economy``.
    overrides
        Name of a cluster = its label; the first code becomes its home economy.

    Returns
    -------
    clusters
        The same table.

    Examples
    --------
    >>> told = {"name": ["Macau–Zhuhai"], "economies": ["CN/MO"], "home_economy": ["CN"]}
    >>> with_given_labels(pd.DataFrame(told), {"Macau–Zhuhai": "CN"})["economies"].tolist()
    ['CN']
    """
    given = clusters["name"].map(dict(overrides))
    told = given.notna()
    first = given[told].astype(str).str.slice(0, 2)
    table = clusters.copy()
    table.loc[told, "economies"] = given[told].astype(str)
    table.loc[told, "home_economy"] = first
    return table


def _check(totals: pd.Series[float], share: float, measure: str, order: str) -> None:
    """Raise if a choice is unknown or a number is outside its domain."""
    if not 0 <= share <= 1:
        msg = f"label_min_share = {share}: must be in [0, 1]"
        raise EditionError(msg)
    if measure not in MEASURES:
        msg = f"label_measure = {measure!r}: must be one of {', '.join(MEASURES)}"
        raise EditionError(msg)
    if order not in ORDERS:
        msg = f"label_order = {order!r}: must be one of {', '.join(ORDERS)}"
        raise EditionError(msg)
    for indicator, total in totals.items():
        if not total > 0:
            msg = f"world total of {indicator} = {total}: must be greater than 0"
            raise InputError(msg)


def _parts(counts: pd.DataFrame, totals: pd.Series[float]) -> pd.DataFrame:
    """Return each economy's part of each cluster, of the total and at most of any indicator."""
    kept = counts[(counts["cluster"] != NOISE) & counts["indicator"].isin(totals.index)]
    kept = kept[kept["count"] > 0].sort_values(["cluster", "economy", "indicator"])
    share = kept["count"] / kept["indicator"].map(totals).astype(float)
    table = kept[["cluster", "economy"]].assign(
        total=share / share.groupby(kept["cluster"]).transform("sum"),
        any_indicator=share / share.groupby([kept["cluster"], kept["indicator"]]).transform("sum"),
    )
    parts: pd.DataFrame = table.groupby(["cluster", "economy"], as_index=False).agg(
        total=("total", "sum"), any_indicator=("any_indicator", "max")
    )
    return parts
