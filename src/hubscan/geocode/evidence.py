"""Where each document of the window has its addresses, as a run folder keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.schema import LOCATED

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa
    from ibis.expr.types import Table

ORDER: Final = ("document", "indicator", "place", "organisation", "economy")
"""The order of its rows; no two are equal in all of these."""

_OF_DOCUMENT: Final = 2
"""How many of these make a document."""

_NOWHERE: Final = -1
_STRIPES: Final = 4096


def in_order(addresses: Table) -> Table:
    """
    Return addresses in the order of the evidence, from which :func:`evidence` is made.

    Parameters
    ----------
    addresses
        Table ``addresses``.

    Returns
    -------
    in_order
        The columns of :data:`ORDER`, sorted by them; place -1 is that of an address that is not
        located.
    """
    placed = addresses.mutate(place=addresses.place.fill_null(_NOWHERE))
    return placed.select(*ORDER).order_by(*ORDER)


def evidence(in_order: pa.Table) -> pa.Table:
    """
    Return located addresses as a run folder keeps them: equal ones counted, in order.

    Parameters
    ----------
    in_order
        Every address of some documents, from :func:`in_order`.

    Returns
    -------
    evidence
        Table ``located``, one row for equal ones; by document, indicator, place, organisation and
        economy.

    Examples
    --------
    Of four addresses two are the same, and one is not located:

    >>> import pyarrow as pa
    >>> rows = {"document": [5] * 4, "indicator": [0] * 4, "place": [-1, 7, 7, 8]}
    >>> rows |= {"organisation": [0] * 4, "economy": [1] * 4}
    >>> table = evidence(pa.table(rows))
    >>> for name in ("place", "addresses", "n_listed", "n_located"):
    ...     print(name, table.column(name).to_pylist())
    place [7, 8]
    addresses [2, 1]
    n_listed [4, 4]
    n_located [3, 3]
    """
    import pyarrow as pa  # noqa: PLC0415 - heavy; not needed to print help

    columns = {name: in_order.column(name).to_numpy() for name in ORDER}
    begins = np.zeros(len(in_order), bool)
    begins[:1] = True
    of_document = begins.copy()
    for k, name in enumerate(ORDER):
        values = columns[name]
        changes = values[1:] != values[:-1]
        begins[1:] |= changes
        if k < _OF_DOCUMENT:
            of_document[1:] |= changes
    first = np.flatnonzero(begins)
    located = columns["place"][first] != _NOWHERE
    document = np.flatnonzero(of_document[first])
    rows_of = np.diff(document, append=len(first))
    addresses = np.diff(first, append=len(begins)).astype(np.int32)
    sizes = {"n_listed": addresses, "n_located": addresses * located}
    made = {name: values[first[located]] for name, values in columns.items()}
    made["addresses"] = addresses[located]
    for name, counted in sizes.items():
        of_documents = np.add.reduceat(counted, document, dtype=np.int32)
        made[name] = np.repeat(of_documents, rows_of)[located]
    return pa.table({name: made[name] for name in LOCATED.names})


def stripes(document_sizes: Table, *, width: int) -> Table:
    """
    Return how many addresses there are in each stripe of the numbers of documents.

    Parameters
    ----------
    document_sizes
        Table ``document_sizes``.
    width
        From :func:`stripe_width`.

    Returns
    -------
    stripes
        ``stripe`` (its first document has about ``stripe`` times the width), ``addresses``.
    """
    stripe = document_sizes.document // width
    return document_sizes.group_by(stripe=stripe).agg(addresses=document_sizes.n_listed.sum())


def stripe_width(first: int, last: int) -> int:
    """
    Return how many numbers of documents a stripe holds.

    Parameters
    ----------
    first, last
        The least and the greatest number of a document.

    Examples
    --------
    >>> stripe_width(1, 10), stripe_width(-(2**62), 2**62)
    (1, 2251799813685248)
    """
    return max(1, -(-(last - first) // _STRIPES))


def parts(stripes: pd.DataFrame, *, width: int, rows: int) -> list[int]:
    """
    Return where to cut the numbers of documents into parts of about so many addresses.

    Parameters
    ----------
    stripes
        From :func:`stripes`, in any order.
    width
        From :func:`stripe_width`.
    rows
        Addresses a part.

    Returns
    -------
    cuts
        Numbers of documents, ascending, at which a new part begins.

    Examples
    --------
    >>> import pandas as pd
    >>> addresses = pd.DataFrame({"stripe": [2, 0, 1], "addresses": [5, 5, 5]})
    >>> parts(addresses, width=10, rows=10)
    [20]
    """
    ordered = stripes.sort_values("stripe")
    addresses = ordered["addresses"].to_numpy(np.int64)
    before = addresses.cumsum() - addresses
    begins = np.flatnonzero(np.diff(before // rows)) + 1
    return [int(stripe) * width for stripe in ordered["stripe"].to_numpy()[begins]]
