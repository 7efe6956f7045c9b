"""The profile of every cluster: all its tables, from what the bulk tables were reduced to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.profile import composition, lists
from hubscan.profile.collaboration import (
    cluster_links,
    collaboration,
    homes,
    links_by_economy,
    network,
)
from hubscan.profile.concordance import label_fields
from hubscan.profile.leaders import leaders
from hubscan.profile.yearly import yearly_counts

if TYPE_CHECKING:
    from collections.abc import Collection


INDICATOR_OF: Final = {
    "ipc": "patents",
    "applicant": "patents",
    "subject": "publications",
    "organisation": "publications",
}
"""The indicator whose documents bear each kind of label."""


@dataclass(frozen=True)
class Reduced:
    """What the bulk tables were reduced to, for profiles."""

    shares: pd.DataFrame
    """:func:`~hubscan.profile.reduction.cluster_addresses`, fractional."""
    lists: pd.DataFrame
    """:func:`~hubscan.profile.reduction.list_addresses` of ``ipc`` and ``subject``, fractional."""
    whole: pd.DataFrame
    """:func:`~hubscan.profile.reduction.cluster_addresses`, as leaders are counted."""
    applicants: pd.DataFrame
    """As ``lists``, of ``applicant``, as leaders are counted."""
    organisations: pd.DataFrame
    """:func:`~hubscan.profile.reduction.organisation_addresses`, as leaders are counted."""
    foreign: pd.DataFrame
    """:func:`~hubscan.profile.partners.foreign_documents`."""
    links: pd.DataFrame
    """:func:`~hubscan.profile.partners.economy_links`."""
    pairs: pd.DataFrame
    """:func:`~hubscan.profile.partners.cluster_pairs`."""
    fields: pd.DataFrame | None = None
    """``cluster``, ``group`` (field), ``denominator``, ``addresses``: given as counts at places."""
    years: pd.DataFrame | None = None
    """:func:`~hubscan.profile.yearly.year_addresses`, fractional."""


@dataclass(frozen=True)
class Named:
    """The labels that numbers stand for."""

    labels: pd.DataFrame
    """``kind``, ``label_list``, ``position``, ``label``."""
    texts: pd.DataFrame
    """``kind``, ``label``, ``text``; organisations among them."""


def profiles(  # noqa: PLR0913 - four tables and the numbers of the method
    reduced: Reduced,
    named: Named,
    economies: pd.DataFrame,
    listed: Collection[int],
    *,
    field_counting: str,
    extensions: str,
    counting: str,
    top: int,
    home_economy: str,
) -> dict[str, pd.DataFrame]:
    """
    Return what each cluster is made of.

    Parameters
    ----------
    reduced
        The bulk tables' sums.
    named
        The labels.
    economies
        ``cluster``, ``economies``, ``home_economy``.
    listed
        Clusters of the published list, which are also looked at together.
    field_counting, extensions
        How patents are shared among technology fields: see
        :func:`hubscan.profile.lists.field_addresses` and
        :func:`hubscan.profile.concordance.field_of`.
    counting
        How applicants and organisations are counted: ``"fractional"`` or ``"whole"``.
    top
        So many applicants and organisations of each cluster.
    home_economy
        ``"main"`` or ``"all_labels"``: see :func:`hubscan.profile.collaboration.homes`.

    Returns
    -------
    profiles
        Tables by name: ``field_profile``, ``field_concentration``, ``listed_fields``,
        ``subject_profile``, ``subject_concentration``, ``listed_subjects``, ``top_applicants``,
        ``top_organisations``, ``collaboration``, ``links_by_economy``, ``cluster_links``,
        ``network``, and ``yearly_counts`` if years are told: see the functions of these names,
        ``concentration`` and ``leaders``.

    Raises
    ------
    InputError
        If an option is not known.
    """
    return {
        **_composition(
            reduced, named, listed, field_counting=field_counting, extensions=extensions
        ),
        **_leaders(reduced, named, counting=counting, top=top),
        **_collaboration(reduced, economies, home_economy=home_economy),
        **({} if reduced.years is None else {"yearly_counts": yearly_counts(reduced.years)}),
    }


def _composition(
    reduced: Reduced,
    named: Named,
    listed: Collection[int],
    *,
    field_counting: str,
    extensions: str,
) -> dict[str, pd.DataFrame]:
    """Return the fields and subjects of clusters."""
    of_symbols = label_fields(named.texts, extensions=extensions)
    borne = _as_looked_at(reduced.lists)
    fields = lists.field_addresses(borne, named.labels, of_symbols, field_counting=field_counting)
    if reduced.fields is not None:
        fields = pd.concat([fields, reduced.fields[fields.columns]], ignore_index=True)
    subjects = lists.label_addresses(borne, named.labels, kind="subject", counting="fractional")
    whole = {kind: _of_kind(reduced.shares, kind) for kind in ("ipc", "subject")}
    if not len(whole["ipc"]):
        # no documents, but counts by field: what is classified is all there is
        whole["ipc"] = fields
    return {
        "field_profile": composition.field_profile(fields),
        "field_concentration": composition.concentration(fields, whole["ipc"]),
        "listed_fields": composition.listed_fields(fields, listed),
        "subject_profile": composition.subject_profile(subjects, named.texts),
        "subject_concentration": composition.concentration(subjects, whole["subject"]),
        "listed_subjects": composition.listed_subjects(subjects, named.texts, listed),
    }


def _leaders(reduced: Reduced, named: Named, *, counting: str, top: int) -> dict[str, pd.DataFrame]:
    """Return the first applicants and organisations of clusters."""
    sums = {
        "applicant": lists.label_addresses(
            _as_looked_at(reduced.applicants), named.labels, kind="applicant", counting=counting
        ),
        "organisation": _of_kind(reduced.organisations, "organisation"),
    }
    return {
        f"top_{kind}s": leaders(
            table, _of_kind(reduced.whole, kind), named.texts, kind=kind, top=top
        )
        for kind, table in sums.items()
    }


def _collaboration(
    reduced: Reduced, economies: pd.DataFrame, *, home_economy: str
) -> dict[str, pd.DataFrame]:
    """Return with whom clusters work."""
    home = homes(economies, home_economy=home_economy)
    by_economy = links_by_economy(reduced.links, home)
    return {
        "collaboration": collaboration(reduced.foreign, by_economy, home),
        "links_by_economy": by_economy,
        "cluster_links": cluster_links(reduced.pairs),
        "network": network(reduced.pairs, reduced.foreign),
    }


def _as_looked_at(list_sums: pd.DataFrame) -> pd.DataFrame:
    """Return lists of each kind that are borne by documents of its indicator."""
    return list_sums[list_sums["indicator"] == list_sums["kind"].map(INDICATOR_OF)]


def _of_kind(cluster_sums: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return how much each cluster has of the indicator that bears a kind of label."""
    return cluster_sums[cluster_sums["indicator"] == INDICATOR_OF[kind]]
