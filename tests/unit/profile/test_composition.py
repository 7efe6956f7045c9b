"""Shares, specialisation and concentration, worked out by hand."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING

import ibis
import pandas as pd
import pyarrow as pa
import pytest

from hubscan.errors import InputError
from hubscan.profile import (
    cluster_addresses,
    concentration,
    field_addresses,
    field_profile,
    label_addresses,
    list_addresses,
    listed_fields,
    listed_subjects,
    subject_profile,
)

if TYPE_CHECKING:
    from pathlib import Path

# document 1: two of its three addresses in cluster 1, one in noise; symbols of fields 6, 6, 4
# document 2: its one address in cluster 2, one more not located; symbols of field 8 and of none
# document 3: its one address in cluster 1; no symbol
CLUSTERS = pa.table(
    {
        "indicator": ["patents"] * 4 + ["publications"],
        "document": [1, 1, 2, 3, 1],
        "cluster": [1, -1, 2, 1, 2],
        "addresses": [2, 1, 1, 1, 1],
        "n_listed": [3, 3, 2, 1, 1],
        "n_located": [3, 3, 1, 1, 1],
    }
)
LISTS = pa.table(
    {
        "indicator": ["patents"] * 2 + ["publications"],
        "document": [1, 2, 1],
        "kind": ["ipc"] * 2 + ["subject"],
        "label_list": [0, 1, 0],
    }
)
LABELS = pd.DataFrame(
    {
        "kind": ["ipc"] * 5 + ["subject"] * 2,
        "label_list": [0, 0, 0, 1, 1, 0, 0],
        "label": [10, 11, 12, 13, 14, 1, 2],
        "position": [2, 3, 1, 2, 1, 1, 2],
    }
)
FIELDS = pd.DataFrame({"label": [10, 11, 12, 13], "field": [6, 6, 4, 8]})


def of_lists(missing: str = "renormalise") -> pd.DataFrame:
    """Return what clusters have of each list."""
    found: pd.DataFrame = list_addresses(
        ibis.memtable(CLUSTERS),
        ibis.memtable(LISTS),
        kinds=("ipc", "subject"),
        counting="fractional",
        missing=missing,
    ).to_pandas()
    return found


def sums(
    field_counting: str, missing: str = "renormalise", labels: pd.DataFrame = LABELS
) -> dict[tuple[int, int], Fraction]:
    table = field_addresses(of_lists(missing), labels, FIELDS, field_counting=field_counting)
    found: dict[tuple[int, int], Fraction] = {}
    for row in table.itertuples():
        key = (int(row.cluster), int(row.group))
        found[key] = found.get(key, Fraction(0)) + Fraction(
            int(row.addresses), int(row.denominator)
        )
    return found


def test_a_document_is_shared_equally_among_its_distinct_fields() -> None:
    assert sums("equal") == {
        (1, 6): Fraction(2, 3) / 2,
        (1, 4): Fraction(2, 3) / 2,
        (-1, 6): Fraction(1, 3) / 2,
        (-1, 4): Fraction(1, 3) / 2,
        (2, 8): Fraction(1),
    }


def test_or_in_proportion_to_its_symbols() -> None:
    assert sums("symbol_share") == {
        (1, 6): Fraction(2, 3) * 2 / 3,
        (1, 4): Fraction(2, 3) / 3,
        (-1, 6): Fraction(1, 3) * 2 / 3,
        (-1, 4): Fraction(1, 3) / 3,
        (2, 8): Fraction(1),
    }


def test_or_belongs_to_the_field_of_its_first_symbol_that_has_one() -> None:
    assert sums("first_ipc") == {(1, 4): Fraction(2, 3), (-1, 4): Fraction(1, 3), (2, 8): 1}


def test_addresses_not_located_take_their_part_with_them() -> None:
    assert sums("equal", missing="lose")[2, 8] == Fraction(1, 2)
    assert sums("equal", missing="lose")[1, 6] == Fraction(1, 3)


def test_the_first_symbol_is_told_by_its_position_not_by_its_row() -> None:
    for seed in range(5):
        mixed = LABELS.sample(frac=1.0, random_state=seed)
        assert sums("first_ipc", labels=mixed) == sums("first_ipc")
    last = LABELS.assign(position=[2, 1, 3, 2, 1, 1, 2])
    assert sums("first_ipc", labels=last)[1, 6] == Fraction(2, 3)


@pytest.mark.parametrize("option", ["field_counting", "missing"])
def test_unknown_options_are_told(option: str) -> None:
    options = {"field_counting": "equal", "missing": "lose", option: "so"}
    with pytest.raises(InputError, match=f"{option} = 'so': must be one of"):
        sums(options["field_counting"], options["missing"])


def test_a_document_is_shared_among_the_labels_of_its_list() -> None:
    parts = label_addresses(of_lists(), LABELS, kind="subject", counting="fractional")
    assert parts.to_numpy().tolist() == [[2, 1, 2, 1], [2, 2, 2, 1]]
    whole = label_addresses(of_lists(), LABELS, kind="subject", counting="whole")
    assert whole.to_numpy().tolist() == [[2, 1, 1, 1], [2, 2, 1, 1]]


def test_documents_with_the_same_list_are_added() -> None:
    # document 3 bears the list of document 1, and has one address, in cluster 1
    again = pa.concat_tables(
        [LISTS, pa.Table.from_pylist([LISTS.to_pylist()[0] | {"document": 3}])]
    )
    choice = {"counting": "fractional", "missing": "renormalise"}
    both = list_addresses(
        ibis.memtable(CLUSTERS), ibis.memtable(again), kinds=("ipc",), **choice
    ).to_pandas()
    inside = both[(both["cluster"] == 1) & (both["group"] == 0)].sort_values("denominator")
    assert inside[["denominator", "addresses"]].to_numpy().tolist() == [[1, 1], [3, 2]]
    found = field_addresses(both, LABELS, FIELDS, field_counting="equal")
    assert found[found["cluster"] == 1].to_numpy().tolist() == [
        [1, 4, 2, 1], [1, 4, 6, 2],
        [1, 6, 2, 1], [1, 6, 6, 2],
    ]  # fmt: skip


def test_kinds_not_asked_for_are_left_out() -> None:
    assert set(of_lists()["kind"]) == {"ipc", "subject"}
    one = list_addresses(
        ibis.memtable(CLUSTERS),
        ibis.memtable(LISTS),
        kinds=("subject",),
        counting="fractional",
        missing="lose",
    ).to_pandas()
    assert one.to_numpy().tolist() == [["publications", "subject", 2, 0, 1, 1]]


def frame(rows: list[tuple[int, int, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["cluster", "group", "denominator", "addresses"])


def test_specialisation_compares_with_the_world_noise_included() -> None:
    table = field_profile(frame([(1, 4, 2, 3), (1, 6, 1, 1), (2, 6, 1, 5), (-1, 8, 4, 10)]))
    # world: field 4 1.5, field 6 6, field 8 2.5 of 10; cluster 1: 1.5 and 1 of 2.5
    one = table.loc[table["cluster"] == 1].set_index("field")
    assert one.loc[4, ["count", "share", "world_share", "specialisation"]].tolist() == [
        1.5,
        0.6,
        0.15,
        4.0,
    ]
    assert one.loc[6, "share"] == 0.4
    assert one.loc[6, "specialisation"] == pytest.approx(0.4 / 0.6)
    assert one.loc[8, "specialisation"] == 0.0
    assert math.isnan(one.loc[1, "specialisation"])
    assert table["cluster"].tolist() == [1] * 35 + [2] * 35
    assert (one["name"].loc[6], one["sector"].loc[6]) == (
        "Computer technology",
        "Electrical engineering",
    )


def test_subjects_are_those_that_occur_in_the_order_of_their_names() -> None:
    texts = pd.DataFrame(
        {
            "kind": ["subject", "subject", "subject", "ipc"],
            "label": [1, 2, 3, 1],
            "text": ["Zoology", "Acoustics", "Music", "H04L 5/00"],
        }
    )
    table = subject_profile(frame([(5, 1, 1, 1), (-1, 2, 1, 1)]), texts)
    assert table["subject"].tolist() == ["Acoustics", "Zoology"]
    assert table["share"].tolist() == [0.0, 1.0]
    assert table["specialisation"].tolist() == [0.0, 2.0]


def test_a_subject_without_a_text_is_told() -> None:
    texts = pd.DataFrame({"kind": ["subject"], "label": [1], "text": ["Zoology"]})
    with pytest.raises(InputError, match="subject 2 has no text"):
        subject_profile(frame([(5, 2, 1, 1)]), texts)


def test_two_texts_of_one_subject_are_told() -> None:
    texts = pd.DataFrame({"kind": ["subject"] * 2, "label": [1, 1], "text": ["Zoology", "Optics"]})
    with pytest.raises(InputError, match="subject 1 has two texts"):
        subject_profile(frame([(5, 1, 1, 1)]), texts)


def test_documents_without_a_field_are_reported() -> None:
    whole = cluster_addresses(
        ibis.memtable(CLUSTERS), counting="fractional", missing="renormalise"
    ).to_pandas()
    whole = whole[whole["indicator"] == "patents"]
    parts = field_addresses(of_lists(), LABELS, FIELDS, field_counting="equal")
    table = concentration(parts, whole).set_index("cluster")
    assert table.loc[1, "count"] == pytest.approx(5 / 3)
    assert table.loc[1, "classified"] == pytest.approx(2 / 3)
    assert table.loc[1, "unclassified"] == pytest.approx(1.0)
    assert table.loc[1, "hhi"] == 0.5
    assert table.loc[2].tolist() == [1.0, 1.0, 0.0, 1.0]
    # one third, by two ways of adding: what is left is nothing, not 1e-17
    assert table.loc[-1, "unclassified"] == 0.0


def test_a_cluster_with_nothing_classified_has_no_concentration() -> None:
    whole = pd.DataFrame({"cluster": [1, 2], "denominator": [1, 1], "addresses": [2, 1]})
    table = concentration(frame([(1, 4, 1, 2)]), whole)
    assert table["unclassified"].tolist() == [0.0, 1.0]
    assert table["hhi"].iloc[0] == 1.0
    assert math.isnan(table["hhi"].iloc[1])


def test_equal_shares_of_all_fields_are_least_concentrated() -> None:
    rows = [(1, field, 1, 3) for field in range(1, 36)]
    whole = pd.DataFrame({"cluster": [1], "denominator": [1], "addresses": [105]})
    assert concentration(frame(rows), whole)["hhi"].iloc[0] == pytest.approx(1 / 35)


def test_clusters_taken_together_are_added_before_they_are_divided() -> None:
    sums = frame([(1, 4, 1, 9), (2, 6, 1, 1), (3, 6, 1, 90), (-1, 4, 1, 100)])
    table = listed_fields(sums, [1, 2])
    assert table["field"].tolist() == list(range(1, 36))
    found = table.set_index("field").loc[[4, 6], ["count", "share", "world_share"]]
    assert found.to_numpy().tolist() == [[9.0, 0.9, 109 / 200], [1.0, 0.1, 91 / 200]]
    texts = pd.DataFrame({"kind": "subject", "label": [4, 6], "text": ["Zoology", "Acoustics"]})
    subjects = listed_subjects(sums, texts, [1, 2])
    assert subjects["subject"].tolist() == ["Acoustics", "Zoology"]
    assert subjects["share"].tolist() == [0.1, 0.9]
    assert listed_fields(sums, []).empty


def test_tables_without_rows_give_tables_without_rows() -> None:
    nothing = frame([]).astype("int64")
    whole = nothing[["cluster", "denominator", "addresses"]]
    texts = pd.DataFrame({"kind": [], "label": [], "text": []})
    assert field_profile(nothing).empty
    assert subject_profile(nothing, texts).empty
    assert concentration(nothing, whole).empty
    assert listed_fields(nothing, [1]).empty


def test_specialisation_of_metropolitan_areas_on_real_counts(shared: Path) -> None:
    path = shared / "data" / "fields-metro" / "ma_field35_2009_13.csv.gz"
    table = pd.read_csv(path)
    assert (table["count"].sum(), table.loc[table["field"] == 0, "count"].sum()) == (7_441_712, 343)
    known = table.loc[table["field"] > 0]
    rows = pd.DataFrame(
        {
            "cluster": known["ma_id"] + 1,
            "group": known["field"],
            "denominator": 1,
            "addresses": known["count"],
        }
    )
    profile = field_profile(rows.sample(frac=1.0, random_state=3))
    # by the definition, on a matrix
    matrix = known.pivot_table(index="ma_id", columns="field", values="count", aggfunc="sum")
    matrix = matrix.reindex(columns=range(1, 36)).fillna(0.0)
    inside = matrix.div(matrix.sum(axis=1), axis=0)
    quotient = inside.div(matrix.sum() / matrix.to_numpy().sum(), axis=1)
    assert profile["count"].sum() == 7_441_712 - 343
    ours = profile.pivot_table(index="cluster", columns="field", values="specialisation")
    expected = quotient.dropna(axis=1)
    assert ours.shape == expected.shape
    assert ours.to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-12)
    # the coding of these counts has no field 11
    assert set(range(1, 36)) - set(ours.columns) == {11}
