"""Printed ranks held against unrounded figures, changes of rank against the ranks they join."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.index.orders import rank_faults
from hubscan.verification.faults import Fault, text_of
from hubscan.verification.figure_checks import INTENSITIES, SIZES, model

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LISTED: Final = 100


def rank_bounds(low: Floats, high: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """
    Return the best and the worst rank that uncertain figures allow, the largest first.

    Parameters
    ----------
    low, high
        The least and the greatest figure of each unit.

    Returns
    -------
    best, worst
        1 + the number of units that are surely greater; the number of units less those that are
        surely smaller.

    Examples
    --------
    >>> best, worst = rank_bounds(np.array([5.0, 3.0, 3.5]), np.array([6.0, 4.0, 4.5]))
    >>> best.tolist(), worst.tolist()
    ([1, 2, 2], [1, 3, 3])
    """
    least, most = np.sort(low), np.sort(high)
    best = 1 + len(low) - np.searchsorted(least, high, side="right")
    worst = len(low) - np.searchsorted(most, low, side="left")
    return best.astype(np.int64), worst.astype(np.int64)


def size_rank_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield ranks by size, and orders under the old method, that no rounding explains.

    Parameters
    ----------
    tables
        With the published tables of sizes and intensities.

    Yields
    ------
    fault
        One for each rank outside what the totals allow.
    """
    found = model(tables)
    printed = found.sizes["rank"].to_numpy(float)
    yield from _misranked(SIZES, "rank", found.sizes["cluster"], printed, found.total_bounds())
    low, high = found.share_bounds()
    shaped = low[:, :2].sum(axis=1), high[:, :2].sum(axis=1)
    # printed among all clusters of the edition: only their order can be held against the list
    order = np.asarray(found.sizes["rank_old_methodology"].rank(method="min"), np.float64)
    yield from _misranked(SIZES, "rank_old_methodology", found.sizes["cluster"], order, shaped)


def intensity_rank_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield ranks by intensity that do not follow from totals and populations, with the true ones.

    Parameters
    ----------
    tables
        With the published tables of sizes and intensities.

    Yields
    ------
    fault
        A misprint for each wrong rank; contradictions for breaks of the printed sequence and for
        previous ranks that two clusters would have had.
    """
    found = model(tables)
    rows = found.intensities
    printed = rows["rank_per_capita"].to_numpy(float)
    span = found.intensity_bounds()
    wrong = list(_misranked(INTENSITIES, "rank_per_capita", rows["cluster"], printed, span))
    yield from wrong
    yield from _sequence(rows)
    yield from _previous(rows, wrong)


def change_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield changes of rank that do not join the printed ranks, and previous ranks given twice.

    Parameters
    ----------
    tables
        With the published tables of sizes and intensities.

    Yields
    ------
    fault
        One for each.
    """
    sizes = tables[SIZES]
    for _, row in sizes.iterrows():
        expected = row["previous_rank"] - row["rank"]
        if row["rank_change"] != expected:
            note = f"previous rank {text_of(row['previous_rank'])}, rank {text_of(row['rank'])}"
            yield Fault("outside", "rank change", SIZES, row["cluster"], "rank_change",
                        text_of(row["rank_change"]), text_of(expected), expected, expected, note,
                        )  # fmt: skip
    for rank, group in sizes[sizes["previous_rank"].duplicated(keep=False)].groupby(
        "previous_rank"
    ):
        yield Fault("contradiction", "rank change", SIZES, "; ".join(group["cluster"]),
                    "previous_rank", f"{text_of(rank)} twice", "each rank once")  # fmt: skip
    newcomers = set(sizes.loc[sizes["previous_rank"] > LISTED, "cluster"])
    missing = tables[INTENSITIES].loc[tables[INTENSITIES]["rank_change"].isna(), "cluster"]
    for cluster in sorted(newcomers ^ set(missing)):
        expected = "n.a." if cluster in newcomers else "a number"
        yield Fault("contradiction", "rank change", INTENSITIES, cluster, "rank_change",
                    "a number" if cluster in newcomers else "n.a.", expected,
                    note=f"n.a. is for clusters with a previous rank above {LISTED}")  # fmt: skip


def _misranked(
    table: str,
    column: str,
    clusters: pd.Series[str],
    printed: Floats,
    span: tuple[Floats, Floats],
) -> Iterator[Fault]:
    """Yield the printed ranks outside the bounds that the figures allow."""
    best, worst = rank_bounds(*span)
    for place in np.flatnonzero((printed < best) | (printed > worst)):
        low, high = int(best[place]), int(worst[place])
        expected = str(low) if low == high else f"{low} to {high}"
        note = f"unrounded {span[0][place]:.5f} to {span[1][place]:.5f}"
        yield Fault("misprint", "ranks", table, str(clusters.iloc[place]), column,
                    text_of(float(printed[place])), expected, low, high, note)  # fmt: skip


def _sequence(rows: pd.DataFrame) -> Iterator[Fault]:
    """Yield where the printed ranks, taken with the printed totals alone, break their sequence."""
    printed = pd.DataFrame(
        {
            "unit": rows["cluster"],
            "rank": rows["rank_per_capita"].astype(int),
            "score": [f"{total:.2f}" for total in rows["total_share_per_million"]],
        }
    )
    ranks = sorted(printed["rank"])
    for fault in rank_faults(printed).itertuples(index=False):
        rank = int(printed.loc[printed["unit"] == fault.unit, "rank"].iloc[0])
        near = ", ".join(str(each) for each in ranks if abs(each - rank) <= 2)  # noqa: PLR2004 - the neighbours shown
        yield Fault("contradiction", f"{fault.check} of ranks", INTENSITIES, str(fault.unit),
                    "rank_per_capita", str(fault.found), str(fault.needed),
                    note=f"printed ranks run {near}")  # fmt: skip


def _previous(rows: pd.DataFrame, wrong: list[Fault]) -> Iterator[Fault]:
    """Yield previous ranks that follow twice from printed ranks and changes."""
    previous = rows["rank_per_capita"] + rows["rank_change"]
    suspects = {fault.row for fault in wrong}
    twice = previous.notna() & previous.duplicated(keep=False)
    for rank, group in rows[twice].groupby(previous[twice]):
        named = [cluster for cluster in group["cluster"] if cluster in suspects]
        note = f"with its true rank {' and '.join(named)} had another" if named else ""
        yield Fault("contradiction", "previous ranks", INTENSITIES, "; ".join(group["cluster"]),
                    "rank_per_capita + rank_change", f"{text_of(rank)} twice", "each rank once",
                    note=note)  # fmt: skip
