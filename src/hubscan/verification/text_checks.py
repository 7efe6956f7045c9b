"""The reports' texts held against their tables."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.profile import field_names
from hubscan.profile.matching import namesakes
from hubscan.verification.faults import Fault, text_of
from hubscan.verification.figure_checks import INTENSITIES, SIZES
from hubscan.verification.list_checks import AFRICA, BEST_2024, BEYOND, COVERAGE, LIST_2023
from hubscan.verification.statements import stated_number, statements

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from hubscan.verification.statements import Statement

    Tables = Mapping[str, pd.DataFrame]

TEXT: Final = "text"
_WORLD: Final = "World Total"
_SCALES: Final = (1.0, 1e3, 1e5, 1e6)
_MEASURES: Final = {
    "pct": ("pct_city_accuracy_pct", "pct_applications_covered_pct"),
    "pub": ("pub_city_accuracy_pct", "pub_covered_pct"),
    "vc": ("vc_city_accuracy_pct", "vc_deals_covered_pct"),
}


def intensity_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield ranks by intensity, table numbers and units that the text of 2025 gives wrongly.

    Parameters
    ----------
    tables
        The published tables of 2025.

    Yields
    ------
    fault
        One for each.
    """
    told = statements("gii-2025", "intensity_rank")
    yield from _told_ranks(told, tables[INTENSITIES], "rank_per_capita")
    yield from _cited("gii-2025", tables)
    for row in statements("gii-2025", "per_inhabitants"):
        people = _inhabitants_per_unit(tables)
        if float(row.value) != people:
            yield Fault("contradiction", "text", TEXT, row.subject, "unit", row.value,
                        text_of(people), note=f"{row.where}; the table is per {people:,.0f}",
                        )  # fmt: skip


def coverage_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield what the text of 2025 says of geocoding and its table does not.

    Parameters
    ----------
    tables
        With the coverage table of 2025.

    Yields
    ------
    fault
        One for each cell below what is said of all, and for each figure given to the wrong measure.
    """
    table = tables[COVERAGE]
    yield from _world_coverage(table[table["country"] == _WORLD])
    for row in statements("gii-2025", "coverage_above"):
        for column in _MEASURES[row.subject]:
            below = (table[column] < float(row.value)) & (table["country"] != _WORLD)
            for _, country in table[below].iterrows():
                yield Fault("contradiction", "text", TEXT, country["country"], column,
                            f"above {row.value}", text_of(float(country[column])),
                            note=row.where)  # fmt: skip


def count_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield numbers of clusters in the text of 2025 that do not add up, or only in one way.

    Parameters
    ----------
    tables
        With the table of sizes of 2025.

    Yields
    ------
    fault
        A remark on merging; contradictions for the rest.
    """
    before, merged, after, beyond = (
        stated_number("gii-2025", key)
        for key in ("clusters_before_merging", "clusters_merged", "clusters_after_merging",
                    "clusters_beyond")
    )  # fmt: skip
    groups = merged - (before - after)
    if 2 * groups != merged:
        yield Fault("contradiction", "text", TEXT, "merging", "clusters", str(after),
                    f"{before - merged // 2} after merging {merged} in pairs")  # fmt: skip
    else:
        yield Fault("remark", "text", TEXT, "merging", "clusters",
                    f"{before} less {merged} merged leave {after}",
                    f"true only if the {merged} form {groups} pairs")  # fmt: skip
    listed = len(tables[SIZES])
    if listed + beyond != after:
        yield Fault("contradiction", "text", TEXT, "beyond the list", "clusters", str(beyond),
                    str(after - listed))  # fmt: skip


def extended_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield ranks beyond the list given twice, and economies that the table of them leaves out.

    Parameters
    ----------
    tables
        The published tables of 2025.

    Yields
    ------
    fault
        One for each.
    """
    told = statements("gii-2025", "extended_rank")
    ranks = Counter(each.value for each in told)
    for rank in (rank for rank, number in ranks.items() if number > 1):
        clusters = [each.subject.partition("/")[0] for each in told if each.value == rank]
        yield Fault("contradiction", "text", TEXT, "; ".join(clusters), "rank",
                    f"{rank} twice", "each rank once",
                    note="a tie would be the only one of the edition")  # fmt: skip
    present = {code for label in tables[SIZES]["economy"] for code in label.rstrip("*").split("/")}
    for each in told:
        cluster, _, economy = each.subject.partition("/")
        if economy not in {*present, *tables[BEYOND]["economy"]}:
            yield Fault("contradiction", "beyond the list", BEYOND, economy, "economy",
                        "not listed", "listed", note=f"{cluster} is {each.value}th by the text",
                        )  # fmt: skip


def entrant_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters said to enter the list for the first time that stood in it before.

    Parameters
    ----------
    tables
        With the table of sizes of 2025 and the list of 2023.

    Yields
    ------
    fault
        One for each, and for each rank in the text that is not the printed one.
    """
    told = statements("gii-2025", "first_time")
    yield from _told_ranks(told, tables[SIZES], "rank")
    before = tables[LIST_2023]
    old = pd.DataFrame({"cluster": before["rank"], "name": before["cluster"]})
    subjects = [each.subject for each in told]
    new = pd.DataFrame({"cluster": range(len(told)), "name": subjects})
    matches = namesakes(old, new).sort_values("a")
    for rank, place in zip(matches["a"], matches["b"], strict=True):
        yield Fault("contradiction", "text", TEXT, subjects[place], "first time",
                    "enters for the first time", f"ranked {rank} in 2023")  # fmt: skip


def africa_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield what the text of 2024 says of African clusters and its table does not.

    Parameters
    ----------
    tables
        The published tables of 2024.

    Yields
    ------
    fault
        One for the number of clusters, one for a wrong number of a table.
    """
    entries = int(tables[AFRICA]["cluster_count"].sum())
    clusters = stated_number("gii-2024", "regional_clusters")
    if entries != clusters:
        yield Fault("contradiction", "text", AFRICA, "all economies", "cluster_count",
                    str(entries), str(clusters), clusters, clusters,
                    "the text counts clusters once, the table each economy of one")  # fmt: skip
    yield from _cited("gii-2024", tables)


def overtaking_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield clusters said to overtake others although their rank has not changed.

    Parameters
    ----------
    tables
        Table 5 of 2024 and the list of 2023.

    Yields
    ------
    fault
        One for each.
    """
    before_of, here_of, change_of = (
        dict(zip(tables[name]["cluster"], tables[name][column].astype(int), strict=True))
        for name, column in ((LIST_2023, "rank"), (BEST_2024, "rank"), (BEST_2024, "rank_change"))
    )
    for row in statements("gii-2024", "overtakes"):
        if not {row.subject, row.value} <= set(before_of) or row.subject not in here_of:
            yield Fault("contradiction", "text", BEST_2024, row.subject, "cluster", "overtakes",
                        "listed", note=row.where)  # fmt: skip
            continue
        before, other = before_of[row.subject], before_of[row.value]
        here, change = here_of[row.subject], change_of[row.subject]
        if here + change != before:
            note = f"in 2023 printed {before}, and {row.value} {other}: compared with another list"
            yield Fault("contradiction", "text", BEST_2024, row.subject, "rank_change",
                        text_of(float(change)), text_of(float(before - here)), note=note,
                        )  # fmt: skip


def field_text_faults(tables: Tables) -> Iterator[Fault]:
    """
    Yield names of technology fields in the text of 2023 that are none of the 35 fields.

    Parameters
    ----------
    tables
        Not looked at.

    Yields
    ------
    fault
        A variant for each.
    """
    del tables
    known = set(field_names()["name"])
    for row in statements("gii-2023", "field"):
        if row.subject not in known:
            yield Fault("variant", "names", TEXT, row.subject, "field", row.subject, row.value,
                        note=row.where)  # fmt: skip


def _told_ranks(told: Sequence[Statement], table: pd.DataFrame, column: str) -> Iterator[Fault]:
    """Yield the clusters whose rank in the text is not the printed one."""
    ranks = dict(zip(table["cluster"], table[column].astype(int), strict=True))
    for each in told:
        true = ranks.get(each.subject)
        if true != int(each.value):
            expected = "not listed" if true is None else str(true)
            bound = math.nan if true is None else float(true)
            yield Fault("contradiction", "text", TEXT, each.subject, column, each.value, expected,
                        bound, bound, each.where)  # fmt: skip


def _world_coverage(rows: pd.DataFrame) -> Iterator[Fault]:
    """Yield figures for the world that the text gives to another measure."""
    for _, world in rows.iterrows():
        for row in statements("gii-2025", "world_coverage"):
            if float(row.value) != world[row.subject]:
                same = [name for name in world.index if world[name] == float(row.value)]
                note = f"{row.where}; {row.value} is that of {', '.join(map(str, same))}"
                yield Fault("contradiction", "text", TEXT, _WORLD, row.subject, row.value,
                            text_of(float(world[row.subject])), note=note)  # fmt: skip


def _cited(edition: str, tables: Tables) -> Iterator[Fault]:
    """Yield references to a table that does not hold what is referred to."""
    for row in statements(edition, "table_of"):
        if row.subject not in tables[row.value]:
            holding = [name for name, table in tables.items() if row.subject in table]
            yield Fault("contradiction", "text", TEXT, row.subject, "table", row.value,
                        ", ".join(holding), note=row.where)  # fmt: skip


def _inhabitants_per_unit(tables: Tables) -> float:
    """Return the number of inhabitants to which the table of intensities relates documents."""
    joined = tables[INTENSITIES].merge(tables[SIZES], on="cluster", suffixes=("", "_size"))
    per_head = joined["pct_per_million"] * joined["population"] / joined["pct_applications"]
    median = float(per_head.median())
    return min(_SCALES, key=lambda scale: abs(scale - median))
