"""How alike two ways to divide the same places into clusters are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.schema import NOISE

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray


_SMALL: Final = 1 << 22
"""Cells of a table that is quicker summed as a whole than by its filled cells alone."""


def shared_labels(
    before: pd.DataFrame, after: pd.DataFrame
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Return the labels of all places of two memberships, each noise place a part by itself.

    Parameters
    ----------
    before, after
        Tables ``membership``.

    Returns
    -------
    labels
        Of the places that either has: two arrays of one length. A place that one of them lacks is
        noise there.

    Examples
    --------
    >>> import pandas as pd
    >>> one = pd.DataFrame({"place": [1, 2, 3], "cluster": [1, 1, -1]})
    >>> [labels.tolist() for labels in shared_labels(one, one)]
    [[1, 1, 4], [1, 1, 4]]
    """
    places = np.union1d(before["place"].to_numpy(np.int64), after["place"].to_numpy(np.int64))
    found = []
    for table in (before, after):
        label = np.full(len(places), NOISE, np.int64)
        label[np.searchsorted(places, table["place"])] = table["cluster"].to_numpy(np.int64)
        alone = label == NOISE
        label[alone] = label.max(initial=0) + 1 + np.flatnonzero(alone)
        found.append(label)
    return found[0], found[1]


def adjusted_rand(one: ArrayLike, other: ArrayLike, weights: ArrayLike) -> float:
    r"""
    Return the adjusted Rand index of two divisions.

    .. math:: \frac{\sum_{ij} q(n_{ij}) - E}{\frac12 (\sum_i q(a_i) + \sum_j q(b_j)) - E}, \qquad
        E = \frac{\sum_i q(a_i) \sum_j q(b_j)}{q(n)}, \quad q(n) = \frac{n (n - 1)}{2}

    Parameters
    ----------
    one, other
        Labels of the same places.
    weights
        How many each place counts for; 1 for each gives the usual index (Hubert and Arabie 1985).

    Returns
    -------
    index
        1 for the same division, about 0 for unrelated ones; 1 if both are trivial.

    Examples
    --------
    >>> adjusted_rand([0, 0, 1, 1], [5, 5, 5, 7], [1, 1, 1, 1])
    0.0
    """
    cells, rows, columns = _contingency(one, other, weights)
    pairs, of_rows, of_columns = (
        float((n * (n - 1.0) / 2.0).sum()) for n in (cells, rows, columns)
    )
    number = float(rows.sum())
    expected = of_rows * of_columns / (number * (number - 1.0) / 2.0)
    most = (of_rows + of_columns) / 2.0
    return 1.0 if most == expected else (pairs - expected) / (most - expected)


def variation_of_information(one: ArrayLike, other: ArrayLike, weights: ArrayLike) -> float:
    r"""
    Return the variation of information between two divisions, in bits.

    .. math:: -\sum_{ij} p_{ij} \left( \log_2 \frac{p_{ij}}{p_i} + \log_2 \frac{p_{ij}}{q_j} \right)

    Parameters
    ----------
    one, other
        Labels of the same places.
    weights
        Mass of each place.

    Returns
    -------
    distance
        0 for the same division; a metric (Meila 2007).

    Examples
    --------
    >>> variation_of_information([0, 0, 1, 1], [0, 0, 0, 0], [1, 1, 1, 1])
    1.0
    """
    cells, rows, columns = _contingency(one, other, weights)
    whole = rows.sum()

    def entropy(parts: NDArray[np.float64]) -> float:
        share = parts[parts > 0] / whole
        return float(-(share * np.log2(share)).sum())

    return max(0.0, 2.0 * entropy(cells) - entropy(rows) - entropy(columns))


def _contingency(
    one: ArrayLike, other: ArrayLike, weights: ArrayLike
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Return the weights of what two divisions share, and of the parts of each."""
    row, column = (np.unique(labels, return_inverse=True)[1] for labels in (one, other))
    cell = summed_cells(row, column, np.asarray(weights, float))
    rows, columns = (np.bincount(at, cell.total) for at in (cell.row, cell.column))
    return cell.total, rows.astype(float), columns.astype(float)


class Cells(NamedTuple):
    """The cells of a table that hold anything, by row, then by column."""

    row: NDArray[np.int64]
    column: NDArray[np.int64]
    total: NDArray[np.float64]


def summed_cells(row: ArrayLike, column: ArrayLike, amount: ArrayLike) -> Cells:
    """Return the sums of amounts that fall into the same cell of a table."""
    along = np.asarray(column, np.int64)
    width = along.max(initial=0) + 1
    cell, amounts = np.asarray(row, np.int64) * width + along, np.asarray(amount, float)
    if cell.max(initial=0) < _SMALL:
        keys = np.flatnonzero(np.bincount(cell))
        total = np.bincount(cell, amounts)[keys]
    else:
        keys, place = np.unique(cell, return_inverse=True)
        total = np.bincount(place, amounts)
    return Cells(keys // width, keys % width, total.astype(float))
