"""The programs of the how-to pages on scale and on the kernel run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import ibis
import pytest
import sqlglot

PAGES = Path(__file__).resolve().parents[3] / "docs" / "how-to"


def ran(page: str) -> dict[str, Any]:
    """Run the Python blocks of a page one after the other, and return the names they leave."""
    blocks = re.findall(
        r"^```python\n(.*?)^```", (PAGES / page).read_text("utf-8"), re.DOTALL | re.MULTILINE
    )
    assert blocks
    names: dict[str, Any] = {}
    for block in blocks:
        exec(compile(block, page, "exec"), names)  # noqa: S102 - a page of our own
    return names


def test_the_kernel_is_used_alone_as_told(capsys: pytest.CaptureFixture[str]) -> None:
    names = ran("kernel-alone.md")
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[0] == "2"
    assert len(lines) == 1 + 9
    labels = names["found"].labels_
    # Paris, and one cluster on both sides of the antimeridian
    assert set(labels[:500]) - {-1} != set(labels[500:1000]) - {-1}
    assert len(set(labels[500:1000]) - {-1}) == 1
    assert names["often"].max() == 20


@pytest.mark.parametrize("name", ["inventors", "authors", "located", "mass", "ties"])
def test_what_is_told_to_run_on_bigquery_compiles_for_it(name: str) -> None:
    names = ran("scale-out.md")
    sql = str(ibis.to_sql(names[name], dialect="bigquery"))
    (statement,) = sqlglot.parse(sql, read="bigquery")
    assert isinstance(statement, sqlglot.exp.Query)
