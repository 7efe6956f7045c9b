"""The density at which enough clusters appear: the threshold of regional editions."""

from __future__ import annotations

from itertools import islice
from math import ceil, isnan, log10
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from hubscan.cluster.density import Index
from hubscan.cluster.weights import decimal_threshold, place_weights
from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

_AT_ONCE: Final = 32
_DIGITS: Final = 6
_NAMES: Final = ("min_weight", "min_share")
RULES: Final = ("given", "scan")
"""How the density threshold is found."""


def density_used(
    place_addresses: pd.DataFrame,
    totals: pd.DataFrame,
    *,
    density: dict[str, Any],
    rule: str,
    target_clusters: int,
    scan_step: float,
) -> pd.DataFrame:
    r"""
    Return the density threshold: as given, or lowered until enough clusters appear.

    With ``"scan"`` it is the largest at which there are enough, from the given one down.

    Lowering the threshold makes new clusters, and makes others one: their number need not grow, so
    that thresholds are tried one after the other,

    .. math:: t_k = t_0 \, (1 - \mathrm{step})^k

    Parameters
    ----------
    place_addresses, totals
        Tables of these names.
    density
        The parameters of :func:`hubscan.cluster.members.membership`; the scan begins at their
        ``min_weight`` or ``min_share``.
    rule
        ``"given"`` or ``"scan"``.
    target_clusters
        So many clusters are wanted, before merging.
    scan_step
        Part by which the threshold is lowered each time, in (0, 1).

    Returns
    -------
    density
        One row: ``min_weight``, ``min_share`` (one of both is missing; six significant digits if
        it was lowered).

    Raises
    ------
    InputError
        If ``rule`` is not known, the step is outside (0, 1), or no threshold gives so many
        clusters.
    """
    _check(rule, scan_step)
    if rule == "given":
        return _row(density["min_weight"], density["min_share"])
    name = "min_share" if density["min_weight"] is None else "min_weight"
    choice = {key: density[key] for key in ("shaped_by", "density_basis", "totals_basis")}
    weighed = place_weights(
        place_addresses,
        totals,
        **choice,
        min_weight=density["min_weight"],
        min_share=density["min_share"],
    )
    places = weighed.places
    near = Index(places["latitude"], places["longitude"]).at(density["radius_km"])
    least = float(density[name])
    thresholds = _lowered(least, step=scan_step, until=least / weighed.threshold)
    while tried := list(islice(thresholds, _AT_ONCE)):
        whole = [
            max(1, ceil(decimal_threshold(weighed, name, value, totals, **choice)))
            for value in tried
        ]
        found = near.clusters_by_threshold(
            places["weight"].to_numpy(),
            min_weights=whole,
            border_rule=density["border_rule"],
            include_self=density["include_self"],
        )
        for value, labelling in zip(tried, found, strict=True):
            clusters = int(labelling.labels.max(initial=-1)) + 1
            if clusters >= target_clusters:
                return _row(*(value if name == key else None for key in _NAMES))
    msg = (
        f"no density gives {target_clusters} clusters: the region holds {len(places)} places; "
        "ask for fewer clusters with regional.target_clusters"
    )
    raise InputError(msg)


def _check(rule: str, scan_step: float) -> None:
    if rule not in RULES:
        msg = f"regional: density = {rule!r}: must be one of {', '.join(RULES)}"
        raise InputError(msg)
    if rule == "scan" and not 0 < scan_step < 1:
        msg = f"regional: scan_step = {scan_step}: must be greater than 0 and less than 1"
        raise InputError(msg)


def _lowered(first: float, *, step: float, until: float) -> Iterator[float]:
    """Yield the first threshold, and lower ones to six significant digits, each once."""
    value, last = first, first
    yield first
    while (value := value * (1 - step)) > until:
        shown = round(value, _DIGITS - 1 - int(log10(value) // 1))
        if shown != last:
            yield shown
        last = shown


def threshold(density: pd.DataFrame) -> dict[str, float | None]:
    """
    Return the density threshold of :func:`density_used` as parameters of a membership.

    Examples
    --------
    >>> threshold(pd.DataFrame({"min_weight": [4500.0], "min_share": [float("nan")]}))
    {'min_weight': 4500.0, 'min_share': None}
    """
    found = {name: float(density[name].iloc[0]) for name in _NAMES}
    return {name: None if isnan(value) else value for name, value in found.items()}


def _row(min_weight: float | None, min_share: float | None) -> pd.DataFrame:
    return pd.DataFrame({"min_weight": [min_weight], "min_share": [min_share]}).astype(float)
