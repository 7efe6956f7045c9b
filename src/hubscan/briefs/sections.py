"""The lists of a brief: fields, leaders, partners, economies, each as rows of text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from hubscan.briefs.wording import NOT_KNOWN, known, percent, ratio, whole
from hubscan.run_folder import indicator_label
from hubscan.schema import NOISE

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd

    from hubscan.briefs.material import Material

_LONGEST: Final = 90
_FULL: Final = 0.999
_UNNAMED: Final = "(a name in letters that no font here has)"
_LEADERS: Final = {
    "applicants": ("top_applicants", "applicant", "No applicants are known in this cluster"),
    "organisations": (
        "top_organisations",
        "organisation",
        "No organisations are known in this cluster",
    ),
}


def lists(material: Material, cluster: int, *, most: int) -> dict[str, Any]:
    """
    Return the lists of a brief.

    Parameters
    ----------
    material
        Of the run.
    cluster
        Which of its clusters.
    most
        Rows of the longest lists.

    Returns
    -------
    lists
        ``applicants``, ``organisations``, ``fields``, ``subjects``, ``partners`` and
        ``economies_table``: each ``rows`` of text, and ``none``, a sentence where there are none.
    """
    return {
        **{name: _leaders(material, cluster, name, most=most) for name in _LEADERS},
        "fields": _fields(material, cluster),
        "subjects": _subjects(material, cluster, most=max(most - 4, 3)),
        "partners": _partners(material, cluster, most=max(most - 4, 3)),
        "economies_table": _economies(material, cluster, most=max(most - 5, 3)),
    }


def shortened(text: str) -> str:
    """
    Return a text of at most ninety letters, cut between words.

    Examples
    --------
    >>> shortened("University"), len(shortened("long " * 50))
    ('University', 86)
    """
    if len(text) <= _LONGEST:
        return text
    first = text[: _LONGEST - 2]
    return f"{first.rpartition(' ')[0] or first} …"


def _listed(rows: list[Any], none: str) -> dict[str, Any]:
    return {"rows": rows, "none": "" if rows else f"{none}."}


def _leaders(material: Material, cluster: int, kind: str, *, most: int) -> dict[str, Any]:
    name, column, none = _LEADERS[kind]
    table = material.rows(f"profiles/{name}", cluster)
    rows = [
        [
            shortened(material.letters.readable(row[column], instead=_UNNAMED)),
            whole(row["count"]),
            percent(row["share"]),
        ]
        for row in _records(table.head(most))
    ]
    return _listed(rows, none)


def _fields(material: Material, cluster: int) -> dict[str, Any]:
    """Return the technology fields by sector, with how long their bars are."""
    table = material.rows("profiles/field_profile", cluster)
    shares = [float(row["share"]) for row in _records(table) if known(row["share"])]
    worlds = [float(row["world_share"]) for row in _records(table) if known(row["world_share"])]
    top = max([*shares, *worlds], default=0.0)
    if not shares or not top:
        return {"sectors": [], **_listed([], "No technology fields are known in this cluster")}
    sectors: dict[str, list[Any]] = {}
    for row in _records(table.sort_values("field")):
        shown = [
            material.letters.readable(row["name"], instead=str(row["field"])),
            percent(row["share"], decimals=1),
            _part(row["share"], top),
            _part(row["world_share"], top),
            ratio(row["specialisation"]),
            known(row["specialisation"]) and float(row["specialisation"]) > 1,
        ]
        sector = material.letters.readable(row["sector"], instead="Other")
        sectors.setdefault(sector, []).append(shown)
    content = [{"sector": name, "rows": rows} for name, rows in sectors.items()]
    return {"sectors": content, **_listed(content, "")}


def _part(value: object, top: float) -> float:
    """Return how long a bar is, of its room."""
    return min(round(float(str(value)) / top, 4), _FULL) if known(value) else 0.0


def _subjects(material: Material, cluster: int, *, most: int) -> dict[str, Any]:
    table = material.rows("profiles/subject_profile", cluster)
    if table.empty:
        return _listed([], "No subjects of publications are known in this cluster")
    order = table.sort_values(["share", "subject"], ascending=[False, True]).head(most)
    rows = [
        [
            shortened(material.letters.readable(row["subject"], instead=_UNNAMED)),
            percent(row["share"], decimals=1),
            ratio(row["specialisation"]),
        ]
        for row in _records(order)
        if known(row["share"]) and row["share"] > 0
    ]
    return _listed(rows, "No subjects of publications are known in this cluster")


def _partners(material: Material, cluster: int, *, most: int) -> dict[str, Any]:
    """Return with whom the cluster works, by indicator, and how much of it abroad."""
    table = material.rows("profiles/cluster_links", cluster)
    blocks = []
    for indicator in material.folder.indicators:
        links = table[table["indicator"] == indicator] if len(table) else table
        between = links[links["partner"] != NOISE].head(most) if len(links) else links
        rows = [
            [material.name_of(int(row["partner"])), whole(row["links"]), percent(row["share"])]
            for row in _records(between)
        ]
        if rows:
            label = indicator_label(indicator)
            blocks.append(
                {"of": label, "abroad": _abroad(material, cluster, indicator), "rows": rows}
            )
    return {"blocks": blocks, **_listed(blocks, "No ties with other clusters are known")}


def _abroad(material: Material, cluster: int, indicator: str) -> str:
    table = material.rows("profiles/collaboration", cluster)
    found = table[table["indicator"] == indicator] if len(table) else table
    share = found["foreign_share"].iloc[0] if len(found) else None
    return f"{percent(share, decimals=1)} with a partner abroad" if known(share) else ""


def _economies(material: Material, cluster: int, *, most: int) -> dict[str, Any]:
    """Return how much of each indicator lies in which economy."""
    table = material.rows("economies", cluster)
    indicators = material.folder.indicators
    if table.empty:
        return {"heads": [], **_listed([], "The economies of its addresses are not known")}
    parts = table.pivot_table(
        index="economy", columns="indicator", values="count", aggfunc="sum", fill_value=0.0
    )
    shares = parts / parts.sum().where(lambda total: total > 0)
    sums = shares.fillna(0.0).sum(axis=1)
    order = sorted(sums.index, key=lambda code: (-float(sums[code]), str(code)))
    rows = [
        [
            material.economy(code),
            *(
                percent(shares.loc[code, name], decimals=1) if name in shares else NOT_KNOWN
                for name in indicators
            ),
        ]
        for code in order[:most]
    ]
    heads = [indicator_label(name) for name in indicators]
    return {"heads": heads, **_listed(rows, "")}


def _records(table: pd.DataFrame) -> Iterator[dict[str, Any]]:
    columns = [str(name) for name in table.columns]
    for row in table.itertuples(index=False, name=None):
        yield dict(zip(columns, row, strict=True))
