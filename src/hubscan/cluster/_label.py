"""Give every place its cluster: its own if it is core, that of a core place in reach, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.cluster._compiled import compiled, inlined
from hubscan.cluster._link import has_core
from hubscan.cluster._tree import (
    AFTER,
    APART,
    BEGIN,
    END,
    WITHIN,
    relation,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hubscan.cluster._link import Cores
    from hubscan.cluster._tree import Ball, Whole

NEAREST_CORE: Final = 0
LOWEST_ID: Final = 1
NOISE: Final = 2


class Clusters(NamedTuple):
    """The cells, the cluster of each (-1 without core places), and what becomes of borders."""

    node: NDArray[np.int32]
    start: NDArray[np.int64]
    neighbour: NDArray[np.int32]
    cluster: NDArray[np.int32]
    border: int


@compiled
def label_stretch(
    cores: Cores,
    clusters: Clusters,
    order: NDArray[np.int32],
    labels: NDArray[np.int32],
    begin: int,
    end: int,
) -> None:
    """Write the clusters of the places of a stretch of cells."""
    nodes, core, border = cores.nodes, cores.core, clusters.border
    cell_nodes, cell_clusters = clusters.node, clusters.cluster
    for cell in range(begin, end):
        own, node = cell_clusters[cell], cell_nodes[cell]
        only, single = _only_cluster(clusters, cell)
        for i in range(nodes[node, BEGIN], nodes[node, END]):
            if core[i]:
                label = own
            elif border == NOISE or only < 0:
                label = -1
            elif own >= 0 and single:
                label = own  # a core place of the cell is a neighbour of all its places
            elif border == LOWEST_ID or single:
                label = _lowest_cluster(cores, clusters, cell, i)
            else:
                label = _nearest_cluster(cores, clusters, cell, i)
            labels[order[i]] = label


@inlined
def _only_cluster(clusters: Clusters, cell: int) -> tuple[int, bool]:
    """Return a cluster of a cell or its neighbours (-1: none), and whether it is the only one."""
    cell_clusters, start, neighbour = clusters.cluster, clusters.start, clusters.neighbour
    found = cell_clusters[cell]
    for entry in neighbour[start[cell] : start[cell + 1]]:
        cluster = cell_clusters[max(entry, ~entry)]
        if cluster < 0 or cluster == found:
            continue
        if found >= 0:
            return found, False
        found = cluster
    return found, True


@inlined
def _lowest_cluster(cores: Cores, clusters: Clusters, cell: int, place: int) -> int:
    """Return the lowest cluster with a core place in reach of a place."""
    cell_nodes, cell_clusters = clusters.node, clusters.cluster
    start, neighbour = clusters.start, clusters.neighbour
    best: int = cell_clusters[cell]
    # the next number after the square of the reach: to be less is to be within reach
    beyond = np.nextafter(cores.reach * cores.reach, np.inf)
    for entry in neighbour[start[cell] : start[cell + 1]]:
        other = max(entry, ~entry)
        cluster = cell_clusters[other]
        if cluster < 0 or 0 <= best <= cluster:
            continue
        if entry >= 0 or _nearest_square(cores, cell_nodes[other], place, beyond, beyond) < beyond:
            best = cluster
    return best


@inlined
def _nearest_cluster(cores: Cores, clusters: Clusters, cell: int, place: int) -> int:
    """Return the cluster of the nearest core place in reach, the lowest of several as near."""
    cell_nodes, cell_clusters = clusters.node, clusters.cluster
    start, neighbour = clusters.start, clusters.neighbour
    # the next number after the square of the reach: to be less is to be within reach
    nearest, best = np.nextafter(cores.reach * cores.reach, np.inf), -1
    for entry in range(start[cell] - 1, start[cell + 1]):
        other = cell
        if entry >= start[cell]:
            other = max(neighbour[entry], ~neighbour[entry])
        cluster = cell_clusters[other]
        if cluster < 0:
            continue
        # a lower cluster wins a tie
        bound = np.nextafter(nearest, np.inf) if cluster < best else nearest
        square = _nearest_square(cores, cell_nodes[other], place, bound, 0.0)
        if square < bound:
            nearest, best = square, cluster
    return best


@inlined
def _nearest_square(cores: Cores, top: int, place: int, square: float, enough: float) -> float:
    """
    Return the square of the shortest chord to a core place of a node, at most ``square``.

    Once one is found to be less than ``enough``, it need not be the shortest.
    """
    nodes, balls, places, before = cores.nodes, cores.balls, cores.places, cores.before
    centre = (places[0, place], places[1, place], places[2, place], 0.0)
    node, stop = np.int64(top), nodes[top, AFTER]
    while node < stop and square >= enough:
        after = nodes[node, AFTER]
        side = relation(balls, node, centre, np.sqrt(square))
        if side == APART or not has_core(nodes, before, node):
            node = after
        elif side == WITHIN and enough > 0.0:
            return 0.0
        elif after > node + 1:
            node += 1
        else:
            square = _nearest_in_run(cores, node, centre, square)
            node = after
    return square


@inlined
def _nearest_in_run(cores: Cores, leaf: Whole, centre: Ball, square: float) -> float:
    """Return the square of the shortest chord to a core place of a leaf, at most ``square``."""
    nodes, places, core = cores.nodes, cores.places, cores.core
    for i in range(nodes[leaf, BEGIN], nodes[leaf, END]):
        dx, dy, dz = places[0, i] - centre[0], places[1, i] - centre[1], places[2, i] - centre[2]
        chord_square = dx * dx + dy * dy + dz * dz
        if core[i] and chord_square < square:
            square = chord_square
    return square
