"""Missing addresses counted and imputed, and dumps of GeoNames read piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.geocode import (
    gazetteer_from_dump,
    imputed_addresses,
    missing_addresses,
    write_compact,
)

if TYPE_CHECKING:
    from pathlib import Path

NO_ONE = pd.DataFrame({"document": [], "country": [], "city": []})


def persons(*rows: tuple[int, int, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["document", "person", "country", "city"])


def test_missing_addresses_by_country() -> None:
    table = persons((1, 1, "JP", ""), (1, 2, "JP", "Kyoto"), (2, 1, "JP", ""), (2, 3, "", ""))
    assert missing_addresses(table).to_numpy().tolist() == [
        ["", 1, 1, 1, 1], ["JP", 3, 2, 2, 1],
    ]  # fmt: skip


def test_the_family_fills_in_where_it_agrees() -> None:
    table = persons(
        (1, 7, "", ""), (2, 7, "DE", "Jena"), (3, 7, "DE", "Jena"),
        (4, 8, "", ""), (5, 8, "DE", "Bonn"), (6, 8, "DE", "Köln"),
        (7, 9, "FR", ""), (8, 9, "DE", "Ulm"), (9, 5, "", ""),
    )  # fmt: skip
    families = pd.DataFrame(
        {"document": [1, 2, 3, 4, 5, 6, 7, 8], "family": [1, 1, 1, 2, 2, 2, 3, 3]}
    )
    filled = imputed_addresses(table, families, NO_ONE)
    assert filled["method"].tolist() == [
        "imputed from family", "given", "given", "", "given", "given", "", "given", "",
    ]  # fmt: skip
    assert filled.loc[0, ["country", "city"]].tolist() == ["DE", "Jena"]
    assert filled["city"].tolist()[1:] == table["city"].tolist()[1:]
    assert filled.index.equals(table.index)


def test_the_seat_of_the_applicants_comes_last_and_only_in_the_country_given() -> None:
    table = persons((1, 1, "", ""), (2, 2, "FR", ""), (3, 3, "DE", ""), (4, 4, "", ""))
    seats = pd.DataFrame(
        {
            "document": [1, 2, 3, 3, 4, 4],
            "country": ["US", "US", "DE", "US", "DE", "US"],
            "city": ["Reno", "Reno", "Ulm", "Reno", "Ulm", "Reno"],
        }
    )
    none = pd.DataFrame({"document": [], "family": []})
    filled = imputed_addresses(table, none, seats)
    assert filled["method"].tolist() == [
        "imputed from the applicant's seat", "", "imputed from the applicant's seat", "",
    ]  # fmt: skip
    assert filled["city"].tolist() == ["Reno", "", "Ulm", ""]


def test_rows_come_back_in_their_order_whatever_it_is() -> None:
    table = persons((1, 7, "", ""), (2, 7, "DE", "Jena")).set_axis([5, 3])
    families = pd.DataFrame({"document": [2, 1], "family": [1, 1]})
    filled = imputed_addresses(table, families, NO_ONE)
    assert filled.index.tolist() == [5, 3]
    assert filled["city"].tolist() == ["Jena", "Jena"]


def line(number: int, name: str, kind: str, people: int, others: str = "") -> str:
    cells = [number, name, name, others, 50.5, 7.25, kind, f"{kind}PL", "DE", "", "07"]
    return "\t".join(map(str, [*cells, "", "", "", people, "", 60, "Europe/Berlin", "2026-01-01"]))


def dump(folder: Path) -> Path:
    rows = [
        line(1, "Köln", "P", 1000, "Cologne,Colonia"), line(2, 'The "Rhein"', "H", 0),
        line(3, "Dorf", "P", 0), line(4, "Stadt", "P", 500),
    ]  # fmt: skip
    path = folder / "DE.txt"
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_a_dump_is_a_gazetteer_of_its_populated_places(tmp_path: Path) -> None:
    places = gazetteer_from_dump(str(dump(tmp_path)), min_population=0)
    assert places.cities["name"].tolist() == ["Köln", "Dorf", "Stadt"]
    assert "cologne" in places.names["name"].tolist()
    assert gazetteer_from_dump(str(dump(tmp_path)), min_population=500).cities.shape[0] == 2


def test_the_compact_form_is_the_same_gazetteer(tmp_path: Path) -> None:
    target = tmp_path / "gazetteer.parquet"
    assert write_compact(str(dump(tmp_path)), str(target), min_population=0) == 3
    assert not list(tmp_path.glob("*.part"))
    compact = gazetteer_from_dump(str(target), min_population=500)
    assert compact.key == gazetteer_from_dump(str(dump(tmp_path)), min_population=500).key


@pytest.mark.parametrize(
    ("content", "why"),
    [(None, "no such file"), ("a\tb\n", "not a GeoNames dump"), ("", "GeoNames")],
)
def test_what_is_no_dump_is_told(tmp_path: Path, content: str | None, why: str) -> None:
    path = tmp_path / "x.txt"
    if content is not None:
        path.write_text(content)
    with pytest.raises(InputError, match=why):
        gazetteer_from_dump(str(path), min_population=0)


def test_a_dump_without_places_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no populated place of at least 9999 inhabitants"):
        gazetteer_from_dump(str(dump(tmp_path)), min_population=9999)
    with pytest.raises(InputError, match="no such file"):
        write_compact(str(tmp_path / "none"), str(tmp_path / "x.parquet"), min_population=0)
