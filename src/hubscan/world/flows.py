"""Who works with whom: symmetric flows between nodes, by size, distance and country."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.geometry import distances_km
from hubscan.world.nodes import vectors

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

REACH_KM: Final = 2_500.0
"""Distance over which collaboration falls to a third."""

AT_HOME: Final = 6.0
"""How much likelier a partner of the same country is."""

CLOSE: Final = 1e-10
"""Relative difference at which flows are balanced."""

LEAD: Final = 2.0
"""Ties between the two parts of a cluster, over the ties of either with all that is outside."""


def collaboration_flows(nodes: pd.DataFrame, counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """
    Return to which node the partners of each node's documents belong.

    Flows are a gravity model balanced so that as much flows from a to b as from b to a, and each
    node's flows add up to its count. Sending parts of documents along them therefore leaves every
    node with the fractional count it began with.

    Parameters
    ----------
    nodes
        All nodes: ``country``, ``latitude``, ``longitude``; ``rank`` (0 outside the clusters),
        ``parts``.
    counts
        Documents of each node, positive.

    Returns
    -------
    flows
        Array of shape (nodes, nodes); rows add up to 1.

    Examples
    --------
    >>> import pandas as pd
    >>> nodes = pd.DataFrame(
    ...     {
    ...         "country": ["AA", "AA", "BB"],
    ...         "latitude": 0.0,
    ...         "longitude": [0.0, 5.0, 60.0],
    ...         "rank": [1, 2, 0],
    ...         "parts": 1,
    ...     }
    ... )
    >>> counts = np.array([5.0, 3.0, 9.0])
    >>> flows = collaboration_flows(nodes, counts)
    >>> (counts @ flows).round(6).tolist()
    [5.0, 3.0, 9.0]
    """
    kernel = _kernel(nodes)
    outside = nodes["rank"].to_numpy() == 0
    pairs = _pairs(nodes)
    boost = np.ones(len(pairs))
    for _ in range(25):
        joint = _balanced(_boosted(kernel, pairs, boost), counts)
        weak = [_tie(joint, a, b, outside) < LEAD for a, b in pairs]
        if not any(weak):
            break
        boost = np.where(weak, 2.5 * boost, boost)
    return np.asarray(joint / joint.sum(axis=1, keepdims=True))


def _kernel(nodes: pd.DataFrame) -> NDArray[np.float64]:
    """Return how readily nodes work together, sizes apart."""
    away_km = distances_km(vectors(nodes))
    country = nodes["country"].to_numpy()
    same = country[:, None] == country[None, :]
    kernel = (0.05 + np.exp(-away_km / REACH_KM)) * np.where(same, AT_HOME, 1.0)
    itself = np.where(nodes["rank"].to_numpy() == 0, AT_HOME, 0.0)
    np.fill_diagonal(kernel, itself)
    return kernel


def _pairs(nodes: pd.DataFrame) -> list[tuple[int, int]]:
    """Return the two nodes of each cluster that has two."""
    halves = np.flatnonzero(nodes["parts"].to_numpy() > 1)
    return [(int(a), int(b)) for a, b in halves.reshape(-1, 2)]


def _boosted(
    kernel: NDArray[np.float64], pairs: list[tuple[int, int]], boost: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the kernel with stronger ties within pairs."""
    stronger = kernel.copy()
    for (a, b), factor in zip(pairs, boost, strict=True):
        stronger[a, b] *= 20.0 * factor
        stronger[b, a] *= 20.0 * factor
    return stronger


def _tie(joint: NDArray[np.float64], a: int, b: int, outside: NDArray[np.bool_]) -> float:
    """Return the tie of a pair over the larger of the ties of either with all that is outside."""
    return float(joint[a, b] / max(joint[a, outside].sum(), joint[b, outside].sum()))


def _balanced(kernel: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the symmetric flows of a kernel whose rows add up to the counts."""
    factor = np.sqrt(counts / kernel.sum(axis=1))
    for _ in range(400):
        sums = factor * (kernel @ factor)
        if np.max(np.abs(sums / counts - 1.0)) < CLOSE:
            break
        factor *= np.sqrt(counts / sums)
    return np.asarray(kernel * factor[:, None] * factor[None, :])
