"""Who applies and who publishes: made-up firms and institutes, and the published leaders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from hubscan.world.draws import systematic
from hubscan.world.published import leaders, world_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.random import Generator
    from numpy.typing import NDArray


LEADING: Final = (0.1, 0.3)
"""Least and largest part of a node's patents of its published leading applicant."""

MANY: Final = 40
"""Names from which some are more common than others."""

SEATED: Final = 0.3
"""Part of the publications of its city that the leading organisation of a cluster has."""

JOINT: Final = 0.12
"""Part of the patents with a second applicant."""

_SECTORS: Final = (
    "Precision", "Semiconductor", "Biosciences", "Mobility", "Photonics", "Materials", "Robotics",
    "Networks", "Energy", "Pharma", "Instruments", "Software", "Display", "Medical", "Chemicals",
    "Sensors", "Aerospace", "Power", "Imaging", "Devices", "Automation", "Polymers", "Optics",
    "Foods", "Textiles", "Storage",
)  # fmt: skip
_GREEK: Final = ("", "Alpha", "Beta", "Gamma", "Delta", "Kappa", "Lambda", "Sigma", "Omega")
_FORMS: Final = {
    "CN": "Co., Ltd.", "JP": "K.K.", "KR": "Co., Ltd.", "TW": "Co., Ltd.", "DE": "GmbH",
    "AT": "GmbH", "CH": "AG", "FR": "SAS", "IT": "S.p.A.", "ES": "S.A.", "NL": "B.V.",
    "BE": "N.V.", "SE": "AB", "FI": "Oy", "DK": "A/S", "NO": "AS", "GB": "Ltd", "IN": "Pvt. Ltd.",
    "US": "Inc.", "CA": "Inc.", "AU": "Pty Ltd", "BR": "S.A.", "IL": "Ltd", "SG": "Pte. Ltd.",
}  # fmt: skip
_KINDS: Final = (
    "University of {}", "{} Institute of Technology", "{} University Hospital",
    "{} Medical University", "{} Academy of Sciences", "{} Technical University",
    "{} National Laboratory", "{} Research Centre", "{} General Hospital", "{} State University",
    "{} College of Engineering", "{} Cancer Centre", "{} Agricultural University",
    "{} Normal University", "{} Children's Hospital", "{} Polytechnic",
    "{} Institute of Physics", "{} Institute of Chemistry", "{} Institute of Biology",
    "{} Institute of Mathematics", "{} School of Medicine", "{} Centre for Marine Science",
    "{} Institute of Materials", "{} Eye Hospital", "{} Heart Institute", "{} Observatory",
)  # fmt: skip


@dataclass(frozen=True)
class Owners:
    """Names in groups that follow one another: of nodes (applicants) or sites (organisations)."""

    first: NDArray[np.int64]
    """Position of the first name of each group."""
    number: NDArray[np.int64]
    """Names in each group."""
    leading: NDArray[np.float64]
    """Part of the documents that the first has; 0 if none leads."""
    names: pa.Array
    """All names."""

    def drawn(self, group: NDArray[np.int64], *, at: NDArray[np.float64]) -> NDArray[np.int64]:
        """Return the position of a name of each group, by uniforms: the first by its part."""
        leading, number = self.leading[group], self.number[group]
        others = np.maximum(number - (leading > 0.0), 1)
        rest = np.maximum(at - leading, 0.0) / (1.0 - leading)
        skewed = np.where(others > MANY, rest**1.5, rest)
        picked = np.minimum((skewed * others).astype(np.int64), others - 1)
        picked = np.where(leading > 0.0, np.minimum(picked + 1, number - 1), picked)
        return self.first[group] + np.where(at < leading, 0, picked)


def applicants(nodes: pd.DataFrame, sites: pd.DataFrame) -> Owners:
    """
    Return the applicants of each node.

    Parameters
    ----------
    nodes
        ``cluster``, ``country`` and count of ``patents`` of each node.
    sites
        ``node`` and ``city``, the principal city of a node first.

    Returns
    -------
    applicants
        Groups are nodes.

    Examples
    --------
    >>> nodes = pd.DataFrame({"cluster": ["Munich"], "country": "DE", "patents": 9.0})
    >>> applicants(nodes, pd.DataFrame({"node": [0], "city": "Munich"})).names.to_pylist()[:3]
    ['BMW', 'Munich Institute of Technology', 'Munich Precision GmbH']
    """
    dominant = world_table("firms").set_index("cluster")
    known = leaders()["applicant"].to_dict() | dominant["applicant"].to_dict()
    number = np.clip(nodes["patents"].to_numpy() ** 0.6, 24, 900).astype(np.int64)
    main = sites.groupby("node")["city"].first()
    first = np.cumsum(number) - number
    names: list[str] = []
    for i, cluster in enumerate(nodes["cluster"]):
        made = _firms(str(main[i]), str(nodes["country"].iloc[i]), int(number[i]))
        names += [str(known.get(cluster, made[0])), *made[1:]]
    leads = nodes["cluster"].isin(known).to_numpy()
    usual = np.clip(1.2 * nodes["patents"].to_numpy() ** -0.25, *LEADING)
    part = nodes["cluster"].map(dominant["part"]).fillna(pd.Series(usual, nodes.index)).to_numpy()
    return Owners(first, number, np.where(leads, part, 0.0), pa.array(names))


def _firms(city: str, country: str, number: int) -> list[str]:
    """Return names of firms of a city."""
    form = _FORMS.get(country, "Ltd")
    made = [f"University of {city}", f"{city} Institute of Technology"]
    for i in range(number - 2):
        series, word = divmod(i, len(_SECTORS) * len(_GREEK))
        greek, sector = divmod(word, len(_SECTORS))
        parts = (city, _GREEK[greek], _SECTORS[sector], form, str(series + 1) if series else "")
        made.append(" ".join(filter(None, parts)))
    return made


def applicant_texts(owners: Owners, home: NDArray[np.int64], *, rng: Generator) -> pa.Array:
    """
    Return the applicants of patents, joined by semicolons.

    Parameters
    ----------
    owners
        From :func:`applicants`.
    home
        Node of each document.
    rng
        Generator.

    Returns
    -------
    texts
        One for each document.

    Examples
    --------
    >>> owners = Owners(np.array([0]), np.array([2]), np.array([0.999999]), pa.array(["A", "B"]))
    >>> set(applicant_texts(owners, np.zeros(50, int), rng=np.random.default_rng(1)).to_pylist())
    {'A'}
    """
    at = np.empty(len(home))
    at[np.argsort(home, kind="stable")] = systematic(rng, np.bincount(home))
    one, other = owners.drawn(home, at=at), owners.drawn(home, at=rng.random(len(home)))
    alone = (rng.random(len(home)) >= JOINT) | (other == one)
    second = pc.take(owners.names, pa.array(other, mask=alone))
    return pc.binary_join_element_wise(
        pc.take(owners.names, pa.array(one)), second, "; ", null_handling="skip"
    )


def organisations(nodes: pd.DataFrame, sites: pd.DataFrame, seats: Mapping[str, int]) -> Owners:
    """
    Return the organisations of each site.

    Parameters
    ----------
    nodes
        ``cluster`` and count of ``publications`` of each node.
    sites
        ``node``, ``city``, ``geonameid``, ``kind`` and share of the node's ``publications``.
    seats
        Cluster and the city where its leading organisation sits.

    Returns
    -------
    organisations
        Groups are sites.

    Examples
    --------
    >>> nodes = pd.DataFrame({"cluster": ["Munich"], "publications": 900.0})
    >>> sites = pd.DataFrame(
    ...     {"node": [0], "city": "Munich", "geonameid": 7, "kind": "core", "publications": 1.0}
    ... )
    >>> organisations(nodes, sites, {"Munich": 7}).names.to_pylist()
    ['Technical University of Munich']
    """
    at = sites["node"].to_numpy()
    documents = sites["publications"].to_numpy() * nodes["publications"].to_numpy()[at]
    number = np.clip((documents / 400.0) ** 0.6, 1, len(_KINDS)).astype(np.int64)
    names = [
        kind.format(city)
        for city, kinds in zip(sites["city"], number, strict=True)
        for kind in _KINDS[:kinds]
    ]
    first = np.cumsum(number) - number
    leading = np.zeros(len(sites))
    known = leaders()["organisation"]
    cluster = nodes["cluster"].to_numpy()[at]
    ids, kind = sites["geonameid"].to_numpy(), sites["kind"].to_numpy()
    for row in np.flatnonzero(kind == "core"):
        if seats.get(cluster[row]) == ids[row] and cluster[row] in known.index:
            names[first[row]] = str(known[cluster[row]])
            leading[row] = SEATED
    return Owners(first, number, leading, pa.array(names))
