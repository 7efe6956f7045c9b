"""The figures of a composite index, each with the table it is drawn from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from hubscan.index import city_patterns, set2024
from hubscan.report import index_charts, index_figures, index_intervals, tables
from hubscan.report.index_style import figure_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from matplotlib.figure import Figure

    from hubscan.index.pipeline import Result
    from hubscan.index.set2024_scores import Reproduction

SHOWN: Final = 40
"""Units in the heat map of an index of one's own: as many as one page holds."""

_BANDS: Final = (10, 20, 30)
_STRENGTHS: Final = {"R": "3.1", "T": "3.2", "I": "3.3"}


class Drawing(NamedTuple):
    """A figure with its name and the table it shows; the index of the table stands first."""

    name: str
    figure: Figure
    table: pd.DataFrame


def write_figures(
    drawings: Iterable[Drawing], folder: Path, *, about: Mapping[str, str]
) -> list[str]:
    """
    Write figures as PNG and SVG, and beside each the numbers it shows as CSV.

    Parameters
    ----------
    drawings
        Figures.
    folder
        Made if need be.
    about
        What they are made from; every file says so.

    Returns
    -------
    names
        Of the figures, in order.
    """
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for drawing in drawings:
        for form in ("png", "svg"):
            path = folder / f"{drawing.name}.{form}"
            path.write_bytes(figure_bytes(drawing.figure, form=form, about=about))
        kept = drawing.table if drawing.table.index.name is None else drawing.table.reset_index()
        tables.write_csv(kept, folder / f"{drawing.name}.csv", about=about, columns={})
        names.append(drawing.name)
    return names


def interval_drawing(ranking: pd.DataFrame, *, title: str, caption: str) -> Drawing:
    """
    Return the chart of ranks and their intervals, of the best units.

    Parameters
    ----------
    ranking
        Columns ``rank, unit, lower, upper`` and others, best first.
    title, caption
        Texts above and below.

    Returns
    -------
    drawing
        At most :data:`SHOWN` units.
    """
    best = ranking.dropna(subset=["rank", "lower"]).head(SHOWN)
    figure = index_intervals.rank_intervals(best, title=title, caption=caption)
    return Drawing("rank_intervals", figure, best)


def set2024_drawings(
    found: Reproduction, residuals: pd.DataFrame, *, caption: str
) -> Iterator[Drawing]:
    """
    Yield the figures of the SET Index 2024.

    Parameters
    ----------
    found
        The index computed anew.
    residuals
        Of every published score (:func:`hubscan.index.set2024_checks.score_residuals`).
    caption
        Foot of each figure: where the numbers come from.

    Yields
    ------
    drawing
        Heat maps, scatter, bubbles, regions, types, correlations, residuals.
    """
    names = _names(found)
    top = ["0", *set2024.PRIMARY, *set2024.SECONDARY]
    scores = found.scores[top].rename(columns=names).rename_axis("unit")
    yield _heat("heat_map", scores.round(2), "Scores of the 30 cities", caption)
    for code in set2024.SECONDARY:
        yield _tertiary_heat(found, code, names, caption)
    grouped = scores.assign(group=set2024.regions().set_index("unit")["region"])
    yield _pairs(grouped, [names[code] for code in set2024.PRIMARY], caption)
    yield _bubbles(grouped, [names[code] for code in _STRENGTHS.values()], caption)
    for code in ("0", *set2024.PRIMARY):
        yield _regions(found, code, names[code], caption)
    yield _types(found, names, caption)
    yield _correlation(scores, "Correlations between the scores of the 30 cities", caption)
    shown = residuals.assign(table=residuals["parent"].map(names))
    title = "Published scores against their published parts"
    chart = index_charts.residual_chart(shown, title=title, caption=caption)
    yield Drawing("residuals", chart, residuals)


def index_drawings(result: Result, *, title: str, caption: str) -> Iterator[Drawing]:
    """
    Yield the figures of an index of one's own: a heat map of the best, and correlations.

    Parameters
    ----------
    result
        A run with one period.
    title, caption
        Texts above and below.

    Yields
    ------
    drawing
        The heat map shows the index and the two levels below it for the best units.
    """
    tree = result.framework
    near = [code for code in tree.codes if len(tree.ancestors(code)) <= _LEVELS]
    labels = _unique({code: tree.texts("name", [code])[0] or code for code in near})
    scores = result.scores[near].sort_values(tree.root, ascending=False, kind="stable")
    scores = scores.rename(columns=labels).rename_axis("unit")
    best = scores.dropna(how="all").head(SHOWN)
    yield _heat("heat_map", best.round(2), title, caption)
    varied = scores.loc[:, scores.std() > 0]
    if len(scores) > _FEWEST and varied.shape[1] > 1:
        yield _correlation(varied, f"{title}: correlations", caption)


_LEVELS: Final = 2
_FEWEST: Final = 3


def _unique(names: dict[str, str]) -> dict[str, str]:
    """Return names that differ: one that stands twice gets its code before it."""
    texts = list(names.values())
    return {c: name if texts.count(name) == 1 else f"{c} {name}" for c, name in names.items()}


def _names(found: Reproduction) -> dict[str, str]:
    deep = found.deep.framework
    return dict(zip(deep.codes, deep.texts("name", deep.codes), strict=True))


def _heat(name: str, scores: pd.DataFrame, title: str, caption: str) -> Drawing:
    return Drawing(name, index_figures.heat_map(scores, title=title, caption=caption), scores)


def _tertiary_heat(found: Reproduction, code: str, names: dict[str, str], caption: str) -> Drawing:
    """Return the heat map of one published table: a secondary score and its tertiary ones."""
    children = found.deep.framework.children(code)
    scores = found.deep.scores[[code, *children]].dropna()
    scores = scores.sort_values(code, ascending=False, kind="stable").rename(columns=names)
    name = f"heat_map_{code.replace('.', '_')}"
    title = f"{code} {names[code]}: the 15 best"
    return _heat(name, scores.rename_axis("unit").round(2), title, caption)


def _pairs(scores: pd.DataFrame, columns: list[str], caption: str) -> Drawing:
    first, second, third = columns
    pairs = [(first, second), (first, third), (second, third)]
    title = "Education, talent, science and technology"
    figure = index_figures.scatter(scores, pairs, title=title, caption=caption)
    return Drawing("scatter", figure, scores[[*columns, "group"]])


def _bubbles(scores: pd.DataFrame, columns: list[str], caption: str) -> Drawing:
    research, technology, industry = columns
    figure = index_figures.bubble(
        scores.round({industry: 1}),
        (research, technology, industry),
        title="Research, technology, industry",
        caption=caption,
    )
    return Drawing("bubble", figure, scores[[*columns, "group"]])


def _regions(found: Reproduction, code: str, name: str, caption: str) -> Drawing:
    ranking = pd.DataFrame({"unit": found.ranks.index, "rank": found.ranks[code].astype(int)})
    groups = set2024.regions().rename(columns={"region": "group"})[["unit", "group"]]
    table = city_patterns.rank_distribution(
        ranking.reset_index(drop=True), groups, bands=list(_BANDS)
    )
    title = f"{name} by region"
    figure = index_figures.rank_bars(table, title=title, caption=caption)
    return Drawing(f"regions_{code}", figure, table.rename_axis("region").rename_axis(columns=None))


def _types(found: Reproduction, names: dict[str, str], caption: str) -> Drawing:
    """Return the triangle of the types; rings mark the cities the report types otherwise."""
    codes = list(_STRENGTHS.values())
    scores = found.scores[codes].rename(columns=names)
    types, exceptions = typology(found)
    figure = index_charts.typology(
        scores, types, exceptions=exceptions, title="Strengths of the cities",
        caption=f"{caption}\nRinged: the report names another type than its scores give: "
        f"{', '.join(exceptions['unit'])}.",
    )  # fmt: skip
    return Drawing("typology", figure, scores.rename_axis("unit").reset_index().merge(types))


def typology(found: Reproduction) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the types of the cities by the edition's thresholds, and those the report contradicts.

    Parameters
    ----------
    found
        The index computed anew; published scores are compared with the thresholds.

    Returns
    -------
    types
        Columns ``unit, strengths, type``.
    exceptions
        Columns ``unit, named, by_rule``.
    """
    keys = {key: code for key, code in set2024.node_codes().items() if code in found.scores}
    rule = set2024.parameters()["typology"]
    thresholds = {letter: (keys[column], least) for letter, (column, least) in rule.items()}
    scores = set2024.published_scores({code: code for code, _ in thresholds.values()})
    types = city_patterns.strength_types(scores.loc[found.scores.index], thresholds=thresholds)
    named = set2024.edition_table("typology")
    return types, city_patterns.type_exceptions(types, named)


def _correlation(scores: pd.DataFrame, title: str, caption: str) -> Drawing:
    found = city_patterns.correlations(scores)
    figure = index_figures.correlation_map(scores.corr(), title=title, caption=caption)
    return Drawing("correlations", figure, found)
