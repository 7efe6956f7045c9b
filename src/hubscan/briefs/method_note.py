"""The method note of a brief: what the figures rest on, in a few sentences."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any, Final

from hubscan.report.basemap import ATTRIBUTION
from hubscan.run_folder import indicator_label

if TYPE_CHECKING:
    from collections.abc import Mapping

    from hubscan.briefs.material import Material

_MOST: Final = 900
_SHOWN: Final = 12


def method_note(material: Material) -> list[list[str]]:
    """
    Return the method note, one heading and one paragraph a row.

    Parameters
    ----------
    material
        Of the run.

    Returns
    -------
    note
        Edition and rule, inputs with attribution, how sure, made with.
    """
    record = material.folder.record
    edition, inputs = record.get("edition", {}), record.get("inputs", {})
    rows = [
        ["Method", _rule(edition)],
        ["Parameters", _statuses(edition)],
        ["Inputs", _inputs(inputs, record.get("partial", {}))],
        ["Ranks", _sure(material)],
        ["Map", ATTRIBUTION],
        ["Made with", f"hubscan {record.get('hubscan', '')}. Inputs {_mark(inputs)}."],
    ]
    return [[head, _short(material.letters.readable(text, instead=""))] for head, text in rows]


def _rule(edition: Mapping[str, Any]) -> str:
    cluster, merge = edition.get("cluster", {}), edition.get("merge", {})
    shaping = edition.get("weights", {}).get("shaped_by", ())
    shaped = " and ".join(indicator_label(name).lower() for name in shaping)
    threshold = (
        f"{cluster.get('min_weight', 0):,.0f} addresses"
        if cluster.get("threshold") != "share"
        else f"{100 * cluster.get('min_share', 0):.3g}% of an indicator"
    )
    return (
        f"Edition {edition.get('name', '')} ({edition.get('title', '')}): clusters are where "
        f"{shaped or 'documents'} lie densely, at least {threshold} within "
        f"{cluster.get('radius_km', 0):g} km; neighbours up to {merge.get('max_gap_km', 0):g} km "
        "apart are one where they work together most."
    )


def _statuses(edition: Mapping[str, Any]) -> str:
    status = edition.get("status", {})
    told, read, assumed = (
        len(status.get(kind, ())) for kind in ("documented", "inferred", "assumed")
    )
    return (
        f"Of the numbers that decide the result, {told} are documented by the sources, {read} "
        f"inferred from their tables, and {assumed} assumed; the run folder lists each."
    )


def _inputs(inputs: Mapping[str, Any], partial: Mapping[str, Any]) -> str:
    kind = "SYNTHETIC DATA: modelled documents; no finding. " if inputs.get("synthetic") else ""
    covers = "".join(
        f" {indicator_label(name)} are known for {', '.join(where)} only: no share of the world."
        for name, where in partial.items()
    )
    sources = " ".join(str(text).rstrip(".") + "." for text in inputs.get("attribution", ()))
    title = str(inputs.get("title", "")).rstrip(".")
    return f"{kind}{title}. {inputs.get('note', '')}{covers} Sources: {sources or 'none named.'}"


def _sure(material: Material) -> str:
    level = material.folder.study_level
    if not level:
        return "No study of uncertainty was made of this run, so ranks bear no intervals."
    return (
        f"Intervals hold {100 * level:.0f}% of the ranks when documents are drawn anew; ranks "
        "whose intervals overlap should not be told apart."
    )


def _mark(inputs: Mapping[str, Any]) -> str:
    """Return a short mark of the input files, which tells two sets of inputs apart."""
    files = inputs.get("files", ())
    every = "".join(sorted(str(file.get("sha256", "")) for file in files))
    digest = hashlib.sha256(every.encode()).hexdigest()[:_SHOWN]
    return f"of {len(files)} files, mark {digest}" if files else "by hand"


def _short(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[:_MOST].rpartition(' ')[0]} …"
