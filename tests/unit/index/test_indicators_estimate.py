from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.index.indicators import estimate


def parts(n: int, hits: int) -> pd.DataFrame:
    hit = [1.0] * hits + [0.0] * (n - hits)
    return pd.DataFrame({"unit": "Oslo", "observation": range(n), "hit": hit, "one": 1.0})


def share(table: pd.DataFrame, replicates: int = 400, seed: int = 5) -> pd.DataFrame:
    return estimate.additive_estimates(
        table, estimate.ratio, addends=["hit", "one"], replicates=replicates, seed=seed
    )


def test_an_estimate_has_its_parts() -> None:
    row = share(parts(200, 50)).iloc[0]
    assert row[["value", "numerator", "denominator", "n"]].tolist() == [0.25, 50.0, 200.0, 200]


def test_the_bootstrap_of_a_share_is_that_of_the_binomial() -> None:
    row = share(parts(200, 50)).iloc[0]
    assert row["se"] == pytest.approx(np.sqrt(0.25 * 0.75 / 200), rel=0.15)


def test_the_bootstrap_of_a_count_is_that_of_poisson() -> None:
    found = estimate.additive_estimates(
        parts(400, 100), estimate.total, addends=["hit"], replicates=400, seed=5
    ).iloc[0]
    assert found["value"] == 100.0
    assert found["se"] == pytest.approx(10.0, rel=0.15)
    assert np.isnan(found["denominator"])


def test_rows_of_one_observation_are_drawn_together() -> None:
    alone = parts(200, 50)
    doubled = pd.concat([alone, alone])
    assert share(doubled)["se"].iloc[0] == pytest.approx(share(alone)["se"].iloc[0], rel=1e-12)
    assert share(doubled)["n"].tolist() == [200]


def test_equal_seeds_give_equal_numbers_whatever_the_order_of_rows() -> None:
    table = parts(100, 30)
    shuffled = table.sample(frac=1, random_state=3)
    assert share(table).equals(share(shuffled))
    assert not share(table).equals(share(table, seed=6))


def test_units_keep_their_own_sums_and_rows_without_one_are_left_out() -> None:
    table = parts(4, 1).assign(unit=["Rome", "Oslo", None, "Oslo"])
    found = share(table, replicates=0)
    assert found["unit"].tolist() == ["Oslo", "Rome"]
    assert found["value"].tolist() == [0.0, 1.0]
    assert found["se"].isna().all()


def test_nothing_over_nothing_is_no_value() -> None:
    table = parts(2, 0).assign(one=0.0)
    assert share(table, replicates=10)["value"].isna().all()
    assert share(table, replicates=10)["se"].isna().all()


def test_a_table_without_rows_gives_none() -> None:
    assert share(parts(0, 0), replicates=10).empty


def test_a_missing_column_and_an_unknown_choice_are_named() -> None:
    with pytest.raises(InputError, match="parts: column 'one' is missing"):
        share(parts(3, 1).drop(columns="one"))
    with pytest.raises(InputError, match="counting = 'half': must be one of whole, fractional"):
        estimate.choice("half", ["whole", "fractional"], what="counting")


def test_flags_are_words_joined_by_blanks() -> None:
    table = pd.DataFrame({"unit": ["a", "b"], "flags": ["", "few"]})
    once = estimate.flagged(table, table["unit"] == "b", "old")
    assert once["flags"].tolist() == ["", "few old"]
    assert table["flags"].tolist() == ["", "few"]
