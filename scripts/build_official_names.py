"""Build the table of official cluster names from the published lists and the gazetteer."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import csv
import re
import sys
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.cluster.names import LIST
from hubscan.geocode import bundled
from hubscan.geocode.fold import folded

if TYPE_CHECKING:
    from collections.abc import Iterator

FILE: Final = (
    Path(__file__).resolve().parents[1] / "src" / "hubscan" / "cluster" / "official_names.csv"
)
RANKED: Final = (
    ("clusters_2025_appendix_table2.csv", "economy"),
    ("clusters_2024_table5_top_by_economy.csv", "economy"),
    ("clusters_2024_table9_intensity_top25.csv", "economy"),
    ("clusters_2023_top100.csv", "economy_iso2"),
)
BEYOND: Final = (
    "clusters_2025_table2_beyond.csv",
    "clusters_2024_table7_beyond.csv",
    "clusters_2024_table8_africa.csv",
)
SPELLED: Final = {"Washington, DC": "Washington", "Kafr El-Shaikh": "Kafr ash Shaykh"}
"""Cities whose printed name the gazetteer does not know."""

ELSEWHERE: Final = {"Macau": "MO"}
"""Cities outside the economies that their cluster is labelled with."""

_STATE: Final = re.compile(r", (?!DC)[A-Z]{2}$")


def published() -> Iterator[tuple[str, str]]:
    """Yield the names of the published lists, without states, and their economies; newest first."""
    folder = resources.files("hubscan.reference.gii")
    for file, economy in RANKED:
        for row in csv.DictReader(folder.joinpath(file).read_text(encoding="utf-8").splitlines()):
            yield _STATE.sub("", row["cluster"]), row[economy].replace("*", "")
    for file in BEYOND:
        for row in csv.DictReader(folder.joinpath(file).read_text(encoding="utf-8").splitlines()):
            for name in row["cluster_names"].split(LIST):
                yield name, row["economy"]


def largest(city: str, economies: list[str]) -> pd.Series:
    """Return the most populous place of that name in the economies; fail if there is none."""
    gazetteer = bundled()
    rows = gazetteer.named(pd.Series([folded(SPELLED.get(city, city))]))["city"]
    places = gazetteer.cities.loc[rows]
    places = places[places["country"].isin([ELSEWHERE[city]] if city in ELSEWHERE else economies)]
    return places.sort_values(["population", "geonameid"], ascending=[False, True]).iloc[0]


def official() -> pd.DataFrame:
    """Return the table: one row a name, in the order of the lists."""
    economies: dict[str, list[str]] = {}
    for name, label in published():
        codes = economies.setdefault(name, [])
        codes += [code for code in label.split("/") if code not in codes]
    rows = []
    for name, codes in economies.items():
        cities = [SPELLED.get(city, city) if "," in city else city for city in name.split("\u2013")]
        places = [largest(city, codes) for city in cities]
        lists = (
            codes,
            cities,
            [str(place["geonameid"]) for place in places],
            [f"{place['latitude']:.5f}" for place in places],
            [f"{place['longitude']:.5f}" for place in places],
        )
        rows.append((name, *(LIST.join(items) for items in lists)))
    columns = ["name", "economies", "cities", "geonameids", "latitudes", "longitudes"]
    return pd.DataFrame(rows, columns=columns)


def main() -> int:
    """Write the table."""
    table = official()
    table.to_csv(FILE, index=False, lineterminator="\n")
    sys.stdout.write(f"{len(table)} names\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
