"""One name printed in several ways, addresses made from names, and slips that were corrected."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.verification.faults import Fault
from hubscan.verification.list_checks import LIST_2023

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FIXES: Final = "fixes"
BRIEFS_2023: Final = "clusters_2023_brief_urls"
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


def brief_faults(tables: Mapping[str, pd.DataFrame]) -> Iterator[Fault]:
    """
    Yield addresses of briefs that do not follow from the cluster's name and label.

    Parameters
    ----------
    tables
        The lists of 2023.

    Yields
    ------
    fault
        One for each address other than economy codes and cities in lower case, joined by hyphens.
    """
    labels = tables[LIST_2023].set_index("cluster")["economy_iso2"]
    briefs = tables[BRIEFS_2023]
    for _, row in briefs.iterrows():
        if row["cluster"] not in labels.index:
            yield Fault("contradiction", "lists", BRIEFS_2023, row["cluster"], "cluster",
                        "listed", f"not in {LIST_2023}")  # fmt: skip
            continue
        found = row["url"].rsplit("/", 1)[-1]
        expected = brief_name(row["cluster"], str(labels[row["cluster"]]))
        if found != expected:
            yield Fault("misprint", "addresses of briefs", BRIEFS_2023, row["cluster"], "url",
                        found, expected)  # fmt: skip
    missing = len(tables[LIST_2023]) - len(briefs)
    if missing:
        yield Fault("remark", "addresses of briefs", BRIEFS_2023, "", "url", str(len(briefs)),
                    str(len(tables[LIST_2023])), note=f"{missing} are not listed")  # fmt: skip


def brief_name(cluster: str, label: str) -> str:
    """
    Return the file name of a cluster's brief.

    Parameters
    ----------
    cluster
        Its name.
    label
        Its economies.

    Returns
    -------
    name
        Codes, then cities without states, in plain lower-case letters joined by hyphens.

    Examples
    --------
    >>> brief_name("Zürich", "CH"), brief_name("Washington, DC–Baltimore, MD", "US")
    ('ch-zurich.pdf', 'us-washington-baltimore.pdf')
    """
    bare = re.sub(r", [A-Z]{2}\b", "", cluster)
    plain = unicodedata.normalize("NFKD", f"{label.rstrip('*')} {bare}")
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    words = re.findall(r"[a-z0-9]+", letters.replace("'", "").casefold())
    return "-".join(words) + ".pdf"
