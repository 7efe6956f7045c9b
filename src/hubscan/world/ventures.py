"""Venture deals: whole, at the company's city, in the published number of each cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.world.calendar import YEARS
from hubscan.world.draws import cumulated, drawn, generator, stratified
from hubscan.world.tables import STREAMS, labelled, site_names
from hubscan.world.texts import text_column

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.random import Generator
    from numpy.typing import NDArray

    from hubscan.world.model import World

TYPES: Final = ("seed", "early stage", "later stage", "venture growth", "accelerator", "debt")
"""Types of deals; the last two do not count."""

MIX: Final = (0.38, 0.35, 0.2, 0.07)
"""Parts of the types that count."""

SET_ASIDE: Final = (0.08, 0.05)
"""Accelerator and debt deals on top of those that count, as parts of them."""


def deal_table(world: World) -> pa.Table:
    """
    Return all deals.

    Parameters
    ----------
    world
        The world.

    Returns
    -------
    deals
        By ``document_id``: ``year``, ``city``, ``region``, ``country`` of the company,
        ``deal_type``.
    """
    rng = generator(world.seed, STREAMS["deals"])
    table = cumulated(world.sites["deals"], world.sites["node"].to_numpy())
    chunks = [_year(world, i, table, rng) for i in range(len(YEARS["deals"]))]
    site, lost, kind = (np.concatenate(part) for part in zip(*chunks, strict=True))
    year = np.repeat(YEARS["deals"], [len(chunk[0]) for chunk in chunks])
    names = site_names(world)
    return labelled({
        "document_id": np.arange(1, len(site) + 1),
        "year": year.astype(np.int16),
        "city": names.column("city", site, lost),
        "region": names.column("region", site, lost),
        "country": names.column("country", site, None),
        "deal_type": text_column(kind.astype(np.int64), TYPES),
    })  # fmt: skip


def _year(
    world: World, i: int, table: NDArray[np.float64], rng: Generator
) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int8]]:
    """Return site, whether it is lost, and type of the deals of a year, in random order."""
    counts = world.counts["deals"][:, i]
    node = np.repeat(np.arange(len(counts)), counts)
    site = drawn(table, node, stratified(rng, counts))
    kind = rng.choice(len(MIX), len(site), p=MIX)
    missing = int(world.lost["deals"][i])
    added = [site[rng.integers(0, len(site), missing)]]
    added_kind = [rng.choice(len(MIX), missing, p=MIX)]
    for step, part in enumerate(SET_ASIDE):
        number = round(part * len(site))
        added.append(site[rng.integers(0, len(site), number)])
        added_kind.append(np.full(number, len(MIX) + step))
    sites, kinds = np.concatenate((site, *added)), np.concatenate((kind, *added_kind))
    lost = np.zeros(len(sites), bool)
    lost[len(site) : len(site) + missing] = True
    order = rng.permutation(len(sites))
    return sites[order], lost[order], kinds[order].astype(np.int8)
