"""What the page shows of one cluster: fields, leaders, partners, economies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubscan.explorer.plain import records
from hubscan.schema import NOISE

if TYPE_CHECKING:
    import pandas as pd

    from hubscan.run_folder import RunFolder

PARTNERS: Final = 12
"""Partners of a cluster that an answer lists, by indicator."""

SUBJECTS: Final = 20
"""Subjects of a cluster that an answer lists."""

TIES: Final = 1500
"""Ties between clusters that the map draws, the strongest first."""

_LEADERS: Final = {"top_applicants": "applicant", "top_organisations": "organisation"}


def cluster_profile(folder: RunFolder, cluster: int) -> dict[str, Any]:
    """
    Return what one cluster is made of and with whom it works.

    Parameters
    ----------
    folder
        The run folder.
    cluster
        Its id in the run.

    Returns
    -------
    profile
        As the API's ``Profile``; ``missing`` says what is not known and what makes it.
    """
    missing: list[str] = []

    def rows_of(name: str) -> pd.DataFrame | None:
        table = folder.optional(name)
        if table is None:
            missing.append(folder.missing(name))
            return None
        return table[table["cluster"] == cluster]

    leaders = {
        name: [
            {"name": row[kind], "count": row["count"], "share": row["share"]}
            for row in _rows(rows_of(f"profiles/{name}"))
        ]
        for name, kind in _LEADERS.items()
    }
    return {
        "id": cluster,
        "fields": _rows(rows_of("profiles/field_profile"), drop=("cluster",)),
        "subjects": _subjects(rows_of("profiles/subject_profile")),
        **leaders,
        "collaboration": _rows(rows_of("profiles/collaboration"), drop=("cluster",)),
        "partner_economies": _front(rows_of("profiles/links_by_economy")),
        "partners": _front(rows_of("profiles/cluster_links")),
        "economies": _rows(rows_of("economies"), drop=("cluster",)),
        "years": _rows(rows_of("profiles/yearly_counts"), drop=("cluster",)),
        "missing": missing,
    }


def ties(folder: RunFolder) -> dict[str, Any]:
    """
    Return the strongest ties between clusters, all indicators together.

    Parameters
    ----------
    folder
        The run folder.

    Returns
    -------
    ties
        ``ties``: [a, b, documents], the strongest first; ``missing``: a sentence, or null.
    """
    table = folder.optional("profiles/network")
    if table is None:
        return {"ties": [], "missing": folder.missing("profiles/network")}
    between = table[(table["a"] != NOISE) & (table["b"] != NOISE)]
    sums = between.groupby(["a", "b"], as_index=False).agg(links=("links", "sum"))
    order = sums.sort_values(["links", "a", "b"], ascending=[False, True, True]).head(TIES)
    return {"ties": order[["a", "b", "links"]].to_numpy().tolist(), "missing": None}


def _rows(table: pd.DataFrame | None, drop: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return [] if table is None else records(table.drop(columns=[n for n in drop if n in table]))


def _subjects(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    if table is None:
        return []
    order = table.sort_values(["share", "subject"], ascending=[False, True])
    return _rows(order.head(SUBJECTS), drop=("cluster",))


def _front(table: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the first rows of each indicator, which are the strongest."""
    if table is None:
        return []
    return _rows(table.groupby("indicator", sort=False).head(PARTNERS), drop=("cluster",))
