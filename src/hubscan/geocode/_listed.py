"""The lists that come with the package, row by row."""

from __future__ import annotations

import csv
import functools
from importlib import resources


@functools.cache
def listed(name: str) -> tuple[dict[str, str], ...]:
    """
    Return the rows of one of the lists of this stage.

    Parameters
    ----------
    name
        ``"countries"``, ``"places"``, ``"regions"`` or ``"words"``.

    Returns
    -------
    rows
        Texts by column, read once; nothing is taken for missing (``NA`` is Namibia).

    Examples
    --------
    >>> [row["name"] for row in listed("countries") if row["code"] == "NA"]
    ['Namibia']
    """
    with resources.files(__package__).joinpath(f"{name}.csv").open(encoding="utf-8") as file:
        return tuple(csv.DictReader(file))
