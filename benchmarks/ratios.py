"""What benches are judged by: ratios of figures taken side by side, which machines hardly vary."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

Figures = dict[str, Any]

ALARM: Final = 1.5
"""A ratio that is so many times worse than the stored one fails the bench."""

HIGHER, LOWER = "higher", "lower"


class Ratio(NamedTuple):
    """A ratio: how it is measured, which way is better, and how it follows from the figures."""

    how: str
    better: str
    value: Callable[[Figures], float]


def _row(figures: Figures, name: str, places: int) -> Figures:
    """Return the figure of a name and number of places."""
    for row in figures["kernel"]["rows"]:
        if row["name"] == name and row["places"] == places:
            return dict(row)
    msg = f"no figure of {name!r} at {places:,} places"
    raise KeyError(msg)


def _to_ours(name: str, places: int, measure: str) -> Callable[[Figures], float]:
    """Return how many times ours a figure is."""
    return lambda figures: (
        _row(figures, name, places)[measure] / _row(figures, "hubscan", places)[measure]
    )


HAVERSINE: Final = "scikit-learn, haversine, ball tree"
CHORDS: Final = "scikit-learn, chords, k-d tree"
PEER, MANY = 200_000, 1_000_000

RATIOS: Final[dict[str, Ratio]] = {
    "kernel: scikit-learn haversine to ours, CPU": Ratio(
        f"DBSCAN with haversine ball tree at {PEER:,} places", HIGHER,
        _to_ours(HAVERSINE, PEER, "cpu"),
    ),
    "kernel: scikit-learn chords to ours, CPU": Ratio(
        f"DBSCAN with k-d tree on unit vectors at {PEER:,} places", HIGHER,
        _to_ours(CHORDS, PEER, "cpu"),
    ),
    "kernel: scikit-learn haversine to ours, memory": Ratio(
        f"peak of fresh processes at {PEER:,} places", HIGHER, _to_ours(HAVERSINE, PEER, "peak")
    ),
    "kernel: growth to n log n": Ratio(
        f"CPU at {MANY:,} places to that at 50,000, to the same of n log n", LOWER,
        lambda figures: figures["kernel"]["growth"][-1]["of_n_log_n"],
    ),
    "kernel: new threshold to all, CPU": Ratio(
        f"one of 10 thresholds on a kept neighbourhood to a whole clustering, {MANY:,} places",
        LOWER, _to_ours("each of 10 thresholds, same radius", MANY, "cpu"),
    ),
    "kernel: new weights to all, CPU": Ratio(
        f"new weights on a kept neighbourhood to a whole clustering, {MANY:,} places", LOWER,
        _to_ours("new weights, same radius", MANY, "cpu"),
    ),
    "kernel: sweep of 10 x 10 to all, CPU": Ratio(
        f"10 radii x 10 thresholds to one clustering, {MANY:,} places", LOWER,
        _to_ours("10 radii x 10 thresholds", MANY, "cpu"),
    ),
    "kernel: bootstrap of 200 to all, CPU": Ratio(
        f"200 replicates, drawing included, to one clustering, {MANY:,} places", LOWER,
        _to_ours("bootstrap, 200 replicates", MANY, "cpu"),
    ),
    "kernel: first use to later start, CPU": Ratio(
        "a process that compiles all to one that loads kept machine code", LOWER,
        lambda figures: (
            _row(figures, "first use after installation", 1)["cpu"]
            / _row(figures, "start with kept machine code", 1)["cpu"]
        ),
    ),
    "job: baseline to hubscan run, CPU": Ratio(
        "pandas, scikit-learn, geopandas to all of `hubscan run`, figures and maps included",
        HIGHER, lambda figures: (
            figures["baseline"][-1]["baseline"]["cpu"] / figures["baseline"][-1]["hubscan"]["cpu"]
        ),
    ),
    "job: baseline to hubscan run, memory": Ratio(
        "largest peak of the baseline's stages to that of `hubscan run`", HIGHER,
        lambda figures: (
            figures["baseline"][-1]["baseline"]["peak"] / figures["baseline"][-1]["hubscan"]["peak"]
        ),
    ),
    "index: plain pandas to weight draws, CPU": Ratio(
        "one draw of all weights, 30 units x 31 leaves, in plain pandas to one of ours", HIGHER,
        lambda figures: figures["index"]["plain"] / figures["index"]["drawn"],
    ),
}  # fmt: skip
"""Every ratio by its name."""


def measured_ratios(figures: Figures) -> dict[str, float]:
    """
    Return every ratio of a bench.

    Parameters
    ----------
    figures
        What the scripts wrote, by their names: ``kernel``, ``baseline``, ``index``.

    Returns
    -------
    ratios
        By name, to four digits.
    """
    return {name: float(f"{ratio.value(figures):.4g}") for name, ratio in RATIOS.items()}


def times_worse(name: str, value: float, stored: float) -> float:
    """Return how many times worse than the stored one a ratio is; less than 1 is better."""
    return stored / value if RATIOS[name].better == HIGHER else value / stored


def alarms(ratios: Mapping[str, float], stored: Mapping[str, float]) -> list[str]:
    """
    Return a sentence for every ratio that has become much worse.

    Parameters
    ----------
    ratios, stored
        Ratios by name, now and then; those never stored raise no alarm.

    Returns
    -------
    sentences
        None if all is well.
    """
    sentences = []
    for name, value in ratios.items():
        worse = times_worse(name, value, stored[name]) if name in stored else 0.0
        if worse > ALARM:
            sentences.append(
                f"{name} was {stored[name]:g} and is {value:g}: {worse:.2f} times worse, "
                f"at most {ALARM:g} is accepted ({RATIOS[name].how})"
            )
    return sentences


def write_ratios(ratios: Mapping[str, float], path: Path) -> None:
    """Store ratios, with how each is measured."""
    told = {
        name: {"value": value, "better": RATIOS[name].better, "how": RATIOS[name].how}
        for name, value in ratios.items()
    }
    path.write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def stored_ratios(path: Path) -> dict[str, float]:
    """Return stored ratios by name; none if there is no file."""
    if not path.exists():
        return {}
    return {name: told["value"] for name, told in json.loads(path.read_text("utf-8")).items()}
