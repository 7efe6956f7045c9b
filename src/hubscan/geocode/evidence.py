"""Where each document of the window has its addresses, as a run folder keeps it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hubscan.schema import LOCATED

if TYPE_CHECKING:
    import pandas as pd
    from ibis.expr.types import Table

ORDER: Final = ("document", "indicator", "place", "organisation", "economy")
"""The order of its rows; no two are equal in all of these."""

_STRIPES: Final = 4096


def evidence(at_places: Table, document_sizes: Table) -> Table:
    """
    Return located addresses as a run folder keeps them: equal ones counted, in order.

    Parameters
    ----------
    at_places
        From :func:`hubscan.geocode.placing.at_places`.
    document_sizes
        Table ``document_sizes``.

    Returns
    -------
    evidence
        Table ``located``, one row for equal ones; by document, indicator, place, organisation and
        economy.
    """
    counted = at_places.group_by(*ORDER).agg(addresses=at_places.count().cast("int32"))
    sized = counted.join(document_sizes, ["indicator", "document"])
    return sized.select(*LOCATED.names).order_by(*ORDER)


def stripes(document_sizes: Table, *, width: int) -> Table:
    """
    Return how many addresses are located in each stripe of the numbers of documents.

    Parameters
    ----------
    document_sizes
        Table ``document_sizes``.
    width
        From :func:`stripe_width`.

    Returns
    -------
    stripes
        ``stripe`` (its first document has about ``stripe`` times the width), ``located``.
    """
    stripe = document_sizes.document // width
    return document_sizes.group_by(stripe=stripe).agg(located=document_sizes.n_located.sum())


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
    Return where to cut the numbers of documents into parts of about so many located addresses.

    Parameters
    ----------
    stripes
        From :func:`stripes`, in any order.
    width
        From :func:`stripe_width`.
    rows
        Located addresses a part.

    Returns
    -------
    cuts
        Numbers of documents, ascending, at which a new part begins.

    Examples
    --------
    >>> import pandas as pd
    >>> located = pd.DataFrame({"stripe": [2, 0, 1], "located": [5, 5, 5]})
    >>> parts(located, width=10, rows=10)
    [20]
    """
    ordered = stripes.sort_values("stripe")
    located = ordered["located"].to_numpy(np.int64)
    before = located.cumsum() - located
    begins = np.flatnonzero(np.diff(before // rows)) + 1
    return [int(stripe) * width for stripe in ordered["stripe"].to_numpy()[begins]]
