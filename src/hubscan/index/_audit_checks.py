"""The checks of an audit, each a generator of findings."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from hubscan.index import aggregate
from hubscan.index._correlation import correlations
from hubscan.index._importance import importance
from hubscan.index._outranking import outranking
from hubscan.index._structure import (
    alpha_if_deleted,
    components,
    cronbach_alpha,
    sampling_adequacy,
    sphericity,
)
from hubscan.index.compare import mean_rank_changes, without_each
from hubscan.index.ranks import ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import pandas as pd

    from hubscan.index.pipeline import Result


class Finding(NamedTuple):
    """One row of an audit: what was checked, where, what was found, and a sentence on it."""

    check: str
    node: str
    value: float
    threshold: float
    verdict: str
    sentence: str


def coverage_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield the share of observed values of each indicator and of each unit."""
    raw, least = result.stages["raw"], limits["coverage"]
    for kind, shares in (("indicator", raw.notna().mean()), ("unit", raw.notna().mean(axis=1))):
        for code, share in shares.items():
            verdict = "ok" if share >= least else "low"
            said = f"{kind.capitalize()} {code} has {share:.0%} of its values"
            said += "." if verdict == "ok" else f", less than {least:.0%}."
            yield Finding(f"coverage of {kind}", str(code), float(share), least, verdict, said)


def origin_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield the share of values that are not observed ones of the right place and year."""
    most = limits["not_observed"]
    steps = result.cells[result.cells["step"] == "impute"]
    for code in result.stages["raw"]:
        substituted = (result.flags[code] == "substituted").mean()
        imputed = (steps["indicator"] == code).sum() / len(result.flags)
        share = float(substituted + imputed)
        verdict = "ok" if share <= most else "high"
        said = f"{share:.0%} of the values of {code} are substituted or imputed."
        yield Finding("substituted or imputed", str(code), share, most, verdict, said)


def treatment_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield how many cells treatment changed."""
    most = limits["treated"]
    cells = result.cells[result.cells["step"] == "treat"]
    for code, rows in cells.groupby("indicator", sort=False):
        share = len(rows) / len(result.stages["raw"])
        verdict = "ok" if share <= most else "high"
        said = f"Treatment changed {len(rows)} values of {code}: {rows['reason'].iloc[0]}."
        yield Finding("treated values", str(code), share, most, verdict, said)


def sibling_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield correlations between siblings: redundant when very high, at odds when negative."""
    high, low = limits["redundant"], limits["opposed"]
    pairs = [
        pair
        for node in result.framework.inner
        for pair in combinations(result.framework.children(node), 2)
    ]
    found = correlations(result.scores, kind="pearson", pairs=pairs)["correlation"].tolist()
    for (first, second), r in zip(pairs, found, strict=True):
        pair = f"{first} ~ {second}"
        if np.isnan(r):
            said = f"{pair} cannot be correlated: too few common units or a constant."
            yield Finding("siblings", pair, r, high, "undefined", said)
        elif r > high:
            said = f"{first} and {second} say nearly the same (r = {r:.2f})."
            yield Finding("siblings", pair, r, high, "redundant", said)
        elif r < low:
            said = f"{first} and {second} pull in opposite directions (r = {r:.2f})."
            yield Finding("siblings", pair, r, low, "opposed", said)
        else:
            said = f"{first} and {second} correlate at {r:.2f}."
            yield Finding("siblings", pair, r, high, "ok", said)


def parent_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield how each node goes with its parent, and whether another branch fits it better."""
    least, tree = limits["parent"], result.framework
    pairs = [(code, tree.parent(code)) for code in tree.codes[1:]]
    found = correlations(result.scores, kind="pearson", pairs=pairs)["correlation"].tolist()
    for (code, parent), r in zip(pairs, found, strict=True):
        verdict = "ok" if r >= least else "weak"
        said = f"{code} goes with its parent {parent} at r = {r:.2f}"
        said += "." if verdict == "ok" else f", below {least:.2f}."
        yield Finding("child and parent", code, r, least, verdict, said)


def branch_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield the statistical coherence of each node's children."""
    for node in result.framework.inner:
        table = result.scores[list(result.framework.children(node))]
        if table.shape[1] < 2:  # noqa: PLR2004 - a pair is needed
            continue
        alpha = cronbach_alpha(table)[0]
        yield _least("alpha", node, alpha, limits["alpha"], "Cronbach's alpha of {}'s children")
        yield _least("kmo", node, sampling_adequacy(table), limits["kmo"], "KMO of {}'s children")
        p_value = sphericity(table)[2]
        correlated = p_value <= limits["bartlett"]
        said = f"The children of {node} are {'' if correlated else 'not clearly '}correlated."
        verdict = _verdict(p_value, correlated)
        yield Finding("bartlett", node, p_value, limits["bartlett"], verdict, said)
        yield from _component_findings(node, table, limits)
        for code, other in alpha_if_deleted(table).items():
            if other > alpha:
                said = f"Without {code} the alpha of {node} rises from {alpha:.2f} to {other:.2f}."
                yield Finding("alpha if deleted", str(code), float(other), alpha, "better", said)


def _component_findings(
    node: str, table: pd.DataFrame, limits: Mapping[str, float]
) -> Iterator[Finding]:
    eigenvalues, _ = components(table)
    if eigenvalues.empty:
        return
    share = float(eigenvalues["share"].iloc[0])
    said = "Share of the first component in the variance of {}'s children"
    yield _least("first component", node, share, limits["first_component"], said)
    large = int((eigenvalues["eigenvalue"] > 1.0).sum())
    verdict = "ok" if large <= 1 else "several"
    said = f"The children of {node} have {large} components with an eigenvalue above 1."
    yield Finding("components above 1", node, float(large), 1.0, verdict, said)


def importance_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield importance against weight, and leaves the index does not hear."""
    tree = result.framework
    found = importance(result.scores, tree, codes=tree.codes[1:])
    shares, weights = found["covariance_share"].tolist(), found["effective_weight"].tolist()
    for code, share, weight in zip(tree.codes[1:], shares, weights, strict=True):
        ratio = share / weight if weight > 0 else np.nan
        fair = 1.0 / limits["importance"] <= ratio <= limits["importance"]
        said = f"{code} has {weight:.1%} of the weight and {share:.1%} of the variance."
        verdict = _verdict(ratio, fair)
        yield Finding("importance", str(code), ratio, limits["importance"], verdict, said)
    for code, r2 in zip(tree.codes[1:], found["r2"].tolist(), strict=True):
        if code not in tree.leaves:
            continue
        heard = r2 >= limits["silent"]
        said = f"The index explains {r2:.1%} of the variance of {code}."
        verdict = "ok" if heard else "silent"
        yield Finding("silent", code, r2, limits["silent"], verdict, said)


def compensation_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield what units gain because good scores make up for bad ones at the top."""
    tree = result.framework
    children = [result.scores[code].to_numpy(float) for code in tree.children(tree.root)]
    if any((child <= 0).any() for child in children):
        return
    weights = [np.array(tree.weights[code]) for code in tree.children(tree.root)]
    mean = aggregate.arithmetic(children, weights)
    gain = mean - aggregate.geometric(children, weights)
    size = float(np.nanmax(mean))
    most = limits["compensation"] * size
    for unit, value in zip(result.scores.index, gain, strict=True):
        verdict = "ok" if not value > most else "unbalanced"
        said = f"{unit} gains {value:.2f} because its strong sides make up for its weak ones."
        yield Finding("compensation", str(unit), float(value), most, verdict, said)


def order_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield ties and narrow gaps between neighbours, and how many pairs are beyond doubt."""
    tree = result.framework
    scores = result.scores[tree.root].dropna().sort_values(ascending=False, kind="stable")
    least = limits["gap"]
    values = scores.to_numpy(float)
    for place in range(len(values) - 1):
        gap = float(values[place] - values[place + 1])
        first, second = scores.index[place], scores.index[place + 1]
        verdict = "ok" if gap >= least else "close"
        said = f"{first} leads {second} by {gap:.4g}."
        yield Finding("gap to the next", str(first), gap, least, verdict, said)
    tops = [result.scores[code].to_numpy(float) for code in tree.children(tree.root)]
    ahead = outranking(tops, [np.ones(())] * len(tops))
    pairs = float((ahead > 1.0 - 1e-12).sum())
    said = f"{pairs:.0f} pairs of units are ordered the same way by every child of the root."
    yield Finding("dominance", tree.root, pairs, 0.0, "note", said)


def removal_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield how far leaving out each node moves the ranks."""
    tree, most = result.framework, limits["removal"]
    codes = [code for code in tree.codes[1:] if len(tree.children(tree.parent(code))) > 1]
    step = result.recipe.step("aggregate")
    if step.parameters["overrides"]:
        return
    variants = without_each(
        result.stages[list(result.stages)[-1]],
        tree,
        codes=codes,
        method=step.method,
        min_coverage=step.parameters["min_coverage"],
    )
    last = result.recipe.step("rank")
    for code, change in mean_rank_changes(variants, ties=last.method, **last.parameters).items():
        if code == "nominal":
            continue
        verdict = "ok" if change <= most else "decisive"
        said = f"Without {code} a unit moves by {change:.2f} places on average."
        yield Finding("left out", str(code), float(change), most, verdict, said)


def doubt_checks(result: Result, limits: Mapping[str, float]) -> Iterator[Finding]:
    """Yield units whose rank is much better with the weights that suit them best."""
    tree = result.framework
    tops = result.scores[list(tree.children(tree.root))].dropna()
    if (tops < 0).any().any() or tops.empty:
        return
    score, _, _ = aggregate.benefit_of_the_doubt(tops, lower=0.0, upper=1.0)
    last = result.recipe.step("rank")
    best = ranks(score.to_frame(), ties=last.method, **last.parameters)["score"].to_numpy(float)
    own = result.ranks.loc[tops.index, tree.root].to_numpy(float)
    most = limits["doubt"] * len(tops)
    for unit, before, after in zip(tops.index, own, best, strict=True):
        gain = float(before - after)
        verdict = "ok" if gain <= most else "depends on weights"
        said = f"{unit} is {before:.0f}., and {after:.0f}. with the weights that suit it best."
        yield Finding("benefit of the doubt", str(unit), gain, most, verdict, said)


def _least(check: str, node: str, value: float, least: float, what: str) -> Finding:
    verdict = _verdict(value, value >= least)
    relation = "at least" if value >= least else "below"
    said = f"{what.format(node)}: {value:.2f}, {relation} {least:.2f}."
    if np.isnan(value):
        said = f"{what.format(node)}: not defined."
    return Finding(check, node, value, least, verdict, said)


def _verdict(value: float, fine: bool) -> str:  # noqa: FBT001 - the outcome of a comparison
    if np.isnan(value):
        return "undefined"
    return "ok" if fine else "doubtful"


CHECKS: Final[dict[str, Callable[[Result, Mapping[str, float]], Iterator[Finding]]]] = {
    "coverage": coverage_checks,
    "origin": origin_checks,
    "treatment": treatment_checks,
    "siblings": sibling_checks,
    "parents": parent_checks,
    "branches": branch_checks,
    "importance": importance_checks,
    "compensation": compensation_checks,
    "order": order_checks,
    "removal": removal_checks,
    "doubt": doubt_checks,
}
"""Checks of an audit by name."""
