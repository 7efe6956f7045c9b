"""The commands that fetch open inputs, and make a gazetteer of a fetched dump."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscan.console import Screen, table
from hubscan.errors import InputError

if TYPE_CHECKING:
    from hubscan.remote import Policy, Remote

NamesArgument = Annotated[
    list[str] | None, typer.Argument(metavar="NAME...", help="What to fetch; all names if none.")
]
FolderOption = Annotated[Path, typer.Option("--out", "-o", help="Folder for what is fetched.")]
AttemptsOption = Annotated[
    int, typer.Option(min=1, help="Tries without progress before giving up.")
]
AgainOption = Annotated[bool, typer.Option("--again", help="Fetch also what is already there.")]
FilterOption = Annotated[
    str, typer.Option("--filter", help="Filter of the OpenAlex API, such as publication_year:2023.")
]
KeyOption = Annotated[
    str, typer.Option("--api-key", envvar="OPENALEX_API_KEY", help="Free key of OpenAlex.")
]
MailOption = Annotated[str, typer.Option("--mailto", help="Your address, for the polite pool.")]
PagesOption = Annotated[int, typer.Option(min=1, help="Pages of 100 works to fetch at most.")]
PeopleOption = Annotated[int, typer.Option(min=0, help="Inhabitants of the smallest place kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("fetch")(fetch)
    app.command("fetch-works")(fetch_works)
    app.command("gazetteer")(gazetteer)


def fetch(
    context: typer.Context,
    names: NamesArgument = None,
    out: FolderOption = Path("inputs"),
    attempts: AttemptsOption = 5,
    *,
    again: AgainOption = False,
) -> None:
    """
    Fetch open inputs by name: GeoNames, Natural Earth, GHS-POP, ROR, the OpenAlex snapshot's list.

    Without a name, lists what there is. What was fetched, from where and under which licence stands
    in manifest.json beside the files. A transfer that was stopped goes on when run again.
    """
    from hubscan import remote  # noqa: PLC0415 - only this command needs the network

    screen: Screen = context.obj
    if not names:
        _list(screen, remote.remotes())
        return
    policy = remote.Policy(attempts=attempts)
    wanted = [remote.remote_named(name) for name in names]
    done = [_fetched(screen, one, out, policy, again=again) for one in wanted]
    screen.result({"folder": str(out), "files": done})


def fetch_works(
    context: typer.Context,
    out: FolderOption,
    works: FilterOption,
    key: KeyOption = "",
    mailto: MailOption = "",
    pages: PagesOption = 1000,
) -> None:
    """
    Fetch works of OpenAlex by its API, page by page; run again to go on.

    The API wants a free key for more than a few pages a day; whole years are better taken from the
    snapshot (``hubscan fetch openalex-snapshot:works`` lists its files).
    """
    from hubscan import remote  # noqa: PLC0415 - only this command needs the network

    screen: Screen = context.obj
    told = {"filter": works, "api_key": key, "mailto": mailto}
    query = {name: text for name, text in told.items() if text}
    count = remote.fetch_works(out, remote.Policy(), query=query, max_pages=pages)
    screen.result({"folder": str(out), "pages": count})
    screen.note(f"{count} pages of works in {out}")


def gazetteer(
    context: typer.Context,
    dump: Annotated[Path, typer.Argument(help="A GeoNames dump, unpacked.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The file to write (.parquet).")],
    min_population: PeopleOption = 0,
) -> None:
    """Keep the populated places of a GeoNames dump as a compact gazetteer."""
    from hubscan.geocode import write_compact  # noqa: PLC0415 - heavy; not needed to print help

    screen: Screen = context.obj
    places = write_compact(str(dump), str(out), min_population=min_population)
    screen.result({"file": str(out), "places": places})
    screen.note(f"{places:,} places in {out}")


def _list(screen: Screen, remotes: tuple[Remote, ...]) -> None:
    """Show what can be fetched."""
    rows = [(one.name, one.holds, one.licence, "yes" if one.seen else "no") for one in remotes]
    columns = ["name", "holds", "licence", "address seen in public documentation"]
    content = [dict(zip(columns, row, strict=True)) for row in rows]
    screen.result({"names": content}, [table("Open inputs", columns, rows)])


def _fetched(
    screen: Screen, one: Remote, folder: Path, policy: Policy, *, again: bool
) -> dict[str, Any]:
    """Fetch one thing and put it on the manifest; return its entry."""
    from hubscan import remote  # noqa: PLC0415 - only this command needs the network

    entries = remote.read_manifest(folder)
    known = {entry.name: entry for entry in entries}.get(one.name)
    if known and not again and (folder / known.file).exists():
        screen.note(f"{one.name}: already there, fetched {known.date} ({known.file})")
        return vars(known)
    url, name = _address(one, policy)
    digest = remote.fetch(url, folder / name, policy)
    entry = remote.Entry(
        name=one.name,
        file=name,
        url=url,
        size=(folder / name).stat().st_size,
        sha256=digest,
        licence=one.licence,
        attribution=one.attribution,
        date=datetime.now(UTC).date().isoformat(),
    )
    remote.write_manifest(folder, remote.with_entry(entries, entry))
    if one.name.startswith("openalex-snapshot:"):
        _list_parts(folder / name)
    screen.note(f"{one.name}: {entry.size:,} bytes in {folder / name}; {one.attribution}")
    return vars(entry)


def _address(one: Remote, policy: Policy) -> tuple[str, str]:
    """Return where the file is, and its name."""
    from hubscan import remote  # noqa: PLC0415 - only this command needs the network

    if one.by == "file":
        return one.url, one.file
    found = remote.fetch_json(one.url, policy)
    try:
        files = found["hits"]["hits"][0]["files"]
        chosen = next(file for file in reversed(files) if file["key"].endswith(".zip"))
        return str(chosen["links"]["self"]), Path(chosen["key"]).name
    except (KeyError, IndexError, TypeError, StopIteration) as error:
        msg = f"fetch {one.name}: {one.url} lists no packed file: needed is a record with one"
        raise InputError(msg) from error


def _list_parts(manifest: Path) -> None:
    """Write the files that a snapshot's manifest lists, as a table beside it."""
    import json  # noqa: PLC0415 - only for this kind

    from hubscan import remote  # noqa: PLC0415 - only this command needs the network

    parts = remote.snapshot_parts(json.loads(manifest.read_text(encoding="utf-8")))
    with manifest.with_suffix(".csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("url", "bytes", "records"), *parts])
