"""Briefs as PDF: typeset in memory, tagged for screen readers, equal bytes for equal runs."""

from __future__ import annotations

import json
from importlib import resources
from typing import TYPE_CHECKING, Any, Final

from hubscan import store
from hubscan.briefs.letters import FAMILY, package_fonts
from hubscan.briefs.naming import file_names
from hubscan.errors import HubscanError, InputError
from hubscan.extras import need

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from hubscan.briefs.material import Material

STANDARD: Final = "ua-1"
"""The standard that every brief is checked against when it is made: PDF/UA-1."""

ROWS: Final = (10, 8, 6, 4)
"""Rows of the longest lists, tried one after another until a brief has two pages."""

_INSTALL: Final = "briefs need typst: pip install 'hubscan[briefs]'"
_PAGES: Final = "more than two pages"


class Press:
    """
    Typesets briefs of one run, its fonts read once.

    Parameters
    ----------
    material
        Of the run.

    Raises
    ------
    InputError
        If typst is not installed.
    """

    def __init__(self, material: Material) -> None:
        try:
            import typst  # noqa: PLC0415 - an optional extra
        except ImportError as error:
            raise InputError(_INSTALL) from error
        need("figures")
        from hubscan.briefs.content import brief_content  # noqa: PLC0415 - its maps are an extra

        self._said = brief_content
        self.material = material
        self.names = file_names(material.ranking)
        self._typst = typst
        self._layout = resources.files("hubscan.briefs").joinpath("brief.typ").read_bytes()
        self._fonts: dict[bool, Any] = {}

    def pdf(self, cluster: int) -> bytes:
        """
        Return the brief of a cluster.

        Parameters
        ----------
        cluster
            One of the ranking's.

        Returns
        -------
        content
            Two A4 pages, PDF/UA-1.

        Raises
        ------
        InputError
            If the run has no such cluster.
        """
        found: bytes = self._made(cluster, {"format": "pdf", "pdf_standards": [STANDARD]})
        return found

    def pages(self, cluster: int, *, dots_per_inch: float) -> list[bytes]:
        """
        Return the pages of a cluster's brief as PNG.

        Parameters
        ----------
        cluster
            One of the ranking's.
        dots_per_inch
            Of the images.

        Returns
        -------
        pages
            Two images.

        Raises
        ------
        InputError
            If the run has no such cluster.
        """
        found: list[bytes] = self._made(cluster, {"format": "png", "ppi": dots_per_inch})
        return found

    def _made(self, cluster: int, how: dict[str, Any]) -> Any:  # noqa: ANN401 - one file, or one a page
        if cluster not in self.names:
            home = self.material.folder.path
            msg = f"{home}: has no cluster {cluster}: a number of its ranking was needed"
            raise InputError(msg)
        for most in ROWS:
            content = self._content(cluster, most)
            try:
                return self._typeset(content, how)
            except self._typst.TypstError as error:
                fault = str(error)
                if _PAGES not in fault:
                    break
        msg = f"brief of cluster {cluster}: can't be typeset: {fault.splitlines()[0]}"
        raise HubscanError(msg)

    def _content(self, cluster: int, most: int) -> dict[str, Any]:
        """Return what a brief says; tables that are not as hubscan writes them are one sentence."""
        try:
            return self._said(self.material, cluster, most=most)
        except (IndexError, KeyError, TypeError, ValueError) as error:
            home = self.material.folder.path
            fault = f"{type(error).__name__} {error}".splitlines()[0]
            msg = (
                f"{home}: cluster {cluster}: its tables are not as this version writes them "
                f"({fault}): run it again"
            )
            raise InputError(msg) from error

    def _typeset(self, content: dict[str, Any], how: dict[str, Any]) -> Any:  # noqa: ANN401 - as above
        machine = content["fonts"] != [FAMILY]
        if machine not in self._fonts:
            self._fonts[machine] = self._typst.Fonts(
                include_system_fonts=machine,
                include_embedded_fonts=False,
                font_paths=[str(package_fonts())],
            )
        inputs = {"brief": json.dumps(content, ensure_ascii=False, allow_nan=False)}
        return self._typst.compile(
            self._layout, font_paths=self._fonts[machine], sys_inputs=inputs, **how
        )


def write_briefs(material: Material, clusters: Sequence[int], folder: Path) -> list[Path]:
    """
    Write briefs as PDF, each file whole.

    Parameters
    ----------
    material
        Of the run.
    clusters
        Numbers of its ranking.
    folder
        A folder to make or to add to; a brief of the same name is replaced.

    Returns
    -------
    paths
        In the order of the clusters.

    Raises
    ------
    InputError
        If typst is not installed, or the run has no such cluster.
    """
    press = Press(material)
    paths = []
    for cluster in clusters:
        content = press.pdf(cluster)
        path = folder / f"{press.names[cluster]}.pdf"
        with store.written_whole(path) as partial:
            partial.write_bytes(content)
        paths.append(path)
    return paths
