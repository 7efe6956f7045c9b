"""Labels of clusters by the economies of their output."""

from __future__ import annotations

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

from hubscan.cluster.economies import economy_labels
from hubscan.errors import EditionError, InputError, SchemaError
from hubscan.schema import NOISE

TOTALS = pd.Series({"patents": 1000.0, "publications": 2000.0})
CHOICE = {
    "label_min_share": 0.01,
    "label_measure": "total",
    "label_order": "share",
    "separator": "/",
}


def counts(*rows: tuple[int, str, str, float]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["cluster", "indicator", "economy", "count"])


def labels(table: pd.DataFrame, **choice: object) -> dict[int, tuple[str, str]]:
    found = economy_labels(table, TOTALS, **{**CHOICE, **choice})
    assert found.columns.tolist() == ["cluster", "economies", "home_economy"]
    return {row[0]: (row[1], row[2]) for row in found.itertuples(index=False)}


BASEL = counts(
    # shares: CH 0.05 + 0.02, DE 0.03 + 0, FR 0 + 0.0005; total 0.1005
    (1, "patents", "CH", 50.0),
    (1, "patents", "DE", 30.0),
    (1, "publications", "CH", 40.0),
    (1, "publications", "FR", 1.0),
)


@pytest.mark.parametrize(
    ("least", "measure", "order", "label"),
    [
        (0.004, "total", "share", "CH/DE/FR"),  # FR: 0.0005 / 0.1005 = 0.00498
        (0.005, "total", "share", "CH/DE"),
        (0.29, "total", "share", "CH/DE"),
        (0.30, "total", "share", "CH"),
        (0.024, "any_indicator", "share", "CH/DE/FR"),  # FR: 1 / 41 = 0.0244
        (0.025, "any_indicator", "share", "CH/DE"),
        (0.38, "any_indicator", "share", "CH"),  # DE: 30 / 80 = 0.375
        (1.00, "total", "share", "CH"),
        (0.0, "total", "alphabetic", "CH/DE/FR"),
    ],
)
def test_a_label_lists_the_economies_with_enough_output(
    least: float, measure: str, order: str, label: str
) -> None:
    found = labels(BASEL, label_min_share=least, label_measure=measure, label_order=order)
    assert found == {1: (label, "CH")}


def test_the_share_needed_is_inclusive() -> None:
    table = counts((1, "patents", "SG", 99.0), (1, "patents", "MY", 1.0))
    assert labels(table)[1] == ("SG/MY", "SG")
    assert labels(table, label_min_share=0.0100001)[1] == ("SG", "SG")


def test_the_order_is_by_share_or_by_code_and_home_is_the_largest_either_way() -> None:
    table = counts(
        (1, "patents", "SG", 9.0), (1, "patents", "MY", 1.0), (1, "publications", "MY", 2.0)
    )
    assert labels(table)[1] == ("SG/MY", "SG")
    assert labels(table, label_order="alphabetic", separator=" / ")[1] == ("MY / SG", "SG")


def test_among_equals_the_code_decides() -> None:
    table = counts((1, "patents", "DE", 3.0), (1, "patents", "CH", 3.0))
    assert labels(table)[1] == ("CH/DE", "CH")


def test_namibia_is_no_missing_value() -> None:
    assert labels(counts((1, "patents", "NA", 3.0)))[1] == ("NA", "NA")


def test_unknown_economies_dilute_but_label_nothing() -> None:
    table = counts((1, "patents", "", 99.5), (1, "patents", "FR", 0.4), (1, "patents", "DE", 0.1))
    assert labels(table)[1] == ("FR", "FR")
    assert labels(counts((4, "patents", "", 2.0)))[4] == ("", "")


def test_noise_and_indicators_without_a_total_do_not_count() -> None:
    table = counts(
        (NOISE, "patents", "US", 9.0), (2, "patents", "JP", 1.0), (2, "deals", "KR", 100.0)
    )
    assert labels(table) == {2: ("JP", "JP")}


def test_a_cluster_of_nothing_has_no_label() -> None:
    assert labels(counts((3, "patents", "JP", 0.0), (5, "patents", "KR", 1.0))) == {
        3: ("", ""),
        5: ("KR", "KR"),
    }


@given(st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(random: object) -> None:
    rows = [
        (cluster, indicator, economy, 0.1 * (cluster + len(indicator) * ord(economy[0]) % 7))
        for cluster in (1, 2, 3)
        for indicator in ("patents", "publications")
        for economy in ("CH", "DE", "FR", "IT")
    ]
    whole = labels(counts(*rows))
    random.shuffle(rows)  # type: ignore[attr-defined]  # hypothesis types its randoms loosely
    assert labels(counts(*rows)) == whole


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        ({"label_min_share": 1.5}, "label_min_share = 1.5: must be in"),
        ({"label_measure": "sum"}, "label_measure = 'sum': must be one of total, any_indicator"),
        ({"label_order": "size"}, "label_order = 'size': must be one of share, alphabetic"),
    ],
)
def test_choices_outside_their_domain_are_refused(choice: dict[str, object], message: str) -> None:
    with pytest.raises(EditionError, match=message):
        labels(BASEL, **choice)


def test_a_world_of_nothing_is_refused() -> None:
    with pytest.raises(InputError, match=r"world total of patents = 0.0: must be greater than 0"):
        economy_labels(BASEL, pd.Series({"patents": 0.0}), **CHOICE)


def test_another_table_is_refused() -> None:
    with pytest.raises(SchemaError, match="'economy' is missing"):
        labels(BASEL.drop(columns="economy"))
