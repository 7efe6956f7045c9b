"""Sweeps: the same evidence under many settings of an edition, each held against the base."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.profile.matching import overlapping_clusters
from hubscan.robustness.agreement import (
    adjusted_rand,
    shared_labels,
    variation_of_information,
)
from hubscan.robustness.bootstrap import known_ranks
from hubscan.robustness.outcome import outcome
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hubscan.edition import Edition
    from hubscan.robustness.bootstrap import Base
    from hubscan.robustness.outcome import Memory, Outcome

_MOST: Final = 10_000


class Swept(NamedTuple):
    """
    The results of one setting.

    Attributes
    ----------
    row
        Its values, and how it compares: see :func:`swept`.
    ranks
        ``cluster`` (of the base), ``rank``, ``total_share``; empty if the setting has no clusters.
    """

    row: dict[str, Any]
    ranks: pd.DataFrame


def steps(text: str) -> list[Any]:
    """
    Return the values that a text such as ``10:25:1`` or ``mutual,one_way`` stands for.

    Parameters
    ----------
    text
        ``first:last:step``, both ends included, or values separated by commas.

    Returns
    -------
    values
        Numbers, or texts; ``true`` and ``false`` are truth values.

    Raises
    ------
    InputError
        If it is neither.

    Examples
    --------
    >>> steps("10:12:0.5")
    [10.0, 10.5, 11.0, 11.5, 12.0]
    >>> steps("mutual,one_way")
    ['mutual', 'one_way']
    """
    if ":" not in text:
        return [_value(part.strip()) for part in text.split(",") if part.strip()]
    try:
        first, last, step = (float(part) for part in text.split(":"))
        number = int(np.floor((last - first) / step + 1e-9)) + 1
    except (ValueError, ZeroDivisionError) as error:
        msg = f"sweep: {text!r}: FIRST:LAST:STEP was needed, such as 10:25:1"
        raise InputError(msg) from error
    if number < 1 or step <= 0 or number > _MOST:
        msg = f"sweep: {text!r} has {max(number, 0)} values: 1 to {_MOST} were needed"
        raise InputError(msg)
    return [round(first + k * step, 12) for k in range(number)]


def settings(varied: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """
    Return every combination of values, the last key varying fastest.

    Examples
    --------
    >>> settings({"a": [1, 2], "b": ["x", "y"]})[1]
    {'a': 1, 'b': 'y'}
    """
    return [dict(zip(varied, values, strict=True)) for values in product(*varied.values())]


def set_to(edition: Edition, setting: Mapping[str, Any]) -> Edition:
    """
    Return an edition with several parameters changed.

    Raises
    ------
    EditionError
        If there is no such key, or a value is outside its domain.
    """
    for key, value in setting.items():
        known = edition.get(key)
        whole = isinstance(known, int) and not isinstance(known, bool)
        edition = edition.replace(key, int(value) if whole else value)
    return edition


def sweep(
    base: Base, varied: Sequence[Mapping[str, Any]], *, tops: Sequence[int], memory: Memory
) -> Iterator[Swept]:
    """
    Give the results of each setting, one at a time.

    Stages whose parameters agree with those of an earlier setting are not run again.

    Parameters
    ----------
    base
        The run.
    varied
        Settings, from :func:`settings`.
    tops
        Lengths of the lists that are compared with the base's.
    memory
        Stages of other settings of the same base.

    Yields
    ------
    swept
        One for each setting; see :class:`Swept`.
    """
    for setting in varied:
        edition = set_to(base.edition, setting)
        once = base.evidence.once
        try:
            found = outcome(edition, base.evidence, once, partial=base.partial, memory=memory)
        except InputError as error:
            none = pd.DataFrame({"cluster": [], "rank": [], "total_share": []})
            yield Swept({**setting, "clusters": 0, "note": str(error)}, none)
            continue
        yield swept(setting, base.found, found, tops=tops)


def swept(
    setting: Mapping[str, Any], base: Outcome, found: Outcome, *, tops: Sequence[int]
) -> Swept:
    """
    Return how one setting compares with the base.

    Parameters
    ----------
    setting
        Its values.
    base, found
        The base's results and the setting's.
    tops
        Lengths of the lists that are compared.

    Returns
    -------
    swept
        ``row``: the setting, ``clusters``, ``before_merging``, ``merges``, ``inside`` (share of
        mass in clusters), ``kept`` (clusters of the base that go on), ``adjusted_rand``,
        ``variation_of_information`` (bits), ``rank_shift`` (mean absolute change of the rank of
        the clusters that go on), for each *n* of ``tops`` ``top_n`` (share of the base's first *n*
        that are among its first *n*) and ``order_n`` (whether the first *n* are the same, in
        order), and ``note``, empty.
    """
    matches = overlapping_clusters(base.membership, found.membership)
    known = pd.Series(matches["a"].to_numpy(np.int64), index=matches["b"].to_numpy(np.int64))
    ranks = known_ranks(found.ranking, known)
    one, other = shared_labels(base.membership, found.membership)
    both = base.ranking.merge(ranks, on="cluster", suffixes=("_base", ""))
    mass = found.membership["weight"]
    row: dict[str, Any] = {
        **setting,
        "clusters": len(found.ranking),
        "before_merging": int(found.dense["cluster"].max()),
        "merges": int(found.candidate_pairs["merged"].sum()),
        "inside": float(mass[found.membership["cluster"] != NOISE].sum() / mass.sum()),
        "kept": len(matches),
        "adjusted_rand": adjusted_rand(one, other, np.ones(len(one))),
        "variation_of_information": variation_of_information(one, other, np.ones(len(one))),
        "rank_shift": float((both["rank"] - both["rank_base"]).abs().mean()),
    }
    for top in tops:
        first = base.ranking.loc[base.ranking["rank"] <= top, "cluster"].tolist()
        now = ranks[ranks["rank"] <= top].sort_values(["rank", "cluster"])["cluster"].tolist()
        row[f"top_{top}"] = len(set(first) & set(now)) / max(len(first), 1)
        row[f"order_{top}"] = first == now
    return Swept({**row, "note": ""}, ranks)


def steady_region(table: pd.DataFrame, *, keys: Sequence[str], top: int) -> pd.DataFrame:
    """
    Return the range of each parameter in which the first clusters do not change.

    Parameters
    ----------
    table
        The rows of a sweep.
    keys
        The parameters varied.
    top
        Length of the list.

    Returns
    -------
    region
        One row a parameter: ``parameter``, ``top``, ``lowest``, ``highest`` (as texts, of the
        settings that keep the list's members), ``settings`` (how many do), ``same_order`` (how
        many keep their order too), ``of`` (settings in all).
    """
    same = table[table[f"top_{top}"] == 1.0]
    ordered = int(table[f"order_{top}"].fillna(value=False).astype(bool).sum())
    rows = [
        {
            "parameter": key,
            "top": top,
            "lowest": str(min(same[key])) if len(same) else "",
            "highest": str(max(same[key])) if len(same) else "",
            "settings": len(same),
            "same_order": ordered,
            "of": len(table),
        }
        for key in keys
    ]
    return pd.DataFrame(rows)


def _value(text: str) -> Any:  # noqa: ANN401 - a parameter is a number, a text or a truth value
    if text in {"true", "false"}:
        return text == "true"
    try:
        return float(text)
    except ValueError:
        return text
