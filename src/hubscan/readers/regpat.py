"""
OECD REGPAT: inventors of PCT or EPO applications with their addresses, pipe-separated.

``inv_share`` is 1 over the number of inventors and ``reg_share`` splits one inventor over regions
that the address may lie in: addresses are read, not regions, so the rows of one inventor are one
address. Years are application years (REGPAT has no publication date). The share column of the
applicant files is not used, so its name did not need to be verified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.readers.columns import first_of, label_lists, no_reason, number, sequenced
from hubscan.readers.delimited import Layout, delimited_part, missing
from hubscan.readers.parts import Assembled, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.readers.parts import Part

OTHER_REGION: Final = "another region that the same inventor's address may lie in"
NO_YEARS: Final = "no application year in the IPC file"
_PLACED: Final = ("address", "city", "postal_code", "reg_code", "ctry_code")


def _parts(prefix: str, key: str) -> tuple[Part, ...]:
    """Return the files of PCT or EPO applications."""
    renamed = (("postalcode", "postal_code"), ("ipc4", "ipc"))
    # the keys tell the two kinds apart: pct_nbr, or app_nbr with appln_id; only EPO_IPC has neither
    sign = (key,) if prefix == "PCT" else ("app_nbr", key)
    ipc_sign = (key, "prio_year", "app_year")

    def part(name: str, signs: tuple[str, ...], more: tuple[str, ...], *, needed: bool) -> Part:
        rules = (missing(key),)
        layout = Layout(signs, (), more, "|", rules, renamed)
        return delimited_part(name, layout, needed=needed, title=f"{prefix}_{name}")

    return (
        part(
            "Inv_reg",
            (*sign, "inv_name", "reg_share"),
            (*_PLACED, "inv_share", "person_id"),
            needed=True,
        ),
        part("IPC", (*ipc_sign, "ipc"), (), needed=True),
        part("App_reg", (*sign, "app_name"), ("person_id",), needed=False),
    )


def _assembled(tables: Mapping[str, Any], key: str) -> Assembled:
    """Return the tables of one kind of applications."""
    inventors, symbols, applicants = (tables[name] for name in ("Inv_reg", "IPC", "App_reg"))
    dated = symbols.select(document_id=symbols[key], year=number(symbols.app_year, "int32"))
    years = dated.group_by("document_id").agg(year=dated.year.min())
    listed = inventors.select(document_id=inventors[key]).union(dated.select("document_id"))
    joined = listed.distinct().left_join(years, "document_id")
    documents = joined.select(
        "document_id",
        "year",
        reason=ibis.cases((joined.year.isnull(), NO_YEARS), else_=no_reason()),
    )
    named = symbols.select(key, ipc=symbols.ipc.re_replace(" +", " "))
    lists = (
        ("ipc", label_lists(named, key, "ipc", [], name="ipc")),
        ("applicants", label_lists(applicants, key, "app_name", [], name="applicants")),
    )
    for name, texts in lists:
        found = documents.left_join(texts.rename({"document_id": key}), "document_id")
        documents = found.select(*documents.columns, name)
    return Assembled(documents, _inventors(inventors, key))


def _inventors(rows: ibis.Table, key: str) -> ibis.Table:
    """Return inventors, each once: at the region with the greatest share."""
    who = ibis.coalesce(rows.person_id, rows.inv_name, "")
    # region codes are of a region, not of a place: they order an inventor's rows, no more
    told = rows.select(
        document_id=rows[key],
        who=who,
        name=ibis.coalesce(rows.inv_name, ""),
        share=number(rows.reg_share).fill_null(0.0),
        address=first_of(rows.address),
        city=rows.city,
        part=rows.reg_code,
        postcode=rows.postal_code,
        country=_iso(rows.ctry_code),
    )
    inventor = ["document_id", "who", "name", "address"]
    order = [told.share.desc(), told.part, told.city]
    place = ibis.row_number().over(group_by=inventor, order_by=order)
    ranked = told.mutate(place=place)
    reason = ibis.cases((ranked.place > 0, OTHER_REGION), else_=no_reason())
    judged = ranked.select(
        *(c for c in ranked.columns if c not in ("place", "share", "part")), reason=reason
    )
    judged = judged.mutate(again=judged.reason.notnull())
    return sequenced(judged, "document_id", ["again", "name", "who", "address", "city"])


def _iso(code: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return country codes: GB and GR where the file has the Union's UK and EL."""
    upper = code.upper()
    return upper.cases(("UK", "GB"), ("EL", "GR"), else_=upper)


def _source(name: str, prefix: str, key: str) -> Source:
    return Source(
        name=name,
        title=f"OECD REGPAT, {prefix} applications",
        indicator="patents",
        needs=(
            f"{prefix}_Inv_reg and {prefix}_IPC (it holds the years); {prefix}_App_reg for "
            "applicants"
        ),
        gives="applications by application year, inventors' addresses, applicants, symbols",
        parts=_parts(prefix, key),
        assembled=lambda tables: _assembled(tables, key),
        attribution="OECD, REGPAT database.",
        address_parts=("Inv_reg",),
    )


PCT: Final = _source("regpat", "PCT", "pct_nbr")
"""PCT applications."""

EPO: Final = _source("regpat-epo", "EPO", "appln_id")
"""Applications to the EPO."""
