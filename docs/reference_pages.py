"""Pages of the reference made from the code and the editions, so that neither can run ahead."""

from __future__ import annotations

import ast
import inspect
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import typer
from pydantic import BaseModel

from hubscan import cli, errors, schema
from hubscan.edition import Edition, edition_names, load_edition

if TYPE_CHECKING:
    from collections.abc import Iterator

SOURCE = Path(cli.__file__).parent
LONGEST_VALUE = 60
FILES = {
    "ranking.xlsx": "the ranking and the tables below, one sheet each, and a sheet About",
    "ranking.csv": "one row a cluster; also as Parquet; columns explained in `ranking.csv.json`",
    "counts.csv": "documents by cluster and indicator",
    "economies.csv": "documents by economy, inside and outside clusters",
    "coverage.csv": "located addresses and documents by economy",
    "merging.csv": "every pair of neighbours looked at, and whether it was merged, and why",
    "change.csv": "rank change against the edition before; with `--change`",
    "leavers.csv": "clusters of the edition before that are not in this one; with `--change`",
    "clusters.geojson": "footprints with the ranking's columns; WGS84",
    "clusters.gpkg": "the same as a GeoPackage, with the places of clusters",
    "clusters.parquet": "the same as GeoParquet",
    "membership.parquet": "each place, its cluster, core or border",
    "place_addresses.parquet": "addresses at each place, by indicator, economy and denominator",
    "place_ties.parquet": "documents that tie two places",
    "localities.parquet": "where each distinct city, region and country was found",
    "country_counts.parquet": "addresses and documents by economy, located or not",
    "network.vosviewer.json": "ties between clusters, for VOSviewer; in `report/`",
    "totals.parquet": "documents and addresses of each indicator: the base of shares",
    "evidence.parquet": "where each document has its addresses: `located`, names for numbers",
    "rejected.parquet": "every input row set aside: file, row, reason, values",
    "profiles/": "what clusters are made of, a table each as CSV and Parquet",
    "report/": "the tables of the source reports: CSV, `tables.xlsx`, `tables.md`",
    "world.png": "the map; `world.svg` the same as vectors",
    "edition.toml": "every number of the method, as used",
    "run.json": "inputs with their hashes, versions, platform, stages with seconds and memory",
}
"""What a run folder holds, and what each file is."""


def pages() -> dict[str, str]:
    """Return the generated pages by name."""
    return {
        "commands": _commands(),
        "editions": _editions(),
        "tables": _tables(),
        "errors": _errors(),
        "names": _names(),
    }


def write_pages(folder: Path) -> None:
    """Write the pages; a page that says what it said is left alone."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        path = folder / f"{name}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def commands() -> Iterator[tuple[str, Any]]:
    """Give every command of the command line with its full name."""
    yield from _of_group("hubscan", typer.main.get_command(cli.app))


def keys() -> Iterator[tuple[str, str]]:
    """Give every key of an edition with its meaning."""
    yield from _of_section("", Edition)


def public_names() -> Iterator[tuple[str, str, str]]:
    """Give every public name: its package, the name, and the first sentence said of it."""
    for path in sorted(SOURCE.glob("*/__init__.py")):
        module = import_module(f"hubscan.{path.parent.name}")
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            told = inspect.getdoc(value) if callable(value) else _told_below(module, name)
            yield module.__name__, name, (told or "").strip().partition("\n\n")[0]


def _of_group(name: str, group: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - Click's own
    for part, command in sorted(group.commands.items()):
        if hasattr(command, "commands"):
            yield from _of_group(f"{name} {part}", command)
        else:
            yield f"{name} {part}", command


def _of_section(prefix: str, section: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for name, field in section.model_fields.items():
        inner = [field.annotation, *get_args(field.annotation)]
        found = next((k for k in inner if inspect.isclass(k) and issubclass(k, BaseModel)), None)
        if found is not None:
            yield from _of_section(f"{prefix}{name}.", found)
        else:
            yield f"{prefix}{name}", field.description or ""


def _told_below(module: Any, name: str) -> str:  # noqa: ANN401 - a module
    """Return the text that stands below a constant, where its module defines it."""
    for path in sorted(Path(module.__file__).parent.glob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        for one, after in pairwise(body):
            defined = getattr(getattr(one, "target", None), "id", None) == name
            if defined and isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant):
                return str(after.value.value)
    return ""


def _commands() -> str:
    parts = ["# Commands\n\nMade from the program; `hubscan COMMAND --help` says the same.\n"]
    for name, command in commands():
        parts.append(f"## {name}\n\n{inspect.cleandoc(command.help or '')}\n")
        rows = [_parameter(one) for one in command.params if one.name != "help"]
        parts.append(_table(("parameter", "meaning", "default"), rows) if rows else "")
    return "\n".join(parts)


def _parameter(one: Any) -> tuple[str, str, str]:  # noqa: ANN401 - Click's own
    shown = ", ".join(f"`{text}`" for text in (*one.opts, *one.secondary_opts))
    default = one.default
    plain = default is None or callable(default) or default in ((), [], False)
    name = f"`{(one.metavar or one.name).upper()}`" if one.param_type_name == "argument" else shown
    return name, getattr(one, "help", "") or "", "" if plain else f"`{default}`"


def _editions() -> str:
    editions = [load_edition(name) for name in edition_names()]
    text = (
        "# Keys of an edition\n\nEvery number of the method, what it means, its value in each "
        "edition, and what it rests on: documented by the source (d), inferred from published "
        "figures (i), or assumed by us (a).\n\n"
    )
    rows = []
    for key, meaning in keys():
        values = [f"{_value(e, key)} {_status(e, key)}".strip() for e in editions]
        rows.append((f"`{key}`", meaning, *values))
    return text + _table(("key", "meaning", *edition_names()), rows)


def _value(edition: Edition, key: str) -> str:
    found: Any = edition
    for part in key.split("."):
        found = getattr(found, part)
    text = str(found.model_dump() if isinstance(found, BaseModel) else found)
    return f"`{text}`" if len(text) <= LONGEST_VALUE else "see the file"


def _status(edition: Edition, key: str) -> str:
    try:
        status = edition.status_of(key)
    except (KeyError, ValueError):
        return ""
    return f"({status[0]})" if status else ""


def _tables() -> str:
    parts = ["# Tables and files\n\n## Files of a run folder\n"]
    parts.append(_table(("file", "what it is"), [(f"`{n}`", w) for n, w in FILES.items()]))
    for name, table in schema.TABLES.items():
        key = ", ".join(f"`{column}`" for column in table.key) or "none"
        parts.append(f"## Table `{name}`\n\nA row is {table.row}. Key: {key}.\n")
        rows = [
            (f"`{c.name}`", c.kind, c.unit, c.meaning, "yes" if c.nullable else "") for c in table
        ]
        parts.append(_table(("column", "type", "unit", "meaning", "may be missing"), rows))
    return "\n".join(parts)


def _errors() -> str:
    found = [e for e in vars(errors).values() if inspect.isclass(e)]
    rows = [
        (f"`{e.__name__}`", str(e.exit_code), " ".join((e.__doc__ or "").split("\n\n")[0].split()))
        for e in found
        if issubclass(e, errors.HubscanError)
    ]
    rows += [
        ("an unforeseen error", "70", "A fault of hubscan; `HUBSCAN_TRACE=1` shows where."),
        ("stopped by the user", "130", "Finished stages are kept."),
    ]
    text = "# Errors\n\nThe command line prints one sentence and ends with the exit code.\n\n"
    return text + _table(("error", "exit code", "meaning"), rows)


def _names() -> str:
    parts = ["# Public names\n"]
    last = ""
    for module, name, told in public_names():
        if module != last:
            parts.append(f"\n## {module}\n\n")
            last = module
        parts.append(f"`{name}`\n: {' '.join(told.split())}\n\n")
    return "".join(parts)


def _table(heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [heads, tuple("---" for _ in heads), *rows]
    cells = [[" ".join(c.split()).replace("|", "\\|") for c in line] for line in lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)
