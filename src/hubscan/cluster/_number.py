"""Number clusters by what they are, not by the order of rows: heaviest first, ties by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.cluster._tree import BEGIN, END

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster._cells import Cells
    from hubscan.cluster._link import Cores


def numbered_cells(
    cores: Cores,
    cells: Cells,
    roots: NDArray[np.int32],
    *,
    below: NDArray[np.int64],
    along_curve: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.int32]:
    """
    Return the cluster of each cell, -1 without core places; the heaviest cluster is 0.

    ``along_curve`` holds the row of each place along the curve, and the latitudes and longitudes by
    row; they decide only between clusters of one weight.
    """
    groups, count = _groups(roots)
    weights = _core_weights(cores, cells.node, below, groups, count)
    _, which, sizes = np.unique(weights, return_inverse=True, return_counts=True)
    latitude, longitude = _lowest(cores, cells.node, groups, sizes[which] > 1, along_curve)
    numbers = np.full(count + 1, -1, np.int32)
    numbers[np.lexsort((longitude, latitude, -weights))] = np.arange(count, dtype=np.int32)
    return np.asarray(numbers[groups])


def _groups(roots: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Return the groups of cells numbered along the curve (-1: none), and how many there are."""
    first = np.flatnonzero(roots == np.arange(len(roots)))
    # a root of -1 is the last entry, which stays -1
    numbers = np.full(len(roots) + 1, -1, np.int32)
    numbers[first] = np.arange(len(first), dtype=np.int32)
    return numbers[roots], len(first)


def _core_weights(
    cores: Cores,
    cell_nodes: NDArray[np.int32],
    below: NDArray[np.int64],
    groups: NDArray[np.int32],
    count: int,
) -> NDArray[np.int64]:
    """Return the weight of the core places of each group of cells."""
    first, last = cores.nodes[cell_nodes, BEGIN], cores.nodes[cell_nodes, END]
    core_places = cores.before[last] - cores.before[first]
    whole = (groups >= 0) & (core_places == last - first)
    weights = np.zeros(count, np.int64)
    np.add.at(weights, groups[whole], below[last[whole]] - below[first[whole]])
    # place by place only where some are core and some are not
    mixed = (groups >= 0) & ~whole
    place, cell = _core_places(cores, cell_nodes[mixed])
    np.add.at(weights, groups[mixed][cell], below[place + 1] - below[place])
    return weights


def _lowest(
    cores: Cores,
    cell_nodes: NDArray[np.int32],
    groups: NDArray[np.int32],
    tied: NDArray[np.bool_],
    along_curve: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]],
) -> NDArray[np.float64]:
    """Return latitude and longitude of the lowest core place of each tied group; else infinite."""
    lowest = np.full((2, len(tied)), np.inf)
    asked = (groups >= 0) & np.append(tied, False)[groups]
    order, latitude, longitude = along_curve
    place, cell = _core_places(cores, cell_nodes[asked])
    group, row = groups[asked][cell], order[place]
    by = np.lexsort((longitude[row], latitude[row], group))
    found, first = np.unique(group[by], return_index=True)
    lowest[:, found] = latitude[row[by[first]]], longitude[row[by[first]]]
    return lowest


def _core_places(
    cores: Cores, cell_nodes: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the core places of some cells, and which of these cells each is in."""
    first, last = cores.nodes[cell_nodes, BEGIN], cores.nodes[cell_nodes, END]
    sizes = (last - first).astype(np.int64)
    cell = np.repeat(np.arange(len(sizes)), sizes)
    place = np.arange(len(cell)) + np.repeat(first - (np.cumsum(sizes) - sizes), sizes)
    kept = cores.core[place]
    return place[kept], cell[kept]
