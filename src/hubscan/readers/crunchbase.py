"""
Crunchbase: the bulk export, the spreadsheets of 2013 and 2015, and the snapshot of 2013.

The bulk export's columns and its list of ``investment_type`` were checked against public
documentation; the snapshot's tables of rounds and objects against the table definitions of public
code that loads them, its offices not. A deal is placed at the round's own city, else at the
company's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.readers.columns import first_of, no_reason, number, year_of
from hubscan.readers.deals import assembled_deals
from hubscan.readers.delimited import Layout, delimited_part, missing
from hubscan.readers.parts import Assembled, Source

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_COMPANY: Final = "the company is not in the file of companies"

_PLACE: Final = ("country_code", "state_code", "region", "city")
_COMPANY_PLACE: Final = (
    "company_name", "company_country_code", "company_state_code", "company_region", "company_city",
)  # fmt: skip
_ROUNDS: Final = Layout(
    ("uuid", "investment_type", "announced_on", "org_uuid"),
    optional=(*_PLACE, "org_name"),
    rules=(missing("uuid"),),
)
_ORGANIZATIONS: Final = Layout(
    ("uuid", "legal_name", "country_code"),
    optional=(*_PLACE, "name", "address", "postal_code", "category_groups_list"),
)
_LISTED_ROUNDS: Final = Layout(
    ("company_permalink", "funding_round_type", "funded_at"),
    optional=(*_COMPANY_PLACE, "funding_round_permalink", "raised_amount_usd"),
    rules=(missing("company_permalink"),),
)
_OLD_ROUNDS: Final = Layout(
    ("funding_round_id", "object_id", "funded_at", "funding_round_type"),
    rules=(missing("funding_round_id"),),
)
_OBJECTS: Final = Layout(("id", "entity_type", "country_code", "city"), optional=(*_PLACE, "name"))
_OFFICES: Final = Layout(("office_id", "object_id", "latitude", "longitude"), optional=_PLACE)


def _assembled_bulk(tables: Mapping[str, Any]) -> Assembled:
    rounds, companies = tables["funding_rounds"], tables["organizations"]
    company = companies.select(
        org_uuid=companies.uuid,
        company=companies.name,
        company_city=companies.city,
        company_region=first_of(companies.state_code, companies.region),
        company_country=companies.country_code,
        address=companies.address,
        postcode=companies.postal_code,
        subjects=companies.category_groups_list.replace(",", "; "),
    )
    joined = rounds.left_join(company, "org_uuid")
    # the place of a round is taken whole: its city with its own country, or the company's
    own = joined.city.notnull()
    deals = joined.select(
        "subjects",
        "address",
        "postcode",
        document_id=joined.uuid,
        date=joined.announced_on,
        year=year_of(joined.announced_on),
        kind=joined.investment_type,
        organisation=first_of(joined.org_name, joined.company),
        city=ibis.ifelse(own, joined.city, joined.company_city),
        region=ibis.ifelse(own, first_of(joined.state_code, joined.region), joined.company_region),
        country=ibis.ifelse(own, joined.country_code, joined.company_country),
        reason=no_reason(),
    )
    return assembled_deals(deals)


def _assembled_listed(tables: Mapping[str, Any]) -> Assembled:
    rows = tables["rounds"]
    parts = (
        rows.company_permalink,
        rows.funded_at,
        rows.funding_round_type,
        rows.raised_amount_usd,
    )
    made = ibis.literal(" ").join([part.fill_null("") for part in parts])
    deals = rows.select(
        document_id=ibis.coalesce(rows.funding_round_permalink, made),
        date=rows.funded_at,
        year=year_of(rows.funded_at),
        kind=rows.funding_round_type,
        subjects=ibis.null("string"),
        organisation=rows.company_name,
        city=rows.company_city,
        region=first_of(rows.company_state_code, rows.company_region),
        country=rows.company_country_code,
        reason=no_reason(),
    )
    return assembled_deals(deals)


def _assembled_snapshot(tables: Mapping[str, Any]) -> Assembled:
    rounds, objects, offices = (tables[name] for name in ("funding_rounds", "objects", "offices"))
    company = objects.select(
        object_id=objects.id,
        organisation=_given(objects.name),
        city=_given(objects.city),
        region=first_of(_given(objects.state_code), _given(objects.region)),
        country=_given(objects.country_code),
        known=True,
    )
    located = offices.select(
        "object_id",
        office_city=_given(offices.city),
        latitude=number(offices.latitude),
        longitude=number(offices.longitude),
        place=number(offices.office_id, "int64"),
    )
    located = located.filter(located.latitude.notnull() & located.office_city.notnull())
    keys = ["object_id", "office_city"]
    order = ibis.row_number().over(group_by=keys, order_by=located.place)
    first = located.mutate(order=order)
    first = first.filter(first.order == 0).select(*keys, "latitude", "longitude")
    joined = rounds.left_join(company, "object_id").drop("object_id_right")
    placed = joined.left_join(
        first, [joined.object_id == first.object_id, joined.city == first.office_city]
    )
    deals = placed.select(
        "organisation",
        "city",
        "region",
        "country",
        "latitude",
        "longitude",
        document_id=placed.funding_round_id,
        date=_given(placed.funded_at),
        year=year_of(placed.funded_at),
        kind=_given(placed.funding_round_type),
        subjects=ibis.null("string"),
        reason=ibis.cases((placed.known.isnull(), NO_COMPANY), else_=no_reason()),
    )
    return assembled_deals(deals)


def _given(text: Any) -> Any:  # noqa: ANN401 - an Ibis column
    """Return a text of a database dump; missing where it stands for none."""
    return text.nullif("NULL").nullif("\\N")


_ATTRIBUTION: Final = "Crunchbase: used under the user's own licence."

BULK: Final = Source(
    name="crunchbase",
    title="Crunchbase, bulk export",
    indicator="deals",
    needs="funding_rounds.csv and organizations.csv, or bulk_export.tar.gz with both",
    gives="venture deals by announcement date at the company's city, types, category groups",
    parts=(
        delimited_part("funding_rounds", _ROUNDS, title="funding_rounds.csv"),
        delimited_part("organizations", _ORGANIZATIONS, title="organizations.csv"),
    ),
    assembled=_assembled_bulk,
    attribution=_ATTRIBUTION,
    document_parts=("funding_rounds",),
    address_parts=("funding_rounds",),
)
"""The bulk export."""

LISTED: Final = Source(
    name="crunchbase-rounds",
    title="Crunchbase, spreadsheets of 2013 and 2015",
    indicator="deals",
    needs="the spreadsheet of rounds (or investments) as CSV: company_permalink, funded_at, …",
    gives="venture deals by date at the company's city, types",
    parts=(delimited_part("rounds", _LISTED_ROUNDS, title="the spreadsheet of rounds"),),
    assembled=_assembled_listed,
    attribution="Crunchbase, 2013 and 2015 data, CC BY.",
    document_parts=("rounds",),
    address_parts=("rounds",),
    encoding="latin-1",
)
"""The spreadsheets."""

SNAPSHOT: Final = Source(
    name="crunchbase-2013",
    title="Crunchbase, snapshot of 2013",
    indicator="deals",
    needs="funding_rounds.csv and objects.csv; offices.csv for coordinates",
    gives="venture deals by date at the company's city, coordinates of its office there, types",
    parts=(
        delimited_part("funding_rounds", _OLD_ROUNDS, title="funding_rounds.csv"),
        delimited_part("objects", _OBJECTS, title="objects.csv"),
        delimited_part("offices", _OFFICES, needed=False, title="offices.csv"),
    ),
    assembled=_assembled_snapshot,
    attribution="Crunchbase, 2013 snapshot, CC BY.",
    document_parts=("funding_rounds",),
    address_parts=("funding_rounds",),
)
"""The snapshot of 2013."""
