"""The grey points of the maps: places outside clusters, gathered, counted in addresses."""

from __future__ import annotations

import pandas as pd

from hubscan.report.grey import grey_points
from hubscan.sphere import place_keys


def test_counts_in_fractions_and_addresses_of_huge_documents_are_told_apart() -> None:
    near, far, inside = place_keys([10.01, 10.04, 50.0], [20.02, 19.98, 8.0])
    addresses = pd.DataFrame(
        {
            "indicator": ["patents", "publications", "patents"],
            "place": [near, far, inside],
            "denominator": [10_000, 10_000, 1],
            "addresses": [4, 20_000, 9],
        }
    )
    membership = pd.DataFrame({"place": [near, far, inside], "cluster": [-1, -1, 1]})
    # patents are documents of 10,000 addresses, publications are counts in units of 1/10,000
    totals = pd.DataFrame({"indicator": ["patents", "publications"], "unit": [1, 10_000]})
    points = grey_points(addresses, membership, totals, minimum=6, grid_deg=0.1)
    assert points.round(9).to_numpy().tolist() == [[10.0, 20.0, 6.0]]
    assert grey_points(addresses, membership, totals, minimum=7, grid_deg=0.1).empty
