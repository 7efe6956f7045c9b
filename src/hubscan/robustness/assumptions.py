"""Unknown choices of the method as factors: which of them moves the ranks, by Sobol' indices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, NamedTuple, get_args, get_origin

import numpy as np
import pandas as pd

from hubscan.edition import STATUSES
from hubscan.errors import InputError
from hubscan.index._design import crossed_points, cube_points
from hubscan.profile.matching import overlapping_clusters
from hubscan.robustness.bootstrap import known_ranks
from hubscan.robustness.outcome import outcome
from hubscan.robustness.sweep import set_to
from hubscan.validation import Section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from hubscan.edition import Edition
    from hubscan.robustness.bootstrap import Base
    from hubscan.robustness.outcome import Memory

    Floats = NDArray[np.float64]

_REACHED: Final = (
    "weights.density_basis", "weights.totals", "cluster.border_rule", "cluster.include_self",
    "merge.gap_between", "merge.max_gap_km", "merge.noise_rival", "merge.tie_rule",
    "merge.tie_weights", "count.method", "count.missing", "count.denominator", "count.vc_boundary",
    "footprint.buffer_shape", "rank.aggregation", "rank.on",
)  # fmt: skip
"""Parameters that act between evidence and ranking; others need the inputs to be read again."""

_REGIONAL: Final = ("regional.shares", "regional.weights_universe")
"""Such parameters that act in editions of regions alone."""

_DOCUMENTED_RANGES: Final[dict[str, tuple[Any, ...]]] = {"merge.max_gap_km": (3.0, 5.0)}
"""Parameters for which the source gives a range and not a number."""

_PLAUSIBLE: Final[dict[str, tuple[Any, ...]]] = {
    "weights.density_basis": ("inventor", "half"),
    "merge.tie_weights": ("equal_share", "plain_sum"),
}
"""
Alternatives where not all are to be had: other bases give another number of clusters than was
published.
"""


class Factor(NamedTuple):
    """One unknown choice: the dotted key of a parameter, and the values it may have."""

    key: str
    levels: tuple[Any, ...]


class Assumed(NamedTuple):
    """
    What unknown choices do to ranks.

    Attributes
    ----------
    factors
        By falling ``total``: ``factor``, ``levels`` (in words), ``first``, ``total`` (shares of
        the variance of all clusters' ranks together) with bounds ``first_lower`` and so on.
    clusters
        The same of each cluster's own rank, by ``cluster``, ``factor``, and ``variance``.
    ranks
        By ``cluster``: ``rank``, ``lowest``, ``median``, ``highest`` over all points.
    """

    factors: pd.DataFrame
    clusters: pd.DataFrame
    ranks: pd.DataFrame


def unknown_choices(edition: Edition) -> list[Factor]:
    """
    Return the choices of an edition that its sources leave open and that act on ranks.

    They are the parameters marked as inferred or assumed that have a list of alternatives, and
    those for which the source gives a range.

    Parameters
    ----------
    edition
        Every number of the method.

    Returns
    -------
    factors
        By key; the edition's own value is among the levels.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> {factor.key: factor.levels for factor in unknown_choices(load_edition("gii-2025"))}[
    ...     "count.missing"
    ... ]
    ('renormalise', 'lose')
    """
    known = _alternatives(type(edition))
    reached = {*_REACHED, *(_REGIONAL if edition.regional.economies else ())}
    found = []
    for key in edition.keys():  # noqa: SIM118 - not a mapping
        open_ = edition.status_of(key) != STATUSES[0] and key in reached
        if key in _DOCUMENTED_RANGES or open_:
            levels = _DOCUMENTED_RANGES.get(key) or _PLAUSIBLE.get(key) or known.get(key, ())
            levels = tuple(dict.fromkeys((*levels, edition.get(key)) if levels else ()))
            if len(levels) > 1:
                found.append(Factor(key, levels))
    return sorted(found)


def design(factors: Sequence[Factor], *, rows: int, seed: int) -> list[dict[str, Any]]:
    """
    Return the settings that Sobol' indices need: A, B, and A with each factor from B.

    Parameters
    ----------
    factors
        The choices; all levels of a factor are equally likely.
    rows
        Rows of A and of B; a power of two.
    seed
        Equal seeds give equal settings.

    Returns
    -------
    settings
        ``rows * (factors + 2)`` of them.

    Examples
    --------
    >>> len(design([Factor("a", (1, 2)), Factor("b", (3,))], rows=4, seed=1))
    16
    """
    both = cube_points(rows, 2 * len(factors), sample="sobol", seed=seed)
    width = len(factors)
    points = crossed_points(both[:, :width], both[:, width:], [1] * width)
    return [
        {
            factor.key: factor.levels[int(at * len(factor.levels))]
            for factor, at in zip(factors, point, strict=True)
        }
        for point in points
    ]


def distinct_settings(
    settings: Sequence[dict[str, Any]],
) -> tuple[list[dict[str, Any]], NDArray[np.int64]]:
    """
    Return settings without repetition, and where each one is among them.

    Parameters
    ----------
    settings
        From :func:`design`.

    Returns
    -------
    distinct
        Settings that begin alike stand together, so that they find each other's stages.
    where
        The position of each of ``settings`` among them.

    Examples
    --------
    >>> distinct, where = distinct_settings([{"a": 2}, {"a": 1}, {"a": 2}])
    >>> distinct, where.tolist()
    ([{'a': 1}, {'a': 2}], [1, 0, 1])
    """
    marks = [repr(list(each.items())) for each in settings]
    by_mark = dict(zip(marks, settings, strict=True))
    order = sorted(by_mark)
    position = {mark: at for at, mark in enumerate(order)}
    return [by_mark[mark] for mark in order], np.array([position[m] for m in marks], np.int64)


def ranks_under(base: Base, setting: Mapping[str, Any], memory: Memory) -> Floats:
    """
    Return the ranks of the base's clusters under a setting.

    Parameters
    ----------
    base
        The run.
    setting
        Values by key.
    memory
        Stages of other settings of the same base.

    Returns
    -------
    ranks
        By cluster id of the base; one worse than the last for a cluster that is not there.
    """
    edition = set_to(base.edition, setting)
    once = base.evidence.once
    found = outcome(edition, base.evidence, once, partial=base.partial, memory=memory)
    matches = overlapping_clusters(base.found.membership, found.membership)
    known = pd.Series(matches["a"].to_numpy(np.int64), index=matches["b"].to_numpy(np.int64))
    ranks = known_ranks(found.ranking, known).set_index("cluster")["rank"]
    clusters = np.sort(base.found.ranking["cluster"].to_numpy(np.int64))
    return ranks.reindex(clusters, fill_value=len(found.ranking) + 1).to_numpy(float)


def rank_shares(
    ranks: Floats,
    factors: Sequence[Factor],
    ranking: pd.DataFrame,
    *,
    resamples: int,
    level: float,
    seed: int,
) -> Assumed:
    """
    Return each factor's share of the variance of ranks.

    A factor that changes no rank has index 0 and an interval of width 0, exactly: the settings
    that differ in it alone have the same ranks.

    Parameters
    ----------
    ranks
        Shape (settings, clusters), in the order of :func:`design` and of cluster ids.
    factors
        The choices.
    ranking
        The base's ``cluster``, ``rank``.
    resamples
        Bootstrap samples of rows for the bounds.
    level
        Share of them between the bounds.
    seed
        Of the bootstrap.

    Returns
    -------
    assumed
        See :class:`Assumed`.

    Raises
    ------
    InputError
        If there are no factors.
    """
    from hubscan.index import sensitivity  # noqa: PLC0415 - an extra

    if not factors:
        msg = "assumptions: the edition leaves nothing open: at least one factor is needed"
        raise InputError(msg)
    ordered = ranking.sort_values("cluster", ignore_index=True)
    keys = [factor.key for factor in factors]
    base_rows = 2 * len(ranks) // (len(factors) + 2)
    parts = [
        sensitivity.indices(
            column, keys, estimator="centred", resamples=resamples, level=level, seed=seed
        ).assign(cluster=cluster, variance=column[:base_rows].var(ddof=1))
        for cluster, column in zip(ordered["cluster"], ranks.T, strict=True)
    ]
    clusters = pd.concat(parts).reset_index()
    spread = pd.DataFrame(
        {
            "cluster": ordered["cluster"],
            "rank": ordered["rank"],
            "lowest": ranks.min(axis=0).astype(int),
            "median": np.quantile(ranks, 0.5, axis=0, method="inverted_cdf").astype(int),
            "highest": ranks.max(axis=0).astype(int),
        }
    )
    first = ["cluster", "factor", "variance"]
    rest = [name for name in clusters if name not in first]
    return Assumed(
        _pooled(ranks, factors, resamples=resamples, level=level, seed=seed),
        clusters[[*first, *rest]],
        spread.sort_values(["rank", "cluster"], ignore_index=True),
    )


def _pooled(
    ranks: Floats, factors: Sequence[Factor], *, resamples: int, level: float, seed: int
) -> pd.DataFrame:
    """Return shares of the variance of all ranks together: sums over clusters, divided last."""
    blocks = ranks.reshape(len(factors) + 2, -1, ranks.shape[1])
    rows = blocks.shape[1]
    generator = np.random.default_rng(seed)
    samples = [np.arange(rows), *generator.integers(0, rows, (resamples, rows))]
    drawn = np.array([_shares(blocks[:, sample]) for sample in samples])
    tail = (1.0 - level) / 2.0
    low, high = np.quantile(drawn[1:] if resamples else drawn, [tail, 1.0 - tail], axis=0)
    table = pd.DataFrame(
        {
            "factor": [factor.key for factor in factors],
            "levels": [", ".join(map(str, factor.levels)) for factor in factors],
        }
    )
    for at, name in enumerate(("first", "total")):
        table[name] = drawn[0, at]
        table[f"{name}_lower"], table[f"{name}_upper"] = low[at], high[at]
    return table.sort_values(["total", "factor"], ascending=[False, True], ignore_index=True)


def _shares(blocks: Floats) -> Floats:
    """Return first-order and total shares of each factor; blocks are A, B, one for each factor."""
    first, second, mixed = blocks[0], blocks[1], blocks[2:]
    both = np.concatenate([first, second])
    variance = both.var(axis=0, ddof=1).sum()
    change = mixed - first
    main = ((second - both.mean(axis=0)) * change).mean(axis=1).sum(axis=1)
    whole = (change**2).mean(axis=1).sum(axis=1) / 2.0
    return np.array([main, whole]) / (variance if variance > 0 else np.inf)


def _alternatives(section: type[Section], prefix: str = "") -> dict[str, tuple[Any, ...]]:
    """Return the values that each parameter with a closed list may have, by dotted key."""
    found: dict[str, tuple[Any, ...]] = {}
    for name, described in section.model_fields.items():
        kind = described.annotation
        if isinstance(kind, type) and issubclass(kind, Section):
            found |= _alternatives(kind, f"{prefix}{name}.")
        elif get_origin(kind) is Literal:
            found[prefix + name] = get_args(kind)
        elif kind is bool:
            found[prefix + name] = (True, False)
        elif prefix + name in _PLAUSIBLE:
            found[prefix + name] = _PLAUSIBLE[prefix + name]
    return found
