"""The sources hubscan reads: one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError
from hubscan.readers import (
    crunchbase,
    dealroom,
    lens,
    openalex,
    own_table,
    patentsview,
    patstat,
    pitchbook,
    plos,
    regpat,
    scopus,
    webofscience,
)
from hubscan.validation import suggestion

if TYPE_CHECKING:
    from hubscan.readers.parts import Source

SOURCES: Final[tuple[Source, ...]] = (
    patstat.SOURCE,
    regpat.PCT,
    regpat.EPO,
    patentsview.GRANTED,
    patentsview.PRE_GRANT,
    lens.SOURCE,
    webofscience.SOURCE,
    openalex.SOURCE,
    scopus.SOURCE,
    plos.SOURCE,
    crunchbase.BULK,
    crunchbase.LISTED,
    crunchbase.SNAPSHOT,
    pitchbook.SOURCE,
    dealroom.SOURCE,
    own_table.SOURCE,
)
"""Every source, in the order they are listed."""


def source_named(name: str) -> Source:
    """
    Return the source of a name.

    Parameters
    ----------
    name
        As ``hubscan sources`` lists it.

    Returns
    -------
    source

    Raises
    ------
    InputError
        If there is none.

    Examples
    --------
    >>> source_named("wos").indicator
    'publications'
    >>> source_named("wso")
    Traceback (most recent call last):
    ...
    hubscan.errors.InputError: source 'wso' is not known: did you mean wos?
    """
    known = {source.name: source for source in SOURCES}
    if name not in known:
        msg = f"source {name!r} is not known: {suggestion(name, list(known))}"
        raise InputError(msg)
    return known[name]
