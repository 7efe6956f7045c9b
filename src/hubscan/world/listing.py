"""Rows of one indicator and year: the sites of all addresses, documents in random order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.draws import drawn, systematic
from hubscan.world.teams import team_size

if TYPE_CHECKING:
    from numpy.random import Generator
    from numpy.typing import NDArray

    from hubscan.world.documents import Habits, Teams

    Whole = NDArray[np.int64]

COUNTED: Final = 0
"""A document that counts."""

EXTRA: Final = 1
"""A document that the method sets aside (of another type, or outside science and technology)."""

LOST: Final = 2
"""A document without any address that can be located."""

CROWD: Final = 12
"""Addresses from which a team spreads over more sites."""


@dataclass(frozen=True)
class Listing:
    """Documents and the rows of their addresses, in the order of the documents."""

    home: Whole
    """Node of each document."""
    kind: Whole
    """``COUNTED``, ``EXTRA`` or ``LOST``, by document."""
    main: Whole
    """Main site of each document; for lost ones only its country means anything."""
    listed: Whole
    """Addresses of each document."""
    site: Whole
    """Site of each row; -1 where it cannot be located."""

    @property
    def document(self) -> Whole:
        """Position of the document of each row."""
        return np.repeat(np.arange(len(self.listed)), self.listed)

    @property
    def sequence(self) -> Whole:
        """Position of each row in its document, from 1."""
        first = np.cumsum(self.listed) - self.listed
        return np.arange(len(self.site)) - np.repeat(first, self.listed) + 1


def listing(habits: Habits, made: Teams, *, extra: int, lost: Whole, rng: Generator) -> Listing:
    """
    Return the rows of documents, with documents that do not count mixed in.

    Parameters
    ----------
    habits
        What the draws are made from.
    made
        Documents that count.
    extra
        Number of documents to add that the method sets aside.
    lost
        Main site of each document to add that cannot be located.
    rng
        Generator.

    Returns
    -------
    listing
        In random order.

    Examples
    --------
    >>> from hubscan.world.documents import Habits, teams
    >>> from hubscan.world.draws import generator
    >>> habits = Habits(
    ...     np.array([0.5, 1.0]), 0.5, 0.7, np.zeros(1), np.array([1.0]), np.array([1.0]), 1
    ... )
    >>> made, _ = teams(habits, np.array([4]), np.zeros(1), rng=generator(1))
    >>> rows = listing(habits, made, extra=1, lost=np.array([0]), rng=generator(2))
    >>> sorted(rows.kind.tolist()), len(rows.site) == rows.listed.sum()
    ([0, 0, 0, 0, 1, 2], np.True_)
    """
    main = _main_sites(habits, made, rng)
    count = len(made.home)
    source = np.concatenate((np.arange(count), rng.integers(0, count, extra) if extra else []))
    source = source.astype(np.int64)
    kind = np.repeat([COUNTED, EXTRA, LOST], [count, extra, len(lost)])
    home = np.concatenate((made.home[source], np.full(len(lost), -1)))
    listed = np.concatenate((made.listed[source], _lost_sizes(habits, len(lost), rng)))
    main = np.concatenate((main[source], lost))
    source = np.concatenate((source, np.full(len(lost), -1)))
    order = rng.permutation(len(kind))
    source, main, listed = source[order], main[order], listed[order]
    site = _row_sites(habits, made, source, np.where(source < 0, -1, main), listed, rng)
    return Listing(home[order], kind[order], main, listed, site)


def _lost_sizes(habits: Habits, count: int, rng: Generator) -> Whole:
    """Return the team sizes of lost documents."""
    return team_size(habits.sizes, rng.random(count))


def _main_sites(habits: Habits, made: Teams, rng: Generator) -> Whole:
    """Return the main site of each document, evenly over the sites of its home node."""
    order = np.argsort(made.home, kind="stable")
    at = systematic(rng, np.bincount(made.home, minlength=habits.nodes))
    main = np.empty(len(order), np.int64)
    main[order] = drawn(habits.sites, made.home[order], at)
    return main


def _row_sites(
    habits: Habits,
    made: Teams,
    source: Whole,
    main: Whole,
    listed: Whole,
    rng: Generator,
) -> Whole:
    """Return the site of every row."""
    document = np.repeat(np.arange(len(listed)), listed)
    member = np.arange(len(document)) - np.repeat(np.cumsum(listed) - listed, listed)
    at_home = np.where(source < 0, listed, (made.listed - made.away)[source])
    site = main[document]
    outside = np.flatnonzero(member >= at_home[document])
    site[outside] = _partner_sites(habits, made, source[document[outside]],
                                   (member - at_home[document])[outside], rng)  # fmt: skip
    team = rng.random(len(document))
    apart = team >= np.where(listed > CROWD, 0.5, 1.0)[document] * habits.together
    apart &= (member < at_home[document]) & (source[document] >= 0)
    rows = np.flatnonzero(apart)
    site[rows] = drawn(habits.sites, made.home[source[document[rows]]], rng.random(len(rows)))
    missing = np.where(source < 0, 0, made.missing[source])
    site[(member == at_home[document] - 1) & (missing > 0)[document]] = -1
    return site


def _partner_sites(
    habits: Habits, made: Teams, source: Whole, member: Whole, rng: Generator
) -> Whole:
    """Return the sites of rows of partners: one site a group."""
    group_site = drawn(habits.sites, made.group_node, rng.random(len(made.group_node)))
    group = made.first_group[source] + member * made.groups[source] // made.away[source]
    return np.asarray(group_site[group])
