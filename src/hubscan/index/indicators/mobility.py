"""Researchers who moved: inflows, their share, the matrix of flows, and the main sources."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.index.indicators.estimate import checked, choice
from hubscan.index.indicators.researchers import dated, latest_units, researcher_share

ELSEWHERE: Final = "elsewhere"
"""The unit of researchers in none of the units."""

VIA: Final = ("any", "direct")
"""Whether a stay in a third unit within the window makes an inflow or not."""


def inflows(
    authorships: pd.DataFrame, active: pd.DataFrame, *, first_year: int, via: str
) -> pd.DataFrame:
    """
    Return the active researchers who came to their unit, and where they came from.

    A researcher is an inflow to the unit of the latest document if there are documents before the
    window and none of them is from that unit. The origin is the unit of the last document before
    the window; several origins share the researcher equally.

    Parameters
    ----------
    authorships
        See :func:`hubscan.index.indicators.researchers.dated`; before and within the window.
    active
        Columns ``author, unit, weight``
        (:func:`hubscan.index.indicators.researchers.active_researchers`).
    first_year
        First year of the window.
    via
        ``any``: a researcher who passed through a third unit within the window counts, as in the
        printed definition; ``direct``: counts only if all documents of the window are from the
        origin or the unit.

    Returns
    -------
    flows
        Columns ``author, origin, unit, weight``; researchers in none of the units have
        ``elsewhere``, which is treated as one place.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2], "unit": ["Rome", "Oslo"],
    ...                      "date": pd.to_datetime(["2017-01-01", "2022-01-01"])})
    >>> active = pd.DataFrame({"author": [1], "unit": "Oslo", "weight": 1.0})
    >>> inflows(rows, active, first_year=2019, via="any")
       author origin  unit  weight
    0       1   Rome  Oslo     1.0
    """  # fmt: skip
    choice(via, VIA, what="via")
    checked(active, ["author", "unit", "weight"], name="active")
    rows = dated(authorships)[["author", "document", "date", "unit"]]
    rows = rows[rows["author"].isin(set(active["author"]))]
    rows = rows.assign(unit=_named(rows["unit"]))
    before, within = (rows[early] for early in _halves(rows, first_year))
    known = set(zip(before["author"], before["unit"], strict=True))
    there = active.assign(unit=_named(active["unit"]))
    pairs = zip(there["author"], there["unit"], strict=True)
    came = np.array([pair not in known for pair in pairs], dtype=bool)
    origins = latest_units(before).rename(columns={"unit": "origin"})
    flows = there[came].merge(origins, on="author")
    flows = flows.assign(weight=flows["weight"] * flows["share"])
    if via == "direct":
        flows = flows[~flows["author"].isin(_detours(flows, within))]
    flows = flows[["author", "origin", "unit", "weight"]]
    return flows.sort_values(["author", "unit", "origin"], ignore_index=True)


def _named(units: pd.Series) -> pd.Series:
    """Return units as objects with a name for none of them."""
    return units.astype(object).where(units.notna(), ELSEWHERE)


def _halves(rows: pd.DataFrame, first_year: int) -> tuple[pd.Series[bool], pd.Series[bool]]:
    """Return which rows lie before the window and which do not."""
    early = rows["date"].dt.year < first_year
    return early, ~early


def _detours(flows: pd.DataFrame, within: pd.DataFrame) -> set[object]:
    """Return the authors who published from a third unit within the window."""
    ends = pd.concat(
        [
            flows[["author", "unit"]],
            flows[["author", "origin"]].set_axis(["author", "unit"], axis=1),
        ]
    )
    allowed = set(zip(ends["author"], ends["unit"], strict=True))
    stays = zip(within["author"], within["unit"], strict=True)
    return {author for author, unit in stays if (author, unit) not in allowed}


def inflow_share(
    flows: pd.DataFrame, active: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    """
    Return the share of researchers who came from another unit among the active ones.

    Parameters
    ----------
    flows
        Columns ``author, origin, unit, weight`` (:func:`inflows`).
    active
        Columns ``author, unit, weight``.
    replicates, seed
        Of the bootstrap over researchers.

    Returns
    -------
    estimates
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES`.

    Examples
    --------
    >>> active = pd.DataFrame({"author": [1, 2, 3, 4], "unit": "Oslo", "weight": 1.0})
    >>> flows = pd.DataFrame({"author": [1], "origin": "Rome", "unit": "Oslo", "weight": 1.0})
    >>> inflow_share(flows, active, replicates=0, seed=1)["value"].tolist()
    [0.25]
    """
    here = flows[flows["unit"] != ELSEWHERE]
    return researcher_share(here, active, replicates=replicates, seed=seed)


def flow_matrix(flows: pd.DataFrame) -> pd.DataFrame:
    """
    Return how many researchers moved from each unit to each other.

    Parameters
    ----------
    flows
        Columns ``origin, unit, weight`` (:func:`inflows`).

    Returns
    -------
    matrix
        Rows origins, columns destinations, both all units that occur, ``elsewhere`` last. A column
        sums to the inflow of its unit, a row to the outflow.

    Examples
    --------
    >>> flows = pd.DataFrame({"author": [1, 2], "origin": ["Rome", "elsewhere"], "unit": "Oslo",
    ...                       "weight": [1.0, 0.5]})
    >>> flow_matrix(flows).loc[["Rome", "elsewhere"], "Oslo"].tolist()
    [1.0, 0.5]
    """  # fmt: skip
    checked(flows, ["origin", "unit", "weight"], name="flows")
    names = sorted((set(flows["origin"]) | set(flows["unit"])) - {ELSEWHERE})
    ordered = flows.sort_values(["origin", "unit", "weight"])
    wide = ordered.pivot_table(index="origin", columns="unit", values="weight", aggfunc="sum")
    everywhere = [*names, ELSEWHERE]
    return wide.reindex(index=everywhere, columns=everywhere).fillna(0.0)


def main_sources(flows: pd.DataFrame, *, sources: int, min_researchers: float) -> pd.DataFrame:
    """
    Return the main sources of each unit, as a figure of flows shows them.

    Parameters
    ----------
    flows
        Columns ``author, origin, unit, weight`` (:func:`inflows`).
    sources
        How many sources of each unit (5 in the SET Index 2024).
    min_researchers
        Least flow shown (100 there).

    Returns
    -------
    sources
        Columns ``unit, origin, researchers, width``; the width of the line is the logarithm of the
        number. ``elsewhere`` is neither source nor unit; equal flows in the order of the origins.

    Examples
    --------
    >>> flows = pd.DataFrame({"author": range(3), "origin": ["Rome", "Rome", "Bonn"],
    ...                       "unit": "Oslo", "weight": 1.0})
    >>> main_sources(flows, sources=5, min_researchers=2)[["origin", "researchers"]]
      origin  researchers
    0   Rome          2.0
    """  # fmt: skip
    known = flows[(flows["origin"] != ELSEWHERE) & (flows["unit"] != ELSEWHERE)]
    sums = known.sort_values(["unit", "origin", "weight"]).groupby(["unit", "origin"])["weight"]
    table = sums.sum().rename("researchers").reset_index()
    table = table[table["researchers"] >= min_researchers]
    table = table.sort_values(
        ["unit", "researchers", "origin"], ascending=[True, False, True], kind="stable"
    )
    top = table.groupby("unit").head(sources).reset_index(drop=True)
    return top.assign(width=np.log(top["researchers"].to_numpy(float)))
