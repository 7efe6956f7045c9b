"""Tables that repeat each other: lists, best clusters, counts of economies, coverage, addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.profile.matching import namesakes
from hubscan.report.gii.world_economies import economies
from hubscan.verification.faults import Fault, text_of
from hubscan.verification.figure_checks import INTENSITIES, SIZES, model
from hubscan.verification.rounding import apart, bounds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Tables = Mapping[str, pd.DataFrame]

FIGURE_1: Final = "clusters_2025_figure1_top10"
BEST: Final = "clusters_2025_table1_top_by_economy"
BEYOND: Final = "clusters_2025_table2_beyond"
INTENSE: Final = "clusters_2025_table3_intensity_top10"
COVERAGE: Final = "clusters_2025_appendix_table1_geocoding"
BEST_2024: Final = "clusters_2024_table5_top_by_economy"
AFRICA: Final = "clusters_2024_table8_africa"
LIST_2023: Final = "clusters_2023_top100"
CHINA_2023: Final = "clusters_2023_china24"
SHARES_1: Final = {
    "share_pct_filings_pct": 0,
    "share_publications_pct": 1,
    "share_vc_deals_pct": 2,
}
_WORLD: Final = "World Total"
_TWENTY: Final = 5
_ALIASES: Final = {"Macau": "MO"}


def repeated_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield cells of the chapter's tables that differ from the appendix they are taken from.

    Parameters
    ----------
    tables
        The published tables of 2025.

    Yields
    ------
    fault
        One for each differing cell, share or missing row.
    """
    sizes, intense = tables[SIZES], tables[INTENSITIES]
    yield from _differing(SIZES, sizes, INTENSITIES, intense, ["economy"])
    yield from _differing(BEST, tables[BEST], SIZES, sizes, ["rank", "economy"])
    yield from _differing(FIGURE_1, tables[FIGURE_1], SIZES, sizes, ["rank"])
    columns = ["rank_per_capita", "economy"]
    yield from _differing(INTENSE, tables[INTENSE], INTENSITIES, intense, columns)
    best = sizes.sort_values("rank").drop_duplicates("economy")["cluster"]
    for cluster in sorted(set(best) ^ set(tables[BEST]["cluster"])):
        expected = "listed" if cluster in set(best) else "not listed"
        yield Fault("contradiction", "best by economy", BEST, cluster, "cluster",
                    "not listed" if expected == "listed" else "listed", expected)  # fmt: skip
    yield from _figure_1(tables)


def coverage_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield sums of the coverage table that contradict its world row, and counts that look rounded.

    Parameters
    ----------
    tables
        With the coverage table of 2025.

    Yields
    ------
    fault
        One for each column.
    """
    table = tables[COVERAGE]
    if _WORLD not in set(table["country"]):
        yield Fault("contradiction", "coverage sums", COVERAGE, _WORLD, "country", "not listed",
                    "listed")  # fmt: skip
        return
    world = table[table["country"] == _WORLD].iloc[0]
    countries = table[table["country"] != _WORLD]
    for column in ("pub_addresses", "pct_addresses", "vc_addresses"):
        total, whole = int(countries[column].sum()), int(world[column])
        if total > whole:
            note = f"{len(countries)} countries have {total / whole - 1:.0%} more than the world"
            yield Fault("contradiction", "coverage sums", COVERAGE, _WORLD, column, str(whole),
                        f"at least {total}", total, note=note)  # fmt: skip
        if not (countries[column] % _TWENTY).any():
            yield Fault("remark", "coverage sums", COVERAGE, "all countries", column,
                        f"all are multiples of {_TWENTY}", "any number",
                        note="rounded before they were printed")  # fmt: skip


def beyond_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield economies that are said to lie beyond the list but have clusters in it.

    Parameters
    ----------
    tables
        The published tables of 2025.

    Yields
    ------
    fault
        One for each.
    """
    present: dict[str, str] = {}
    for cluster, label in zip(tables[SIZES]["cluster"], tables[SIZES]["economy"], strict=True):
        for code in label.rstrip("*").split("/"):
            present.setdefault(code, cluster)
    table = tables[BEYOND]
    for _, row in table[table["economy"].isin(list(present))].iterrows():
        note = f"{present[row['economy']]} is in the list"
        yield Fault("contradiction", "beyond the list", BEYOND, row["economy"], "economy",
                    row["economy_name"], "an economy without a cluster in the list", note=note,
                    )  # fmt: skip
    for name in (BEYOND, "clusters_2024_table7_beyond"):
        if name in tables:
            yield from _miscounted(name, tables[name], "clusters_beyond_top100")


def label_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters named after an economy that their label leaves out.

    Parameters
    ----------
    tables
        With the table of sizes.

    Yields
    ------
    fault
        One for each.
    """
    known = economies(as_of="2024-07-01")
    bare = known["name"].str.partition(",")[0]
    names = {**dict(zip(bare, known["economy"], strict=True)), **_ALIASES}
    for _, row in tables[SIZES].iterrows():
        codes = row["economy"].rstrip("*").split("/")
        for city in row["cluster"].split("–"):
            code = names.get(city)
            if code and code not in codes:
                yield Fault("contradiction", "labels", SIZES, row["cluster"], "economy",
                            row["economy"], f"{row['economy']}/{code}",
                            note=f"{city} surely has 1 % of the output")  # fmt: skip


def africa_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters of the African table that are listed under several economies.

    Parameters
    ----------
    tables
        With Table 8 of 2024.

    Yields
    ------
    fault
        One for each cluster listed twice, and for each count that its names do not give.
    """
    table = tables[AFRICA]
    yield from _miscounted(AFRICA, table, "cluster_count")
    names = table.assign(name=table["cluster_names"].str.split("; ")).explode("name")
    clusters, entries = names["name"].nunique(), int(table["cluster_count"].sum())
    for name, group in names[names["name"].duplicated(keep=False)].groupby("name"):
        note = f"one cluster: {entries} entries for {clusters} clusters"
        yield Fault("contradiction", "listed twice", AFRICA, str(name), "cluster_names",
                    "; ".join(group["economy_name"]), "one entry a cluster", note=note,
                    )  # fmt: skip


def recomputed_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters whose rank and change of 2024 do not lead back to the printed list of 2023.

    Parameters
    ----------
    tables
        With Table 5 of 2024 and the list of 2023.

    Yields
    ------
    fault
        A remark for each: changes are against a recomputed list, not the printed one.
    """
    best, before = tables[BEST_2024], tables[LIST_2023]
    found = namesakes(
        pd.DataFrame({"cluster": before["rank"], "name": before["cluster"]}),
        pd.DataFrame({"cluster": best["rank"], "name": best["cluster"]}),
    )
    printed = dict(zip(found["b"], found["a"], strict=True))
    for _, row in best.iterrows():
        implied = int(row["rank"] + row["rank_change"])
        listed = printed.get(row["rank"])
        if listed is not None and listed != implied:
            yield Fault("remark", "recomputed ranks", BEST_2024, row["cluster"], "rank_change",
                        text_of(float(row["rank_change"])), text_of(float(listed - row["rank"])),
                        note=f"implies rank {implied} in 2023, printed {listed}: the change is "
                        "against a recomputed list")  # fmt: skip


def china_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters of China whose ranks differ between the national list and the world's.

    Parameters
    ----------
    tables
        The lists of 2023.

    Yields
    ------
    fault
        One for each differing or missing cluster.
    """
    national = tables[CHINA_2023].rename(columns={"global_rank": "rank"})
    yield from _differing(CHINA_2023, national, LIST_2023, tables[LIST_2023], ["rank"])
    labels = tables[LIST_2023].set_index("cluster")["economy_iso2"]
    chinese = {name for name, label in labels.items() if "CN" in str(label).split("/")}
    for name in sorted(map(str, chinese - set(national["cluster"]))):
        yield Fault("contradiction", "lists", CHINA_2023, name, "cluster", "not listed", "listed")
    names = economies(as_of="2023-07-01").set_index("economy")["name"]
    for _, row in tables[LIST_2023].iterrows():
        codes = row["economy_iso2"].rstrip("*").split("/")
        if len(codes) > 1 and "/" not in row["economy"]:
            expected = "/".join(str(names[code]) for code in codes)
            yield Fault("contradiction", "labels", LIST_2023, row["cluster"], "economy",
                        row["economy"], expected, note="a cross-border cluster")  # fmt: skip


def _miscounted(name: str, table: pd.DataFrame, column: str) -> Iterator[Fault]:
    """Yield counts of clusters that are not the number of names beside them."""
    for _, row in table.iterrows():
        number = len(row["cluster_names"].split("; "))
        if number != row[column]:
            yield Fault("contradiction", "counts", name, row["economy"], column,
                        text_of(float(row[column])), str(number))  # fmt: skip


def _differing(
    name: str, table: pd.DataFrame, other_name: str, other: pd.DataFrame, columns: list[str]
) -> Iterator[Fault]:
    """Yield cells of a table that differ from the row of the same cluster in another table."""
    by_cluster = other.drop_duplicates("cluster").set_index("cluster")
    for _, row in table.iterrows():
        if row["cluster"] not in by_cluster.index:
            yield Fault("contradiction", "lists", name, row["cluster"], "cluster", "listed",
                        f"not in {other_name}")  # fmt: skip
            continue
        theirs = by_cluster.loc[row["cluster"]]
        for column in columns:
            if row[column] != theirs[column]:
                yield Fault("contradiction", "lists", name, row["cluster"], column,
                            text_of(row[column]), text_of(theirs[column]),
                            note=f"as in {other_name}")  # fmt: skip


def _figure_1(tables: Tables) -> Iterator[Fault]:
    """Yield shares of Figure 1 that do not follow from the counts at one decimal."""
    found = model(tables)
    low, high = found.share_bounds()
    rows = {name: place for place, name in enumerate(found.sizes["cluster"])}
    for _, row in tables[FIGURE_1].iterrows():
        place = rows.get(row["cluster"])
        if place is None:
            continue
        for column, position in SHARES_1.items():
            least, most = low[place, position], high[place, position]
            if apart(*bounds(row[column], form="tenths"), least, most) > 0:
                yield Fault("outside", "figure 1", FIGURE_1, row["cluster"], column,
                            text_of(row[column]), f"{(least + most) / 2:.4f}", least - 0.05,
                            most + 0.05)  # fmt: skip
