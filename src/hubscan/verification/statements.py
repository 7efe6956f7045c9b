"""What the reports' texts say in numbers and names, to be held against their tables."""

from __future__ import annotations

import csv
from importlib import resources
from typing import NamedTuple


class Statement(NamedTuple):
    """What a text says of a subject, and where."""

    subject: str
    value: str
    where: str


def statements(edition: str, key: str) -> list[Statement]:
    """
    Return what the texts of an edition say on one matter.

    Parameters
    ----------
    edition
        ``gii-2023``, ``gii-2024`` or ``gii-2025``.
    key
        What is said: ``intensity_rank``, ``extended_rank``, ``first_time`` and so on.

    Returns
    -------
    statements
        In the order of the report; as many as there are.

    Examples
    --------
    >>> statements("gii-2024", "overtakes")
    [Statement(subject='Sydney', value='Melbourne', where='text on Australia')]
    """
    file = resources.files("hubscan.verification") / "statements.csv"
    with file.open(encoding="utf-8") as opened:
        return [
            Statement(row["subject"], row["value"], row["where"])
            for row in csv.DictReader(opened)
            if (row["edition"], row["key"]) == (edition, key)
        ]


def stated_number(edition: str, key: str) -> int:
    """
    Return the one number that an edition states under a key.

    Parameters
    ----------
    edition, key
        As for :func:`statements`.

    Returns
    -------
    number
        A whole number.

    Examples
    --------
    >>> stated_number("gii-2025", "clusters_after_merging")
    237
    """
    return int(statements(edition, key)[0].value)
