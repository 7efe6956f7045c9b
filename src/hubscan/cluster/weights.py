"""The mass of each place, which shapes clusters and never counts output, in exact fixed point."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil, gcd, isfinite, lcm
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.sphere import coordinates, rows_among

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

_LARGEST: Final = 1 << 62
"""The total mass and the threshold stay below this, so that no sum of weights overflows int64."""

_TOTALS: Final = {"geocoded": "located", "all": "addresses"}

BASES: Final[dict[str, Callable[[Sequence[Fraction]], Fraction | None]]] = {
    "inventor": lambda worlds: worlds[0],
    "half": lambda worlds: worlds[0] / len(worlds),
    "pooled": lambda worlds: sum(worlds, start=Fraction()) / len(worlds),
    "author": lambda worlds: worlds[min(1, len(worlds) - 1)],
    "raw": lambda _: None,
}
"""The size to which each indicator's world total is rescaled, by ``density_basis``."""


@dataclass(frozen=True)
class PlaceWeights:
    """
    Places with their weights, and the density threshold on the same scale.

    Attributes
    ----------
    places
        Table ``places``, by ascending place: every place with an address of an indicator that
        shapes clusters, its coordinates and its weight (int64, fixed point).
    threshold
        The least sum of weights within the radius that makes a place a core place.
    unit
        Units of fixed point in one inventor-equivalent (in one unit of ``density_basis``):
        a weight is ``weight / unit`` inventor-equivalents.
    """

    places: pd.DataFrame
    threshold: int
    unit: Fraction

    @property
    def inventor_equivalents(self) -> NDArray[np.float64]:
        """The weights of the places in inventor-equivalents."""
        return np.asarray(self.places["weight"].to_numpy() / float(self.unit))


def place_weights(  # noqa: PLR0913 - the five numbers that define a weight
    place_addresses: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    shaped_by: Sequence[str],
    density_basis: str,
    min_weight: float | None,
    min_share: float | None,
    totals_basis: str,
) -> PlaceWeights:
    r"""
    Return the weight of every place and the threshold, as integers on one scale.

    With :math:`n_{im}` the addresses of indicator *m* at place *i* and :math:`N_m` their world
    total, each indicator is rescaled to the same size *S*, so that none dominates:

    .. math:: w_i = \sum_m \frac{S}{N_m} n_{im}

    ============ ============================================== ====================
    basis        size *S*                                       total mass
    ============ ============================================== ====================
    ``inventor`` :math:`N_1`, of the first indicator            :math:`J N_1`
    ``half``     :math:`N_1 / J`, for *J* indicators            :math:`N_1`
    ``pooled``   :math:`\sum_m N_m / J`                         :math:`\sum_m N_m`
    ``author``   :math:`N_2`, of the second indicator           :math:`J N_2`
    ``raw``      none: :math:`w_i = \sum_m n_{im}`              :math:`\sum_m N_m`
    ============ ============================================== ====================

    Parameters
    ----------
    place_addresses
        Table ``place_addresses``; rows of other indicators and the order of rows do not matter.
    totals
        Table ``totals``, with a row for each indicator that shapes clusters.
    shaped_by
        Indicators that shape clusters; the first is the unit of mass.
    density_basis
        One of the bases above.
    min_weight
        Density threshold in units of the basis (inventor-equivalents); None if ``min_share`` is
        given.
    min_share
        The same as a sum of world shares, :math:`\sum_m n_m / N_m`; None if ``min_weight`` is
        given.
    totals_basis
        ``"geocoded"``: :math:`N_m` are the located addresses; ``"all"``: all listed ones.

    Returns
    -------
    weights
        Places, threshold and unit, :class:`PlaceWeights`.

    Raises
    ------
    InputError
        If the basis is not known, a world total is missing or zero, or not exactly one threshold
        greater than 0 is given.

    Notes
    -----
    Weights are ratios of integers, so a common unit makes them integers: with two indicators
    :math:`n_P N_S + n_S N_P \ge 4500 N_S`. They are exact whenever the total mass in that unit
    fits in 62 bits, as it does for addresses of documents. Otherwise the unit is the
    finest that fits and each weight is rounded to it: by at most half a unit, less than
    :math:`10^{-18}` of the total mass, so that the sum of a million places is right to
    :math:`10^{-12}` of it.

    Examples
    --------
    >>> from hubscan.sphere import place_keys
    >>> addresses = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents", "publications"],
    ...         "place": place_keys([48.86, 48.86], [2.35, 2.35]),
    ...         "economy": ["FR", "FR"],
    ...         "denominator": [1, 1],
    ...         "addresses": [2, 10],
    ...     }
    ... )
    >>> totals = pd.DataFrame(
    ...     {
    ...         "indicator": ["patents", "publications"],
    ...         "unit": [1, 1],
    ...         "located": [100, 500],
    ...     }
    ... )
    >>> weights = place_weights(
    ...     addresses,
    ...     totals,
    ...     shaped_by=["patents", "publications"],
    ...     density_basis="inventor",
    ...     min_weight=4.0,
    ...     min_share=None,
    ...     totals_basis="geocoded",
    ... )
    >>> weights.places["weight"].tolist(), weights.threshold, weights.unit
    ([20], 20, Fraction(5, 1))
    >>> weights.inventor_equivalents
    array([4.])
    """
    units, worlds = _worlds(totals, shaped_by, totals_basis)
    size = _size(worlds, density_basis)
    least = _least(size, min_weight=min_weight, min_share=min_share)
    masses = [
        (Fraction(1) if size is None else size / world) / unit
        for unit, world in zip(units, worlds, strict=True)
    ]
    places, amounts = _amounts(place_addresses, shaped_by)
    unit = _unit(masses, amounts, least)
    latitude, longitude = coordinates(places)
    table = pd.DataFrame(
        {
            "place": places,
            "latitude": latitude,
            "longitude": longitude,
            "weight": _fixed_point(amounts, [mass * unit for mass in masses]),
        }
    )
    return PlaceWeights(table, ceil(least * unit), unit)


def decimal_threshold(  # noqa: PLR0913 - the numbers that define a weight
    weighed: PlaceWeights,
    name: str,
    value: float,
    totals: pd.DataFrame,
    *,
    shaped_by: Sequence[str],
    density_basis: str,
    totals_basis: str,
) -> Fraction:
    """
    Return another density threshold on the scale of weights made before.

    Parameters
    ----------
    weighed
        From :func:`place_weights`.
    name
        ``min_weight`` or ``min_share``.
    value
        The threshold.
    totals, shaped_by, density_basis, totals_basis
        As for :func:`place_weights`.

    Returns
    -------
    threshold
        In units of fixed point.
    """
    _, worlds = _worlds(totals, shaped_by, totals_basis)
    given = {"min_weight": None, "min_share": None} | {name: value}
    return _least(_size(worlds, density_basis), **given) * weighed.unit


def _worlds(
    totals: pd.DataFrame, shaped_by: Sequence[str], totals_basis: str
) -> tuple[list[int], list[Fraction]]:
    """Return each indicator's address units in an address, and its world total of addresses."""
    if totals_basis not in _TOTALS:
        msg = f"weights: totals = {totals_basis!r}: must be one of {', '.join(_TOTALS)}"
        raise InputError(msg)
    if not shaped_by:
        msg = "weights: shaped_by is empty: at least one indicator must shape clusters"
        raise InputError(msg)
    unit_of = dict(zip(totals["indicator"], totals["unit"], strict=True))
    total_of = dict(zip(totals["indicator"], totals[_TOTALS[totals_basis]], strict=True))
    units, worlds = [], []
    for indicator in shaped_by:
        total = int(total_of.get(indicator, 0))
        if total <= 0:
            msg = f"weights: {indicator} has no addresses: an indicator in shaped_by needs some"
            raise InputError(msg)
        units.append(int(unit_of[indicator]))
        worlds.append(Fraction(total, units[-1]))
    return units, worlds


def _size(worlds: Sequence[Fraction], density_basis: str) -> Fraction | None:
    """Return the world total to which each indicator is rescaled; None if to none."""
    if density_basis not in BASES:
        msg = f"weights: density_basis = {density_basis!r}: must be one of {', '.join(BASES)}"
        raise InputError(msg)
    return BASES[density_basis](worlds)


def _least(size: Fraction | None, *, min_weight: float | None, min_share: float | None) -> Fraction:
    """Return the threshold in units of the basis, read as the decimal number it was given as."""
    given = min_weight if min_share is None else min_share
    if given is None or (min_weight is not None and min_share is not None):
        found = "neither" if given is None else "both"
        msg = f"weights: min_weight and min_share: {found} given: exactly one is needed"
        raise InputError(msg)
    if not (isfinite(given) and given > 0):
        msg = f"weights: threshold = {given}: must be a number greater than 0"
        raise InputError(msg)
    decimal = Fraction(repr(float(given)))
    if min_share is None:
        return decimal
    if size is None:
        msg = "weights: min_share with density_basis = 'raw': raw weights have no common share"
        raise InputError(msg)
    # a share is a ratio that a float holds to this precision only: an equality must still be met
    return decimal * size * (1 - Fraction(1, 1 << 52))


def _amounts(
    place_addresses: pd.DataFrame, shaped_by: Sequence[str]
) -> tuple[NDArray[np.int64], list[NDArray[np.int64]]]:
    """Return the places, ascending, and each indicator's address units at them."""
    keys = place_addresses["place"].to_numpy(np.int64)
    addresses = place_addresses["addresses"].to_numpy(np.int64)
    shaping = [np.flatnonzero(place_addresses["indicator"] == name) for name in shaped_by]
    sums = [_summed(keys[rows], addresses[rows]) for rows in shaping]
    # each part is in order: a stable sort brings them together in one pass
    every = np.sort(np.concatenate([found for found, _ in sums]), kind="stable")
    places = every[np.append(True, every[1:] != every[:-1])] if len(every) else every
    amounts = []
    for found, summed in sums:
        amount = np.zeros(len(places), np.int64)
        amount[rows_among(found, places)] = summed
        amounts.append(amount)
    return places, amounts


def _summed(
    keys: NDArray[np.int64], numbers: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, ascending, and the sum of numbers at each."""
    if not np.all(keys[1:] >= keys[:-1]):
        order = np.argsort(keys, kind="stable")
        keys, numbers = keys[order], numbers[order]
    first = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
    return keys[first], np.add.reduceat(numbers, first) if len(keys) else numbers


def _unit(
    masses: Sequence[Fraction], amounts: Sequence[NDArray[np.int64]], least: Fraction
) -> Fraction:
    """Return the coarsest unit in which every weight is whole, or the finest that fits."""
    steps = [
        mass * (int(np.gcd.reduce(amount)) or 1)
        for mass, amount in zip(masses, amounts, strict=True)
    ]
    total = sum(
        (mass * int(amount.sum()) for mass, amount in zip(masses, amounts, strict=True)),
        start=Fraction(),
    )
    largest = max(total, least)
    # whole documents held in units of 1/10,000 share a factor that need not be carried
    for unit in (_common_unit(masses), _common_unit(steps)):
        if largest * unit < _LARGEST:
            return unit
    return _LARGEST / largest


def _common_unit(masses: Sequence[Fraction]) -> Fraction:
    """Return the least factor that makes every mass whole."""
    return Fraction(lcm(*(m.denominator for m in masses)), gcd(*(m.numerator for m in masses)))


def _fixed_point(
    amounts: Sequence[NDArray[np.int64]], multipliers: Sequence[Fraction]
) -> NDArray[np.int64]:
    """Return the weighted sums of amounts, exact or rounded to the nearest integer, halves up."""
    divisor = lcm(*(each.denominator for each in multipliers))
    factors = [int(each * divisor) for each in multipliers]
    weights = np.zeros(len(amounts[0]), np.int64)
    if divisor == 1:
        for amount, factor in zip(amounts, factors, strict=True):
            weights += amount * factor
        return weights
    # Python's own integers: products may need more than 64 bits
    exact = sum(
        (amount.astype(object) * factor for amount, factor in zip(amounts, factors, strict=True)),
        start=weights.astype(object),
    )
    rounded: NDArray[np.int64] = ((2 * exact + divisor) // (2 * divisor)).astype(np.int64)
    return rounded
