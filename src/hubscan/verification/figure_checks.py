"""Counts, shares, totals and figures per million of one edition: do they follow from each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.verification.faults import Fault, text_of
from hubscan.verification.rounding import apart, bounds, half_units
from hubscan.verification.world_totals import INDICATORS, box_and_centre, consistent, equations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SIZES: Final = "clusters_2025_appendix_table2"
INTENSITIES: Final = "clusters_2025_appendix_table3_intensity"
PER_MILLION: Final = {
    "patents": "pct_per_million",
    "publications": "publications_per_million",
    "deals": "vc_deals_per_million",
}
_MILLION: Final = 1e6
_HUNDRED: Final = 100.0
_TABLE_OF: Final = {"total_share_per_million": INTENSITIES}


@dataclass(frozen=True)
class Model:
    """
    What the printed counts and populations imply, under world totals that fit the tables.

    Attributes
    ----------
    sizes, intensities
        Both tables with the same clusters in the same rows, those that stand in both.
    low_totals, high_totals
        Feasible world totals, by indicator.
    central
        World totals inside them.
    counts
        Printed counts, a column for each indicator.
    cells
        ``cluster`` and ``column`` of the printed figures that no world totals fit.
    """

    sizes: pd.DataFrame
    intensities: pd.DataFrame
    low_totals: Floats
    high_totals: Floats
    central: Floats
    counts: Floats
    cells: pd.DataFrame

    def share_bounds(self) -> tuple[Floats, Floats]:
        """Return the least and greatest share, in per cent, by cluster and indicator."""
        half = half_units(self.counts, form="count")
        low = _HUNDRED * np.maximum(self.counts - half, 0.0) / self.high_totals
        return low, _HUNDRED * (self.counts + half) / self.low_totals

    def totals(self) -> Floats:
        """Return the unrounded total of each cluster, in percentage points."""
        return np.asarray((_HUNDRED * self.counts / self.central).sum(axis=1))

    def total_bounds(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest total of each cluster."""
        low, high = self.share_bounds()
        return low.sum(axis=1), high.sum(axis=1)

    def intensity_bounds(self) -> tuple[Floats, Floats]:
        """Return the least and the greatest intensity of each cluster."""
        low, high = self.total_bounds()
        people = self.intensities["population"].to_numpy(float) / _MILLION
        return low / people, high / people


def model(tables: Mapping[str, pd.DataFrame]) -> Model:
    """
    Return what the printed counts imply, inferring the world totals from the tables themselves.

    Parameters
    ----------
    tables
        With :data:`SIZES` and :data:`INTENSITIES`.

    Returns
    -------
    model
        Of the clusters that stand in both tables.
    """
    intense = tables[INTENSITIES].drop_duplicates("cluster").set_index("cluster")
    sizes = tables[SIZES].drop_duplicates("cluster")
    sizes = sizes[sizes["cluster"].isin(intense.index)].reset_index(drop=True)
    intensities = intense.reindex(sizes["cluster"]).reset_index()
    given = equations(sizes, intensities)
    kept, fits = consistent(given)
    box, centre = box_and_centre(kept)
    return Model(
        sizes,
        intensities,
        box["low"].to_numpy(float),
        box["high"].to_numpy(float),
        np.asarray(centre, np.float64),
        sizes[[count for count, _ in INDICATORS.values()]].to_numpy(float),
        given.cells[~fits].reset_index(drop=True),
    )


def figure_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield the shares, totals, intensities and figures per million that do not follow from counts.

    Where one count or population explains every failing cell of its row, it is named as the
    misprint, with the interval it would have to lie in.

    Parameters
    ----------
    tables
        As for :func:`model`.

    Yields
    ------
    fault
        One for each cell outside its interval, and one for each suspected count.
    """
    found = model(tables)
    expected = _expectations(found)
    failing: dict[str, set[str]] = {}
    for row, cluster in enumerate(found.sizes["cluster"]):
        outside = set(found.cells.loc[found.cells["cluster"] == cluster, "column"])
        for column, (printed, low, high) in expected.items():
            span = bounds(printed[row], form="share")
            if column in outside or apart(*span, low[row], high[row]) > 0:
                failing.setdefault(str(cluster), set()).add(column)
                yield _outside(str(cluster), column, printed[row], (low[row], high[row]))
    for cluster, columns in failing.items():
        yield from _suspects(found, cluster, columns)


def rounding_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield cells that are rounded away: a share of 0.00 of a cluster that has documents.

    Parameters
    ----------
    tables
        With :data:`SIZES`.

    Yields
    ------
    fault
        A remark for each.
    """
    sizes = tables[SIZES]
    for count, share in INDICATORS.values():
        for _, row in sizes[(sizes[count] > 0) & (sizes[share] == 0)].iterrows():
            note = f"rounded, not missing: {text_of(row[count])} in {count}"
            yield Fault("remark", "zero shares", SIZES, row["cluster"], share, "0.00", "> 0",
                        0.0, 0.005, note)  # fmt: skip


def _expectations(found: Model) -> dict[str, tuple[Floats, Floats, Floats]]:
    """Return printed values and the bounds their parts imply, by column."""
    low, high = found.share_bounds()
    columns = {
        share: (found.sizes[share].to_numpy(float), low[:, place], high[:, place])
        for place, (_, share) in enumerate(INDICATORS.values())
    }
    columns["total_share"] = found.sizes["total_share"].to_numpy(float), *found.total_bounds()
    people = found.intensities["population"].to_numpy(float) / _MILLION
    half = half_units(found.counts, form="count")
    for place, name in enumerate(INDICATORS):
        part, room = found.counts[:, place], half[:, place]
        printed = found.intensities[PER_MILLION[name]].to_numpy(float)
        columns[PER_MILLION[name]] = printed, (part - room) / people, (part + room) / people
    columns["total_share_per_million"] = (
        found.intensities["total_share_per_million"].to_numpy(float), *found.intensity_bounds()
    )  # fmt: skip
    return columns


def _outside(cluster: str, column: str, printed: float, span: tuple[float, float]) -> Fault:
    """Return the fault of one cell outside its bounds."""
    table = INTENSITIES if column in {*PER_MILLION.values(), *_TABLE_OF} else SIZES
    low, high = span
    expected = f"{(low + high) / 2:.4g}"
    return Fault("outside", "figures", table, cluster, column, text_of(printed), expected,
                 low - 0.005, high + 0.005, "does not follow from the printed counts")  # fmt: skip


def _suspects(found: Model, cluster: str, columns: set[str]) -> Iterator[Fault]:
    """Yield the one count or population that would explain all failing cells of a row."""
    place = int((found.sizes["cluster"] == cluster).to_numpy(bool).argmax())
    per_head = {*PER_MILLION.values(), *_TABLE_OF}
    if len(columns) > 1 and columns <= per_head:
        yield _suspect(INTENSITIES, cluster, "population",
                       float(found.intensities["population"][place]), columns)  # fmt: skip
    for position, (name, (count, share)) in enumerate(INDICATORS.items()):
        own = {share, "total_share", PER_MILLION[name], "total_share_per_million"}
        if {share, PER_MILLION[name]} <= columns <= own:
            printed = float(found.counts[place, position])
            low, high = bounds(found.sizes[share][place], form="share")
            span = (float(low * found.low_totals[position] / _HUNDRED),
                    float(high * found.high_totals[position] / _HUNDRED))  # fmt: skip
            yield _suspect(SIZES, cluster, count, printed, columns, span)


def _suspect(
    table: str,
    cluster: str,
    column: str,
    printed: float,
    columns: set[str],
    span: tuple[float, float] = (np.nan, np.nan),
) -> Fault:
    """Return the fault of a cell that explains others."""
    note = f"alone explains {', '.join(sorted(columns))}"
    expected = "n.a." if np.isnan(span[0]) else f"{sum(span) / 2:.6g}"
    return Fault(
        "misprint", "figures", table, cluster, column, text_of(printed), expected, *span, note
    )
