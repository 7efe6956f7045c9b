"""
PitchBook: exports of deals and companies, as workbooks or CSV.

The header is looked for below the rows of provenance. That finished deals are the ones whose
``Deal Status`` is ``Completed`` was not verified against PitchBook's documentation: where the
column is there, deals of another status are left out and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import ibis

from hubscan.readers.columns import first_of, no_reason, number
from hubscan.readers.deals import assembled_deals
from hubscan.readers.delimited import Layout
from hubscan.readers.parts import Assembled, Source
from hubscan.readers.sheets import sheet_part

if TYPE_CHECKING:
    from collections.abc import Mapping

NOT_COMPLETED: Final = "the deal is not completed (Deal Status)"
NO_ID: Final = "the row is no deal: it has no Deal ID, or neither Company ID nor Deal Date"

_PLACE: Final = (
    "hq city", "hq state/province", "hq country", "hq post code", "hq address line 1",
    "hq address line 2",
)  # fmt: skip
_OTHER_NAMES: Final = (
    ("hq country/territory/region", "hq country"),
    ("company city", "hq city"),
    ("company state/province", "hq state/province"),
    ("company country/territory/region", "hq country"),
    ("company country", "hq country"),
    ("company post code", "hq post code"),
    ("company name", "companies"),
)
_DEALS: Final = Layout(
    ("deal id", "company id", "deal date"),
    optional=("companies", "deal type", "deal status", "primary industry code", *_PLACE),
    renamed=_OTHER_NAMES,
)
_COMPANIES: Final = Layout(
    ("company id", "hq city"), optional=("companies", *_PLACE), renamed=_OTHER_NAMES
)
_YEAR: Final = "(18|19|20)[0-9][0-9]"


def _assembled(tables: Mapping[str, Any]) -> Assembled:
    deals, companies = tables["deals"], tables["companies"]
    company = companies.group_by("company id").agg(
        **{f"of {name}": companies[name].max() for name in ("companies", *_PLACE)}
    )
    joined = deals.left_join(company, "company id")

    def told(name: str) -> Any:  # noqa: ANN401 - an Ibis column
        return ibis.coalesce(joined[f"of {name}"], joined[name])

    lines = [first_of(told(f"hq address line {k}")) for k in (1, 2)]
    status = joined["deal status"].lower()
    date = joined["deal date"]
    rows = joined.select(
        document_id=joined["deal id"],
        date=date,
        year=number(date.re_extract(_YEAR, 0), "int32"),
        kind=joined["deal type"],
        subjects=joined["primary industry code"],
        organisation=told("companies"),
        address=ibis.literal(", ").join(lines).nullif(""),
        city=told("hq city"),
        region=told("hq state/province"),
        postcode=told("hq post code"),
        country=told("hq country"),
        reason=ibis.cases(
            (joined["deal id"].isnull() | (joined["company id"].isnull() & date.isnull()), NO_ID),
            ((status != "completed").fill_null(False), NOT_COMPLETED),  # noqa: FBT003 - Ibis
            else_=no_reason(),
        ),
    )
    return assembled_deals(rows)


SOURCE: Final = Source(
    name="pitchbook",
    title="PitchBook",
    indicator="deals",
    needs="the export of deals, and that of companies (HQ City, HQ Country) unless deals have both",
    gives="venture deals by date at the company's headquarters, types, industries",
    parts=(
        sheet_part("deals", _DEALS, needed=True, title="the export of deals"),
        sheet_part("companies", _COMPANIES, needed=False, title="the export of companies"),
    ),
    assembled=_assembled,
    attribution="PitchBook: used under the user's own licence.",
    document_parts=("deals",),
    address_parts=("deals",),
)
