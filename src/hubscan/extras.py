"""What is installed beside the core: extras by name, and one sentence where one is missing."""

from __future__ import annotations

from contextlib import contextmanager, suppress
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NEEDED: Final = {
    "figures": ("maps and figures need", ("matplotlib", "pyproj")),
    "gis": ("geographic data frames and GeoPackages need", ("geopandas", "pyogrio")),
    "index": (
        "composite indices, the check of published tables and unknown choices need",
        ("scipy", "matplotlib", "pyproj"),
    ),
    "rasters": ("population rasters need", ("rasterio", "pyproj")),
}
"""What each extra is for, and the packages it brings."""

_LEFT_OUT: Final = {
    "figures": "world.png, world.svg and report/network.vosviewer.json",
    "gis": "clusters.gpkg",
}
"""What a run leaves out without an extra."""


def missing(extra: str) -> str:
    """
    Return what an extra is needed for and how to install it; empty if it is installed.

    Examples
    --------
    >>> missing("figures")
    ''
    """
    purpose, packages = _NEEDED[extra]
    absent = [name for name in packages if not _is_there(name)]
    if not absent:
        return ""
    return f"{purpose} {' and '.join(absent)}: pip install 'hubscan[{extra}]'"


def need(extra: str) -> None:
    """
    Raise InputError, one sentence that names the extra, if it is not installed.

    Parameters
    ----------
    extra
        ``figures``, ``gis``, ``index`` or ``rasters``.

    Raises
    ------
    InputError
        If a package of it is not there.
    """
    sentence = missing(extra)
    if sentence:
        raise InputError(sentence)


@contextmanager
def told() -> Iterator[None]:
    """Turn the want of a package of an extra, wherever it is missed, into one sentence."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        for extra, (_, packages) in _NEEDED.items():
            if package in packages and missing(extra):
                raise InputError(missing(extra)) from error
        raise


def left_out() -> list[str]:
    """Return, a sentence each, the files of a run that extras not installed would make."""
    return [
        f"not made: {files}: {sentence}"
        for extra, files in _LEFT_OUT.items()
        if (sentence := missing(extra))
    ]


def installed_versions(packages: Iterable[str]) -> dict[str, str]:
    """Return the version of each package that is installed."""
    from importlib import metadata  # noqa: PLC0415 - slow to import; not needed to print help

    found = {}
    for name in packages:
        with suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _is_there(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ValueError:
        # an entry of sys.modules that is None: the package is barred
        return False
