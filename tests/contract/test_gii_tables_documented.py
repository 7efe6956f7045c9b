"""The page on published tables names every table, every check and every figure it claims."""

from __future__ import annotations

from pathlib import Path

import pytest

from hubscan.reference import published
from hubscan.report.gii import TABLES
from hubscan.report.gii.world_economies import economies
from hubscan.verification import CHECKS, KINDS, feasible_totals, published_faults

PAGE = Path(__file__).resolve().parents[2] / "docs" / "method" / "published-tables.md"


@pytest.fixture(scope="module")
def text() -> str:
    return PAGE.read_text(encoding="utf-8")


def test_tables_and_checks_are_named(text: str) -> None:
    for name, table in TABLES.items():
        assert f"| `{name}` | {table.title} | {table.edition or 'all'} |" in text
    for edition, checks in CHECKS.items():
        for name, check in checks.items():
            assert f"| {edition} | {name} | {check.meaning} |" in text
    for kind in KINDS:
        assert f"`{kind}`" in text
    shipped = set(economies(as_of="2023-07-01")["basis"]) | set(
        economies(as_of="2024-07-01")["basis"]
    )
    assert all(f"`{basis}`" in text for basis in shipped)


def test_the_intervals_of_the_world_totals_are_those_of_the_page(text: str) -> None:
    tables = (
        published(f"clusters_2025_appendix_{name}") for name in ("table2", "table3_intensity")
    )
    for row in feasible_totals(*tables).itertuples(index=False):
        assert f"| {row.low:,.1f} | {row.high:,.1f} |" in text


def test_the_cells_below_99_per_cent_are_counted_rightly(text: str) -> None:
    faults = published_faults("gii-2025")
    below = faults[(faults["found"] == "above 99") & (faults["check"] == "text")]
    assert f"fails for {len(below)} cells, 17 of them VC addresses" in text
