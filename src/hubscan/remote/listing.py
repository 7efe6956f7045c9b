"""What can be fetched: names, addresses, licences."""

from __future__ import annotations

import functools
import re
import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from typing import Final
from urllib.parse import urlsplit

from hubscan.errors import InputError

_PART: Final = re.compile(r"[A-Za-z0-9_]+")


@dataclass(frozen=True)
class Remote:
    """
    One thing that can be fetched.

    Attributes
    ----------
    name
        By which it is asked for; one that ends in a colon takes a part after it.
    url
        Where it is; ``{part}`` stands for the part.
    licence, attribution
        What its publisher says, and what is to be printed where it is used.
    holds
        What it is, in a sentence.
    seen
        Where the address was found; empty if it is not verified.
    by
        ``"file"``, or ``"zenodo"`` for the newest file of the newest record listed there.
    """

    name: str
    url: str
    licence: str
    attribution: str
    holds: str
    seen: str = ""
    by: str = "file"

    @property
    def file(self) -> str:
        """Name of the file it is kept as."""
        stem = self.name.replace(":", "-")
        last = urlsplit(self.url).path.rpartition("/")[2]
        return f"{stem}.json" if last in ("manifest.json", "records") else last


@functools.cache
def remotes() -> tuple[Remote, ...]:
    """
    Return everything that can be fetched by name.

    Returns
    -------
    remotes
        In the order of names.

    Examples
    --------
    >>> [remote.name for remote in remotes() if remote.by == "zenodo"]
    ['ror']
    """
    text = resources.files(__package__).joinpath("sources.toml").read_text(encoding="utf-8")
    listed = tomllib.loads(text)
    return tuple(Remote(name=name, **listed[name]) for name in sorted(listed))


def remote_named(name: str) -> Remote:
    """
    Return what a name stands for.

    Parameters
    ----------
    name
        A name, with its part where it takes one: ``geonames-country:FR``.

    Returns
    -------
    remote
        Its entry, the part in place.

    Raises
    ------
    InputError
        If there is no such name, or its part is missing or malformed.

    Examples
    --------
    >>> remote_named("geonames-country:FR").url
    'https://download.geonames.org/export/dump/FR.zip'
    """
    known = {remote.name: remote for remote in remotes()}
    first, colon, part = name.partition(":")
    found = known.get(first + colon)
    if found is None:
        msg = f"fetch {name}: no such name; there are {', '.join(known)}"
        raise InputError(msg)
    if colon and not _PART.fullmatch(part):
        msg = f"fetch {name}: the part after ':' must be letters, digits and underscores"
        raise InputError(msg)
    return replace(found, name=name, url=found.url.replace("{part}", part))
