"""
How often places are found, how often they are right, and how many addresses a second are read.

``python benchmarks/geocoding.py`` scores localities and free-form addresses against the Research
Organization Registry, and messy organisation addresses (ORCID) against it by name. The registry is
split by a hash of its ids: rules and confidences were made looking at one half only ("seen"), the
other ("unseen") is scored and never looked at. ``--errors`` prints the largest classes of error in
the half seen; ``--calibrate`` writes the measured shares behind ``confidence``; ``--speed`` reads
two million synthetic addresses, ``--inventors FOLDER`` locates the inventors of a synthetic world
(its patents, Parquet). The inputs lie in the folder of real inputs beside the checkout.
"""

from __future__ import annotations

import argparse
import resource
from hashlib import sha256
from pathlib import Path
from time import process_time
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from hubscan.edition import load_edition
from hubscan.geocode import (
    address_readings,
    bundled,
    country_name,
    located_addresses,
    located_localities,
    located_texts,
    with_misspelt,
)
from hubscan.geocode.fold import all_folded
from hubscan.sphere import great_circle_km

SHARED: Final = Path(__file__).resolve().parents[1].parent / "shared" / "data"
REGISTRY: Final = SHARED / "organisations-ror" / "ror_sample_20000.csv.gz"
ORCID: Final = SHARED / "addresses-orcid2015" / "organisations_orcid2015.csv.gz"
CONFIDENCE: Final = (
    Path(__file__).resolve().parents[1] / "src" / "hubscan" / "geocode" / "confidence.csv"
)

WITHIN_KM: Final = 25.0
RULES: Final[dict[str, Any]] = load_edition("gii-2025").geocode.rules

TEXTS: Final[dict[str, Any]] = load_edition("gii-2025").geocode.parameters
"""As in the editions."""

FUZZY: Final = 90.0
"""Least likeness of names, of 100."""

READING: Final[dict[str, float]] = load_edition("gii-2025").geocode.reading
"""Of addresses, the least confidence believed (0 when confidences are measured), and suburbs."""

NUMBERS: Final[dict[str, Any]] = {
    "large_population": RULES["large_population"],
    **{name: READING[name] for name in ("suburb_km", "suburb_in_region_km")},
}

EAST_ASIA: Final = ("CN", "JP", "KR", "TW", "HK", "MO", "MN", "KP")
ANGLO: Final = ("US", "CA", "GB", "IE", "AU", "NZ")
EUROPE: Final = (
    "AD", "AL", "AT", "BA", "BE", "BG", "BY", "CH", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR",
    "GR", "HR", "HU", "IS", "IT", "LI", "LT", "LU", "LV", "MC", "MD", "ME", "MK", "MT", "NL", "NO",
    "PL", "PT", "RO", "RS", "RU", "SE", "SI", "SK", "SM", "UA", "XK",
)  # fmt: skip
LATIN: Final = (
    "AR", "BO", "BR", "CL", "CO", "CR", "CU", "DO", "EC", "GT", "HN", "MX", "NI", "PA", "PE", "PR",
    "PY", "SV", "UY", "VE", "JM", "TT", "HT",
)  # fmt: skip
GROUPS: Final = {
    **dict.fromkeys(EAST_ASIA, "East Asia"),
    **dict.fromkeys(ANGLO, "US, CA, GB, IE, AU, NZ"),
    **dict.fromkeys(EUROPE, "other Europe"),
    **dict.fromkeys(LATIN, "Latin America"),
}
"""Countries by group; others are "rest of the world"."""


def registry() -> pd.DataFrame:
    """Return the labelled organisations, with the half each is in."""
    table = pd.read_csv(REGISTRY, keep_default_na=False)
    seen = [sha256(text.encode()).digest()[0] % 2 == 0 for text in table["ror_id"]]
    table = table.rename(columns={"subdivision": "region"})
    group = table["country"].map(GROUPS).fillna("rest of the world")
    return table.assign(half=np.where(seen, "seen", "unseen"), group=group)


def orcid(labelled: pd.DataFrame) -> pd.DataFrame:
    """Return messy rows whose organisation bears a name that the registry has once in a country."""
    names = labelled.assign(name=(labelled["name"] + "|" + labelled["aliases"]).str.split("|"))
    names = names.explode("name")
    names = names[names["name"] != ""]
    names = names.assign(key=all_folded(names["name"].astype("str")).to_numpy())
    names = names.assign(named=all_folded(names["city"].astype("str")).to_numpy())
    truth = names[["country", "key", "lat", "lng", "half", "group", "geonames_id", "named"]]
    truth = truth.drop_duplicates(["country", "key", "geonames_id"])
    truth = truth[~truth.duplicated(["country", "key"], keep=False)]
    rows = pd.read_csv(ORCID, keep_default_na=False, dtype="str")
    rows = rows.assign(key=all_folded(rows["organisation"].astype("str")).to_numpy())
    return rows.merge(truth, on=["country", "key"])


def scored(table: pd.DataFrame, found: pd.DataFrame) -> pd.DataFrame:
    """Return the rows with what was found, and how far that is from the truth, km."""
    columns = ["place", "precision", "method", "geonameid", "economy", "latitude", "longitude"]
    joined = pd.concat(
        [table.reset_index(drop=True), found[[*columns, "confidence"]].reset_index(drop=True)],
        axis=1,
    )
    error = great_circle_km(joined["lat"], joined["lng"], joined["latitude"], joined["longitude"])
    located = joined["place"].notna()
    return joined.assign(
        located=located, right=located & (error <= WITHIN_KM), error_km=error,
        wrong_country=located & (joined["economy"] != joined["country"]),
    )  # fmt: skip


def localities(table: pd.DataFrame, *, region: bool) -> pd.DataFrame:
    """Return where city, region (or none) and country lie."""
    texts = table[["city", "region", "country"]].assign(locality=np.arange(len(table)))
    return located_texts(texts if region else texts.assign(region=""), bundled(), **TEXTS)


def misspelt(table: pd.DataFrame) -> pd.DataFrame:
    """Return where city, region and country lie, names that are unknown compared with others."""
    texts = table[["city", "region", "country"]].assign(locality=np.arange(len(table)))
    found = located_texts(texts, bundled(), **TEXTS)
    return with_misspelt(found, texts, bundled(), fuzzy_min_score=FUZZY, **RULES)


def addresses(texts: pd.Series[str], countries: pd.Series[str]) -> pd.DataFrame:
    """Return where free-form addresses lie."""
    table = pd.DataFrame({"address": texts, "country": countries}).reset_index(drop=True)
    return located_addresses(
        table.assign(locality=table.index), bundled(), reading=READING, **RULES
    )


def written(table: pd.DataFrame, name: str, *, region: bool) -> pd.Series[str]:
    """Return organisation, city, region and country name, as one address."""
    parts = [table[name], table["city"], *([table["region"]] if region else [])]
    text = parts[0]
    for part in parts[1:]:
        text = text.where(part == "", text + ", " + part)
    return (text + ", " + table["country"].map(country_name)).astype("str")


def tasks() -> dict[str, pd.DataFrame]:
    """Return every task's rows with what was found."""
    key = registry()
    messy = orcid(key)
    none = pd.Series("", index=key.index, dtype="str")
    whole = written(key, "name", region=True)
    return {
        "ROR city, region, country": scored(key, localities(key, region=True)),
        "ROR city misspelt or not, region, country": scored(key, misspelt(key)),
        "ROR city, country": scored(key, localities(key, region=False)),
        "ORCID city, region, country": scored(messy, localities(messy, region=True)),
        "ROR address, country given": scored(key, addresses(whole, key["country"])),
        "ROR address": scored(key, addresses(whole, none)),
        "ROR address without region": scored(
            key, addresses(written(key, "name", region=False), none)
        ),
        "ROR name, country given": scored(key, addresses(key["name"], key["country"])),
        "ORCID address": scored(
            messy,
            addresses(written(messy, "organisation", region=True), messy["country"]),
        ),
    }


def summary(table: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return shares located, right of those located, right of all, and of the wrong country."""
    groups = table.groupby(by)
    located = groups["located"].sum()
    return pd.DataFrame(
        {
            "rows": groups.size(),
            "located": groups["located"].mean(),
            "precision_25km": groups["right"].sum() / located,
            "recall_25km": groups["right"].mean(),
            "wrong_country": groups["wrong_country"].sum(),
            "confidence": table[table["located"]].groupby(by)["confidence"].mean(),
        }
    )


def print_errors(name: str, table: pd.DataFrame) -> None:
    """Print what goes wrong in the half seen: by method, and examples."""
    seen = table[table["half"] == "seen"]
    by_method = summary(seen, "method").query("rows >= 10").sort_values("rows", ascending=False)
    print(f"\n{name}: by method, half seen\n{by_method.round(3).to_string()}")
    wrong = seen[seen["located"] & ~seen["right"]]
    columns = ["city", "region", "country", "method", "error_km", "geonameid", "geonames_id"]
    print(wrong[columns].drop_duplicates().head(25).round(0).to_string())


def calibrate(found: dict[str, pd.DataFrame]) -> None:
    """Write how many places of the half seen were found and right, by method."""
    bare = found["ROR name, country given"]
    # a name without an address tells only of cities in the names of organisations
    bare = bare[bare["method"].str.startswith(("organisation", "amid words"))]
    others = [found[name] for name in found if name.startswith("ROR") and "name" not in name]
    every = pd.concat([*others, bare])
    every = every[(every["half"] == "seen") & every["located"]]
    every = every.drop_duplicates(["ror_id", "method"])
    groups = every.groupby("method")["right"]
    table = pd.DataFrame({"located": groups.size(), "right": groups.sum()}).reset_index()
    # whether an organisation's place is right, by the cities that people gave with its name
    messy = found["ORCID city, region, country"].query("half == 'seen' and located")
    table.loc[len(table)] = ["institution", len(messy), int(messy["right"].sum())]
    table.to_csv(CONFIDENCE, index=False, lineterminator="\n")


def speed(count: int) -> None:
    """Print addresses read a second, of distinct synthetic ones in the countries they name."""
    cities = bundled().cities
    draw = np.random.default_rng(1)
    share = (cities["population"] + 1) / (cities["population"] + 1).sum()
    rows = draw.choice(len(cities), count, p=share.to_numpy())
    codes = draw.integers(10_000, 99_999, count).tolist()
    names, countries = cities["name"].to_numpy()[rows], cities["country"].astype("str")[rows]
    texts = [
        f"{number % 997} Long Street Name {number}, {name} {code}"
        for number, (name, code) in enumerate(zip(names, codes, strict=True))
    ]
    told, given = pd.Series(texts, dtype="str"), countries.reset_index(drop=True)
    located_addresses(_table(told[:10], given[:10]), bundled(), reading=READING, **RULES)
    for name, run in {
        "read": lambda: address_readings(told, given, bundled(), **NUMBERS),
        "read and located": lambda: located_addresses(
            _table(told, given), bundled(), reading=READING, **RULES
        ),
    }.items():
        begin = process_time()
        run()
        seconds = process_time() - begin
        print(f"{name}: {count / seconds:,.0f} addresses a CPU second")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"peak {peak:.2f} GB, addresses {told.str.len().sum() / 1e9:.2f} GB of text")


def inventors(folder: Path) -> None:
    """Print how long the distinct places of a world's inventors take, and then all inventors."""
    columns = ["city", "region", "country"]
    files = sorted(folder.glob("**/addresses*.parquet")) or sorted(folder.glob("**/*.parquet"))
    schema = pa.schema([(name, pa.large_string()) for name in columns])
    rows = pa.concat_tables([pq.read_table(file, columns=columns).cast(schema) for file in files])
    located_localities(_parsed(pd.DataFrame({name: ["x"] for name in columns})), bundled(), **RULES)
    begin = process_time()
    counted = rows.group_by(columns, use_threads=False).aggregate([([], "count_all")])
    table = _parsed(counted.select(columns).to_pandas())
    gathered = process_time()
    found = located_texts(table, bundled(), **TEXTS)
    done = process_time()
    parsed = counted["count_all"].to_numpy()[found["place"].notna().to_numpy()].sum()
    print(f"{rows.num_rows:,} inventors, {len(table):,} distinct places")
    print(
        f"by distinct place: {done - begin:.1f} CPU seconds"
        f" ({gathered - begin:.1f} to gather them), {parsed / rows.num_rows:.1%} located"
    )
    whole = [rows[name].fill_null("") for name in columns]
    told = pc.binary_join_element_wise(*whole, pa.scalar(", ", pa.large_string())).to_pandas()
    given = whole[2].to_pandas()
    begin = process_time()
    reached = located_addresses(_table(told, given), bundled(), reading=READING, **RULES)
    print(
        f"as whole addresses, each read: {process_time() - begin:.1f} CPU seconds, "
        f"{reached['place'].notna().mean():.1%} located"
    )


def _parsed(table: pd.DataFrame) -> pd.DataFrame:
    """Return texts of places as localities."""
    texts = table.astype(object).where(table.notna(), "").astype("str")
    return texts.assign(locality=np.arange(len(texts)))


def _table(texts: pd.Series[str], countries: pd.Series[str]) -> pd.DataFrame:
    table = pd.DataFrame({"address": texts, "country": countries})
    return table.assign(locality=table.index)


def main() -> None:
    """Print the figures asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--errors", metavar="TASK", help="a task's errors, or 'all'")
    parser.add_argument("--calibrate", action="store_true")
    parser.add_argument("--speed", action="store_true")
    parser.add_argument("--inventors", metavar="FOLDER", type=Path)
    asked = parser.parse_args()
    if asked.inventors:
        inventors(asked.inventors)
        return
    if asked.speed:
        speed(2_000_000)
        return
    if asked.calibrate:
        READING["min_confidence"] = 0.0
    found = tasks()
    if asked.calibrate:
        calibrate(found)
    for name, table in found.items():
        print(f"\n{name}\n{summary(table, 'half').round(4).to_string()}")
        print(summary(table[table["half"] == "unseen"], "group").round(3).to_string(header=False))
        if name.startswith("ORCID"):
            same = table[all_folded(table["city"]).to_numpy() == table["named"].to_numpy()]
            print("rows that name the registry's own city:")
            print(summary(same, "half").round(4).to_string(header=False))
        if asked.errors in (name, "all"):
            print_errors(name, table)


if __name__ == "__main__":
    main()
