"""
PatentsView: granted patents and pre-grant publications of the USPTO, tab-separated files.

Columns follow the project's export definitions. ``wipo_field_id`` was seen as text of two digits
in public code that reads it; that designs have ids such as ``D01`` was not verified, so fields are
taken as given. Grants other than utility patents and withdrawn ones are out of scope.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis
import pyarrow as pa
import pyarrow.compute as pc

from hubscan.readers.columns import first_of, label_lists, no_reason, number, sequenced, year_of
from hubscan.readers.delimited import Layout, Rule, delimited_part, missing
from hubscan.readers.parts import Assembled, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.readers.parts import Part

_LOCATION: Final = ("disambig_city", "disambig_state", "disambig_country", "latitude", "longitude")
_RAW_LOCATION: Final = ("raw_city", "raw_state", "raw_country")
_SYMBOL: Final = ("section", "ipc_class", "subclass", "main_group", "subgroup")

_TRUE: Final = pa.array(["1", "true", "t", "yes"])
_NOT_UTILITY: Final = Rule(
    "not a utility patent", lambda rows: pc.not_equal(pc.utf8_lower(rows["patent_type"]), "utility")
)
_WITHDRAWN: Final = Rule(
    "withdrawn",
    lambda rows: pc.is_in(pc.utf8_lower(rows["withdrawn"]), value_set=_TRUE),
)


def _parts(key: str, prefix: str) -> tuple[Part, ...]:
    """Return the files of granted (``patent_id``) or pre-grant (``pgpub_id``) patents."""
    granted = key == "patent_id"
    types = (_NOT_UTILITY, _WITHDRAWN) if granted else (_NOT_UTILITY,)
    documents = Layout(
        (key, "patent_type", "patent_date" if granted else "published_date"),
        optional=("withdrawn",),
        delimiter="\t",
        rules=(missing(key), *types),
    )

    def part(name: str, sign: tuple[str, ...], **kinds: Any) -> Part:  # noqa: ANN401 - of Layout
        needed = kinds.pop("needed", False)
        layout = Layout(sign, delimiter="\t", **kinds)
        return delimited_part(name, layout, needed=needed, title=f"{prefix}_{name}")

    title = "g_patent" if granted else "pg_published_application"
    inventor = ("inventor_sequence", "location_id")
    raw_inventor = ("inventor_sequence", "rawlocation_id")
    return (
        delimited_part("patent", documents, title=title),
        part("inventor_disambiguated", (key, *inventor), rules=(missing(key),)),
        part("inventor_not_disambiguated", (key, *raw_inventor), rules=(missing(key),)),
        part("location_disambiguated", ("location_id", *_LOCATION[:3]), optional=_LOCATION[3:]),
        part("location_not_disambiguated", ("rawlocation_id", *_RAW_LOCATION)),
        part(
            "assignee_disambiguated",
            (key, "assignee_sequence", "disambig_assignee_organization"),
        ),
        part("ipc_at_issue", (key, "ipc_sequence", *_SYMBOL)),
        part("cpc_current", (key, "cpc_sequence", "cpc_group")),
        part("wipo_technology", (key, "wipo_field_sequence", "wipo_field_id")),
    )


def _assembled(tables: Mapping[str, Any], key: str) -> Assembled:
    """Return the tables of one kind of patents."""
    patents = tables["patent"]
    date = patents["patent_date" if key == "patent_id" else "published_date"]
    documents = patents.select(
        document_id=patents[key],
        date=date,
        year=year_of(date),
        type=patents.patent_type.lower(),
        reason=no_reason(),
    )
    for name, listed in (
        ("ipc", _symbols(tables, key)),
        ("applicants", _applicants(tables["assignee_disambiguated"], key)),
        ("fields", _fields(tables["wipo_technology"], key)),
    ):
        documents = _with(documents, listed.rename({"document_id": key}), name)
    return Assembled(documents, _inventors(tables, key))


def _with(documents: ibis.Table, lists: ibis.Table, name: str) -> ibis.Table:
    """Return documents with a column of lists joined by their id."""
    joined = documents.left_join(lists, "document_id")
    return joined.select(*documents.columns, name)


def _applicants(rows: ibis.Table, key: str) -> ibis.Table:
    placed = rows.mutate(place=number(rows.assignee_sequence, "int64"))
    label = "disambig_assignee_organization"
    return label_lists(placed, key, label, ["place"], name="applicants")


def _fields(rows: ibis.Table, key: str) -> ibis.Table:
    placed = rows.mutate(place=number(rows.wipo_field_sequence, "int64"))
    return label_lists(placed, key, "wipo_field_id", ["place"], name="fields")


def _symbols(tables: Mapping[str, Any], key: str) -> ibis.Table:
    """Return the IPC symbols of each patent; CPC groups where it has none."""
    ipc, cpc = tables["ipc_at_issue"], tables["cpc_current"]
    subclass = ipc.section + ipc.ipc_class.lpad(2, "0") + ipc.subclass
    group = ibis.coalesce(ibis.literal(" ") + ipc.main_group + "/" + ipc.subgroup, "")
    own = ipc.select(key, symbol=subclass + group, place=number(ipc.ipc_sequence, "int64"))
    other = cpc.select(key, symbol=cpc.cpc_group, place=number(cpc.cpc_sequence, "int64"))
    other = other.anti_join(own.filter(own.symbol.notnull()), key)
    return label_lists(own.union(other), key, "symbol", ["place"], name="ipc")


def _inventors(tables: Mapping[str, Any], key: str) -> ibis.Table:
    """Return inventors at their disambiguated location, else at the raw one."""
    told, raw = tables["inventor_disambiguated"], tables["inventor_not_disambiguated"]
    places, raw_places = tables["location_disambiguated"], tables["location_not_disambiguated"]
    columns = [key, "inventor_sequence"]
    raw_at = raw.join(raw_places, "rawlocation_id").select(*columns, *_RAW_LOCATION)
    raw_at = raw_at.group_by(columns).agg(**{n: raw_at[n].min() for n in _RAW_LOCATION})
    every = told.select(*columns, "location_id")
    alone = raw.anti_join(told, columns).select(*columns, location_id=ibis.null("string"))
    listed = every.union(alone)
    placed = listed.left_join(places, "location_id").select(*listed.columns, *_LOCATION)
    found = placed.left_join(raw_at, columns).select(*placed.columns, *_RAW_LOCATION)
    named = found.select(
        "location_id",
        document_id=found[key],
        place=number(found.inventor_sequence, "int64"),
        city=first_of(found.disambig_city, found.raw_city),
        region=first_of(found.disambig_state, found.raw_state),
        country=first_of(found.disambig_country, found.raw_country),
        latitude=number(found.latitude),
        longitude=number(found.longitude),
        reason=no_reason(),
    )
    return sequenced(named, "document_id", ["place", "location_id", "country", "region", "city"])


GRANTED: Final = Source(
    name="patentsview",
    title="PatentsView, granted patents",
    indicator="patents",
    needs=(
        "g_patent, g_inventor_disambiguated and g_location_disambiguated (or the not_disambiguated "
        "pair); g_assignee_disambiguated and g_ipc_at_issue for profiles"
    ),
    gives="utility patents by grant date, inventors' cities and coordinates, assignees, symbols",
    parts=_parts("patent_id", "g"),
    assembled=lambda tables: _assembled(tables, "patent_id"),
    attribution="USPTO, PatentsView (https://patentsview.org), CC BY 4.0.",
    document_parts=("patent",),
    address_parts=("inventor_disambiguated", "inventor_not_disambiguated"),
)
"""Granted patents."""

PRE_GRANT: Final = Source(
    name="patentsview-pregrant",
    title="PatentsView, pre-grant publications",
    indicator="patents",
    needs=(
        "pg_published_application, pg_inventor_disambiguated and pg_location_disambiguated (or the "
        "not_disambiguated pair); pg_assignee_disambiguated and pg_ipc_at_issue for profiles"
    ),
    gives="utility applications by publication date, inventors' cities, assignees, symbols",
    parts=_parts("pgpub_id", "pg"),
    assembled=lambda tables: _assembled(tables, "pgpub_id"),
    attribution="USPTO, PatentsView (https://patentsview.org), CC BY 4.0.",
    document_parts=("patent",),
    address_parts=("inventor_disambiguated", "inventor_not_disambiguated"),
)
"""Pre-grant publications."""
