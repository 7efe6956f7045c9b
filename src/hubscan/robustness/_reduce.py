"""Integer sums over documents held in memory, compiled: weighted addresses, clusters, pairs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_Function = TypeVar("_Function", bound="Callable[..., Any]")


def _compiled(function: _Function) -> _Function:
    """Return a kernel compiled on its first call, its machine code kept on disk."""
    return cast("_Function", njit(cache=True, nogil=True, error_model="numpy")(function))


@_compiled
def group_sums(
    document: NDArray[np.int32],
    group: NDArray[np.int32],
    addresses: NDArray[np.int32],
    times: NDArray[np.int64],
    groups: int,
) -> NDArray[np.int64]:
    """Return the addresses of each group, those of a document as often as it occurs."""
    sums = np.zeros(groups, np.int64)
    for row in range(len(document)):
        sums[group[row]] += times[document[row]] * addresses[row]
    return sums


@_compiled
def distinct_clusters(
    begin: NDArray[np.int64],
    cluster: NDArray[np.int64],
    times: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """
    Return each document's distinct clusters, one after the other, and where each one's begin.

    ``begin`` holds where the rows of each document begin, and their number at the end; documents
    that occur no times have no clusters.
    """
    found = np.empty(len(cluster), np.int32)
    ends = np.zeros(len(begin), np.int64)
    number = 0
    for document in range(len(begin) - 1):
        first = number
        if times[document] > 0:
            for row in range(begin[document], begin[document + 1]):
                known = False
                for other in range(first, number):
                    if found[other] == cluster[row]:
                        known = True
                        break
                if not known:
                    found[number] = cluster[row]
                    number += 1
        ends[document + 1] = number
    return found[:number].copy(), ends


@_compiled
def documents_of_clusters(
    found: NDArray[np.int32], ends: NDArray[np.int64], times: NDArray[np.int64], clusters: int
) -> NDArray[np.int64]:
    """Return the number of documents in each cluster."""
    sums = np.zeros(clusters, np.int64)
    for document in range(len(ends) - 1):
        for at in range(ends[document], ends[document + 1]):
            sums[found[at]] += times[document]
    return sums


@_compiled
def cluster_pairs(
    found: NDArray[np.int32], ends: NDArray[np.int64], times: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """Return every pair of clusters of every document, the lower first, and how often it occurs."""
    number = 0
    for document in range(len(ends) - 1):
        size = ends[document + 1] - ends[document]
        number += size * (size - 1) // 2
    lower, higher = np.empty(number, np.int32), np.empty(number, np.int32)
    weight = np.empty(number, np.int64)
    number = 0
    for document in range(len(ends) - 1):
        for at in range(ends[document], ends[document + 1]):
            for other in range(at + 1, ends[document + 1]):
                lower[number] = min(found[at], found[other])
                higher[number] = max(found[at], found[other])
                weight[number] = times[document]
                number += 1
    return lower, higher, weight


@_compiled
def outside_pairs(
    found: NDArray[np.int32],
    ends: NDArray[np.int64],
    times: NDArray[np.int64],
    clusters: int,
    places: int,
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int64]]:
    """
    Return each pair of a cluster and a place outside of every document, and how often it occurs.

    ``found`` holds clusters from 0, places outside from ``clusters`` on, so many as ``places``, and
    what is not wanted beyond.
    """
    number = 0
    for document in range(len(ends) - 1):
        size = ends[document + 1] - ends[document]
        number += size * (size - 1) // 2
    cluster, place = np.empty(number, np.int32), np.empty(number, np.int32)
    weight = np.empty(number, np.int64)
    number = 0
    for document in range(len(ends) - 1):
        for at in range(ends[document], ends[document + 1]):
            for other in range(ends[document], ends[document + 1]):
                if found[at] < clusters <= found[other] < clusters + places:
                    cluster[number], place[number] = found[at], found[other] - clusters
                    weight[number] = times[document]
                    number += 1
    return cluster[:number].copy(), place[:number].copy(), weight[:number].copy()
