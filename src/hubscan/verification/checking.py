"""Every check of a published edition, by name, and all of them at once."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple

from hubscan.errors import InputError
from hubscan.reference import names, published
from hubscan.verification import (
    figure_checks,
    list_checks,
    name_checks,
    rank_checks,
    text_checks,
)
from hubscan.verification.faults import fault_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from hubscan.verification.faults import Fault

_CORRECTED: Final = ("rank_corrected", "implied_previous_rank", "seed_line")
"""Columns that were added to the printed tables: a verification must not know them."""


class Check(NamedTuple):
    """A check: what it is, and the function that yields faults of the tables of an edition."""

    meaning: str
    faults: Callable[[Mapping[str, pd.DataFrame]], Iterator[Fault]]


CHECKS: Final[dict[str, dict[str, Check]]] = {
    "gii-2025": {
        "figures": Check(
            "shares, totals and figures per million follow from counts and populations",
            figure_checks.figure_faults,
        ),
        "zero shares": Check("shares of 0.00 have no documents", figure_checks.rounding_faults),
        "ranks": Check(
            "ranks follow from unrounded totals, and the old method's order from two shares",
            rank_checks.size_rank_faults,
        ),
        "intensity ranks": Check(
            "ranks by intensity follow from totals and populations, each once",
            rank_checks.intensity_rank_faults,
        ),
        "rank changes": Check(
            "changes join the ranks; n.a. for clusters from beyond the list",
            rank_checks.change_faults,
        ),
        "repeated cells": Check(
            "the chapter's tables repeat those of the appendix", list_checks.repeated_faults
        ),
        "coverage": Check("countries add to no more than the world", list_checks.coverage_faults),
        "beyond the list": Check(
            "economies beyond the list have no cluster in it", list_checks.beyond_faults
        ),
        "labels": Check(
            "a cluster named after an economy is labelled with it", list_checks.label_faults
        ),
        "text on intensity": Check(
            "ranks, table numbers and units are those of the tables",
            text_checks.intensity_text_faults,
        ),
        "text on coverage": Check(
            "what is said of geocoding stands in the table", text_checks.coverage_text_faults
        ),
        "text on counts": Check("numbers of clusters add up", text_checks.count_text_faults),
        "text beyond the list": Check(
            "ranks beyond the list occur once, its economies are all in the table",
            text_checks.extended_text_faults,
        ),
        "text on entrants": Check(
            "who enters for the first time was not there before", text_checks.entrant_text_faults
        ),
        "spelling": Check(
            "one name is printed one way",
            partial(name_checks.spelling_faults, edition="gii-2025"),
        ),
    },
    "gii-2024": {
        "listed twice": Check("a cluster stands in a table once", list_checks.africa_faults),
        "text on Africa": Check(
            "numbers of clusters and of tables are those of the tables",
            text_checks.africa_text_faults,
        ),
        "recomputed ranks": Check(
            "ranks and changes lead back to the printed list of 2023",
            list_checks.recomputed_faults,
        ),
        "text on overtaking": Check(
            "who overtakes another rises", text_checks.overtaking_text_faults
        ),
        "spelling": Check(
            "one name is printed one way",
            partial(name_checks.spelling_faults, edition="gii-2024"),
        ),
    },
    "gii-2023": {
        "lists": Check(
            "the list of China is that of the world, labels name every economy",
            list_checks.china_faults,
        ),
        "addresses of briefs": Check(
            "addresses follow from names and labels", name_checks.brief_faults
        ),
        "names of fields": Check(
            "technology fields are called by their names", text_checks.field_text_faults
        ),
        "spelling": Check(
            "one name is printed one way",
            partial(name_checks.spelling_faults, edition="gii-2023"),
        ),
    },
}
"""Checks by edition and name."""


def printed_tables() -> dict[str, pd.DataFrame]:
    """
    Return all published tables as printed, without the columns that corrections added.

    Returns
    -------
    tables
        By name.

    Examples
    --------
    >>> "rank_corrected" in printed_tables()["clusters_2025_appendix_table3_intensity"]
    False
    """
    tables = {name: published(name) for name in names()}
    return {
        name: table
        if name == name_checks.FIXES
        else table.drop(columns=[each for each in _CORRECTED if each in table])
        for name, table in tables.items()
    }


def published_faults(
    edition: str, replaced: Mapping[str, pd.DataFrame] | None = None
) -> pd.DataFrame:
    """
    Return everything in which the published tables and texts of an edition contradict themselves.

    World totals are inferred from the tables; corrected ranks and known slips are not looked at.

    Parameters
    ----------
    edition
        A key of :data:`CHECKS`.
    replaced
        Tables to be looked at in place of the shipped ones, by name.

    Returns
    -------
    faults
        Columns :data:`hubscan.verification.faults.FAULTS`, the gravest first.

    Raises
    ------
    InputError
        If the edition is not known, or the tables fit no world totals.

    Examples
    --------
    >>> faults = published_faults("gii-2025")
    >>> faults.loc[faults["kind"] == "misprint", ["row", "found", "expected"]].values.tolist()
    [['Toronto', '39', '40'], ['Atlanta', '40', '41']]
    """
    found = faults_by_check(edition, replaced)
    return fault_table(fault for faults in found.values() for fault in faults)


def faults_by_check(
    edition: str, replaced: Mapping[str, pd.DataFrame] | None = None
) -> dict[str, list[Fault]]:
    """
    Return what each check of an edition finds.

    Parameters
    ----------
    edition, replaced
        As for :func:`published_faults`.

    Returns
    -------
    faults
        By name of the check, variants and remarks included.

    Raises
    ------
    InputError
        If the edition is not known, or the tables fit no world totals.

    Examples
    --------
    >>> len(faults_by_check("gii-2023")["addresses of briefs"])
    5
    """
    if edition not in CHECKS:
        msg = f"verify: {edition!r}: must be one of {', '.join(CHECKS)}"
        raise InputError(msg)
    tables = printed_tables()
    for name, table in (replaced or {}).items():
        tables[name] = _replacement(name, table, tables)
    return {name: list(check.faults(tables)) for name, check in CHECKS[edition].items()}


def _replacement(
    name: str, table: pd.DataFrame, tables: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """Return a table that can stand in place of a published one, or say what it lacks."""
    if name not in tables:
        msg = f"verify: there is no published table {name!r} to replace"
        raise InputError(msg)
    missing = [column for column in tables[name] if column not in table]
    if missing:
        msg = f"verify: {name}: the columns {', '.join(map(str, missing))} are needed"
        raise InputError(msg)
    return table.reset_index(drop=True)
