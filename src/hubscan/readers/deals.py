"""Venture deals: what their types mean, and how one row becomes one document at one place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import ibis

from hubscan.readers.columns import no_reason, plain_label
from hubscan.readers.parts import Assembled

if TYPE_CHECKING:
    from collections.abc import Mapping

_SAID: Final[Mapping[str, tuple[str, ...]]] = {
    "seed": ("pre seed", "seed", "seed round", "angel", "angel (individual)"),
    "early stage": ("series a", "series b", "early stage vc", "early vc"),
    "later stage": (
        "series c", "series c+", "series d", "series e", "series f", "series g", "series h",
        "series i", "series j", "later stage vc", "late vc",
    ),
    "venture growth": ("venture growth", "growth equity vc"),
    "venture": (
        "venture", "series unknown", "corporate round", "convertible note", "convertible",
        "undisclosed", "funding round",
    ),
    "accelerator": ("accelerator", "accelerator/incubator", "non equity assistance", "incubator"),
    "debt": (
        "debt", "debt financing", "debt general", "convertible debt", "venture debt",
        "post ipo debt", "loan",
    ),
}  # fmt: skip

TYPES: Final = {text: kind for kind, texts in _SAID.items() for text in texts}
"""Type of a deal by its text in a source: lower case, blanks for ``_`` and ``-``."""

OTHER: Final = (
    "grant", "private equity", "post ipo equity", "post ipo secondary", "secondary market",
    "initial coin offering", "product crowdfunding", "equity crowdfunding", "crowdfunding",
    "post ipo", "other", "ico", "merger/acquisition", "acquisition", "ipo", "buyout/lbo", "spinout",
    "pe growth/expansion", "growth equity non vc", "secondary transaction private", "joint venture",
    "corporate", "public investment 2nd offering", "pipe", "bankruptcy: admin/reorg",
    "out of business", "support program", "media for equity",
    "project, real estate, infrastructure finance",
)  # fmt: skip
"""Types that are no venture deal."""

NOT_VENTURE: Final = "not a venture deal: "
AGAIN: Final = "the deal is listed before, as for each of its investors"


def plain_type(text: str) -> str:
    """
    Return the text of a type as it is looked up.

    Examples
    --------
    >>> plain_type("Debt - General"), plain_type("post_ipo_debt")
    ('debt general', 'post ipo debt')
    """
    return " ".join(text.lower().replace("_", " ").replace("-", " ").split())


def assembled_deals(rows: ibis.Table) -> Assembled:
    """
    Return deals: each one document at one place.

    Parameters
    ----------
    rows
        ``document_id``, ``date``, ``year``, ``kind`` (the source's text of the type), ``subjects``,
        ``organisation`` (the company), ``reason``, and the other columns of an address.

    Returns
    -------
    assembled
        The company is the document's applicant: organisations of addresses are those that
        publications are counted by. Rows of types that are no venture deal, and rows that repeat a
        deal, have a reason.
    """
    plain = rows.kind.lower().re_replace("[_-]", " ").re_replace(" +", " ").strip()
    known = plain.cases(*TYPES.items(), else_=plain)
    names = [name for name in rows.columns if name not in ("reason", "document_id")]
    order = [rows.reason.notnull(), *(rows[name] for name in names)]
    place = ibis.row_number().over(group_by="document_id", order_by=order)
    numbered = rows.mutate(plain=plain, type=known, place=place)
    reason = ibis.coalesce(
        numbered.reason,
        ibis.cases(
            (numbered.plain.isin(OTHER), ibis.literal(NOT_VENTURE) + numbered.plain),
            (numbered.place > 0, ibis.literal(AGAIN)),
            else_=no_reason(),
        ),
    )
    again = ibis.cases((numbered.place > 0, AGAIN), else_=no_reason())
    judged = numbered.mutate(reason=reason, again=again, sequence=ibis.literal(1))
    company = plain_label(judged.organisation)
    documents = judged.select(
        "document_id", "date", "year", "type", "subjects", "reason", applicants=company
    )
    told = (
        "date", "year", "kind", "type", "subjects", "organisation", "plain", "place", "reason",
    )  # fmt: skip
    return Assembled(documents, judged.drop(*told).rename(reason="again"))
