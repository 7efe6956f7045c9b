"""The profile of every cluster: all its tables, from the bulk tables, in one go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.profile import composition, partners, reduction
from hubscan.profile.collaboration import (
    cluster_links,
    collaboration,
    homes,
    links_by_economy,
    network,
)
from hubscan.profile.concordance import label_fields
from hubscan.profile.leaders import leaders

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    import ibis

INDICATOR_OF: Final = {
    "ipc": "patents",
    "applicant": "patents",
    "subject": "publications",
    "organisation": "publications",
}
"""The indicator whose documents bear each kind of label."""


@dataclass(frozen=True)
class Evidence:
    """
    What profiles are made from.

    ``frame`` brings a lazy table into memory: the engine's, lent to the stage; ``lazy`` does the
    opposite for a small one.
    """

    document_economies: ibis.Table
    """From :func:`hubscan.profile.partners.document_economies`."""
    labels: ibis.Table
    """``indicator``, ``document``, ``kind``, ``label``, ``position``."""
    organisations: ibis.Table
    """``indicator``, ``document``, ``place``, ``organisation``, ``n_listed``, ``n_located``."""
    assignment: ibis.Table
    """``place``, ``cluster``."""
    label_texts: pd.DataFrame
    """``kind``, ``label``, ``text``."""
    economies: pd.DataFrame
    """``cluster``, ``economies``, ``home_economy``."""
    listed: Collection[int]
    """Clusters of the published list, which are also looked at together."""
    frame: Callable[[ibis.Table], pd.DataFrame]
    lazy: Callable[[pd.DataFrame], ibis.Table]


def profiles(  # noqa: PLR0913 - one keyword for each number of the method
    evidence: Evidence,
    *,
    indicators: Sequence[str],
    field_counting: str,
    extensions: str,
    counting: str,
    top: int,
    home_economy: str,
    missing: str,
) -> dict[str, pd.DataFrame]:
    """
    Return what each cluster is made of.

    Parameters
    ----------
    evidence
        The tables.
    indicators
        The indicators whose documents are looked at for collaboration.
    field_counting, extensions
        How patents are shared among technology fields: see
        :func:`hubscan.profile.reduction.field_addresses` and
        :func:`hubscan.profile.concordance.field_of`.
    counting
        How applicants and organisations are counted: ``"fractional"`` or ``"whole"``.
    top
        So many applicants and organisations of each cluster.
    home_economy
        ``"main"`` or ``"all_labels"``: see :func:`hubscan.profile.collaboration.homes`.
    missing
        ``"renormalise"`` or ``"lose"``: what becomes of addresses that were not located.

    Returns
    -------
    profiles
        Tables by name: ``field_profile``, ``field_concentration``, ``listed_fields``,
        ``subject_profile``, ``subject_concentration``, ``listed_subjects``, ``top_applicants``,
        ``top_organisations``, ``collaboration``, ``links_by_economy``, ``cluster_links``,
        ``network``: see the functions of these names, ``concentration`` and ``leaders``.

    Raises
    ------
    InputError
        If an option is not known, or a label has no text.
    """
    made_of = _composition(
        evidence, field_counting=field_counting, extensions=extensions, missing=missing
    )
    led_by = _leaders(evidence, counting=counting, top=top, missing=missing)
    shared = _collaboration(evidence, indicators=indicators, home_economy=home_economy)
    return {**made_of, **led_by, **shared}


def _composition(
    evidence: Evidence, *, field_counting: str, extensions: str, missing: str
) -> dict[str, pd.DataFrame]:
    """Return the fields and subjects of clusters."""
    documents, labels, texts = evidence.document_economies, evidence.labels, evidence.label_texts
    fields = evidence.frame(
        reduction.field_addresses(
            documents,
            labels,
            evidence.lazy(label_fields(texts, extensions=extensions)),
            indicator=INDICATOR_OF["ipc"],
            field_counting=field_counting,
            missing=missing,
        )
    )
    subjects = evidence.frame(
        reduction.label_addresses(
            documents,
            labels,
            indicator=INDICATOR_OF["subject"],
            kind="subject",
            counting="fractional",
            missing=missing,
        )
    )
    whole = {
        kind: _cluster_sums(evidence, kind=kind, counting="fractional", missing=missing)
        for kind in ("ipc", "subject")
    }
    return {
        "field_profile": composition.field_profile(fields),
        "field_concentration": composition.concentration(fields, whole["ipc"]),
        "listed_fields": composition.listed_fields(fields, evidence.listed),
        "subject_profile": composition.subject_profile(subjects, texts),
        "subject_concentration": composition.concentration(subjects, whole["subject"]),
        "listed_subjects": composition.listed_subjects(subjects, texts, evidence.listed),
    }


def _leaders(
    evidence: Evidence, *, counting: str, top: int, missing: str
) -> dict[str, pd.DataFrame]:
    """Return the first applicants and organisations of clusters."""
    chosen = {"counting": counting, "missing": missing}
    sums = {
        "applicant": reduction.label_addresses(
            evidence.document_economies,
            evidence.labels,
            indicator=INDICATOR_OF["applicant"],
            kind="applicant",
            **chosen,
        ),
        "organisation": reduction.organisation_addresses(
            evidence.organisations,
            evidence.assignment,
            indicator=INDICATOR_OF["organisation"],
            **chosen,
        ),
    }
    return {
        f"top_{kind}s": leaders(
            evidence.frame(table),
            _cluster_sums(evidence, kind=kind, **chosen),
            evidence.label_texts,
            kind=kind,
            top=top,
        )
        for kind, table in sums.items()
    }


def _collaboration(
    evidence: Evidence, *, indicators: Sequence[str], home_economy: str
) -> dict[str, pd.DataFrame]:
    """Return with whom clusters work."""
    home = homes(evidence.economies, home_economy=home_economy)
    documents, lazy_home = evidence.document_economies, evidence.lazy(home)

    def brought(reduced: Callable[[str], ibis.Table]) -> pd.DataFrame:
        tables = [evidence.frame(reduced(name)).assign(indicator=name) for name in indicators]
        return pd.concat(tables, ignore_index=True)

    foreign = brought(lambda name: partners.foreign_documents(documents, lazy_home, indicator=name))
    links = brought(lambda name: partners.economy_links(documents, indicator=name))
    pairs = brought(lambda name: partners.cluster_pairs(documents, indicator=name))
    by_economy = links_by_economy(links, home)
    return {
        "collaboration": collaboration(foreign, by_economy, home),
        "links_by_economy": by_economy,
        "cluster_links": cluster_links(pairs),
        "network": network(pairs, foreign),
    }


def _cluster_sums(evidence: Evidence, *, kind: str, counting: str, missing: str) -> pd.DataFrame:
    """Return how much each cluster has of the indicator that bears a kind of label."""
    return evidence.frame(
        reduction.cluster_addresses(
            evidence.document_economies,
            indicator=INDICATOR_OF[kind],
            counting=counting,
            missing=missing,
        )
    )
