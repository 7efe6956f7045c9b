"""Estimates with their numerator, denominator, number of observations and sampling error."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias

import numpy as np
import pandas as pd

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from numpy.typing import NDArray

Floats: TypeAlias = "NDArray[np.float64]"
Statistic: TypeAlias = "Callable[[Floats], Floats]"
"""From sums of addends, shape (units, addends), to one value a unit."""

ESTIMATES: Final = ("unit", "value", "numerator", "denominator", "n", "se", "flags")
"""Columns of every table of estimates. ``n`` counts observations (documents, researchers); ``se``
is the standard error of the bootstrap; ``flags`` are words joined by blanks."""


def checked(table: pd.DataFrame, needed: Collection[str], *, name: str) -> pd.DataFrame:
    """
    Return a table unchanged if it has the columns that are needed.

    Parameters
    ----------
    table
        Any table.
    needed
        Names of columns.
    name
        What the table is called in the message of an error.

    Returns
    -------
    table
        The same object.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> checked(pd.DataFrame({"unit": []}), ["unit", "year"], name="counts")
    Traceback (most recent call last):
    ...
    hubscan.errors.InputError: counts: column 'year' is missing; found unit
    """
    for column in needed:
        if column not in table:
            msg = f"{name}: column {column!r} is missing; found {', '.join(map(str, table))}"
            raise InputError(msg)
    return table


def choice(name: str, choices: Collection[str], *, what: str) -> str:
    """
    Return a name if it is one of the choices.

    Parameters
    ----------
    name
        The name given.
    choices
        The names there are.
    what
        The parameter, for the message of an error.

    Returns
    -------
    name
        The same text.

    Raises
    ------
    InputError
        If it is none of them.

    Examples
    --------
    >>> choice("whole", ["whole", "fractional"], what="counting")
    'whole'
    """
    if name not in choices:
        msg = f"{what} = {name!r}: must be one of {', '.join(choices)}"
        raise InputError(msg)
    return name


def ratio(sums: Floats) -> Floats:
    """
    Return the first sum over the second; NaN where the second is 0.

    Parameters
    ----------
    sums
        Shape (units, 2).

    Returns
    -------
    ratios
        Shape (units,).

    Examples
    --------
    >>> ratio(np.array([[1.0, 4.0], [0.0, 0.0]]))
    array([0.25,  nan])
    """
    below = sums[:, 1]
    blank = np.full(len(sums), np.nan)
    return np.asarray(np.divide(sums[:, 0], below, out=blank, where=below != 0))


def total(sums: Floats) -> Floats:
    """
    Return the first sum.

    Parameters
    ----------
    sums
        Shape (units, 1 or more).

    Returns
    -------
    totals
        Shape (units,).

    Examples
    --------
    >>> total(np.array([[3.0], [5.0]]))
    array([3., 5.])
    """
    return sums[:, 0].copy()


def additive_estimates(
    parts: pd.DataFrame,
    statistic: Statistic,
    *,
    addends: Sequence[str],
    replicates: int,
    seed: int,
) -> pd.DataFrame:
    """
    Return a statistic of sums for every unit, with the sampling error of the observations.

    The bootstrap is that of Poisson: in each replicate every observation (a paper, a patent family,
    a researcher) counts as often as a draw from a Poisson distribution of mean 1 says, in all units
    at once. An observation shared by two units is thus drawn for both or for neither.

    Parameters
    ----------
    parts
        Columns ``unit``, ``observation`` and the addends; rows without a unit are left out. One
        observation may have several rows.
    statistic
        Of the sums, as :func:`ratio` and :func:`total`.
    addends
        Columns that are summed; the first is reported as numerator, the second, if there is one,
        as denominator.
    replicates
        Number of bootstrap replicates; with fewer than 2 there is no standard error.
    seed
        Of the bootstrap. Equal seeds give equal bytes, whatever the order of the rows.

    Returns
    -------
    estimates
        Columns :data:`ESTIMATES`, one row a unit, in the order of the units; no flags.

    Examples
    --------
    >>> parts = pd.DataFrame({"unit": "Oslo", "observation": [1, 2, 3, 4], "hit": [1, 0, 0, 0]})
    >>> additive_estimates(parts.assign(one=1), ratio, addends=["hit", "one"], replicates=0, seed=1)
       unit  value  numerator  denominator  n  se flags
    0  Oslo   0.25        1.0          4.0  4 NaN
    """
    checked(parts, ["unit", "observation", *addends], name="parts")
    rows = parts.loc[parts["unit"].notna(), ["unit", "observation", *addends]]
    rows = rows.sort_values(list(rows.columns), kind="stable")
    units, names = pd.factorize(rows["unit"], sort=True)
    observations, distinct = pd.factorize(rows["observation"], sort=True)
    columns = rows[list(addends)].to_numpy(float)

    def sums(times: Floats) -> Floats:
        weighted = columns * times[observations, None]
        counted = [np.bincount(units, weights=w, minlength=len(names)) for w in weighted.T]
        return np.column_stack(counted) if counted else np.empty((len(names), 0))

    plain = sums(np.ones(len(distinct)))
    spread = standard_errors(
        lambda times: statistic(sums(times)), len(distinct), replicates=replicates, seed=seed
    )
    return pd.DataFrame(
        {
            "unit": names,
            "value": statistic(plain),
            "numerator": plain[:, 0],
            "denominator": plain[:, 1] if len(addends) > 1 else np.nan,
            "n": rows.groupby("unit")["observation"].nunique().reindex(names).to_numpy(int),
            "se": np.full(len(names), np.nan) if spread is None else spread,
            "flags": "",
        },
        columns=list(ESTIMATES),
    )


def standard_errors(
    statistic: Statistic, observations: int, *, replicates: int, seed: int
) -> Floats | None:
    """
    Return the standard deviation of a statistic over Poisson bootstrap replicates.

    Parameters
    ----------
    statistic
        From how often each observation counts, shape (observations,), to one value a unit.
    observations
        Number of observations.
    replicates
        Number of replicates.
    seed
        Of the draws.

    Returns
    -------
    errors
        Shape (units,), with divisor replicates - 1 over the replicates in which the value exists;
        NaN where fewer than two do; None if there are fewer than two replicates.

    Examples
    --------
    >>> means = standard_errors(lambda t: np.array([t.sum()]), 100, replicates=500, seed=1)
    >>> bool(9 < means[0] < 11)
    True
    """
    if replicates < _FEWEST:
        return None
    draws = np.random.default_rng(seed)
    found = np.array(
        [statistic(draws.poisson(1.0, observations).astype(float)) for _ in range(replicates)]
    )
    present = np.isfinite(found)
    n = present.sum(axis=0)
    filled = np.where(present, found, 0.0)
    mean = filled.sum(axis=0) / np.maximum(n, 1)
    squares = (np.where(present, found - mean, 0.0) ** 2).sum(axis=0)
    return np.where(n >= _FEWEST, np.sqrt(squares / np.maximum(n - 1, 1)), np.nan)


_FEWEST: Final = 2


def flagged(estimates: pd.DataFrame, rows: pd.Series[bool], flag: str) -> pd.DataFrame:
    """
    Return estimates with one more flag on some rows.

    Parameters
    ----------
    estimates
        Columns :data:`ESTIMATES`.
    rows
        Which rows.
    flag
        A word.

    Returns
    -------
    estimates
        A new table.

    Examples
    --------
    >>> table = pd.DataFrame({"unit": ["Oslo", "Rome"], "flags": ["", "few"]})
    >>> flagged(table, table["unit"] == "Rome", "old")["flags"].tolist()
    ['', 'few old']
    """
    longer = (estimates["flags"] + " " + flag).str.strip()
    return estimates.assign(flags=estimates["flags"].where(~rows, longer))
