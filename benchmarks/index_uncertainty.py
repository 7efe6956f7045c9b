"""
Time of an uncertainty analysis: weight draws alone, and with treatment and scaling in each run.

Run with ``python benchmarks/index_uncertainty.py``; prints a table of seconds, and how many
times as long a draw of all weights takes as one would write it in pandas.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from hubscan.index import sensitivity, uncertainty
from hubscan.index.framework import Framework
from hubscan.index.recipe import Recipe, Step

if TYPE_CHECKING:
    from collections.abc import Callable

RESULTS: Final = Path(__file__).resolve().parents[1] / ".benchmarks" / "index.json"
DRAWS: Final = 10_000
ROUNDS: Final = 9

LEAVES_OF_BRANCHES = {
    "1": (3, 3),
    "2": (2, 3, 3),
    "3": (5, 4, 4, 4),
}
"""Leaves of the secondary nodes of three primary ones: 3, 9, 31, as in a city index."""

TREAT = Step("treat", "winsorised", {"thresholds": [2, 3.5], "max_points": 5, "second": "log_ct"})
SCALE = Step(
    "normalise", "min_max", {"span": [60.0, 100.0], "bounds": "observed", "constant": "error"}
)
Z_SCORE = Step("normalise", "z_score", {"mean": 80.0, "sd": 8.0, "constant": "error"})
MEANS = {"overrides": {}, "min_coverage": 0.0, "coverage": "count"}
ARITHMETIC = Step("aggregate", "arithmetic", MEANS)
GEOMETRIC = Step("aggregate", "geometric", MEANS)
RECIPE = Recipe((TREAT, SCALE, ARITHMETIC, Step("rank", "min", {"tolerance": 1e-9})))


def city_parents() -> dict[str, str]:
    """Return the node above each of 31 leaves under 9 nodes under 3 nodes under the index."""
    parents = {}
    for primary, numbers in LEAVES_OF_BRANCHES.items():
        parents[primary] = "T"
        for place, leaves in enumerate(numbers, start=1):
            parents[f"{primary}.{place}"] = primary
            for leaf in range(1, leaves + 1):
                parents[f"{primary}.{place}.{leaf}"] = f"{primary}.{place}"
    return parents


def flat_tree() -> Framework:
    """Return 49 leaves under 8 nodes under 2 nodes under the index."""
    parents = {"1": "T", "2": "T"}
    for place in range(8):
        parents[f"{1 + place % 2}.{place}"] = f"{1 + place % 2}"
    pillars = [code for code in parents if "." in code]
    for leaf in range(49):
        parents[f"x{leaf}"] = pillars[leaf % 8]
    return Framework.from_parents(parents)


def model(framework: Framework, units: int) -> uncertainty.Model:
    """Return skewed random values for a framework."""
    generator = np.random.default_rng(1)
    raw = generator.lognormal(sigma=1.2, size=(units, len(framework.leaves)))
    names = [f"unit {place:02d}" for place in range(units)]
    table = pd.DataFrame(raw, index=names, columns=list(framework.leaves))
    return uncertainty.Model(table, framework, RECIPE)


def seconds(work: Callable[[], object], repeats: int) -> float:
    """Return the shortest time of some work."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def weight_draws(subject: uncertainty.Model) -> uncertainty.Runs:
    """Return 10,000 draws of all weights within a quarter of their value."""
    factors = [uncertainty.WeightNoise("weights", 0.25, codes=())]
    points = uncertainty.sampled(subject, factors, number=DRAWS, sample="sobol", seed=1)
    return uncertainty.runs(subject, factors, points, allow_inert=(), workers=2)


def factors_of(subject: uncertainty.Model, replicates: int) -> list[uncertainty.Factor]:
    """Return the factors of a full analysis; every run has its own data."""
    error = 0.05 * subject.table.abs()
    tables = uncertainty.noisy_tables(
        subject.table, error, replicates=replicates, generator=np.random.default_rng(2)
    )
    return [
        uncertainty.DataReplicates("data", np.abs(tables) + 1e-9),
        uncertainty.StepLevels("points", tuple(TREAT.replace(max_points=k) for k in range(1, 6))),
        uncertainty.StepLevels("scale", (SCALE, Z_SCORE)),
        uncertainty.WeightNoise("weights", 0.25, codes=()),
        uncertainty.StepLevels("mean", (ARITHMETIC, GEOMETRIC)),
        uncertainty.LeafRemoval("leaf", subject.framework.leaves),
    ]


def full_analysis(subject: uncertainty.Model) -> uncertainty.Runs:
    """Return 4,096 runs with data, treatment, scaling, weights, mean and leaves varied."""
    factors = factors_of(subject, 4096)
    points = uncertainty.sampled(subject, factors, number=4096, sample="sobol", seed=1)
    return uncertainty.runs(subject, factors, points, allow_inert=(), workers=2)


def sobol_indices(subject: uncertainty.Model) -> pd.DataFrame:
    """Return the indices of five factors from 512 rows: 4,096 runs."""
    factors = [factor for factor in factors_of(subject, 512) if factor.code != "leaf"]
    factors.append(uncertainty.LeafRemoval("leaf", subject.framework.leaves))
    points = sensitivity.crossed(subject, factors, number=512, sample="sobol", seed=1)
    runs = uncertainty.runs(subject, factors, points, allow_inert=(), workers=2)
    return sensitivity.indices(
        sensitivity.mean_rank_shift(runs),
        [factor.code for factor in factors],
        estimator="centred",
        resamples=500,
        level=0.9,
        seed=1,
    )


def plain_draws(subject: uncertainty.Model, number: int) -> None:
    """Rank the units under so many draws of all weights, level by level, as one would in pandas."""
    generator = np.random.default_rng(1)
    scaled = subject.table.rank(pct=True)
    parents = city_parents()
    for _ in range(number):
        level = scaled
        while level.shape[1] > 1:
            noise = 1.0 + generator.uniform(-0.25, 0.25, level.shape[1])
            weight = pd.Series(noise, index=level.columns)
            upper = level.columns.map(parents)
            total = weight.groupby(upper).transform("sum")
            level = (level * (weight / total)).T.groupby(upper).sum().T
        level.iloc[:, 0].rank(ascending=False)


def cpu_seconds(*works: Callable[[], object]) -> list[float]:
    """Return the CPU seconds of each of several works, all threads together: the least of many."""
    took: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        # in turns, so that what disturbs the machine disturbs all of them
        for work, times in zip(works, took, strict=True):
            start = process_time()
            work()
            times.append(process_time() - start)
    return [min(times) for times in took]


def main() -> None:
    """Print the table."""
    city, countries = model(Framework.from_parents(city_parents()), 30), model(flat_tree(), 51)
    rows = {
        "10,000 weight draws, 30 units x 31 leaves": seconds(lambda: weight_draws(city), 5),
        "10,000 weight draws, 51 units x 49 leaves": seconds(lambda: weight_draws(countries), 5),
        "4,096 runs, every stage varied, 30 x 31": seconds(lambda: full_analysis(city), 2),
        "Sobol' indices, 6 factors, 4,096 runs": seconds(lambda: sobol_indices(city), 2),
    }
    for name, time in rows.items():
        print(f"{name:45s} {time:8.3f} s")
    draws = 200
    plain, drawn = cpu_seconds(lambda: plain_draws(city, draws), lambda: weight_draws(city))
    figures = {"plain": plain / draws, "drawn": drawn / DRAWS}
    print(f"a draw in plain pandas takes {figures['plain'] / figures['drawn']:.0f} times the CPU")
    RESULTS.parent.mkdir(parents=True, exist_ok=True)
    RESULTS.write_text(json.dumps(figures) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
