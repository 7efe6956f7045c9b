"""Relative activity: how much more of a unit's researchers (papers, patents) are in a field."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from hubscan.index.indicators.estimate import (
    ESTIMATES,
    Floats,
    checked,
    choice,
    standard_errors,
)

ASSIGNMENTS: Final = ("fractional", "modal")
"""How a researcher belongs to fields: by shares of documents, or to the most frequent alone."""


def researcher_fields(
    authorships: pd.DataFrame, fields: pd.DataFrame, *, assignment: str
) -> pd.DataFrame:
    """
    Return the fields of each researcher, in shares of the documents.

    Parameters
    ----------
    authorships
        Columns ``author, document``, the documents of the window.
    fields
        Columns ``document, field``; a document of k fields counts 1/k in each.
    assignment
        ``fractional``: by shares; ``modal``: to the field with the greatest share (of equal ones
        the first by name).

    Returns
    -------
    shares
        Columns ``observation`` (the author)``, field, share``; the shares of an author sum to 1.

    Examples
    --------
    >>> rows = pd.DataFrame({"author": 1, "document": [1, 2]})
    >>> fields = pd.DataFrame({"document": [1, 2, 2], "field": ["a", "a", "b"]})
    >>> researcher_fields(rows, fields, assignment="fractional")["share"].tolist()
    [0.75, 0.25]
    """
    choice(assignment, ASSIGNMENTS, what="assignment")
    checked(authorships, ["author", "document"], name="authorships")
    topics = checked(fields, ["document", "field"], name="fields")
    topics = topics[["document", "field"]].drop_duplicates()
    topics = topics.assign(part=1.0 / topics.groupby("document")["field"].transform("size"))
    rows = authorships[["author", "document"]].drop_duplicates().merge(topics, on="document")
    rows = rows.sort_values(["author", "field", "document"])
    sums = rows.groupby(["author", "field"])["part"].sum().rename("share").reset_index()
    if assignment == "modal":
        order = sums.assign(share=sums["share"].round(12)).sort_values(
            ["author", "share", "field"], ascending=[True, False, True]
        )
        sums = order.drop_duplicates("author").assign(share=1.0)
    whole = sums.groupby("author")["share"].transform("sum")
    table = sums.assign(share=sums["share"] / whole).rename(columns={"author": "observation"})
    return table.reset_index(drop=True)


def document_fields(fields: pd.DataFrame) -> pd.DataFrame:
    """
    Return the fields of each document in equal shares, for the relative activity of documents.

    Parameters
    ----------
    fields
        Columns ``document, field``.

    Returns
    -------
    shares
        Columns ``observation`` (the document)``, field, share``.

    Examples
    --------
    >>> document_fields(pd.DataFrame({"document": [1, 1], "field": ["a", "b"]}))["share"].tolist()
    [0.5, 0.5]
    """
    distinct = checked(fields, ["document", "field"], name="fields")[["document", "field"]]
    distinct = distinct.drop_duplicates().sort_values(["document", "field"], ignore_index=True)
    share = 1.0 / distinct.groupby("document")["field"].transform("size")
    return distinct.rename(columns={"document": "observation"}).assign(share=share)


def relative_activity(
    members: pd.DataFrame, shares: pd.DataFrame, *, replicates: int, seed: int
) -> pd.DataFrame:
    r"""
    Return the relative activity index of every unit and field.

    :math:`RAI = (n_{cf} / n_c) / (N_f / N)`: the field's share in the unit over its share in the
    world. The world is all observations that have fields, in a unit or not.

    Parameters
    ----------
    members
        Columns ``observation, unit, weight``: the researchers (or documents) of each unit.
    shares
        Columns ``observation, field, share`` of the world (:func:`researcher_fields`,
        :func:`document_fields`).
    replicates, seed
        Of the bootstrap over observations; the world is drawn with the units.

    Returns
    -------
    activity
        Columns :data:`hubscan.index.indicators.estimate.ESTIMATES` after a second key ``field``,
        and ``share, world_share``; numerator = n_cf, denominator = n_c, n = observations of the
        unit. Every unit has a row for every field of the world.

    Examples
    --------
    >>> members = pd.DataFrame({"observation": [1, 2], "unit": "Oslo", "weight": 1.0})
    >>> shares = pd.DataFrame({"observation": [1, 2, 3, 4], "field": ["a", "b", "b", "b"],
    ...                        "share": 1.0})
    >>> relative_activity(members, shares, replicates=0, seed=1)[["field", "value"]].round(3)
      field  value
    0     a  2.000
    1     b  0.667
    """  # fmt: skip
    checked(members, ["observation", "unit", "weight"], name="members")
    checked(shares, ["observation", "field", "share"], name="shares")
    world = shares.sort_values(["observation", "field"])
    inside = members[members["unit"].notna()].merge(world, on="observation")
    inside = inside.sort_values(["unit", "field", "observation"])
    fields, field_names = pd.factorize(world["field"], sort=True)
    people, distinct = pd.factorize(world["observation"], sort=True)
    units, unit_names = pd.factorize(inside["unit"], sort=True)
    shape = len(unit_names), len(field_names)
    cells = units * shape[1] + pd.Index(field_names).get_indexer(inside["field"])
    members_of = pd.Index(distinct).get_indexer(inside["observation"])
    mass = (inside["weight"] * inside["share"]).to_numpy(float)

    def counts(times: Floats) -> tuple[Floats, Floats]:
        here = np.bincount(cells, weights=mass * times[members_of], minlength=shape[0] * shape[1])
        drawn = world["share"].to_numpy(float) * times[people]
        world_counts = np.bincount(fields, weights=drawn, minlength=shape[1])
        return here.reshape(shape).astype(float), world_counts.astype(float)

    here, everywhere = counts(np.ones(len(distinct)))
    spread = standard_errors(
        lambda times: _activity(*counts(times)).ravel(),
        len(distinct), replicates=replicates, seed=seed,
    )  # fmt: skip
    observations = inside.groupby("unit")["observation"].nunique().reindex(unit_names)
    table = pd.DataFrame(
        {
            "unit": np.repeat(unit_names, shape[1]),
            "field": np.tile(field_names, shape[0]),
            "value": _activity(here, everywhere).ravel(),
            "numerator": here.ravel(),
            "denominator": np.repeat(here.sum(axis=1), shape[1]),
            "n": np.repeat(observations.to_numpy(int), shape[1]),
            "se": np.nan if spread is None else spread,
            "flags": "",
        }
    )
    world_share = np.tile(everywhere / everywhere.sum(), shape[0])
    share = table["numerator"] / table["denominator"]
    columns = [ESTIMATES[0], "field", *ESTIMATES[1:], "share", "world_share"]
    return table.assign(share=share, world_share=world_share)[columns]


def _activity(here: Floats, everywhere: Floats) -> Floats:
    """Return the relative activity from counts by unit and field, and by field; NaN for 0 / 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        local = here / here.sum(axis=1, keepdims=True)
        index = local / (everywhere / everywhere.sum())
    return np.where(np.isfinite(index), index, np.nan)


def top_fields(activity: pd.DataFrame, *, fields: int) -> pd.DataFrame:
    """
    Return the fields with most researchers of each unit, with their relative activity.

    Parameters
    ----------
    activity
        As :func:`relative_activity` returns it.
    fields
        How many of each unit (5 in the SET Index 2024).

    Returns
    -------
    top
        The rows of ``activity`` with the greatest numerators, and ``place`` from 1; equal ones in
        the order of the fields.

    Examples
    --------
    >>> activity = pd.DataFrame({"unit": "Oslo", "field": ["a", "b"], "numerator": [1.0, 3.0]})
    >>> top_fields(activity, fields=1)["field"].tolist()
    ['b']
    """
    checked(activity, ["unit", "field", "numerator"], name="activity")
    order = activity.sort_values(
        ["unit", "numerator", "field"], ascending=[True, False, True], kind="stable"
    )
    top = order[order["numerator"] > 0].groupby("unit").head(fields).reset_index(drop=True)
    return top.assign(place=top.groupby("unit").cumcount() + 1)
