"""The network of clusters as a VOSviewer file, laid out as on the map of the world."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from hubscan.report.plane import world_plane
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Mapping

_DECIMALS: Final = 4
_PERCENT: Final = 100.0
_TERMS: Final = {
    "item": "cluster",
    "items": "clusters",
    "link": "tie",
    "links": "ties",
    "link_strength": "joint documents",
    "total_link_strength": "total of joint documents",
}
_DESCRIPTION: Final = (
    "Clusters lie where they are on the ground; colours are their home economies; ties are "
    "documents with addresses in both clusters."
)


def network_text(ranking: pd.DataFrame, network: pd.DataFrame, *, about: Mapping[str, str]) -> str:
    """
    Return the network of clusters in VOSviewer's JSON format.

    Parameters
    ----------
    ranking
        ``cluster``, ``name``, ``latitude``, ``longitude`` (degrees), ``total_share`` (a fraction),
        ``home_economy``, and ``count_m`` of each indicator *m*.
    network
        ``indicator``, ``a``, ``b``, ``links``: from the profiles. Ties of all indicators are added
        up; ties with places outside clusters are left out.
    about
        Edition, inputs, attribution and the like; kept in the description.

    Returns
    -------
    text
        Items by rank, links by pair of numbers.

    Examples
    --------
    >>> ranking = {"cluster": [7, 9], "name": ["Oslo", "Bergen"], "latitude": [59.9, 60.4]}
    >>> ranking |= {"longitude": [10.8, 5.3], "total_share": [0.02, 0.01]}
    >>> ranking |= {"home_economy": ["NO", "NO"], "count_deals": [4.0, 2.0]}
    >>> ties = pd.DataFrame({"indicator": ["patents"], "a": [7], "b": [9], "links": [3]})
    >>> content = json.loads(network_text(pd.DataFrame(ranking), ties, about={}))
    >>> content["network"]["links"]
    [{'source_id': 7, 'target_id': 9, 'strength': 3}]
    """
    within = network[(network["a"] != NOISE) & (network["b"] != NOISE)]
    links = within.groupby(["a", "b"], as_index=False, sort=True).agg(links=("links", "sum"))
    content = {
        "network": {"items": _items(ranking, links), "links": _links(links)},
        "config": {"terminology": _TERMS, "parameters": {"item_size": 1, "max_n_links": 500}},
        "info": {
            "title": about.get("edition", "Innovation clusters"),
            "description": "<br>".join([_DESCRIPTION, *(_line(k, v) for k, v in about.items())]),
        },
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text + "\n"


def _items(ranking: pd.DataFrame, links: pd.DataFrame) -> list[dict[str, Any]]:
    plane = world_plane()
    metres = plane.points(ranking["latitude"].to_numpy(), ranking["longitude"].to_numpy())
    spots = np.nan_to_num(metres / plane.bounds[2]).round(_DECIMALS)
    homes = ranking["home_economy"].astype(object)
    groups = pd.factorize(homes.where(homes.notna(), ""))[0]
    ends = pd.concat([links["a"], links["b"]])
    both = pd.concat([links["links"], links["links"]])
    number, strength = ends.value_counts(), both.groupby(ends).sum()
    counts = [n for n in ranking if str(n).startswith("count_") and ranking[n].notna().all()]
    items = []
    for row, (x, y), group in zip(ranking.to_dict("records"), spots.tolist(), groups, strict=True):
        cluster = int(row["cluster"])
        weights = {
            "Ties": int(number.get(cluster, 0)),
            "Joint documents": int(strength.get(cluster, 0)),
            "Total share, %": round(_PERCENT * float(row["total_share"]), _DECIMALS),
        }
        weights |= {
            str(n).removeprefix("count_").capitalize(): round(float(row[n]), 2) for n in counts
        }
        items.append(
            {"id": cluster, "label": str(row["name"]), "x": x, "y": y, "cluster": int(group) + 1}
            | {"weights": weights}
        )
    return items


def _links(links: pd.DataFrame) -> list[dict[str, int]]:
    rows = zip(links["a"].tolist(), links["b"].tolist(), links["links"].tolist(), strict=True)
    return [{"source_id": int(a), "target_id": int(b), "strength": int(n)} for a, b, n in rows]


def _line(key: str, value: str) -> str:
    """Return one line of the description, which VOSviewer shows as HTML."""
    return f"{escape(key)}: {escape(str(value))}"
