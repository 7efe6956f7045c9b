"""Sums of addresses by cluster and other keys: one pass over the places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.schema import NOISE
from hubscan.sphere import place_twice, values_at

if TYPE_CHECKING:
    from numpy.typing import NDArray


def sums_by(
    place_addresses: pd.DataFrame, assignment: pd.DataFrame, keys: list[str]
) -> pd.DataFrame:
    """Return sums of addresses by cluster and other keys, each number a text stands for its own."""
    key = np.zeros(len(place_addresses), np.int64)
    values: dict[str, pd.Index[Any]] = {}
    for name in keys:
        column = _clusters(place_addresses, assignment) if name == "cluster" else None
        taken = place_addresses[name] if column is None else column
        codes, uniques = pd.factorize(taken, use_na_sentinel=False)
        values[name] = pd.Index(uniques)
        key = key * len(uniques) + codes
    grouped = place_addresses["addresses"].groupby(key, sort=False)
    summed = grouped.sum()
    rest, found = summed.index.to_numpy(), {}
    for name in reversed(keys):
        rest, code = np.divmod(rest, max(len(values[name]), 1))
        found[name] = values[name].take(code)
    texts = {name: str for name in keys if name not in ("cluster", "denominator")}
    # text sorts alike whether or not the reader made categories of it
    table = pd.DataFrame({name: found[name] for name in keys}).astype(texts)
    return table.assign(addresses=summed.to_numpy())


def _clusters(place_addresses: pd.DataFrame, assignment: pd.DataFrame) -> NDArray[np.int64]:
    """Return the cluster of each row."""
    place = place_addresses["place"].to_numpy(np.int64)
    if "indicator" not in assignment:
        return _cluster_of(place, assignment)
    clusters = np.full(len(place_addresses), NOISE, np.int64)
    of_row, indicators = pd.factorize(place_addresses["indicator"])
    assigned_to, named = pd.factorize(assignment["indicator"])
    for code, indicator in enumerate(indicators):
        if indicator not in named:
            msg = f"count: the assignment has no places for {indicator!r}: each indicator needs its"
            raise InputError(msg)
        wanted = _where(of_row == code)
        its = assignment.iloc[_where(assigned_to == named.get_loc(indicator))]
        clusters[wanted] = _cluster_of(place[wanted], its)
    return clusters


def _where(chosen: NDArray[np.bool_]) -> Any:  # noqa: ANN401 - a slice, or row numbers
    """Return the chosen rows, as a slice where they follow each other."""
    rows = np.flatnonzero(chosen)
    together = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
    return slice(rows[0], rows[-1] + 1) if together else rows


def _cluster_of(place: NDArray[np.int64], assignment: pd.DataFrame) -> NDArray[np.int64]:
    """Return the cluster of each place; noise if it has none."""
    places = assignment["place"].to_numpy(np.int64)
    if (twice := place_twice(places)) is not None:
        msg = f"count: place {twice} is assigned twice: each place needs one cluster"
        raise InputError(msg)
    return values_at(place, places, assignment["cluster"], elsewhere=NOISE)
