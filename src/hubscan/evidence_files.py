"""The evidence of a run: which document has how many addresses where, and what documents are."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from hubscan import geocode, ingest
from hubscan.geocode.evidence import parts, stripe_width, stripes
from hubscan.numbered import indicator_numbers
from hubscan.store import json_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import ibis
    import pandas as pd
    import pyarrow as pa

    from hubscan.engine import DuckDB
    from hubscan.ingest import Sources
    from hubscan.pipeline import Results
    from hubscan.store import Kept

ROWS: Final = 4_000_000
"""Addresses brought into order at once; more take more memory and no less time."""


def write_evidence(
    results: Results, sources: Sources, folder: Path, *, by: DuckDB, about: Mapping[str, str]
) -> int:
    """
    Write ``evidence.parquet`` and ``documents.parquet``: what uncertainty and questions start from.

    Parameters
    ----------
    results
        What a run found.
    sources
        The open sources, for the ids of their documents.
    folder
        The run folder.
    by
        The engine that brings rows into order, a part after the other: the same bytes whatever
        engine the run had, and little memory whatever their number.
    about
        What every file says of itself.

    Returns
    -------
    rows
        The number of rows of the evidence.
    """
    given, said = {"indicators": results.edition.indicators}, json_text(about)
    listed, sizes, economies = results.evidence
    cuts = _cuts(_scanned(sizes, by), by)
    found = (geocode.in_order(rows) for rows in _between(cuts, _scanned(listed, by)))
    made = partial(_made, economies=economies.value, **given)
    rows = by.write_rows(found, folder / "evidence.parquet", about=said, then=made)
    told = ingest.document_ids(_scanned(results.documents, by), sources, **given)
    ordered = (
        part.filter(part.indicator == indicator).order_by("document")
        for indicator in sorted(results.edition.indicators)
        for part in _between(cuts, told)
    )
    by.write_rows(ordered, folder / "documents.parquet", about=said)
    return rows


def _made(in_order: pa.Table, **named_by: Any) -> pa.Table:  # noqa: ANN401 - as of `named`
    """Return a part of the evidence from its addresses in order."""
    return named(geocode.evidence(in_order), **named_by)


def named(rows: pa.Table, *, economies: pd.DataFrame, indicators: Sequence[str]) -> pa.Table:
    """
    Return rows of the evidence with texts for the numbers of indicators and economies.

    Parameters
    ----------
    rows
        Columns of table ``located``.
    economies
        ``number``, ``economy``: from :func:`hubscan.numbered.economy_numbers`.
    indicators
        Indicators of the edition.

    Returns
    -------
    rows
        ``indicator`` (its name) and ``economy`` (ISO alpha-2 code; empty if unknown) as texts.
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy; not needed to print help

    texts = {
        "indicator": {number: name for name, number in indicator_numbers(indicators).items()},
        "economy": dict(zip(economies["number"], economies["economy"], strict=True)),
    }
    for name, of in texts.items():
        places = np.zeros(max(of) + 1, np.int32)
        places[list(of)] = np.arange(len(of))
        codes = pa.array(places[rows.column(name).to_numpy()])
        told = pa.DictionaryArray.from_arrays(codes, pa.array(list(of.values()), pa.string()))
        rows = rows.set_column(rows.schema.get_field_index(name), name, told)
    return rows


def _scanned(kept: Kept[Any], by: DuckDB) -> ibis.Table:
    """Return a stage's table as it lies on the disk."""
    if kept.path is None:
        msg = "a stage that the evidence follows from was not kept"
        raise TypeError(msg)
    return by.parquet([kept.path])


def _cuts(document_sizes: ibis.Table, by: DuckDB) -> list[int]:
    """Return the numbers of documents at which a new part of the evidence begins."""
    documents = document_sizes.document
    ends = by.frame(document_sizes.agg(first=documents.min(), last=documents.max()))
    if ends.isna().to_numpy().any():
        return []
    width = stripe_width(int(ends["first"][0]), int(ends["last"][0]))
    return parts(by.frame(stripes(document_sizes, width=width)), width=width, rows=ROWS)


def _between(cuts: list[int], table: ibis.Table) -> Iterator[ibis.Table]:
    """Yield a table of documents part by part."""
    for first, end in zip([None, *cuts], [*cuts, None], strict=True):
        part = table
        if first is not None:
            part = part.filter(part.document >= first)
        if end is not None:
            part = part.filter(part.document < end)
        yield part
