"""What an inputs file names beside its sources: small tables of the user's, and an earlier run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import pandas as pd

from hubscan.cluster.names import LIST
from hubscan.errors import InputError
from hubscan.geocode import checked_overrides
from hubscan.organisations import checked_parents, checked_thesaurus

if TYPE_CHECKING:
    from pathlib import Path

    from hubscan.ingest.inputs import Inputs

_NEEDED: Final = ("name", "cities", "latitudes", "longitudes")
_BETWEEN: Final = ";"
_SEPARATOR: Final = r"\s*;\s*"


class OwnOrganisations(NamedTuple):
    """Which organisation a name means, and which it belongs to in the end, by bare name."""

    thesaurus: dict[str, str]
    parents: dict[str, str]


def own_names(inputs: Inputs, root: Path) -> pd.DataFrame | None:
    """
    Return the names that clusters bear before all others; None if none are given.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    names
        ``name``, ``cities``, ``latitudes``, ``longitudes``: texts, separated by semicolons.

    Raises
    ------
    InputError
        With one sentence that names file, row and column.
    """
    if inputs.names is None:
        return None
    path = root / inputs.names
    table = _table(path, "names")
    missing = [name for name in _NEEDED if name not in table]
    if missing:
        found = ", ".join(map(str, table.columns))
        msg = f"{path.name}: no column {', '.join(missing)}: found {found}"
        raise InputError(msg)
    given = table.loc[(table != "").any(axis=1), list(_NEEDED)]
    for index, *row in given.itertuples():
        _check(tuple(map(str, row)), where=f"{path.name}: row {int(index) + 2}")
    # lists in the one form that names are read in
    listed = {name: given[name].str.replace(_SEPARATOR, LIST, regex=True) for name in _NEEDED[1:]}
    return given.assign(**listed).reset_index(drop=True)


def previous_folder(inputs: Inputs, root: Path) -> Path | None:
    """
    Return the run folder of the edition before; None if none is given.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    folder
        Not looked at yet.
    """
    return root / inputs.previous if inputs.previous else None


def own_overrides(inputs: Inputs, root: Path) -> pd.DataFrame | None:
    """
    Return the places set by hand; None if no file of them is given.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    overrides
        From :func:`hubscan.geocode.checked_overrides`.

    Raises
    ------
    InputError
        With one sentence that names file, row and column.
    """
    if inputs.overrides is None:
        return None
    path = root / inputs.overrides
    return checked_overrides(_table(path, "overrides"), where=path.name)


def own_organisations(inputs: Inputs, root: Path) -> OwnOrganisations | None:
    """
    Return what the user says of names of organisations; None if nothing is declared.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    organisations
        Thesaurus and parents, checked.

    Raises
    ------
    InputError
        With one sentence that names file, line and column.
    """
    declared = inputs.organisations
    if declared is None:
        return None
    thesaurus: dict[str, str] = {}
    parents: dict[str, str] = {}
    if declared.thesaurus:
        path = root / declared.thesaurus
        thesaurus = checked_thesaurus(_table(path, "names of organisations"), where=path.name)
    if declared.parents:
        path = root / declared.parents
        parents = checked_parents(_table(path, "parents of organisations"), where=path.name)
    return OwnOrganisations(thesaurus, parents)


def files_beside(inputs: Inputs, root: Path) -> list[tuple[str, Path]]:
    """
    Return the files that an inputs file names beside its sources, by what they are.

    Parameters
    ----------
    inputs
        The declared inputs.
    root
        The folder that paths start from.

    Returns
    -------
    files
        What each is, and where it is; those that are there.
    """
    declared = inputs.organisations
    named = {
        "names": inputs.names,
        "overrides": inputs.overrides,
        "organisations.thesaurus": declared.thesaurus if declared else None,
        "organisations.parents": declared.parents if declared else None,
    }
    found = [(what, root / path) for what, path in named.items() if path]
    if inputs.previous:
        tables = ("ranking.parquet", "membership.parquet")
        found += [("previous", root / inputs.previous / name) for name in tables]
    return [(what, path) for what, path in found if path.is_file()]


def _table(path: Path, what: str) -> pd.DataFrame:
    """Return a small CSV file as texts, nothing taken for missing."""
    try:
        table = pd.read_csv(
            path, encoding="utf-8-sig", dtype=str, keep_default_na=False, skip_blank_lines=False
        )
    except (OSError, UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        msg = f"{path.name}: can't be read as a table of {what}: {error}"
        raise InputError(msg) from error
    if not isinstance(table.index, pd.RangeIndex):
        msg = f"{path.name}: rows have more cells than the header: put texts with commas in quotes"
        raise InputError(msg)
    return table


def _check(row: tuple[str, ...], *, where: str) -> None:
    name, cities, latitudes, longitudes = row
    if not name.strip():
        msg = f"{where}: name is empty: each row needs one"
        raise InputError(msg)
    number = len(cities.split(_BETWEEN))
    for column, texts, most in (("latitudes", latitudes, 90.0), ("longitudes", longitudes, 180.0)):
        degrees = texts.split(_BETWEEN)
        if len(degrees) != number:
            msg = f"{where}: {number} cities and {len(degrees)} {column}: one for each was needed"
            raise InputError(msg)
        for text in degrees:
            _check_degrees(text, most, where=f"{where}: {column}")


def _check_degrees(text: str, most: float, *, where: str) -> None:
    try:
        value = float(text)
    except ValueError as error:
        msg = f"{where} = {text.strip()!r}: a number in degrees was needed"
        raise InputError(msg) from error
    if not abs(value) <= most:
        msg = f"{where} = {text.strip()}: from -{most:g} to {most:g} was needed"
        raise InputError(msg)
