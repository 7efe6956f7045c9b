"""
EPO PATSTAT Global: PCT applications with their inventors, from the zipped CSV parts.

A document is an application of kind W without an international application of its own
(``internat_appln_id`` 0), dated by its first publication by WO; that the A3 and corrected
publications are later publications of the same application was checked against public queries that
use the tables so. ``weight`` of ``tls230`` is not used, fields are taken in the order of weight.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

import ibis
import pyarrow.compute as pc

from hubscan.readers.columns import first_of, label_lists, no_reason, number, sequenced, year_of
from hubscan.readers.delimited import Layout, Rule, delimited_part, missing
from hubscan.readers.parts import Assembled, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

_UNKNOWN_DATE: Final = "9999-12-31"
_ORIGINAL: Final = (
    "address_freeform", "address_1", "address_2", "address_3", "address_4", "address_5",
    "street", "city", "zip_code", "state",
)  # fmt: skip
_PERSON: Final = ("person_name", "person_address", "person_ctry_code", "psn_name")

NOT_PCT: Final = "not a PCT application (appln_kind is not W)"
ENTRY: Final = "a national or regional entry of a PCT application"
NOT_WO: Final = "not a publication by WO"
NOT_INVENTOR: Final = "neither inventor nor applicant"
NO_DATE: Final = "no dated publication by WO (tls211)"
APPLICANT: Final = "an applicant, not an inventor"
NO_PERSON: Final = "the person is not in tls206"
ELSEWHERE: Final = "the application's inventors are taken from tls227, as published"
NO_PCT: Final = "its application is not a PCT application with a publication"


def _no_link(rows: Any, name: str) -> Any:  # noqa: ANN401 - Arrow
    return pc.not_equal(rows[name], "0")


def _is_no_party(rows: Any) -> Any:  # noqa: ANN401 - Arrow
    neither = [pc.equal(rows[f"{kind}_seq_nr"], "0") for kind in ("applt", "invt")]
    return pc.and_(*neither)


_APPLICATIONS: Final = Layout(
    ("appln_id", "appln_auth", "appln_kind"),
    ("internat_appln_id",),
    rules=(
        missing("appln_id"),
        Rule(NOT_PCT, lambda rows: pc.not_equal(pc.fill_null(rows["appln_kind"], ""), "W")),
        Rule(ENTRY, lambda rows: _no_link(rows, "internat_appln_id")),
    ),
)
_PUBLICATIONS: Final = Layout(
    ("pat_publn_id", "publn_auth", "appln_id", "publn_date"),
    rules=(Rule(NOT_WO, lambda rows: pc.not_equal(rows["publn_auth"], "WO")),),
)
_LINK: Final = ("applt_seq_nr", "invt_seq_nr")
_LINKED: Final = (Rule(NOT_INVENTOR, _is_no_party),)

PARTS: Final = (
    delimited_part("tls201_appln", _APPLICATIONS),
    delimited_part("tls211_pat_publn", _PUBLICATIONS),
    delimited_part("tls206_person", Layout(("person_id", "person_name", "psn_name"), _PERSON)),
    delimited_part(
        "tls207_pers_appln",
        Layout(("person_id", "appln_id", *_LINK), rules=_LINKED),
        needed=False,
    ),
    delimited_part(
        "tls227_pers_publn",
        Layout(("person_id", "pat_publn_id", *_LINK), rules=_LINKED),
        needed=False,
    ),
    delimited_part(
        "tls226_person_orig",
        Layout(("person_orig_id", "person_id", "address_freeform"), optional=_ORIGINAL),
        needed=False,
    ),
    delimited_part(
        "tls209_appln_ipc",
        Layout(("appln_id", "ipc_class_symbol"), optional=("ipc_position",)),
        needed=False,
    ),
    delimited_part(
        "tls230_appln_techn_field",
        Layout(("appln_id", "techn_field_nr"), optional=("weight",)),
        needed=False,
    ),
)


def assembled(tables: Mapping[str, Any]) -> Assembled:
    """
    Return the PCT applications and their inventors.

    Parameters
    ----------
    tables
        The staged tables by name.

    Returns
    -------
    assembled
        Inventors are those of the first WO publication (tls227), names as published; of
        applications that have none there, those of tls207.
    """
    published = _published(tables)
    applications = tables["tls201_appln"]
    links = _links(tables, published)
    documents = _documents(tables, published)
    symbols, fields = (
        tables[name].semi_join(applications, "appln_id")
        for name in ("tls209_appln_ipc", "tls230_appln_techn_field")
    )
    for name, lists in (
        ("ipc", _symbols(symbols)),
        ("fields", _fields(fields)),
        ("applicants", _applicants(tables, links)),
    ):
        joined = documents.left_join(lists.rename({"document_id": "appln_id"}), "document_id")
        documents = joined.select(*documents.columns, name)
    return Assembled(documents, _inventors(tables, links.inventors), links.aside)


class _Links(NamedTuple):
    """Who is named on the applications: inventors, everyone, and the links that are not used."""

    inventors: ibis.Table
    everyone: ibis.Table
    aside: dict[str, ibis.Table]


def _published(tables: Mapping[str, Any]) -> ibis.Table:
    """Return the first dated WO publication of each PCT application: its date and its id."""
    publications = tables["tls211_pat_publn"].select("appln_id", "pat_publn_id", "publn_date")
    date = publications.publn_date
    dated = publications.filter(date.notnull() & (date != _UNKNOWN_DATE))
    order = [dated.publn_date, number(dated.pat_publn_id, "int64"), dated.pat_publn_id]
    place = ibis.row_number().over(group_by="appln_id", order_by=order)
    first = dated.mutate(place=place)
    first = first.filter(first.place == 0).drop("place")
    return first.semi_join(tables["tls201_appln"], "appln_id")


def _documents(tables: Mapping[str, Any], published: ibis.Table) -> ibis.Table:
    applications = tables["tls201_appln"].select("appln_id")
    joined = applications.left_join(published, "appln_id")
    return joined.select(
        document_id=joined.appln_id,
        date=joined.publn_date,
        year=year_of(joined.publn_date),
        reason=ibis.cases((joined.publn_date.isnull(), NO_DATE), else_=no_reason()),
    )


def _links(tables: Mapping[str, Any], published: ibis.Table) -> _Links:
    """Return the links of PCT applications: as published (tls227), else as filed (tls207)."""
    columns = ["person_id", "appln_id", *_LINK]
    publications, applications = tables["tls227_pers_publn"], tables["tls207_pers_appln"]
    of_publication = published.select("pat_publn_id", "appln_id")
    told = publications.join(of_publication, "pat_publn_id").select(*columns)
    filed = applications.select(*columns).semi_join(published, "appln_id")
    inventors = told.filter(_sequence(told, "invt") > 0)
    others = filed.filter(_sequence(filed, "invt") > 0)
    every = told.union(filed)
    elsewhere = [
        rows.anti_join(published, key).select(*_LINK)
        for rows, key in ((publications, "pat_publn_id"), (applications, "appln_id"))
    ]
    aside = {
        NO_PCT: elsewhere[0].union(elsewhere[1]),
        APPLICANT: every.filter(_sequence(every, "invt") == 0),
        ELSEWHERE: others.semi_join(inventors, "appln_id"),
    }
    return _Links(inventors.union(others.anti_join(inventors, "appln_id")), every, aside)


def _inventors(tables: Mapping[str, Any], inventors: ibis.Table) -> ibis.Table:
    """Return inventors as addresses, with the reason if one is none."""
    persons = tables["tls206_person"].select("person_id", *_PERSON, known=True)
    joined = inventors.left_join(persons, "person_id").drop("person_id_right")
    originals = tables["tls226_person_orig"].semi_join(inventors, "person_id")
    joined = joined.left_join(_originals(originals), "person_id")
    country = joined.person_ctry_code.upper()
    good = country.re_search("^[A-Z]{2}$")
    placed = joined.select(
        "person_id",
        document_id=joined.appln_id,
        place=_sequence(joined, "invt"),
        address=first_of(joined.original, joined.person_address),
        city=joined.city,
        region=joined.state,
        postcode=joined.zip_code,
        country=ibis.ifelse(good, country, ibis.null("string")),
        reason=ibis.cases((joined.known.isnull(), NO_PERSON), else_=no_reason()),
        unused=joined.known.isnull(),
    )
    return sequenced(placed, "document_id", ["unused", "place", "person_id"])


def _originals(rows: ibis.Table) -> ibis.Table:
    """Return the best original of each person: one with a city, then with a text."""
    lines = [rows[f"address_{k}"] for k in range(1, 6)]
    text = ibis.literal(", ").join([first_of(line) for line in lines])
    told = rows.select(
        "person_id", "person_orig_id", "city", "zip_code", "state",
        original=first_of(rows.address_freeform, text, rows.street),
    )  # fmt: skip
    order = [
        told.city.isnull(), told.original.isnull(), number(told.person_orig_id, "int64"),
        told.person_orig_id,
    ]  # fmt: skip
    ranked = told.mutate(place=ibis.row_number().over(group_by="person_id", order_by=order))
    return ranked.filter(ranked.place == 0).drop("place", "person_orig_id")


def _applicants(tables: Mapping[str, Any], links: _Links) -> ibis.Table:
    """Return the applicants of each application, under standardised names where there are."""
    persons = tables["tls206_person"]
    names = persons.select("person_id", name=first_of(persons.psn_name, persons.person_name))
    applicants = links.everyone.filter(_sequence(links.everyone, "applt") > 0)
    joined = applicants.join(names, "person_id")
    placed = joined.select("appln_id", "name", place=_sequence(joined, "applt"))
    return label_lists(placed, "appln_id", "name", ["place"], name="applicants")


def _symbols(rows: ibis.Table) -> ibis.Table:
    """Return the IPC symbols of each application, first ones (position F) first."""
    plain = rows.ipc_class_symbol.re_replace(" +", " ")
    placed = rows.select("appln_id", symbol=plain, later=(rows.ipc_position != "F").fill_null(True))  # noqa: FBT003 - Ibis
    return label_lists(placed, "appln_id", "symbol", ["later"], name="ipc")


def _fields(rows: ibis.Table) -> ibis.Table:
    """Return the technology fields of each application, the weightiest first."""
    placed = rows.select(
        "appln_id",
        field=rows.techn_field_nr,
        lightness=-number(rows.weight).fill_null(0.0),
        place=number(rows.techn_field_nr, "int64"),
    )
    return label_lists(placed, "appln_id", "field", ["lightness", "place"], name="fields")


def _sequence(rows: ibis.Table, kind: str) -> Any:  # noqa: ANN401 - an Ibis column
    return number(rows[f"{kind}_seq_nr"], "int64").fill_null(0)


SOURCE: Final = Source(
    name="patstat",
    title="EPO PATSTAT Global",
    indicator="patents",
    needs=(
        "the CSV parts, zipped or not, of tls201, tls211, tls206 and tls227 (or tls207); tls226 "
        "for cities, tls209 and tls230 for profiles"
    ),
    gives="PCT applications by first WO publication, inventors' addresses, applicants, symbols",
    parts=PARTS,
    assembled=assembled,
    attribution="European Patent Office, PATSTAT Global: used under the user's own licence.",
    document_parts=("tls201_appln",),
    address_parts=("tls207_pers_appln", "tls227_pers_publn"),
)
