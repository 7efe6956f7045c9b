"""One name printed in several ways, and slips of printing and reading that were corrected."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.verification.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIXES: Final = "fixes"
_SHIPPED: Final = ("(not printed)", "(omitted)")
_RECOMPUTED: Final = "rank_per_capita"


def spelling_faults(tables: Mapping[str, pd.DataFrame], *, edition: str) -> Iterator[Fault]:
    """
    Yield the departures of the shipped tables of an edition from the printed text.

    Parameters
    ----------
    tables
        With the list of fixes of :mod:`hubscan.reference`.
    edition
        ``gii-2023``, ``gii-2024`` or ``gii-2025``.

    Yields
    ------
    fault
        A variant for each: what is printed, and what the shipped table holds. Ranks that
        recomputing corrects are found by the checks of ranks instead.
    """
    year = edition.removeprefix("gii-")
    fixes = tables[FIXES]
    own = fixes[fixes["file"].str.startswith(f"clusters_{year}_")]
    for _, row in own.iterrows():
        shipped = row["printed"] in _SHIPPED or row["fixed"] in _SHIPPED
        if shipped or row["field"] == _RECOMPUTED:
            continue
        name = row["file"].split("; ")[0].removesuffix(".csv")
        line = "" if pd.isna(row["seed_line"]) else f"line {int(row['seed_line'])}"
        yield Fault("variant", "spelling", name, line, row["field"], str(row["printed"]),
                    str(row["fixed"]), note=str(row["reason"]))  # fmt: skip
