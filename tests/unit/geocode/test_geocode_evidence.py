"""Evidence in parts: cuts leave no document out and none twice, whatever documents' numbers are."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from hubscan.geocode.evidence import parts, stripe_width


@given(
    documents=st.lists(st.integers(-(2**62), 2**62), min_size=1, max_size=60, unique=True),
    rows=st.integers(1, 20),
)
def test_every_document_is_in_one_part_and_parts_are_small(documents: list[int], rows: int) -> None:
    numbers = np.array(sorted(documents), np.int64)
    width = stripe_width(int(numbers[0]), int(numbers[-1]))
    addresses = pd.Series(1, numbers // width).groupby(level=0).sum()
    stripes = pd.DataFrame({"stripe": addresses.index, "addresses": addresses.to_numpy()})
    cuts = parts(stripes.sample(frac=1.0, random_state=1), width=width, rows=rows)
    assert cuts == sorted(set(cuts))
    sizes = np.bincount(np.searchsorted(cuts, numbers, side="right"), minlength=len(cuts) + 1)
    assert sizes.sum() == len(numbers)
    # a part ends with the stripe that fills it
    assert sizes.max() < rows + stripes["addresses"].max()


def test_numbers_side_by_side_and_far_apart_have_stripes() -> None:
    assert stripe_width(5, 5) == 1
    assert stripe_width(0, 40_960) == 10
    assert (2**63 - 1) // stripe_width(-(2**63), 2**63 - 1) < 4096
