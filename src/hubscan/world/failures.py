"""Addresses that cannot be located, by country: what the published coverage table leaves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.published import COVERED, ISO2, LISTED, reference_table

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

ELSEWHERE: Final = {"patents": 0.001, "publications": 0.008, "deals": 0.0}
"""Part of the addresses that cannot be located, of documents that can, in other economies."""

LEAST_ELSEWHERE: Final = 0.2
"""Least part of the documents that cannot be located outside the 20 leading economies."""

_PREFIX: Final = {"patents": "pct", "publications": "pub", "deals": "vc"}
_COVERED: Final = {
    "patents": "pct_applications_covered_pct",
    "publications": "pub_covered_pct",
    "deals": "vc_deals_covered_pct",
}


def failure_rates(indicator: str) -> pd.DataFrame:
    """
    Return how much of the 20 leading economies cannot be located.

    Parameters
    ----------
    indicator
        Which indicator.

    Returns
    -------
    rates
        By economy: ``addresses`` (number), ``lost`` (share of documents without any address that
        can be located) and ``missing`` (further share of addresses that cannot).

    Examples
    --------
    >>> failure_rates("publications").loc["JP", ["lost", "missing"]].round(4).tolist()
    [0.002, 0.004]
    """
    table = reference_table("clusters_2025_appendix_table1_geocoding")
    table = table[table["country"].isin(ISO2)]
    prefix = _PREFIX[indicator]
    lost = 1.0 - table[_COVERED[indicator]] / 100.0
    missing = (1.0 - table[f"{prefix}_city_accuracy_pct"] / 100.0 - lost).clip(lower=0.0)
    rates = table[[]].assign(
        addresses=table[f"{prefix}_addresses"].astype(float), lost=lost, missing=missing
    )
    return rates.set_index(table["country"].map(ISO2).rename("economy"))


def lost_weights(countries: pd.Series[str], indicator: str) -> NDArray[np.float64]:
    """
    Return how many of the documents that cannot be located fall on each country.

    Parameters
    ----------
    countries
        Distinct codes.
    indicator
        Which indicator.

    Returns
    -------
    weights
        One for each country; those without a published rate share what is left equally.

    Examples
    --------
    >>> import pandas as pd
    >>> weights = lost_weights(pd.Series(["JP", "AT"]), "patents")
    >>> bool(weights[1] > 10 * weights[0])
    True
    """
    rates = failure_rates(indicator)
    world = (LISTED[indicator] - COVERED[indicator]) / LISTED[indicator]
    part = rates["lost"] * rates["addresses"] / rates["addresses"].sum()
    known = countries.map(part).to_numpy(float)
    other = np.isnan(known)
    left = max(world - float(part.sum()), LEAST_ELSEWHERE * world)
    return np.where(other, left / max(int(other.sum()), 1), np.nan_to_num(known))


def missing_rates(countries: pd.Series[str], indicator: str) -> NDArray[np.float64]:
    """
    Return the share of addresses that cannot be located, of documents that can.

    Parameters
    ----------
    countries
        Codes.
    indicator
        Which indicator.

    Returns
    -------
    rates
        One for each.

    Examples
    --------
    >>> import pandas as pd
    >>> missing_rates(pd.Series(["JP", "AT"]), "publications").round(4).tolist()
    [0.004, 0.008]
    """
    rates = countries.map(failure_rates(indicator)["missing"])
    return rates.fillna(ELSEWHERE[indicator]).to_numpy(float)
