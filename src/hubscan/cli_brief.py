"""The command of briefs: two pages on a cluster, as PDF."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hubscan.errors import InputError

if TYPE_CHECKING:
    from hubscan.briefs import Material
    from hubscan.console import Screen


RunArgument = Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")]
ClustersArgument = Annotated[
    list[str] | None,
    typer.Argument(metavar="[CLUSTER]...", help="Names, file names such as kr-seoul, or numbers."),
]
OutOption = Annotated[
    Path | None, typer.Option("--out", "-o", help="Folder to write to; RUN/briefs if unset.")
]
EarlierOption = Annotated[
    list[Path] | None,
    typer.Option("--earlier", help="Run folder of an earlier edition; earliest first."),
]


def brief(
    context: typer.Context,
    run: RunArgument,
    clusters: ClustersArgument = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="A brief of every cluster.")] = False,
    out: OutOption = None,
    earlier: EarlierOption = None,
) -> None:
    """
    Write briefs: two A4 pages on a cluster, as PDF that a screen reader can read.

    Files are called as those of the source reports: codes of economies and name, kr-seoul.pdf.
    """
    from hubscan import briefs  # noqa: PLC0415 - heavy; not needed for help
    from hubscan.run_folder import opened_runs  # noqa: PLC0415 - as above

    screen: Screen = context.obj
    if bool(clusters) == every:
        msg = f"{run}: name clusters or give --all, one of the two"
        raise InputError(msg)
    first, *before = opened_runs([run, *(earlier or ())])
    material = briefs.material_of(first, earlier=before)
    numbers = (
        material.ranking["cluster"].tolist()
        if every
        else [_number(material, text) for text in clusters or ()]
    )
    where = out or run / "briefs"
    paths = briefs.write_briefs(material, numbers, where)
    screen.result({"briefs": [str(path) for path in paths]})
    screen.note(f"{len(paths)} {'brief' if len(paths) == 1 else 'briefs'} in {where}")


def _number(material: Material, text: str) -> int:
    """Return the cluster that a user names: by number, by name, or by file name."""
    from hubscan.briefs import file_names  # noqa: PLC0415 - heavy; not needed for help

    asked = text.strip().removesuffix(".pdf").casefold()
    known = {str(number): number for number in material.names}
    known |= {name: number for number, name in file_names(material.ranking).items()}
    # of two clusters of one name the first by rank is meant
    for number, name in reversed(list(material.names.items())):
        known[name.casefold()] = number
    if asked not in known:
        near = difflib.get_close_matches(asked, list(known), n=3)
        told = f": did you mean {', '.join(near)}" if near else ": a name of its ranking was needed"
        msg = f"{material.folder.path}: has no cluster {text!r}{told}"
        raise InputError(msg)
    return int(known[asked])
