"""
OpenAlex: works of the snapshot (gzip JSON Lines), of saved API pages, and of the web's CSV export.

A work's addresses are its distinct institutions, at the coordinates of the institution records;
affiliations that OpenAlex could not match are kept as text. Lists of the API cut authorships at
100. A work that is no article of a journal says so in ``type``. Fields are as the snapshot's
documentation names them; the CSV's columns are those of a genuine export of 2026.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.readers.columns import no_reason, number, sequenced
from hubscan.readers.delimited import Layout, delimited_part
from hubscan.readers.openalex_staging import (
    INSTITUTIONS,
    WORK_TABLES,
    is_csv,
    is_institutions,
    is_works,
    stage_csv,
    stage_institutions,
    stage_works,
)
from hubscan.readers.parts import Assembled, Part, Source
from hubscan.readers.records import AGAIN, COPY
from hubscan.readers.sink import REPEATED

if TYPE_CHECKING:
    from collections.abc import Mapping

MERGED: Final = "merged into another record"
_MERGED_IDS: Final = Layout(("merge_date", "id", "merge_into_id"))


def assembled(tables: Mapping[str, Any]) -> Assembled:
    """
    Return works and their distinct institutions.

    Parameters
    ----------
    tables
        ``works``, ``listed``, ``institutions``, ``merged``.

    Returns
    -------
    assembled
        Addresses with the coordinates of their institution where it is known.
    """
    works, listed = tables["works"], tables["listed"]
    order = ibis.row_number().over(group_by="document_id", order_by=[works.file, works.row])
    merged = tables["merged"].select(document_id="id", merged=True).distinct()
    numbered = works.mutate(copy=order).left_join(merged, "document_id")
    reason = ibis.cases(
        (numbered.merged.notnull(), MERGED), (numbered.copy > 0, AGAIN), else_=no_reason()
    )
    judged = numbered.select(*works.columns, "copy", reason=reason)
    first = judged.filter(judged.copy == 0).select("document_id", "file", "row", found=True)
    documents = judged.drop("copy", "file", "row")
    return Assembled(documents, _addresses(listed, first, _institutions(tables["institutions"])))


def _institutions(rows: ibis.Table) -> ibis.Table:
    """Return each institution once."""
    names = [name for name in rows.columns if name != "institution"]
    once = rows.group_by("institution").agg(**{name: rows[name].max() for name in names})
    return once.mutate(latitude=number(once.latitude), longitude=number(once.longitude))


def _addresses(listed: ibis.Table, first: ibis.Table, places: ibis.Table) -> ibis.Table:
    """Return every listed institution or affiliation, with the reason if it is not used."""
    copies = listed.left_join(first, ["document_id", "file", "row"])
    known = copies.select(*listed.columns, copy=copies.found.isnull())
    same = ["document_id", "file", "row", "institution", "address"]
    place = ibis.row_number().over(group_by=same, order_by=[known.position])
    ranked = known.mutate(place=place)
    reason = ibis.cases((ranked.copy, COPY), (ranked.place > 0, REPEATED), else_=no_reason())
    judged = ranked.mutate(reason=reason)
    where = places.rename({"of_place": "country"})
    placed = judged.left_join(where, "institution")
    told = placed.select(
        "document_id",
        "address",
        "position",
        "postcode",
        "latitude",
        "longitude",
        "reason",
        city=ibis.coalesce(placed.city, placed.town),
        region=ibis.coalesce(placed.region, placed.state),
        organisation=ibis.coalesce(placed.name, placed.organisation),
        country=ibis.coalesce(placed.of_place, placed.country),
        again=placed.reason.notnull(),
    )
    return sequenced(told, "document_id", ["again", "position"])


SOURCE: Final = Source(
    name="openalex",
    title="OpenAlex",
    indicator="publications",
    needs=(
        "works (snapshot parts .gz, API pages saved as JSON, or the CSV of the website) and the "
        "institutions of the snapshot or API, which hold the coordinates"
    ),
    gives="distinct institutions of works with coordinates, unmatched affiliations, subfields",
    parts=(
        Part("works", is_works, stage_works, WORK_TABLES, needed=False),
        Part("csv", is_csv, stage_csv, WORK_TABLES, needed=False, title="the CSV of works"),
        Part(
            "institutions", is_institutions, stage_institutions, {"institutions": INSTITUTIONS},
            needed=False,
        ),
        delimited_part("merged", _MERGED_IDS, needed=False, title="merged_ids"),
    ),
    assembled=assembled,
    attribution="OpenAlex, CC0, https://openalex.org.",
    document_parts=("works", "csv"),
)  # fmt: skip
