"""Statistical coherence of a set of indicators: alpha, sampling adequacy, components."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import stats

from hubscan.index._correlation import correlation_matrix

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

SINGULAR = 1e-10
"""Determinant or eigenvalue below which a correlation matrix is taken as singular."""


def cronbach_alpha(table: pd.DataFrame) -> tuple[float, float]:
    r"""
    Return Cronbach's alpha, raw and standardised.

    :math:`\alpha = \frac{k}{k-1}(1 - \mathrm{tr}\,C / \sum C)`, C the covariance matrix, over
    pairwise common units; for the standardised one each entry over its two deviations.

    Parameters
    ----------
    table
        One row per unit, one column per indicator, all in one direction; NaN = missing.

    Returns
    -------
    raw, standardised
        NaN with fewer than two columns.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, 3]})
    >>> cronbach_alpha(table)
    (1.0, 1.0)
    """
    covariance = table.cov().to_numpy(float)
    deviation = np.sqrt(np.diag(covariance))
    with np.errstate(divide="ignore", invalid="ignore"):  # a constant column: not defined
        return _alpha(covariance), _alpha(covariance / np.outer(deviation, deviation))


def _alpha(matrix: Array) -> float:
    k = len(matrix)
    if k < 2:  # noqa: PLR2004 - one column says nothing of consistency
        return float("nan")
    return float(k / (k - 1) * (1.0 - np.trace(matrix) / matrix.sum()))


def alpha_if_deleted(table: pd.DataFrame) -> pd.Series[float]:
    """
    Return the raw alpha of the other columns, for each column.

    Parameters
    ----------
    table
        As for :func:`cronbach_alpha`.

    Returns
    -------
    alpha
        By column; NaN if fewer than two others are left.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3], "y": [1.0, 2, 3], "z": [3.0, 1, 2]})
    >>> alpha_if_deleted(table)["z"].item()
    1.0
    """
    found = {code: cronbach_alpha(table.drop(columns=code))[0] for code in table.columns}
    return pd.Series(found, name="alpha_if_deleted", dtype=float)


def sampling_adequacy(table: pd.DataFrame) -> float:
    r"""
    Return the Kaiser-Meyer-Olkin measure :math:`\sum r^2 / (\sum r^2 + \sum q^2)`.

    r are the correlations off the diagonal, q the partial ones.

    Parameters
    ----------
    table
        One row per unit; NaN = missing.

    Returns
    -------
    kmo
        Between 0 and 1; NaN if the correlation matrix is singular or not complete.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [1.0, 3, 2, 4], "z": [2.0, 1, 3, 4]})
    >>> round(sampling_adequacy(table), 3)
    0.423
    """
    matrix = correlation_matrix(table, kind="pearson").to_numpy(float)
    if len(matrix) < 2 or not _regular(matrix):  # noqa: PLR2004 - a pair is needed
        return float("nan")
    inverse = np.linalg.inv(matrix)
    scale = np.sqrt(np.diag(inverse))
    partial = -inverse / np.outer(scale, scale)
    apart = ~np.eye(len(matrix), dtype=bool)
    r2, q2 = (matrix[apart] ** 2).sum(), (partial[apart] ** 2).sum()
    return float(r2 / (r2 + q2))


def sphericity(table: pd.DataFrame) -> tuple[float, int, float]:
    r"""
    Return Bartlett's test that the columns are uncorrelated.

    :math:`\chi^2 = -(n - 1 - (2p + 5)/6) \ln |R|` with p(p - 1)/2 degrees of freedom.

    Parameters
    ----------
    table
        One row per unit; units with a missing value are left out.

    Returns
    -------
    chi_square, degrees, p_value
        NaN if the correlation matrix is singular.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3, 4], "y": [1.0, 3, 2, 4]})
    >>> chi_square, degrees, p_value = sphericity(table)
    >>> round(chi_square, 3), degrees
    (1.532, 1)
    """
    complete = table.dropna()
    matrix = correlation_matrix(complete, kind="pearson").to_numpy(float)
    number, width = complete.shape
    degrees = width * (width - 1) // 2
    if degrees == 0 or not _regular(matrix):
        return float("nan"), degrees, float("nan")
    chi_square = -(number - 1 - (2 * width + 5) / 6) * np.linalg.slogdet(matrix)[1]
    return float(chi_square), degrees, float(stats.chi2.sf(chi_square, degrees))


def components(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """
    Return the principal components of the correlation matrix.

    Parameters
    ----------
    table
        One row per unit; units with a missing value are left out, constant columns too.

    Returns
    -------
    eigenvalues
        One row per component from 1 on: ``eigenvalue``, ``share`` of the variance.
    vectors
        Unit eigenvectors, columns by components; of each, the entry of the largest absolute value
        is positive.

    Examples
    --------
    >>> table = pd.DataFrame({"x": [1.0, 2, 3], "y": [2.0, 4, 6]})
    >>> components(table)[0]["share"].round(9).tolist()
    [1.0, 0.0]
    """
    complete = table.dropna()
    varied = complete.loc[:, (complete.max() > complete.min()).to_numpy()]
    matrix = correlation_matrix(varied, kind="pearson")
    values, vectors = np.linalg.eigh(matrix.to_numpy(float))
    values, vectors = np.maximum(values[::-1], 0.0), vectors[:, ::-1]
    largest = np.abs(vectors).argmax(axis=0)
    vectors = vectors * np.sign(vectors[largest, np.arange(len(values))])
    places = pd.RangeIndex(1, len(values) + 1, name="component")
    eigenvalues = pd.DataFrame(
        {"eigenvalue": values, "share": values / max(len(values), 1)}, index=places
    )
    return eigenvalues, pd.DataFrame(vectors, index=matrix.index, columns=places)


def _regular(matrix: Array) -> bool:
    return bool(np.isfinite(matrix).all() and np.linalg.eigvalsh(matrix)[0] > SINGULAR)
