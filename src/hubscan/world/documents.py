"""Documents of one indicator and year: their teams, where the members are, and whom they join."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.draws import drawn, stratified
from hubscan.world.teams import team_size

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    Whole = NDArray[np.int64]
    Real = NDArray[np.float64]


CROWD: Final = 30
"""Addresses above which a team always has partners elsewhere, many of them."""

PAIR: Final = 2
"""Addresses at home from which one may be missing."""


@dataclass(frozen=True)
class Habits:
    """How documents of an indicator come about: what their draws are made from."""

    sizes: Real
    """Cumulated distribution of team sizes."""
    joint: float
    """Part of the documents with at least two addresses that have partners elsewhere."""
    together: float
    """Part of a team's addresses at its own node that are at its own site."""
    missing: Real
    """By node, part of the documents of two addresses at home with one that is not located."""
    sites: Real
    """Cumulated shares of sites, by node."""
    flows: Real
    """Cumulated flows from each node to all."""
    nodes: int
    """Number of nodes."""


@dataclass(frozen=True)
class Teams:
    """Documents, one element each; partners elsewhere are in ``groups`` that follow one another."""

    home: Whole
    """Node the document begins at."""
    listed: Whole
    """Addresses."""
    away: Whole
    """Of those, addresses with partners elsewhere."""
    missing: Whole
    """Of those at home, addresses that cannot be located."""
    groups: Whole
    """Groups of partners."""
    first_group: Whole
    """Position of the first of them."""
    group_node: Whole
    """Node of each group."""

    @property
    def located(self) -> Whole:
        """Addresses that can be located."""
        return self.listed - self.missing


def teams(habits: Habits, counts: Whole, carried: Real, *, rng: Generator) -> tuple[Teams, Real]:
    """
    Return documents whose fractional counts by node are those wanted.

    Partners are drawn along balanced flows; what chance adds to a node or takes from it is then
    made up by moving whole documents, and the rest, less than a document, is carried over.

    Parameters
    ----------
    habits
        What the draws are made from.
    counts
        Documents wanted at each node.
    carried
        What earlier years left above (positive) or below what was wanted.
    rng
        Generator.

    Returns
    -------
    teams
        Documents.
    carried
        What is left above or below.

    Examples
    --------
    >>> from hubscan.world.draws import cumulated, generator
    >>> habits = Habits(
    ...     np.array([0.5, 1.0]),
    ...     0.5,
    ...     0.7,
    ...     np.zeros(2),
    ...     np.array([1.0, 2.0]),
    ...     cumulated([0.1, 0.9, 0.9, 0.1], np.array([0, 0, 1, 1])),
    ...     2,
    ... )
    >>> made, left = teams(habits, np.array([30, 20]), np.zeros(2), rng=generator(1))
    >>> fractional_counts(made, 2).round().tolist(), bool(np.abs(left).max() < 1.0)
    ([30.0, 20.0], True)
    """
    home = np.repeat(np.arange(habits.nodes), counts)
    listed = team_size(habits.sizes, stratified(rng, counts))
    away = _away(habits, listed, stratified(rng, counts))
    groups = np.where(away > 0, 1 + (away - 1) * 2 // 5, 0)
    first_group = np.cumsum(groups) - groups
    group_home = np.repeat(home, groups)
    at = stratified(rng, np.bincount(group_home, minlength=habits.nodes))
    group_node = drawn(habits.flows, group_home, at) % habits.nodes
    missing = ((listed - away >= PAIR) & (rng.random(len(home)) < habits.missing[home])).astype(
        np.int64
    )
    made = Teams(home, listed, away, missing, groups, first_group, group_node)
    excess = fractional_counts(made, habits.nodes) - counts + carried
    made = _evened(made, _whole(excess))
    return made, fractional_counts(made, habits.nodes) - counts + carried


def _away(habits: Habits, listed: Whole, uniforms: Real) -> Whole:
    """Return how many addresses of each team are elsewhere: large teams always have some."""
    joint = np.where(listed > CROWD, 1.0, np.where(listed > 1, habits.joint, 0.0))
    part = np.where(uniforms < joint, uniforms / np.maximum(joint, 1e-9), -1.0)
    spread = np.where(listed > CROWD, 0.4 + 0.5 * part, 0.85 * part)
    most = np.maximum(listed - 1, 1)
    away = 1 + np.floor(spread * (most - 1) + 0.5).astype(np.int64)
    return np.where(part >= 0.0, np.minimum(away, most), 0)


def group_sizes(made: Teams) -> tuple[Whole, Whole]:
    """
    Return the document and the number of addresses of each group of partners.

    Parameters
    ----------
    made
        Documents.

    Returns
    -------
    document
        Position of the document.
    addresses
        Addresses in the group, at least 1.

    Examples
    --------
    >>> one = np.array([0])
    >>> made = Teams(one, one + 7, one + 5, one, one + 2, one, np.array([1, 2]))
    >>> [x.tolist() for x in group_sizes(made)]
    [[0, 0], [3, 2]]
    """
    document = np.repeat(np.arange(len(made.home)), made.groups)
    away, groups = made.away[document], made.groups[document]
    member = np.arange(len(document)) - made.first_group[document]
    start = -(-member * away // groups)
    end = -(-(member + 1) * away // groups)
    return document, end - start


def fractional_counts(made: Teams, nodes: int) -> Real:
    """
    Return the fractional counts of documents by node, over the addresses that can be located.

    Parameters
    ----------
    made
        Documents, their groups in the order of the documents.
    nodes
        Number of nodes.

    Returns
    -------
    counts
        Adding up to the number of documents.

    Examples
    --------
    >>> one = np.array([0])
    >>> made = Teams(one, one + 4, one + 1, one, one + 1, one, np.array([1]))
    >>> fractional_counts(made, 2)
    array([0.75, 0.25])
    """
    at_home = (made.listed - made.away - made.missing) / made.located
    document, addresses = group_sizes(made)
    away = addresses / made.located[document]
    home = np.bincount(made.home, at_home, nodes)
    return np.asarray(home + np.bincount(made.group_node, away, nodes))


def _whole(excess: Real) -> Whole:
    """Return an excess that adds up to nothing in whole numbers that do so too."""
    down = np.floor(excess).astype(np.int64)
    order = np.argsort(down - excess, kind="stable")
    down[order[: -int(down.sum())]] += 1
    return down


def _evened(made: Teams, excess: Whole) -> Teams:
    """Return documents after moving whole ones, without partners, from nodes with too many."""
    free = np.flatnonzero((made.away == 0) & (made.missing == 0))
    available = np.bincount(made.home[free], minlength=len(excess))
    give = np.minimum(np.maximum(excess, 0), available)
    first = np.cumsum(available) - available
    giving = (
        np.repeat(first, give) + np.arange(give.sum()) - np.repeat(np.cumsum(give) - give, give)
    )
    taking = np.repeat(np.arange(len(excess)), np.maximum(-excess, 0))
    moved = min(len(giving), len(taking))
    home = made.home.copy()
    home[free[giving[:moved]]] = taking[:moved]
    return replace(made, home=home)
