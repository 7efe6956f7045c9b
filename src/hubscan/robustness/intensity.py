"""What replicates say of ranks by intensity: output per inhabitant, the inhabitants held fixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hubscan import rank

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hubscan.robustness.bootstrap import Replicates


def intensity_intervals(
    ranking: pd.DataFrame, found: Replicates, *, universe: int, per: float, level: float
) -> pd.DataFrame:
    """
    Return the interval of every cluster's rank by intensity.

    Inhabitants are those of the run's footprint in every replicate: what is drawn is output, and
    which clusters are large enough to be compared. A replicate that does not compare the cluster
    counts as a rank below all that it compares.

    Parameters
    ----------
    ranking
        The run's ``cluster`` and, if people are known, ``population`` and ``intensity_rank``.
    found
        Replicates.
    universe, per
        As for :func:`hubscan.rank.intensity`.
    level
        Share of the replicates between the bounds, such as 0.9 for 5 % to 95 %.

    Returns
    -------
    intervals
        One row a cluster that the run compares, by its rank: ``cluster``, ``intensity_rank``,
        ``intensity_median``, ``intensity_lower``, ``intensity_upper``, ``intensity_found`` (share
        of the replicates that compare it); no rows if people are not known.

    Examples
    --------
    >>> import pandas as pd
    >>> from hubscan.robustness.bootstrap import Replicates
    >>> people = {"cluster": [1, 2], "population": [4e6, 1e6], "intensity_rank": [2, 1]}
    >>> ranks = pd.DataFrame(
    ...     {
    ...         "replicate": [0, 0],
    ...         "cluster": [1, 2],
    ...         "rank": [1, 2],
    ...         "total_share": [0.5, 0.1],
    ...     }
    ... )
    >>> none = pd.DataFrame()
    >>> found = Replicates(ranks, none, none, pd.DataFrame({"replicate": [0]}))
    >>> intensity_intervals(pd.DataFrame(people), found, universe=100, per=1e6, level=0.9)[
    ...     ["cluster", "intensity_rank", "intensity_median"]
    ... ].to_numpy().tolist()
    [[2, 1, 2], [1, 2, 1]]
    """
    known = ranking.reindex(columns=["cluster", "population", "intensity_rank"])
    known = known.dropna().astype({"intensity_rank": np.int64})
    known = known.sort_values(["intensity_rank", "cluster"], ignore_index=True)
    people = ranking.reindex(columns=["cluster", "population"]).dropna()
    clusters = known["cluster"].to_numpy(np.int64)
    numbers = found.sizes["replicate"].to_numpy()
    by_number = dict(iter(found.ranks.groupby("replicate")))
    none = found.ranks.iloc[:0]
    drawn = [
        _ranks(by_number.get(number, none), people, clusters, universe=universe, per=per)
        for number in numbers
    ]
    ranks = np.array([each for each, _ in drawn])
    compared = np.array([there for _, there in drawn])
    tail = (1.0 - level) / 2.0
    return known[["cluster", "intensity_rank"]].assign(
        intensity_median=np.quantile(ranks, 0.5, axis=0, method="inverted_cdf"),
        intensity_lower=np.quantile(ranks, tail, axis=0, method="nearest"),
        intensity_upper=np.quantile(ranks, 1.0 - tail, axis=0, method="nearest"),
        intensity_found=compared.mean(axis=0),
    )


def _ranks(
    drawn: pd.DataFrame,
    people: pd.DataFrame,
    clusters: NDArray[np.int64],
    *,
    universe: int,
    per: float,
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the ranks of clusters in one replicate, and whether it compares them."""
    table = rank.intensity(drawn, people, universe=universe, per=per).set_index("cluster")
    ranks = table["intensity_rank"].dropna().astype(np.int64)
    there = np.isin(clusters, ranks.index)
    below = len(ranks) + 1
    return np.asarray(ranks.reindex(clusters, fill_value=below), np.int64), there
