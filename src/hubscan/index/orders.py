"""Hold printed ranks and top-n tables against the scores beside them, within their rounding."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from hubscan.errors import InputError
from hubscan.index.printed import half_unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

TIE_RULES: Final[tuple[Literal["min", "dense", "first"], ...]] = ("min", "dense", "first")
"""How a printed table may rank ties (``first``: never the same rank twice); of equal faults the
first rule is assumed."""


def rank_verdicts(found: pd.DataFrame, ranking: pd.DataFrame) -> pd.DataFrame:
    """
    Return each printed rank beside the computed one, and whether rounding can explain a change.

    A printed order *a above b* is contradicted only if the greatest score that the printed
    children allow *a* is less than the least they allow *b*.

    Parameters
    ----------
    found
        Residuals of one parent in one table (:func:`hubscan.index.verify.residuals`).
    ranking
        Columns ``unit, rank``.

    Returns
    -------
    verdicts
        Columns ``unit, rank, computed_rank, verdict, against``, best printed rank first;
        ``against`` names the units with which the printed order contradicts the scores or, where
        the ranks differ, those whose order rounding leaves open. Equal scores share the better
        computed rank.

    Raises
    ------
    InputError
        If a ranked unit has no computed score.

    Examples
    --------
    >>> found = pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], "computed": [70.2, 70.3, 71.0],
    ...                       "low": [70.1, 70.2, 70.9], "high": [70.3, 70.4, 71.1]})
    >>> ranking = pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], "rank": [1, 2, 3]})
    >>> rank_verdicts(found, ranking)[["unit", "computed_rank", "verdict", "against"]]
       unit  computed_rank       verdict     against
    0  Oslo              3  contradicted        Bonn
    1  Rome              2  contradicted        Bonn
    2  Bonn              1  contradicted  Oslo, Rome
    """  # fmt: skip
    scores = found.set_index("unit").loc[:, ["computed", "low", "high"]]
    lost = [unit for unit in ranking["unit"] if unit not in scores.dropna().index]
    if lost:
        msg = f"ranking: {lost[0]} has no computed score: every ranked unit needs one"
        raise InputError(msg)
    joined = ranking.sort_values(["rank", "unit"]).set_index("unit").join(scores)
    joined["computed_rank"] = _ranks(joined["computed"].to_numpy(float))
    names = joined.index.to_numpy(object)
    columns = {str(name): joined[name].to_numpy(float) for name in joined}
    rows = [_verdict(place, names, columns) for place in range(len(names))]
    return pd.DataFrame(rows, columns=["unit", "rank", "computed_rank", "verdict", "against"])


def _ranks(scores: np.ndarray) -> np.ndarray:
    """Return descending ranks; scores within 1e-9 of each other (relative) share the better one."""
    order = np.argsort(-scores, kind="stable")
    ranks = np.empty(len(scores), int)
    for place, unit in enumerate(order):
        before = order[place - 1]
        tied = place and abs(scores[before] - scores[unit]) <= 1e-9 * abs(scores[before])
        ranks[unit] = ranks[before] if tied else place + 1
    return ranks


def _verdict(
    place: int, names: NDArray[np.object_], columns: Mapping[str, NDArray[np.float64]]
) -> tuple[Any, ...]:
    """Return one row of verdicts."""
    own = {name: column[place] for name, column in columns.items()}
    above, below = columns["rank"] < own["rank"], columns["rank"] > own["rank"]
    contradicting = (above & (columns["high"] < own["low"])) | (
        below & (columns["low"] > own["high"])
    )
    ranks = names[place], int(own["rank"]), int(own["computed_rank"])
    if contradicting.any():
        return *ranks, "contradicted", ", ".join(names[contradicting])
    if own["rank"] == own["computed_rank"]:
        return *ranks, "agrees", ""
    passed = (above & (columns["computed"] < own["computed"])) | (
        below & (columns["computed"] >= own["computed"])
    )
    return *ranks, "undetermined", ", ".join(names[passed])


def rank_faults(ranking: pd.DataFrame) -> pd.DataFrame:
    """
    Return the printed ranks that do not follow from the order of the printed scores.

    Parameters
    ----------
    ranking
        Columns ``unit, rank`` and ``score`` (texts as printed; a higher score ranks better).

    Returns
    -------
    faults
        Columns ``check, unit, found, needed``, one row a fault. ``order``: a better rank than a
        unit with a higher printed score. ``tie``: the same rank as a unit with another printed
        score. ``sequence``: a rank that its place in the order does not give, under the way of
        ranking ties (:data:`TIE_RULES`) that leaves the fewest such faults.

    Examples
    --------
    >>> ranking = pd.DataFrame({"unit": ["Washington", "Toronto", "Atlanta", "Tel Aviv"],
    ...                         "rank": [1, 1, 2, 4], "score": ["0.31", "0.31", "0.30", "0.29"]})
    >>> rank_faults(ranking)
          check     unit   found   needed
    0  sequence  Atlanta  rank 2   rank 3
    """  # fmt: skip
    rows = [
        (str(unit), int(rank), Fraction(str(score)))
        for unit, rank, score in ranking[["unit", "rank", "score"]].itertuples(index=False)
    ]
    rows.sort(key=lambda row: (row[1], -row[2], row[0]))
    faults = [*_order_faults(rows), *_tie_faults(rows), *_sequence_faults(rows)]
    return pd.DataFrame(faults, columns=["check", "unit", "found", "needed"])


def _order_faults(rows: Sequence[tuple[str, int, Fraction]]) -> Iterator[tuple[str, ...]]:
    """Yield the units that stand above a unit with a higher printed score."""
    for place, (unit, rank, score) in enumerate(rows):
        better = [row for row in rows[place + 1 :] if row[1] > rank and row[2] > score]
        if better:
            found = f"rank {rank} with {float(score):g}"
            other = f"below {better[0][0]} with {float(better[0][2]):g}"
            yield "order", unit, found, other


def _tie_faults(rows: Sequence[tuple[str, int, Fraction]]) -> Iterator[tuple[str, ...]]:
    """Yield the units that share a rank with a unit of another printed score."""
    for (_, rank, score), (unit, other_rank, other_score) in pairwise(rows):
        if rank == other_rank and score != other_score:
            yield "tie", unit, f"rank {rank} for {float(other_score):g}", f"{float(score):g}"


def _sequence_faults(rows: Sequence[tuple[str, int, Fraction]]) -> list[tuple[str, ...]]:
    """Return the ranks that break the sequence, under the tie rule that leaves the fewest."""
    printed = pd.Series([rank for _, rank, _ in rows])
    first = int(printed.min()) if len(printed) else 1
    found = []
    for rule in TIE_RULES:
        needed = printed.rank(method=rule) + first - 1
        faults: list[tuple[str, ...]] = [
            ("sequence", unit, f"rank {rank}", f"rank {int(needed[place])}")
            for place, (unit, rank, _) in enumerate(rows)
            if rank != needed[place]
        ]
        found.append(faults)
    return min(found, key=len)


def top_verdicts(short: pd.DataFrame, full: pd.DataFrame) -> pd.DataFrame:
    """
    Return whether a table of the best n units holds the best n of a longer table.

    Parameters
    ----------
    short
        Printed cells of one node in the table of the best.
    full
        Printed cells of the same node for every unit (of a table with more rows).

    Returns
    -------
    verdicts
        Columns ``unit, printed, listed, verdict``, one row for each unit of the full table whose
        membership the full table does not confirm beyond rounding: ``contradicted`` if it is
        listed although more than n others are surely better, or missing although it is surely
        among the best n; else ``undetermined``.

    Examples
    --------
    >>> full = pd.DataFrame({"unit": ["Oslo", "Rome", "Bonn"], "printed": ["9.1", "8.4", "8.4"],
    ...                      "decimals": 1})
    >>> top_verdicts(full.iloc[:2], full)
       unit printed  listed       verdict
    0  Rome     8.4    True  undetermined
    1  Bonn     8.4   False  undetermined
    >>> top_verdicts(full.iloc[1:], full)["verdict"].tolist()
    ['contradicted', 'undetermined', 'undetermined']
    """  # fmt: skip
    listed = full["unit"].isin(set(short["unit"])).to_list()
    intervals = [
        (Fraction(text) - half_unit(int(decimals)), Fraction(text) + half_unit(int(decimals)))
        for text, decimals in zip(full["printed"], full["decimals"], strict=True)
    ]
    rows = []
    for place, unit in enumerate(full["unit"]):
        verdict = _membership(place, intervals, len(short), listed=listed[place])
        if verdict != "agrees":
            rows.append((unit, full["printed"].iloc[place], listed[place], verdict))
    return pd.DataFrame(rows, columns=["unit", "printed", "listed", "verdict"])


def _membership(
    place: int, intervals: Sequence[tuple[Fraction, Fraction]], n: int, *, listed: bool
) -> str:
    """Return whether one unit belongs among the best n; a tie at the border is right either way."""
    low, high = intervals[place]
    others = [*intervals[:place], *intervals[place + 1 :]]
    if listed:
        right = sum(other_high > low for _, other_high in others) < n
        wrong = sum(other_low > high for other_low, _ in others) >= n
    else:
        right = sum(other_low >= high for other_low, _ in others) >= n
        wrong = sum(other_high >= low for _, other_high in others) < n
    return "agrees" if right else "contradicted" if wrong else "undetermined"
