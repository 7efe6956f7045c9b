"""How many documents each node begins in each year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.draws import apportioned, apportioned_rows
from hubscan.world.published import COVERED

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

YEARS: Final = {
    "patents": tuple(range(2018, 2025)),
    "publications": tuple(range(2017, 2024)),
    "deals": tuple(range(2017, 2024)),
}
"""Years that any edition from 2023 to 2025 looks at; the last five are the windows of 2025."""

WINDOW: Final = 5
"""Years of a window."""

VOLUME: Final = {
    "patents": (0.253, 0.265, 0.2725, 0.2755, 0.2775, 0.2727, 0.2739),
    "publications": (1.36, 1.42, 1.52, 1.60, 1.69, 1.72, 1.67),
    "deals": (34.0, 38.0, 41.0, 42.0, 57.0, 53.0, 43.0),
}
"""Relative numbers of documents by year."""


def yearly_counts(nodes: pd.DataFrame, indicator: str, *, scale: float) -> NDArray[np.int64]:
    """
    Return the located documents of every node by year.

    In the 2025 window a node has its share of the scaled world total, to the nearest document; the
    years before continue its growth.

    Parameters
    ----------
    nodes
        With the count of the indicator in the 2025 window and its yearly ``growth_...`` rate.
    indicator
        Which count.
    scale
        Documents made for each document of the world.

    Returns
    -------
    counts
        Array of shape (nodes, years).

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame({"deals": [200_000.0, 35_200.0], "growth_deals": [0.0, 0.1]})
    >>> counts = yearly_counts(nodes, "deals", scale=0.01)
    >>> counts[:, -5:].sum(axis=1)
    array([2000,  352])
    """
    years = np.array(YEARS[indicator])
    volume = np.array(VOLUME[indicator])
    rate = nodes[f"growth_{indicator}"].to_numpy()[:, None]
    course = volume[None, :] * np.exp(rate * (years - years[-3])[None, :])
    inside = course[:, -WINDOW:].sum(axis=1, keepdims=True)
    course = course / inside * nodes[indicator].to_numpy()[:, None] * scale
    total = round(COVERED[indicator] * scale)
    in_window = apportioned(course[:, -WINDOW:].sum(axis=1), total)
    counts = np.empty(course.shape, np.int64)
    counts[:, -WINDOW:] = apportioned_rows(course[:, -WINDOW:], in_window)
    for i in range(len(years) - WINDOW):
        counts[:, i] = apportioned(course[:, i], round(float(course[:, i].sum())))
    return counts


def lost_counts(indicator: str, *, scale: float, listed: int) -> NDArray[np.int64]:
    """
    Return how many documents by year have no address that can be located.

    Parameters
    ----------
    indicator
        Which indicator.
    scale
        Documents made for each document of the world.
    listed
        Documents of the 2025 window of the world, located or not.

    Returns
    -------
    counts
        One whole number a year.

    Examples
    --------
    >>> int(lost_counts("deals", scale=1.0, listed=236_046)[-5:].sum())
    846
    """
    volume = np.array(VOLUME[indicator])
    total = round((listed - COVERED[indicator]) * scale)
    before = round(total * float(volume[:-WINDOW].sum() / volume[-WINDOW:].sum()))
    return np.concatenate(
        (apportioned(volume[:-WINDOW], before), apportioned(volume[-WINDOW:], total))
    )
