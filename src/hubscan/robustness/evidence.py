"""The documents of a run in memory, counted any number of times each: what replicates reduce."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.robustness._reduce import group_sums
from hubscan.robustness.row_order import (
    alphabetical,
    grouped_keys,
    in_their_order,
    ranked_values,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Integers = NDArray[np.int64]

DENOMINATORS: Final = {"renormalise": "n_located", "lose": "n_listed"}
"""The number of addresses among which a document is split, by ``missing``."""

_BY_COUNTRY: Final = ["indicator", "country", "addresses", "located"]
_NEEDED: Final = (
    "indicator", "document", "place", "economy", "n_listed", "n_located", "addresses",
)  # fmt: skip


class Multiplicity(NamedTuple):
    """
    How often each part of the evidence occurs: once each in the run itself.

    Attributes
    ----------
    documents
        Times each document occurs, int64, in the order of :attr:`Evidence.documents`.
    counts
        Address units of each row of :attr:`Evidence.counts`, int64.
    """

    documents: Integers
    counts: Integers


@dataclass(frozen=True)
class Evidence:
    """
    What a run was reduced from: located addresses by document, and counts at places.

    Attributes
    ----------
    rows
        One row a document and place: ``indicator`` (a category), ``document``, ``place``,
        ``economy`` (a category), ``n_listed``, ``n_located``, ``addresses``; sorted by indicator,
        document, place and economy.
    counts
        Table ``place_addresses`` of the indicators that are counts at places.
    totals
        Table ``totals``.
    place_ties
        Given ties of places: ``indicator``, ``place_a``, ``place_b``, ``strength``.
    by_country
        Table ``country_counts`` of the run: what a region's own totals follow from.
    """

    rows: pd.DataFrame
    counts: pd.DataFrame
    totals: pd.DataFrame
    place_ties: pd.DataFrame
    by_country: pd.DataFrame

    @cached_property
    def once(self) -> Multiplicity:
        """Everything once: the run itself."""
        return Multiplicity(
            np.ones(len(self.documents), np.int64), self.counts["addresses"].to_numpy(np.int64)
        )

    @cached_property
    def begin(self) -> Integers:
        """Where the rows of each document begin, and the number of rows at the end."""
        changed = (np.diff(self.rows["document"].to_numpy(np.int64), prepend=-1) != 0) | (
            np.diff(self.rows["indicator"].cat.codes.to_numpy(np.int64), prepend=-1) != 0
        )
        return np.append(np.flatnonzero(changed), len(self.rows)).astype(np.int64)

    @cached_property
    def documents(self) -> pd.DataFrame:
        """One row a document: its first row, without place, economy and addresses."""
        first = self.rows.iloc[self.begin[:-1]]
        return first.drop(columns=["place", "economy", "addresses"]).reset_index(drop=True)

    @cached_property
    def _document_of_row(self) -> NDArray[np.int32]:
        return np.repeat(np.arange(len(self.begin) - 1, dtype=np.int32), np.diff(self.begin))

    @cached_property
    def places(self) -> tuple[Integers, NDArray[np.intp]]:
        """The distinct places of documents, ascending, and the row of each address among them."""
        return ranked_values(self.rows["place"].to_numpy(np.int64))

    @cached_property
    def _groups(self) -> dict[str, tuple[pd.DataFrame, NDArray[np.int32]]]:
        return {}

    def _grouped(self, missing: str) -> tuple[pd.DataFrame, NDArray[np.int32]]:
        """Return the rows of ``place_addresses`` in order, and that of each row of documents."""
        if missing not in DENOMINATORS:
            msg = f"count: missing = {missing!r}: must be one of {', '.join(DENOMINATORS)}"
            raise InputError(msg)
        if missing not in self._groups:
            self._groups[missing] = grouped_keys(self.rows, self.places, DENOMINATORS[missing])
        return self._groups[missing]

    def place_addresses(
        self,
        times: Multiplicity,
        *,
        missing: str,
        economies: Sequence[str],
        indicators: Sequence[str],
    ) -> pd.DataFrame:
        """
        Return table ``place_addresses`` with every document as often as it occurs.

        Parameters
        ----------
        times
            How often.
        missing
            As for :func:`hubscan.count.place_addresses`.
        economies
            Only what lies in these is wanted; everything if there are none.
        indicators
            Only these are wanted; others may be known too.

        Returns
        -------
        place_addresses
            Sorted by its key; rows without addresses are left out.

        Raises
        ------
        InputError
            If ``missing`` is not known.
        """
        groups, group = self._grouped(missing)
        sums = group_sums(
            self._document_of_row,
            group,
            self.rows["addresses"].to_numpy(np.int32),
            times.documents,
            len(groups),
        )
        told = groups.assign(addresses=sums)[sums > 0]
        drawn = self.counts.assign(addresses=times.counts)[times.counts > 0]
        if economies:
            told, drawn = (each[each["economy"].isin(economies)] for each in (told, drawn))
        if not {*told["indicator"].unique(), *drawn["indicator"].unique()} <= {*indicators}:
            told, drawn = (each[each["indicator"].isin(indicators)] for each in (told, drawn))
        return _in_order(told, drawn)

    def weighted_totals(self, times: Multiplicity) -> pd.DataFrame:
        """
        Return table ``totals`` with every document as often as it occurs.

        Documents and addresses that were not located are in no replicate: they stay as they are.

        Parameters
        ----------
        times
            How often.

        Returns
        -------
        totals
            In the order of the run's.
        """
        table = self.totals.set_index("indicator").copy()
        kinds = self.documents["indicator"]
        for indicator in kinds.cat.categories:
            mine = (kinds == indicator).to_numpy()
            weight, known = times.documents[mine], self.documents[mine]
            covered = int(weight.sum())
            located = int((weight * known["n_located"].to_numpy(np.int64)).sum())
            listed = int((weight * known["n_listed"].to_numpy(np.int64)).sum())
            all_listed = int(known["n_listed"].to_numpy(np.int64).sum())
            row = table.loc[[indicator]].iloc[0].to_dict()
            table.loc[indicator, "documents"] = row["documents"] - row["covered"] + covered
            table.loc[indicator, "addresses"] = int(row["addresses"]) - all_listed + listed
            table.loc[indicator, ["covered", "located"]] = covered, located
        for name, at in self.counts.groupby("indicator", observed=True).indices.items():
            counted = str(name)
            row = table.loc[[counted]].iloc[0].to_dict()
            # of a region's run, counts elsewhere are known by their sum only: it stays
            change = int(times.counts[at].sum()) - int(self.once.counts[at].sum())
            unit, located = int(row["unit"]), int(row["located"]) + change
            listed = int(row["addresses"]) + change
            table.loc[counted, ["addresses", "located"]] = listed, located
            table.loc[counted, ["documents", "covered"]] = listed / unit, located / unit
        return table.reset_index().astype(self.totals.dtypes.to_dict())[list(self.totals)]

    def weighted_countries(self, times: Multiplicity, *, economies: Sequence[str]) -> pd.DataFrame:
        """
        Return table ``country_counts`` with every document as often as it occurs.

        Addresses that were not located stay as they are.

        Parameters
        ----------
        times
            How often.
        economies
            Those wanted; the world's totals do not need any.

        Returns
        -------
        by_country
            ``indicator``, ``country``, ``addresses``, ``located`` of the economies.
        """
        wanted = self.by_country[self.by_country["country"].isin(economies)]
        if not len(wanted):
            return wanted[_BY_COUNTRY]
        change = self._by_economy(times).sub(self._by_economy_once, fill_value=0)
        keys = pd.MultiIndex.from_frame(wanted[_BY_COUNTRY[:2]])
        further = change.reindex(keys, fill_value=0).to_numpy(float)
        sums = {name: wanted[name] + further for name in _BY_COUNTRY[2:]}
        return wanted[_BY_COUNTRY[:2]].assign(**sums)

    @cached_property
    def _by_economy_once(self) -> pd.Series[float]:
        return self._by_economy(self.once)

    def _by_economy(self, times: Multiplicity) -> pd.Series[float]:
        """Return the located addresses of each indicator and economy; of counts, documents."""
        every = [*self.totals["indicator"]]
        table = self.place_addresses(times, missing="renormalise", economies=(), indicators=every)
        counted = table["indicator"].isin(self.counts["indicator"].unique())
        number = table["addresses"] / table["denominator"].where(counted, 1)
        named = [table[name].astype(str) for name in ("indicator", "economy")]
        return number.groupby(named).sum()


def evidence_of(
    documents: pd.DataFrame,
    place_addresses: pd.DataFrame,
    totals: pd.DataFrame,
    place_ties: pd.DataFrame,
    by_country: pd.DataFrame | None = None,
) -> Evidence:
    """
    Return the evidence of a run from its tables.

    Parameters
    ----------
    documents
        Located addresses by document: ``indicator``, ``document``, ``place``, ``economy``,
        ``n_listed``, ``n_located``, ``addresses`` and, if known, ``year`` and ``organisation``;
        in any order.
    place_addresses, totals
        Tables of these names; indicators of ``place_addresses`` that ``documents`` lacks are counts
        at places.
    place_ties
        Given ties of places; may be empty.
    by_country
        Table ``country_counts``; without it, a region's own totals are not known.

    Returns
    -------
    evidence
        Sorted, texts as categories.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> documents = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents"] * 2,
    ...         "document": [1, 1],
    ...         "place": [7, 8],
    ...         "economy": ["FR", "FR"],
    ...         "n_listed": [2, 2],
    ...         "n_located": [2, 2],
    ...         "addresses": [1, 1],
    ...     }
    ... )
    >>> held = evidence_of(documents, documents.iloc[:0], pd.DataFrame(), pd.DataFrame())
    >>> table = held.place_addresses(
    ...     held.once, missing="renormalise", economies=(), indicators=["patents"]
    ... )
    >>> table["addresses"].tolist()
    [1, 1]
    """
    for name in _NEEDED:
        if name not in documents:
            found = ", ".join(map(str, documents.columns))
            msg = f"evidence: column {name!r} is missing; found {found}"
            raise InputError(msg)
    texts = {name: alphabetical(documents[name]) for name in ("indicator", "economy")}
    rows = in_their_order(documents.assign(**texts))
    counted = ~place_addresses["indicator"].isin(rows["indicator"].cat.categories)
    counts = place_addresses.loc[counted].reset_index(drop=True)
    known = pd.DataFrame(columns=_BY_COUNTRY) if by_country is None else by_country
    return Evidence(rows, counts, totals, place_ties, known)


def _in_order(told: pd.DataFrame, drawn: pd.DataFrame) -> pd.DataFrame:
    """Return documents' and counted rows as one table; both are in order, indicators disjoint."""
    if not len(drawn) or not len(told):
        return (told if len(told) else drawn).reset_index(drop=True)
    both = pd.concat([told.astype({"indicator": str, "economy": str}), drawn], ignore_index=True)
    return both.sort_values("indicator", kind="stable", ignore_index=True)
