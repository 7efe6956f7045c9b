"""Number clusters by what they are, not by the order of rows: heaviest first, ties by place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan.cluster._compiled import compiled
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
    tied = sizes[which] > 1
    lowest = np.full((2, count), np.inf)
    _fill_lowest(cores, cells.node, groups, tied, along_curve, lowest)
    numbers = np.full(count + 1, -1, np.int32)
    numbers[np.lexsort((lowest[1], lowest[0], -weights))] = np.arange(count, dtype=np.int32)
    return np.asarray(numbers[groups])


@compiled
def _groups(roots: NDArray[np.int32]) -> tuple[NDArray[np.int32], int]:
    """Return the groups of cells numbered along the curve (-1: none), and how many there are."""
    groups, count = np.empty(roots.shape[0], np.int32), 0
    for cell in range(roots.shape[0]):
        if roots[cell] == cell:
            groups[cell] = count
            count += 1
        else:
            groups[cell] = groups[roots[cell]] if roots[cell] >= 0 else -1
    return groups, count


@compiled
def _core_weights(
    cores: Cores,
    cell_nodes: NDArray[np.int32],
    below: NDArray[np.int64],
    groups: NDArray[np.int32],
    count: int,
) -> NDArray[np.int64]:
    """Return the weight of the core places of each group of cells."""
    nodes, core, before = cores.nodes, cores.core, cores.before
    weights = np.empty(count, np.int64)
    for group in range(count):
        weights[group] = 0
    for cell in range(cell_nodes.shape[0]):
        group = groups[cell]
        if group < 0:
            continue
        first, last = nodes[cell_nodes[cell], BEGIN], nodes[cell_nodes[cell], END]
        if before[last] - before[first] == last - first:
            weights[group] += below[last] - below[first]
            continue
        for i in range(first, last):
            if core[i]:
                weights[group] += below[i + 1] - below[i]
    return weights


@compiled
def _fill_lowest(
    cores: Cores,
    cell_nodes: NDArray[np.int32],
    groups: NDArray[np.int32],
    tied: NDArray[np.bool_],
    along_curve: tuple[NDArray[np.int32], NDArray[np.float64], NDArray[np.float64]],
    lowest: NDArray[np.float64],
) -> None:
    """Write latitude and longitude of the lowest core place of each tied group of cells."""
    nodes, core = cores.nodes, cores.core
    order, latitude, longitude = along_curve
    for cell in range(cell_nodes.shape[0]):
        group = groups[cell]
        if group < 0 or not tied[group]:
            continue
        for i in range(nodes[cell_nodes[cell], BEGIN], nodes[cell_nodes[cell], END]):
            phi, lam = latitude[order[i]], longitude[order[i]]
            lower = phi < lowest[0, group] or (phi == lowest[0, group] and lam < lowest[1, group])
            if core[i] and lower:
                lowest[0, group], lowest[1, group] = phi, lam
