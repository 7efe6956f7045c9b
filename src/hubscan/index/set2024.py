"""The SET Index 2024 as published: tree, weights in two variants, tables, scope, errata."""

from __future__ import annotations

import io
import tomllib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.errors import FrameworkError
from hubscan.index.framework import Framework
from hubscan.index.printed import printed_cells, tree_edges
from hubscan.index.recipe import Recipe

if TYPE_CHECKING:
    from collections.abc import Mapping

VARIANTS: Final[Mapping[str, str]] = {
    "implied": "weight_implied",
    "as_printed": "weight_as_printed",
}
"""Weights that reproduce the published scores, and weights as Table 1.2.1 prints them (implied ones
where it prints none); each with its column in the framework file."""

TABLES: Final[Mapping[str, str]] = {
    "overall": "0",
    "education_level": "1",
    "talent_development": "2",
    "st_innovation": "3",
    "basic_education": "1.1",
    "higher_education": "1.2",
    "research_talent": "2.1",
    "industrial_talent": "2.2",
    "talent_potential": "2.3",
    "scientific_research": "3.1",
    "technological_progress": "3.2",
    "industrial_development": "3.3",
    "innovation_ecosystem": "3.4",
}
"""Published tables and the node each ranks: four of 30 cities, nine of the 15 best."""

PRIMARY: Final = ("1", "2", "3")
"""Codes of the three primary indicators."""

SECONDARY: Final = ("1.1", "1.2", "2.1", "2.2", "2.3", "3.1", "3.2", "3.3", "3.4")
"""Codes of the nine secondary indicators, the deepest scores published for all 30 cities."""

SCOPES: Final = ("printed", "msa")
"""Principal cities as appendix 3 lists them; or with those of San Jose-Sunnyvale-Santa Clara, which
the prose credits to San Francisco."""

SPAN: Final = (60.0, 100.0)
"""Scores of the worst and the best city."""


def edition_text(name: str) -> str:
    """
    Return a file of the edition.

    Parameters
    ----------
    name
        Path inside the edition's folder, as ``framework.csv``.

    Returns
    -------
    text
        Its content.

    Examples
    --------
    >>> edition_text("cities.csv")
    Traceback (most recent call last):
    ...
    hubscan.errors.FrameworkError: set-2024 has no file 'cities.csv'
    """
    path = resources.files("hubscan") / "editions" / "set-2024" / name
    if not path.is_file():
        msg = f"set-2024 has no file {name!r}"
        raise FrameworkError(msg)
    return path.read_text("utf-8")


def edition_table(name: str) -> pd.DataFrame:
    """
    Return a table of the edition, every cell as text.

    Parameters
    ----------
    name
        ``framework``, ``city_scope``, ``typology``, ``errata``, ``facts``, ``scale_anchors``,
        ``pisa_2018``, or ``published/`` and a name of :data:`TABLES`.

    Returns
    -------
    table
        Texts; empty = not given.

    Examples
    --------
    >>> edition_table("published/overall").iloc[0].tolist()
    ['1', 'Boston', '85.83', '90.45', '82.37', '86.05']
    """
    return pd.read_csv(io.StringIO(edition_text(f"{name}.csv")), dtype=str, keep_default_na=False)


def parameters() -> dict[str, Any]:
    """
    Return every number of the edition: steps, scope, typology, indicators, and their status.

    Returns
    -------
    parameters
        The content of ``set-2024.toml``.

    Examples
    --------
    >>> parameters()["indicators"]["active"]["min_documents"]
    3
    """
    file = resources.files("hubscan") / "editions" / "set-2024.toml"
    return tomllib.loads(file.read_text("utf-8"))


def recipe() -> Recipe:
    """
    Return the steps of the edition: declared transforms, min-max from 60 to 100, weighted means.

    Returns
    -------
    recipe
        For :func:`hubscan.index.pipeline.run`, with :func:`framework` and one's own raw values.

    Examples
    --------
    >>> [step.step for step in recipe()]
    ['treat', 'normalise', 'aggregate', 'rank']
    """
    return Recipe.from_rows(parameters()["step"])


def framework(*, weights: str) -> Framework:
    """
    Return the tree of the edition: 58 nodes, 38 of them leaves.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed`` (:data:`VARIANTS`). They differ in talent development alone:
        .35, .35, .30 against the printed .40, .40, .20, which the scores contradict.

    Returns
    -------
    framework
        With units, directions, sources, periods and transforms.

    Raises
    ------
    FrameworkError
        If there is no such variant.

    Examples
    --------
    >>> tree = framework(weights="implied")
    >>> len(tree.codes), len(tree.leaves), tree.weights[["2.1", "2.2", "2.3"]].tolist()
    (58, 38, [0.35, 0.35, 0.3])
    """
    if weights not in VARIANTS:
        msg = f"set-2024: weights = {weights!r}: must be one of {', '.join(VARIANTS)}"
        raise FrameworkError(msg)
    return Framework.from_csv(io.StringIO(edition_text("framework.csv")), weights=VARIANTS[weights])


def edges(*, weights: str) -> pd.DataFrame:
    """
    Return the edges of the tree, as verification takes them.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed``.

    Returns
    -------
    edges
        Columns ``parent, child, weight``.

    Examples
    --------
    >>> edges(weights="as_printed").query("parent == '2'")["weight"].tolist()
    [0.4, 0.4, 0.2]
    """
    return tree_edges(framework(weights=weights))


def node_codes() -> dict[str, str]:
    """
    Return the code of each node by the name its column has in the published tables.

    Returns
    -------
    codes
        Key -> code.

    Examples
    --------
    >>> node_codes()["talent_development"]
    '2'
    """
    nodes = edition_table("framework")
    return dict(zip(nodes["key"], nodes["code"], strict=True))


def published_cells() -> pd.DataFrame:
    """
    Return every published score as it was printed: 13 tables, 1,080 numbers.

    Returns
    -------
    cells
        As :func:`hubscan.index.printed.printed_cells`.

    Examples
    --------
    >>> cells = published_cells()
    >>> len(cells), cells["table"].nunique(), cells["unit"].nunique()
    (1080, 13, 30)
    """
    return _published_cells().copy()


@cache
def _published_cells() -> pd.DataFrame:
    """Return the published cells, read once."""
    codes = node_codes()
    parts = []
    for table in TABLES:
        wide = edition_table(f"published/{table}")
        nodes = {column: codes[column] for column in wide.columns if column in codes}
        parts.append(printed_cells(wide, table=table, nodes=nodes))
    return pd.concat(parts, ignore_index=True)


def published_ranking(table: str) -> pd.DataFrame:
    """
    Return the ranks one table prints, with the scores they rank by.

    Parameters
    ----------
    table
        Name out of :data:`TABLES`.

    Returns
    -------
    ranking
        Columns ``unit, rank, score``; scores as texts.

    Examples
    --------
    >>> published_ranking("overall").head(2)
                unit  rank  score
    0         Boston     1  85.83
    1  San Francisco     2  85.22
    """
    wide = edition_table(f"published/{table}")
    score = wide.columns[2]
    ranks = wide["rank"].astype(int)
    return pd.DataFrame({"unit": wide["unit"], "rank": ranks, "score": wide[score]})


def published_scores(nodes: Mapping[str, str] | None = None) -> pd.DataFrame:
    """
    Return the scores of all 30 cities as numbers, from the index to the secondary indicators.

    Parameters
    ----------
    nodes
        Code -> name of the column wanted; None: all 13 by code.

    Returns
    -------
    scores
        Indexed by unit, best first; of numbers printed twice, the finer printing.

    Examples
    --------
    >>> published_scores({"0": "index", "3.1": "research"}).loc["Tokyo"].tolist()
    [79.15, 70.0]
    """
    names = nodes or {code: code for code in ("0", *PRIMARY, *SECONDARY)}
    cells = published_cells()
    full = cells[cells["table"].isin(list(TABLES)[:4]) & cells["node"].isin(list(names))]
    finest = full.sort_values("decimals", ascending=False).drop_duplicates(["unit", "node"])
    wide = finest.assign(score=finest["printed"].astype(float))
    wide = wide.pivot_table(index="unit", columns="node", values="score")
    order = published_ranking("overall")["unit"]
    return wide.loc[list(order), list(names)].rename(columns=dict(names)).rename_axis(columns=None)


def city_scope(*, scope: str) -> pd.DataFrame:
    """
    Return the principal cities of the 30 metropolitan areas.

    Parameters
    ----------
    scope
        ``printed``: the 239 of appendix 3; ``msa``: with eight cities of the Palo Alto and San Jose
        side of San Francisco, which appendix 3 omits although the prose counts Stanford and Google.
        Populations must have the same scope.

    Returns
    -------
    cities
        Columns ``unit, country, region, metropolitan_area, principal_city``
        (for :func:`hubscan.index.indicators.scope_units`).

    Raises
    ------
    FrameworkError
        If there is no such scope.

    Examples
    --------
    >>> len(city_scope(scope="printed")), len(city_scope(scope="msa"))
    (239, 247)
    """
    if scope not in SCOPES:
        msg = f"set-2024: scope = {scope!r}: must be one of {', '.join(SCOPES)}"
        raise FrameworkError(msg)
    rows = edition_table("city_scope")
    kept = rows if scope == "msa" else rows[rows["scope"] == "printed"]
    return kept.drop(columns="scope").reset_index(drop=True)


def regions() -> pd.DataFrame:
    """
    Return country and region of each city.

    Returns
    -------
    regions
        Columns ``unit, country, region``.

    Examples
    --------
    >>> regions()["region"].value_counts().to_dict()
    {'North America': 11, 'Europe': 9, 'Asia': 8, 'Oceania': 2}
    """
    columns = ["unit", "country", "region"]
    return city_scope(scope="printed")[columns].drop_duplicates("unit").reset_index(drop=True)


def scale_anchors() -> pd.DataFrame:
    """
    Return the raw values quoted in the text beside their scores.

    Returns
    -------
    anchors
        Columns ``node, unit, value, half_width, score, note``
        (for :func:`hubscan.index.scales.implied_minima`).

    Examples
    --------
    >>> scale_anchors().query("node == '3.3.1'")[["unit", "value", "score"]].values.tolist()
    [['San Francisco', 73.0, 100.0], ['Shenzhen', 25.0, 88.08]]
    """
    anchors = edition_table("scale_anchors")
    numbers = ("value", "half_width", "score")
    return anchors.assign(**{name: anchors[name].astype(float) for name in numbers})
