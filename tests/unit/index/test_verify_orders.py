from __future__ import annotations

import pandas as pd
import pytest

from hubscan import reference
from hubscan.errors import InputError
from hubscan.index import orders


def scored(**intervals: tuple[float, float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        [(unit, *numbers) for unit, numbers in intervals.items()],
        columns=["unit", "low", "computed", "high"],
    )


def ranked(*units: str) -> pd.DataFrame:
    return pd.DataFrame({"unit": list(units), "rank": range(1, len(units) + 1)})


def test_an_order_that_rounding_can_explain_is_undetermined() -> None:
    found = scored(a=(73.662, 73.667, 73.672), b=(73.665, 73.670, 73.675), c=(70.0, 70.0, 70.0))
    verdicts = orders.rank_verdicts(found, ranked("a", "b", "c")).set_index("unit")
    assert verdicts["verdict"].to_dict() == {
        "a": "undetermined",
        "b": "undetermined",
        "c": "agrees",
    }
    assert verdicts["against"].to_dict() == {"a": "b", "b": "a", "c": ""}
    assert verdicts["computed_rank"].tolist() == [2, 1, 3]


def test_an_order_with_separate_intervals_is_contradicted_for_both() -> None:
    found = scored(a=(70.0, 70.1, 70.2), b=(70.3, 70.4, 70.5))
    verdicts = orders.rank_verdicts(found, ranked("a", "b"))
    assert verdicts["verdict"].tolist() == ["contradicted", "contradicted"]


def test_intervals_that_touch_do_not_contradict() -> None:
    found = scored(a=(70.0, 70.1, 70.3), b=(70.3, 70.4, 70.5))
    assert set(orders.rank_verdicts(found, ranked("a", "b"))["verdict"]) == {"undetermined"}


def test_scores_within_a_billionth_share_the_better_rank() -> None:
    found = scored(a=(1.0, 82.746, 99.0), b=(1.0, 82.746 * (1 + 1e-12), 99.0), c=(0.0, 1.0, 2.0))
    verdicts = orders.rank_verdicts(found, ranked("a", "b", "c"))
    assert verdicts["computed_rank"].tolist() == [1, 1, 3]


def test_a_ranked_unit_without_a_score_is_named() -> None:
    with pytest.raises(InputError, match="ranking: b has no computed score"):
        orders.rank_verdicts(scored(a=(1.0, 1.0, 1.0)), ranked("a", "b"))


def test_a_better_rank_with_a_lower_printed_score_is_a_fault() -> None:
    table = ranked("a", "b", "c").assign(score=["70.1", "70.3", "70.2"])
    faults = orders.rank_faults(table)
    assert faults["check"].tolist() == ["order"]
    assert faults["unit"].tolist() == ["a"]


def test_one_rank_for_two_scores_is_a_fault() -> None:
    table = pd.DataFrame({"unit": ["a", "b"], "rank": [1, 1], "score": ["2", "1"]})
    assert orders.rank_faults(table)["check"].tolist() == ["tie"]


@pytest.mark.parametrize("ranks", [[1, 2, 2, 4], [1, 2, 2, 3], [1, 2, 3, 4]])
def test_every_way_of_ranking_ties_is_accepted(ranks: list[int]) -> None:
    table = pd.DataFrame({"unit": list("abcd"), "rank": ranks, "score": ["9", "8", "8", "7"]})
    assert orders.rank_faults(table).empty


def test_a_rank_that_breaks_the_sequence_is_named_with_what_was_needed() -> None:
    table = pd.DataFrame(
        {"unit": list("abcd"), "rank": [39, 39, 40, 42], "score": ["0.31", "0.31", "0.30", "0.29"]}
    )
    faults = orders.rank_faults(table)
    assert faults.to_numpy().tolist() == [["sequence", "c", "rank 40", "rank 41"]]


def cells(**scores: str) -> pd.DataFrame:
    return pd.DataFrame({"unit": list(scores), "printed": list(scores.values()), "decimals": 1})


def test_the_true_best_are_no_finding() -> None:
    full = cells(a="9.0", b="8.0", c="7.0")
    assert orders.top_verdicts(full.iloc[:2], full).empty


def test_a_tie_at_the_border_within_rounding_is_right_either_way_only_if_it_is_a_tie() -> None:
    full = cells(a="9.0", b="8.1", c="8.0")
    # b is at least 8.05, c at most 8.05: b belongs to the best two even at the border
    assert orders.top_verdicts(full.iloc[:2], full).empty


def test_a_unit_that_does_not_belong_and_the_one_it_displaced_are_named() -> None:
    full = cells(a="9.0", b="8.5", c="8.0")
    verdicts = orders.top_verdicts(full.iloc[[0, 2]], full)
    assert verdicts[["unit", "listed", "verdict"]].to_numpy().tolist() == [
        ["b", False, "contradicted"],
        ["c", True, "contradicted"],
    ]


def test_the_printed_intensity_ranks_of_2025_have_one_misprint() -> None:
    names = {"cluster": "unit", "rank_per_capita": "rank", "total_share_per_million": "score"}
    table = reference.published("clusters_2025_appendix_table3_intensity").rename(columns=names)
    faults = orders.rank_faults(table.astype({"score": str}))
    assert faults.to_numpy().tolist() == [["sequence", "Atlanta", "rank 40", "rank 41"]]
    # the corrected ranks split the printed tie of Washington and Toronto, which two decimals hide
    corrected = table.assign(rank=table["rank_corrected"])
    assert orders.rank_faults(corrected.astype({"score": str})).empty
