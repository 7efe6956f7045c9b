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
def _gather(
    places: NDArray[np.intp],
    cluster: NDArray[np.int32],
    rows: tuple[int, int],
    into: NDArray[np.int32],
    first: int,
) -> int:
    """Put the distinct clusters of some rows into an array from ``first`` on; return their end."""
    number = first
    for row in range(rows[0], rows[1]):
        known, its = False, cluster[places[row]]
        for other in range(first, number):
            if into[other] == its:
                known = True
                break
        if not known:
            into[number] = its
            number += 1
    return number


@_compiled
def distinct_clusters(
    begin: NDArray[np.int64],
    places: NDArray[np.intp],
    cluster: NDArray[np.int32],
    times: NDArray[np.int64],
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """
    Return each document's distinct clusters, one after the other, and where each one's begin.

    ``begin`` holds where the rows of each document begin, and their number at the end, ``places``
    the place of each row, ``cluster`` the cluster of each place; documents that occur no times
    have no clusters.
    """
    found = np.empty(len(places), np.int32)
    ends = np.zeros(len(begin), np.int64)
    number = 0
    for document in range(len(begin) - 1):
        if times[document] > 0:
            rows = (begin[document], begin[document + 1])
            number = _gather(places, cluster, rows, found, number)
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
def pair_sums(
    begin: NDArray[np.int64],
    places: NDArray[np.intp],
    cluster: NDArray[np.int32],
    times: NDArray[np.int64],
    lowest: tuple[int, int],
    clusters: int,
) -> NDArray[np.int64]:
    """
    Return how often clusters occur together: a row for the lower of a pair, a column for the other.

    Documents as in :func:`distinct_clusters`; only pairs whose lower cluster is from ``lowest[0]``
    to before ``lowest[1]``, so that a great many clusters can be summed in parts.
    """
    most = 1
    for document in range(len(begin) - 1):
        most = max(most, begin[document + 1] - begin[document])
    sums = np.zeros((lowest[1] - lowest[0], clusters), np.int64)
    near = np.empty(most, np.int32)
    for document in range(len(begin) - 1):
        rows = (begin[document], begin[document + 1])
        alone = times[document] <= 0 or rows[1] - rows[0] == 1
        number = 0 if alone else _gather(places, cluster, rows, near, 0)
        for at in range(number):
            for other in range(at + 1, number):
                lower = min(near[at], near[other])
                if lowest[0] <= lower < lowest[1]:
                    sums[lower - lowest[0], max(near[at], near[other])] += times[document]
    return sums


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
