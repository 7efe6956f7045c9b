"""An index over the clusters of a run: how much they make, and how much for each inhabitant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.index.framework import Framework
from hubscan.index.recipe import Recipe, Step

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

ROOT: Final = "index"
INTENSITY: Final = "intensity"
"""Node above the figures for a million inhabitants."""

SPAN: Final = (0.0, 100.0)
"""Scores of the worst and the best cluster."""


def cluster_indicators(ranking: pd.DataFrame) -> list[str]:
    """
    Return the indicators of a run, in the order of its ranking's columns.

    Parameters
    ----------
    ranking
        Ranking of a run: ``share_*`` and ``*_per_million`` by indicator.

    Returns
    -------
    indicators
        Names of what was counted.

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> ranking = pd.DataFrame({"share_patents": [0.1], "patents_per_million": [5.0]})
    >>> cluster_indicators(ranking)
    ['patents']
    """
    found = [str(name).removeprefix("share_") for name in ranking if str(name).startswith("share_")]
    if not found:
        msg = f"ranking: no column share_*; found {', '.join(map(str, ranking))}"
        raise InputError(msg)
    return found


def cluster_framework(indicators: Sequence[str], *, weights: Mapping[str, float]) -> Framework:
    """
    Return the tree of a cluster index: the shares of all outputs, and intensity beside them.

    Parameters
    ----------
    indicators
        Names of what was counted.
    weights
        By indicator, and of ``intensity``; 1 where not given. Below ``intensity`` stand the same
        indicators for a million inhabitants, with the same weights. A weight of 0 takes a branch
        out.

    Returns
    -------
    framework
        Leaves ``share_*`` and ``*_per_million``.

    Raises
    ------
    InputError
        For a weight of something else, a negative one, or if no indicator has any.

    Examples
    --------
    >>> tree = cluster_framework(["patents", "deals"], weights={"deals": 3, "intensity": 4})
    >>> tree.effective_weights[list(tree.leaves)].to_dict()
    {'deals_per_million': 0.375, 'patents_per_million': 0.125, 'share_deals': 0.375, \
'share_patents': 0.125}
    """
    known = [*indicators, INTENSITY]
    lost = [name for name in weights if name not in known]
    if lost:
        msg = f"weights: {lost[0]!r} is not in this run: known are {', '.join(known)}"
        raise InputError(msg)
    own = {name: float(weights.get(name, 1.0)) for name in known}
    if any(not 0 <= weight < float("inf") for weight in own.values()):
        msg = "weights: all must be finite and not negative"
        raise InputError(msg)
    used = [name for name in indicators if own[name] > 0]
    if not used:
        msg = f"weights: all of {', '.join(indicators)} are 0: one must be greater"
        raise InputError(msg)
    rows = [(ROOT, "", 1.0, "Index", float("nan"))]
    rows += [(f"share_{n}", ROOT, own[n], f"{n.capitalize()}, share", 1.0) for n in used]
    if own[INTENSITY] > 0:
        rows.append((INTENSITY, ROOT, own[INTENSITY], "Per million inhabitants", float("nan")))
        rows += [
            (f"{n}_per_million", INTENSITY, own[n], f"{n.capitalize()} per million", 1.0)
            for n in used
        ]
    return Framework(pd.DataFrame(rows, columns=["code", "parent", "weight", "name", "direction"]))


def cluster_recipe() -> Recipe:
    """
    Return the steps of a cluster index: min-max from 0 to 100, weighted means, ranks.

    A cluster without one of the values has no score: nothing is filled in.

    Returns
    -------
    recipe
        The steps.

    Examples
    --------
    >>> [step.method for step in cluster_recipe()]
    ['min_max', 'arithmetic', 'min']
    """
    scale = {"span": SPAN, "bounds": "observed", "constant": "error"}
    means = {"overrides": {}, "min_coverage": 1.0, "coverage": "count"}
    return Recipe(
        (
            Step("normalise", "min_max", scale),
            Step("aggregate", "arithmetic", means),
            Step("rank", "min", {"tolerance": 1e-9}),
        )
    )


def cluster_values(ranking: pd.DataFrame, tree: Framework, *, top: int) -> pd.DataFrame:
    """
    Return the values of the largest clusters, indexed by name.

    Parameters
    ----------
    ranking
        Ranking of a run, with ``rank, cluster, name`` and the leaves of the tree.
    tree
        See :func:`cluster_framework`.
    top
        Last rank taken in.

    Returns
    -------
    values
        Indexed by unit, columns leaves; a name that stands twice has its cluster id behind it.

    Raises
    ------
    InputError
        If a column is missing, or fewer than two clusters are left.

    Examples
    --------
    >>> ranking = pd.DataFrame({"rank": [1, 2], "cluster": [7, 9], "name": ["Ulm", "Ulm"],
    ...                         "share_patents": [0.2, 0.1]})
    >>> tree = cluster_framework(["patents"], weights={"intensity": 0})
    >>> cluster_values(ranking, tree, top=10)["share_patents"].to_dict()
    {'Ulm (7)': 0.2, 'Ulm (9)': 0.1}
    """  # fmt: skip
    absent = [n for n in ("rank", "cluster", "name", *tree.leaves) if n not in ranking]
    if absent:
        msg = f"ranking: no column {', '.join(absent)}; found {', '.join(map(str, ranking))}"
        raise InputError(msg)
    chosen = ranking[ranking["rank"] <= top]
    if len(chosen) < _FEWEST:
        msg = f"ranking: {len(chosen)} clusters up to rank {top}: an index needs two or more"
        raise InputError(msg)
    names, ids = chosen["name"].astype(str), chosen["cluster"].astype(str)
    units = names.where(~names.duplicated(keep=False), names + " (" + ids + ")")
    return chosen[list(tree.leaves)].astype(float).set_index(units.rename("unit"))


_FEWEST: Final = 2
