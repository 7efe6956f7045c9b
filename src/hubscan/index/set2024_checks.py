"""What the published SET Index 2024 says about itself: weights, ranks, scales, quoted numbers."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.index.infer import implied_weights
from hubscan.index.orders import rank_verdicts, top_verdicts
from hubscan.index.printed import effective_edges, pooled_cells
from hubscan.index.scales import leaf_scores, recovered_values
from hubscan.index.set2024 import (
    PRIMARY,
    SECONDARY,
    SPAN,
    TABLES,
    edges,
    edition_table,
    published_cells,
    published_ranking,
    published_scores,
    regions,
)
from hubscan.index.verify import residuals

PISA_BOUNDS: Final = {"1.1.2a": (478.24, 591.39), "1.1.2b": (492.64, 590.45)}
"""Least and greatest national PISA 2018 result among the 30 cities: mathematics, science."""

_HALF_POINT: Final = 0.005
_FULL_TABLES: Final = tuple(TABLES)[:4]


def score_residuals(*, weights: str) -> pd.DataFrame:
    """
    Return every published score beside what its published parts give.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed``.

    Returns
    -------
    residuals
        As :func:`hubscan.index.verify.residuals`: 255 rows of 13 tables.

    Examples
    --------
    >>> found = score_residuals(weights="implied")
    >>> len(found), bool(found["inside"].all())
    (255, True)
    >>> int((~score_residuals(weights="as_printed")["inside"]).sum())
    29
    """
    return residuals(
        published_cells(),
        edges(weights=weights),
        method="arithmetic",
        overrides={},
        missing="leave_out",
    )


def index_residuals(*, weights: str) -> pd.DataFrame:
    """
    Return the published index beside what the nine secondary scores give.

    Parameters
    ----------
    weights
        ``implied`` or ``as_printed``.

    Returns
    -------
    residuals
        As :func:`hubscan.index.verify.residuals`, 30 rows.

    Examples
    --------
    >>> float(index_residuals(weights="implied")["residual"].abs().max())
    0.022
    """
    return _index(weights, SECONDARY)


def _index(weights: str, frontier: tuple[str, ...]) -> pd.DataFrame:
    """Return residuals of the index over given nodes, each in its finest full printing."""
    cells = published_cells()
    joint = pooled_cells(cells[cells["table"].isin(_FULL_TABLES)], table="30 cities")
    return residuals(
        joint,
        effective_edges(edges(weights=weights), parent="0", frontier=frontier),
        method="arithmetic",
        overrides={},
        missing="leave_out",
    )


def recovered_weights() -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the weights of all 43 edges of the published tables, and how they fit.

    Returns
    -------
    weights, fits
        As :func:`hubscan.index.infer.implied_weights`.

    Examples
    --------
    >>> weights, fits = recovered_weights()
    >>> weights.query("parent == '2'")["fraction"].tolist()
    ['7/20', '7/20', '3/10']
    """
    return implied_weights(
        published_cells(), edges(weights="implied"), total=1.0, widest=0.05, max_denominator=20
    )


def talent_erratum() -> pd.DataFrame:
    """
    Return talent and total scores and ranks under both sets of talent weights.

    Education and S&T innovation enter as printed, talent from its three printed parts. Arithmetic
    is exact, so exact ties are ties: under the printed weights New York and London both score
    82.746.

    Returns
    -------
    erratum
        One row a city in the printed order: ``unit``; printed ranks ``talent_rank, total_rank``;
        and for each variant ``talent_*, talent_rank_*, total_*, total_rank_*``.

    Examples
    --------
    >>> found = talent_erratum().set_index("unit")
    >>> found.loc[["New York", "London"], "total_as_printed"].tolist()
    [82.746, 82.746]
    >>> int((found["talent_rank"] != found["talent_rank_as_printed"]).sum())
    18
    """
    talent_ranks = published_ranking("talent_development")
    total_ranks = published_ranking("overall")
    table = total_ranks[["unit", "rank"]].rename(columns={"rank": "total_rank"})
    table = table.merge(talent_ranks[["unit", "rank"]].rename(columns={"rank": "talent_rank"}))
    frontier = ("1", "2.1", "2.2", "2.3", "3")
    for variant in ("implied", "as_printed"):
        talent = score_residuals(weights=variant).query("parent == '2'")
        for name, found, ranks in (
            ("talent", talent, talent_ranks),
            ("total", _index(variant, frontier), total_ranks),
        ):
            verdicts = rank_verdicts(found, ranks[["unit", "rank"]]).set_index("unit")
            scores = found.set_index("unit")["computed"]
            table[f"{name}_{variant}"] = table["unit"].map(scores)
            table[f"{name}_rank_{variant}"] = table["unit"].map(verdicts["computed_rank"])
    return table


def total_rank_verdicts() -> pd.DataFrame:
    """
    Return the printed total ranks beside those of the printed primary scores.

    Returns
    -------
    verdicts
        As :func:`hubscan.index.orders.rank_verdicts`.

    Examples
    --------
    >>> total_rank_verdicts()["verdict"].value_counts().to_dict()
    {'agrees': 28, 'undetermined': 2}
    """
    ranks = published_ranking("overall")[["unit", "rank"]]
    return rank_verdicts(_index("implied", PRIMARY), ranks)


def top_fifteen_verdicts() -> pd.DataFrame:
    """
    Return the cities whose place in or outside a table of the best 15 rounding leaves open.

    Returns
    -------
    verdicts
        Columns ``table`` and those of :func:`hubscan.index.orders.top_verdicts`.

    Examples
    --------
    >>> top_fifteen_verdicts()[["table", "unit", "verdict"]]
                  table     unit       verdict
    0  higher_education   Berlin  undetermined
    1  higher_education  Chicago  undetermined
    """
    cells = published_cells()
    full = cells[cells["table"].isin(_FULL_TABLES)]
    parts = []
    for table, node in list(TABLES.items())[len(_FULL_TABLES) :]:
        short = cells[(cells["table"] == table) & (cells["node"] == node)]
        parts.append(top_verdicts(short, full[full["node"] == node]).assign(table=table))
    found = pd.concat(parts, ignore_index=True)
    return found[["table", "unit", "printed", "listed", "verdict"]]


def pisa_check() -> pd.DataFrame:
    """
    Return the published quality of STEM education beside what PISA 2018 gives.

    Each of mathematics and science is scaled linearly from the least to the greatest country among
    the 30 cities; the score is the plain mean of both. The PISA results are those of the OECD table
    as commonly quoted; they are not in the report.

    Returns
    -------
    check
        Columns ``unit, printed, computed, low, high, difference, inside``; the interval comes from
        the rounding of the PISA results, ``inside`` allows for that of the score too.

    Examples
    --------
    >>> found = pisa_check()
    >>> len(found), bool(found["inside"].all()), float(found["difference"].abs().max().round(4))
    (15, True, 0.0064)
    """
    results = edition_table("pisa_2018")
    raw = pd.concat(
        results[["unit"]].assign(node=node, value=results[column].astype(float))
        for node, column in (("1.1.2a", "mathematics"), ("1.1.2b", "science"))
    ).assign(half_width=_HALF_POINT)
    scales = pd.DataFrame(
        {
            "node": list(PISA_BOUNDS),
            "transform": "linear",
            "lower": [bounds[0] for bounds in PISA_BOUNDS.values()],
            "upper": [bounds[1] for bounds in PISA_BOUNDS.values()],
            "half_width": _HALF_POINT,
            "direction": 1,
            "cap": np.nan,
        }
    )
    parts = leaf_scores(raw, scales, lower_score=SPAN[0], upper_score=SPAN[1])
    means = parts.groupby("unit")[["computed", "low", "high"]].mean()
    published = (
        published_cells().query("node == '1.1.2'").set_index("unit")["printed"].astype(float)
    )
    table = published.to_frame().join(means).reset_index()
    inside = (table["printed"] + _HALF_POINT >= table["low"]) & (
        table["printed"] - _HALF_POINT <= table["high"]
    )
    return table.assign(difference=table["printed"] - table["computed"], inside=inside)


def quoted_counts() -> pd.DataFrame:
    """
    Return the counts the text quotes beside those of the published tables.

    Counts of raw values (papers of Cell, Nature and Science, shares of academic-corporate papers)
    come from the scores through the inferred scales.

    Returns
    -------
    counts
        Columns ``claim, quoted, found, holds``.

    Examples
    --------
    >>> found = quoted_counts()
    >>> len(found), bool(found["holds"].all())
    (15, True)
    """
    places = regions().set_index("unit")
    rows = [
        (f"{region} among the 30 cities", quoted, int((places["region"] == region).sum()))
        for region, quoted in (("North America", 11), ("Europe", 9), ("Asia", 8), ("Oceania", 2))
    ]
    scores = published_scores()
    for node, best, column, names, quoted in _LEADERS:
        leaders = scores[node].sort_values(ascending=False).index[:best]
        found = int(places.loc[leaders, column].isin(names).sum())
        rows.append((f"{', '.join(names)} among the {best} best of {node}", quoted, found))
    for table, column, (transform, low, high), least, quoted in _ABOVE:
        score = edition_table(f"published/{table}").rename(columns={column: "score"})
        raw = recovered_values(
            score, transform=transform, minimum=low, maximum=high, half_score=_HALF_POINT, span=SPAN
        )
        rows.append(
            (f"cities above {least:g} of {column}", quoted, int((raw["value"] > least).sum()))
        )
    counts = pd.DataFrame(rows, columns=["claim", "quoted", "found"])
    return counts.assign(holds=counts["quoted"] == counts["found"])


_CHINA: Final = ("CN", "HK")
_LEADERS: Final = (
    ("0", 10, "country", _CHINA, 3),
    ("1", 10, "region", ("Asia",), 5),
    ("3", 10, "country", ("US",), 6),
    ("3", 10, "country", _CHINA, 3),
    ("3.1", 5, "country", ("US",), 4),
    ("3.1", 10, "country", ("US",), 6),
    ("3.1", 10, "country", _CHINA, 2),
    ("3.2", 10, "region", ("Asia",), 4),
    ("3.4", 10, "region", ("Europe",), 5),
)
_ABOVE: Final = (
    ("scientific_research", "high_quality_output", ("log", 133.0, 2520.0), 1000.0, 7),
    ("scientific_research", "high_quality_output", ("log", 133.0, 2520.0), 2000.0, 1),
)
