"""Ask a provider about many addresses: slowly, once each, and only what is left."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import RemoteError
from hubscan.geocode.confidence import as_texts
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hubscan.remote.cache import Answers
    from hubscan.remote.providers import Candidate

ORDER: Final = ("point", "street", "city", "region", "country", "none")
"""Precisions, finest first."""


@dataclass(frozen=True)
class Pace:
    """
    How fast a provider is asked, and how patiently.

    Attributes
    ----------
    per_second
        Queries a second at most; public services allow one.
    attempts, first_wait
        Tries of one query, and seconds before the second, doubled each time.
    sleep, clock
        Wait and tell the time, seconds; others in tests.
    """

    per_second: float = 1.0
    attempts: int = 4
    first_wait: float = 2.0
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic


def address_queries(localities: pd.DataFrame) -> pd.DataFrame:
    """
    Return what to ask a provider first: the addresses, whole.

    Parameters
    ----------
    localities
        Table ``localities`` with ``address``, countries as ISO alpha-2.

    Returns
    -------
    queries
        ``locality``, ``query``, ``country``; localities without an address have none.

    Examples
    --------
    >>> table = pd.DataFrame({"locality": [1], "address": ["5 High St"], "country": ["GB"]})
    >>> address_queries(table.assign(city="Bath", region=""))["query"].tolist()
    ['5 High St, Bath']
    """
    wanted = localities[localities["address"].fillna("") != ""]
    return _joined(wanted, ["address", "city", "region"])


def city_queries(localities: pd.DataFrame, located: pd.DataFrame) -> pd.DataFrame:
    """
    Return what to ask a provider last: the names of cities that nothing else has located.

    Parameters
    ----------
    localities
        Table ``localities``, countries as ISO alpha-2.
    located
        Table ``located_localities``, in the same order.

    Returns
    -------
    queries
        ``locality``, ``query``, ``country``.

    Examples
    --------
    >>> table = pd.DataFrame({"locality": [1, 2], "city": ["Bath", "Ely"], "country": ["GB"] * 2})
    >>> found = pd.DataFrame({"place": pd.array([7, pd.NA], "Int64")})
    >>> city_queries(table.assign(region="Cambs"), found)["query"].tolist()
    ['Ely, Cambs']
    """
    left = located["place"].isna().to_numpy(bool) & (localities["city"] != "").to_numpy(bool)
    return _joined(localities[left], ["city", "region"])


def asked(
    queries: Iterable[tuple[str, str]],
    provider: tuple[str, Callable[[str, str], list[Candidate]]],
    answers: Answers,
    *,
    pace: Pace,
    date: str,
) -> dict[tuple[str, str], list[Candidate]]:
    """
    Ask a provider about queries, each once in all runs.

    Parameters
    ----------
    queries
        Text and country (ISO alpha-2, or empty) of each.
    provider
        Its name, and the function of :func:`hubscan.remote.opened_provider`.
    answers
        Answers of this and earlier runs; new ones are added one by one.
    pace
        How fast and how patiently to ask.
    date
        Kept with new answers.

    Returns
    -------
    candidates
        By query, the best first.

    Raises
    ------
    RemoteError
        If a query fails for good; the answers so far are kept, and another run goes on from there.
    """
    name, ask = provider
    found: dict[tuple[str, str], list[Candidate]] = {}
    last = -np.inf
    for text, country in dict.fromkeys(queries):
        known = answers.get(name, text, country)
        if known is None:
            pace.sleep(max(0.0, last + 1.0 / pace.per_second - pace.clock()))
            last = pace.clock()
            known = _answer(name, ask, text, country, pace)
            answers.put(name, text, country, known, date=date)
        found[text, country] = known
    return found


def with_provider(
    located: pd.DataFrame,
    queries: pd.DataFrame,
    candidates: dict[tuple[str, str], list[Candidate]],
    *,
    name: str,
    min_precision: str,
) -> pd.DataFrame:
    """
    Return located localities, with a provider's answers where they are fine enough.

    The first candidate in the country given that is at least as fine as asked for is taken; one in
    another country never is.

    Parameters
    ----------
    located
        Table ``located_localities`` with ``latitude``, ``longitude``, ``confidence``, ``rivals``.
    queries
        ``locality``, ``query``, ``country`` (ISO alpha-2, or empty): what was asked for which.
    candidates
        From :func:`asked`.
    name
        The provider's name, for ``method``.
    min_precision
        Coarsest precision that counts: ``"street"``, ``"city"``, ``"region"``.

    Returns
    -------
    located
        The same table; what was taken has the method ``provider NAME``, the confidence 0.5 (nobody
        has measured it) and the labels of the other candidates as rivals.
    """
    finest = ORDER.index(min_precision)
    rows = []
    for number, text, country in queries[["locality", "query", "country"]].itertuples(index=False):
        offered = candidates.get((text, country), [])
        fits = [each for each in offered if ORDER.index(each.precision) <= finest]
        fits = [each for each in fits if not country or each.country in ("", country)]
        if fits:
            others = "; ".join(each.label for each in offered if each is not fits[0])
            rows.append((number, fits[0], country, others))
    table = as_texts(located)
    at = pd.Index(table["locality"]).get_indexer(pd.Index([row[0] for row in rows], dtype="int64"))
    spots = table.index[at]
    chosen = [row[1] for row in rows]
    latitude = np.array([each.latitude for each in chosen], float)
    longitude = np.array([each.longitude for each in chosen], float)
    table.loc[spots, "place"] = place_keys(latitude, longitude)
    table.loc[spots, "geonameid"] = pd.NA
    table.loc[spots, "latitude"], table.loc[spots, "longitude"] = latitude, longitude
    table.loc[spots, "precision"] = [each.precision for each in chosen]
    table.loc[spots, "method"] = f"provider {name}"
    table.loc[spots, "economy"] = [row[2] or row[1].country for row in rows]
    table.loc[spots, "confidence"] = 0.5
    table.loc[spots, "rivals"] = [row[3] for row in rows]
    return table


def _joined(localities: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return queries of the texts of some columns, those that are empty left out."""
    rows = localities[columns].itertuples(index=False)
    texts = [", ".join(text for text in row if text) for row in rows]
    table = pd.DataFrame({"locality": localities["locality"], "query": texts})
    return table.assign(country=localities["country"]).reset_index(drop=True)


def _answer(
    name: str,
    ask: Callable[[str, str], list[Candidate]],
    text: str,
    country: str,
    pace: Pace,
) -> list[Candidate]:
    """Return a provider's answer, asked again while it fails."""
    from geopy.exc import GeopyError  # noqa: PLC0415 - an extra, there if a provider is

    wait = pace.first_wait
    for left in range(pace.attempts - 1, -1, -1):
        try:
            return ask(text, country)
        except GeopyError as error:
            if not left:
                msg = (
                    f"provider {name}: no answer to {text!r} in {pace.attempts} tries ({error}): "
                    "the answers so far are kept; run again to go on"
                )
                raise RemoteError(msg) from error
            pace.sleep(max(wait, float(getattr(error, "retry_after", None) or 0)))
            wait *= 2
    return []
