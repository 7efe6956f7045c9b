"""The commands that fetch open inputs, keep a gazetteer of a dump, and locate a file of texts."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hubscan.console import Screen, table
from hubscan.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

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
EditionOption = Annotated[str, typer.Option("--edition", "-e", help="Edition with the rules.")]
OverridesOption = Annotated[
    Path | None, typer.Option("--overrides", help="Places set by hand (CSV), which win.")
]
GazetteerOption = Annotated[
    Path | None, typer.Option("--gazetteer", help="A dump or compact gazetteer; bundled if unset.")
]
FuzzyOption = Annotated[
    float | None,
    typer.Option("--fuzzy", min=1, max=100, help="Least likeness of misspelt names; off if unset."),
]
SureOption = Annotated[
    float, typer.Option("--sure", min=0, max=1, help="Places less sure are put up for review.")
]
PeopleOption = Annotated[int, typer.Option(min=0, help="Inhabitants of the smallest place kept.")]


def register(app: typer.Typer) -> None:
    """Add the commands to the command line."""
    app.command("fetch")(fetch)
    app.command("fetch-works")(fetch_works)
    app.command("gazetteer")(gazetteer)
    app.command("locate")(locate)


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


def locate(  # noqa: PLR0913, PLR0917 - one option each
    context: typer.Context,
    texts: Annotated[Path, typer.Argument(help="CSV with address, city, region or country.")],
    out: FolderOption = Path("located"),
    edition: EditionOption = "gii-2025",
    overrides: OverridesOption = None,
    gazetteer_file: GazetteerOption = None,
    fuzzy: FuzzyOption = None,
    sure: SureOption = 0.9,
) -> None:
    """
    Locate the rows of a file, and list the doubtful ones for review.

    Writes located.csv, a row each, and review.csv, where most documents (column "documents", else
    one a row) hang on the first; filled in, that is a file of overrides.
    """
    from hubscan import geocode, store  # noqa: PLC0415 - heavy; not needed to print help
    from hubscan.edition import load_edition  # noqa: PLC0415 - as above
    from hubscan.report import tables  # noqa: PLC0415 - as above

    screen: Screen = context.obj
    table = _texts(texts)
    rules = load_edition(edition).geocode.parameters
    places = (
        geocode.gazetteer_from_dump(str(gazetteer_file), min_population=0)
        if gazetteer_file
        else geocode.bundled()
    )
    rules |= {} if fuzzy is None else {"fuzzy_min_score": fuzzy}
    found = geocode.located_texts(table, places, **rules)
    if overrides is not None:
        by_hand = geocode.checked_overrides(_read(overrides), where=str(overrides))
        found = geocode.with_overrides(found, table, by_hand)
    asked = geocode.review(table, found, table[["locality", "documents"]], min_confidence=sure)
    joined = table.merge(found.drop(columns="place"), on="locality").drop(columns="locality")
    for name, rows in (("located", joined), ("review", asked)):
        with store.written_whole(out / f"{name}.csv") as partial:
            partial.write_text(tables.csv_text(rows), encoding="utf-8")
    located = int(found["place"].notna().sum())
    content = {"folder": str(out), "rows": len(table), "located": located, "review": len(asked)}
    screen.result(content)
    screen.note(f"{located:,} of {len(table):,} rows located, {len(asked):,} to review, in {out}")
    screen.note(geocode.ATTRIBUTION)


def _read(path: Path) -> pd.DataFrame:
    """Return a CSV file as texts, nothing taken for missing."""
    import pandas as pd  # noqa: PLC0415 - heavy; not needed to print help

    try:
        return pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")
    except (OSError, ValueError) as error:
        msg = f"{path}: cannot be read as CSV in UTF-8 ({error})"
        raise InputError(msg) from error


def _texts(path: Path) -> pd.DataFrame:
    """Return the texts to locate, numbered, with the number of documents that hang on each."""
    table = _read(path)
    known = [name for name in ("address", "city", "region", "country") if name in table]
    if not {"address", "city"} & set(known):
        msg = f"{path}: found {', '.join(table.columns)}: needed is a column 'address' or 'city'"
        raise InputError(msg)
    blank = {name: "" for name in ("city", "region", "country") if name not in table}
    table = table.assign(**blank, locality=range(len(table)))
    documents = table.assign(**({} if "documents" in table else {"documents": "1"}))["documents"]
    if not documents.str.fullmatch(r"\d+").all():
        msg = f"{path}: column 'documents' must hold whole numbers only"
        raise InputError(msg)
    columns = ["locality", *dict.fromkeys([*known, "city", "region", "country"])]
    return (
        table[columns]
        .astype({"city": "str", "region": "str", "country": "str"})
        .assign(documents=documents.astype("int64"))
    )


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
