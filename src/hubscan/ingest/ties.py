"""Ties between places, where the input itself has no documents to tell them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.errors import InputError
from hubscan.ingest.declared import declared_columns
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from hubscan.ingest.inputs import Ties

_NEEDED: Final = {
    "ties": ("a", "b", "strength"),
    "located_by": ("item", "latitude", "longitude"),
    "labels": ("item", "label", "score"),
}


def place_ties(
    network: pd.DataFrame, located_by: pd.DataFrame, labels: pd.DataFrame | None, ties: Ties
) -> pd.DataFrame:
    """
    Return ties between places from a network of named items.

    Parameters
    ----------
    network
        The rows of the network file.
    located_by
        The rows of the file that tells where each item lies.
    labels
        The rows of the file that joins the network's items to the names of the places, if any.
    ties
        What the columns mean.

    Returns
    -------
    ties
        ``indicator``, ``place_a``, ``place_b``, ``strength``; items without a place are left out,
        pairs at one place too.

    Raises
    ------
    InputError
        If a column is missing, or no item has a place.
    """
    links = declared_columns(network, ties, _NEEDED["ties"], where="ties: ties")
    where = declared_columns(
        located_by, ties.located_by, _NEEDED["located_by"], where="ties: located_by"
    )
    where = where.assign(
        place=place_keys(where["latitude"].astype(float), where["longitude"].astype(float))
    )
    place_of = where.drop_duplicates("item").set_index("item")["place"]
    if labels is not None and ties.labels is not None:
        known = declared_columns(labels, ties.labels, _NEEDED["labels"], where="ties: labels")
        known = known[known["score"].astype(float) >= ties.min_score]
        place_of = known.set_index("item")["label"].map(place_of).dropna().astype("int64")
    ends = {side: links[end].map(place_of) for side, end in (("place_a", "a"), ("place_b", "b"))}
    found = pd.DataFrame(ends).assign(strength=links["strength"].astype(float)).dropna()
    if found.empty:
        msg = "ties: no item of the network has a place: the same names are needed in both files"
        raise InputError(msg)
    found = found.astype({"place_a": "int64", "place_b": "int64"})
    found = found[found["place_a"] != found["place_b"]]
    found.insert(0, "indicator", ties.indicator)
    return found.sort_values(list(found.columns), kind="stable", ignore_index=True)
