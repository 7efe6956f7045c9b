"""What a seed has always made: documents, addresses and margins that do not need a gazetteer."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from hubscan.world.documents import Habits, fractional_counts, teams
from hubscan.world.draws import cumulated, generator
from hubscan.world.listing import listing
from hubscan.world.margins import cluster_margins, growth_rates
from hubscan.world.streets import written_addresses
from hubscan.world.teams import team_sizes

FIRST_ROWS = (
    (422, 62, 13),
    [
        (0, 2),
        (0, 3),
        (0, -1),
        (1, 5),
        (2, 5),
        (2, 5),
        (2, 3),
        (2, 3),
        (2, 2),
        (2, 2),
        (2, 5),
        (2, 5),
    ],
)
MARGINS = {
    "Riyadh": (289.44, 20838.93, 328.72, -0.0),
    "Fuzhou": (1361.16, 19884.39, 122.15, 0.03354),
    "Sendai": (1055.43, 9911.68, 160.53, -0.0),
    "Linköping": (818.58, 5124.89, 7.06, -0.0),
}
STREETS = [
    "5-11-10 Asahi, Sakura-ku, Tokyo 467-5533, JP",
    "No. 934 Keji Road, Huanghe District, Wuhan 625039, CN",
    "165 Rue Garibaldi, 30459 Lyon, FR",
    "Waldstrasse 111, 27568 Munich, DE",
    "5718 Hill Road, Austin, TX 10240, US",
]


def test_the_same_seed_makes_the_same_documents() -> None:
    flows = np.array([[0.0, 0.6, 0.4], [0.6, 0.0, 0.4], [0.4, 0.4, 0.2]])
    habits = Habits(
        sizes=team_sizes(mean=3.2, spread=0.7, largest=100, tail=0.01),
        joint=0.5,
        together=0.7,
        missing=np.full(3, 0.1),
        sites=cumulated(np.arange(1.0, 7.0), np.repeat(np.arange(3), 2)),
        flows=cumulated(flows.ravel(), np.repeat(np.arange(3), 3)),
        nodes=3,
    )
    made, left = teams(habits, np.array([40, 30, 50]), np.zeros(3), rng=generator(2025, 1))
    rows = listing(habits, made, extra=3, lost=np.array([0, 5]), rng=generator(2025, 2))
    first = list(zip(rows.document[:12].tolist(), rows.site[:12].tolist(), strict=True))
    summary = (len(rows.site), int(rows.listed.max()), rows.kind.tolist().index(2))
    assert (summary, first) == FIRST_ROWS
    np.testing.assert_allclose(fractional_counts(made, 3) - [40, 30, 50], left, atol=1e-9)


def test_margins_beyond_the_published_ones_stay() -> None:
    table = cluster_margins()
    rates = growth_rates(table)["patents"]
    rows = [100, 105, 150, 236]
    got = {
        str(table["cluster"][i]): (
            round(float(table["patents"][i]), 2),
            round(float(table["publications"][i]), 2),
            round(float(table["deals"][i]), 2),
            round(float(rates[i]), 5),
        )
        for i in rows
    }
    assert got == MARGINS


def test_homes_keep_their_addresses() -> None:
    countries = np.array(["JP", "CN", "FR", "DE", "US"])
    home = np.array([1, 22, 333, 4444, 55_555])
    cities = pa.array(["Tokyo", "Wuhan", "Lyon", "Munich", "Austin, TX"])
    assert written_addresses(home, cities, countries).to_pylist() == STREETS
