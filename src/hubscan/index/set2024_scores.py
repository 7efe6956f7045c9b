"""The SET Index 2024 computed anew from the deepest scores it publishes, beside what it prints."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.index import pipeline
from hubscan.index.framework import Framework
from hubscan.index.recipe import Recipe
from hubscan.index.set2024 import (
    PRIMARY,
    SECONDARY,
    framework,
    parameters,
    published_cells,
    published_ranking,
    published_scores,
)
from hubscan.index.uncertainty import Model, WeightNoise, rank_intervals, runs, sampled
from hubscan.index.values import from_matrix

if TYPE_CHECKING:
    from hubscan.index.pipeline import Result

TOP: Final = ("0", *PRIMARY, *SECONDARY)
"""Nodes that are published for all 30 cities."""


@dataclass(frozen=True)
class Reproduction:
    """
    The index computed anew.

    ``deep``: secondary scores from the tertiary ones, where the report prints these (15 cities a
    table). ``top``: primary scores and index of all 30 cities, from the secondary scores of
    ``deep`` and, where there are none, from the printed ones. ``origin``: ``computed`` or
    ``printed``, of each secondary score. Nodes of ``scores`` and ``ranks`` are codes, units in the
    order of the computed index.
    """

    deep: Result
    top: Result
    origin: pd.DataFrame
    scores: pd.DataFrame
    ranks: pd.DataFrame


def reproduction(*, weights: str) -> Reproduction:
    """
    Return the index computed from the deepest published scores, with every step on the way.

    Raw values are not published, so the steps begin after normalisation: the edition's weighted
    means and its ranks.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed``.

    Returns
    -------
    reproduction
        See :class:`Reproduction`.

    Raises
    ------
    FrameworkError
        If there is no such variant.

    Examples
    --------
    >>> found = reproduction(weights="implied")
    >>> found.scores["0"].head(3).round(2).to_dict()
    {'Boston': 85.83, 'San Francisco': 85.22, 'Beijing': 84.89}
    """
    tree = framework(weights=weights)
    tertiary = [code for parent in SECONDARY for code in tree.children(parent)]
    recipe = _means_and_ranks()
    leaves = _printed(tertiary)
    deep = pipeline.run(
        from_matrix(leaves, period="2024", source="published"),
        _cut(tree, [*TOP, *tertiary], tertiary),
        recipe,
    )
    printed = published_scores({code: code for code in SECONDARY}).sort_index()
    computed = deep.scores.loc[printed.index, list(SECONDARY)]
    best = computed.where(computed.notna(), printed)
    top = pipeline.run(
        from_matrix(best, period="2024", source="published or computed from published"),
        _cut(tree, list(TOP), SECONDARY),
        recipe,
    )
    order = top.scores["0"].sort_values(ascending=False, kind="stable").index
    both = {name: top_part.join(deep_part[tertiary]).loc[order] for name, top_part, deep_part in (
        ("scores", top.scores, deep.scores), ("ranks", top.ranks, deep.ranks),
    )}  # fmt: skip
    kinds = np.where(computed.notna(), "computed", "printed")
    origin = pd.DataFrame(kinds, index=best.index, columns=best.columns).loc[order]
    codes = [code for code in tree.codes if code in both["scores"]]
    return Reproduction(deep, top, origin, both["scores"][codes], both["ranks"][codes])


def _means_and_ranks() -> Recipe:
    """Return the steps of the edition that follow normalisation."""
    steps = parameters()["step"]
    return Recipe.from_rows([step for step in steps if step["step"] in {"aggregate", "rank"}])


def _cut(tree: Framework, nodes: list[str], leaves: list[str] | tuple[str, ...]) -> Framework:
    """Return a tree of some of the nodes; its leaves are scores, so all count upwards."""
    table = tree.table.loc[[code for code in tree.codes if code in nodes]]
    upwards = np.where(table.index.isin(list(leaves)), 1.0, np.nan)
    return Framework(table.assign(direction=upwards, transform="", lower=np.nan, upper=np.nan))


def _printed(nodes: list[str]) -> pd.DataFrame:
    """Return printed scores of some nodes, cities by nodes; missing where not printed."""
    cells = published_cells()
    rows = cells[cells["node"].isin(nodes)]
    wide = rows.assign(score=rows["printed"].astype(float))
    table = wide.pivot_table(index="unit", columns="node", values="score", aggfunc="first")
    return table.reindex(index=sorted(cells["unit"].unique()), columns=nodes)


def beside_published(found: Reproduction) -> pd.DataFrame:
    """
    Return every score that is both printed and computed, with both ranks where ranks are printed.

    Parameters
    ----------
    found
        See :func:`reproduction`.

    Returns
    -------
    table
        Columns ``node, name, unit, published, computed, difference, origin``; ``origin`` says for
        the nodes above the secondary level ``computed``, for a secondary score where it comes from.

    Examples
    --------
    >>> table = beside_published(reproduction(weights="implied"))
    >>> len(table), bool((table["difference"].abs() < 0.055).all())
    (390, True)
    """
    published = published_scores({code: code for code in TOP})
    names = dict(zip(found.top.framework.codes, _names(found.top.framework), strict=True))
    parts = []
    for code in TOP:
        computed = found.scores[code]
        part = pd.DataFrame({"published": published[code].reindex(computed.index)})
        part = part.assign(computed=computed, difference=computed - part["published"])
        origin = found.origin.get(code, "computed")
        part = part.assign(origin=origin).rename_axis("unit").reset_index()
        part.insert(0, "name", names[code])
        part.insert(0, "node", code)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _names(tree: Framework) -> list[str]:
    return tree.texts("name", tree.codes)


def overall_ranking(found: Reproduction, intervals: pd.DataFrame) -> pd.DataFrame:
    """
    Return the ranking of the 30 cities beside the published one.

    Parameters
    ----------
    found
        See :func:`reproduction`.
    intervals
        See :func:`weight_intervals`.

    Returns
    -------
    ranking
        Columns ``rank, unit, score, published_rank, published_score, difference, lower, upper``,
        best first; ``lower`` and ``upper`` bound the rank when weights vary.

    Examples
    --------
    >>> found = reproduction(weights="implied")
    >>> intervals = pd.DataFrame({"lower": 1.0, "upper": 2.0}, index=found.scores.index)
    >>> overall_ranking(found, intervals)[["rank", "unit", "published_rank"]].head(2)
       rank           unit  published_rank
    0     1         Boston               1
    1     2  San Francisco               2
    """
    printed = published_ranking("overall").set_index("unit")
    units = found.scores.index
    score = found.scores["0"]
    published = printed["score"].astype(float).reindex(units)
    return pd.DataFrame(
        {
            "rank": found.ranks["0"].astype(int).to_numpy(),
            "unit": units,
            "score": score.to_numpy(),
            "published_rank": printed["rank"].reindex(units).to_numpy(),
            "published_score": published.to_numpy(),
            "difference": (score - published).to_numpy(),
            "lower": intervals["lower"].reindex(units).to_numpy(),
            "upper": intervals["upper"].reindex(units).to_numpy(),
        }
    )


def weight_intervals(
    found: Reproduction, *, half_width: float, number: int, seed: int, level: float
) -> pd.DataFrame:
    """
    Return how far the rank of each city moves when all weights above the leaves vary at once.

    Parameters
    ----------
    found
        See :func:`reproduction`.
    half_width
        Each weight is multiplied by a number between 1 - half_width and 1 + half_width.
    number
        Runs (scrambled Sobol' points; powers of two spread best).
    seed
        Equal seeds give equal intervals.
    level
        Share of the runs between ``lower`` and ``upper``.

    Returns
    -------
    intervals
        As :func:`hubscan.index.uncertainty.rank_intervals`.

    Examples
    --------
    >>> found = reproduction(weights="implied")
    >>> drawn = weight_intervals(found, half_width=0.25, number=256, seed=1, level=0.9)
    >>> drawn.loc["Boston", ["lower", "upper"]].tolist()
    [1.0, 2.0]
    """
    top = found.top
    model = Model(top.stages["raw"], top.framework, top.recipe)
    factors = [WeightNoise("weights", half_width, codes=())]
    points = sampled(model, factors, number=number, sample="sobol", seed=seed)
    drawn = runs(model, factors, points, allow_inert=(), workers=1)
    return rank_intervals(drawn, level=level)
