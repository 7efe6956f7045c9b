"""What the API answers is what the run folder holds."""

from __future__ import annotations

import json
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
import shapely

from hubscan.errors import InputError
from hubscan.explorer import ground, plain, profile_views, run_views
from hubscan.explorer.resources import PREFIX, library
from hubscan.rank_history import rank_history
from hubscan.run_folder import opened_runs
from hubscan.sphere import place_keys

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.run_folder import RunFolder


def test_the_ranking_holds_every_number_of_the_table(run_folder: RunFolder) -> None:
    table = run_folder.table("ranking")
    rows = run_views.ranking(run_folder)["clusters"]
    assert [row["id"] for row in rows] == table["cluster"].tolist()
    for row, (_, line) in zip(rows, table.iterrows(), strict=True):
        assert row["total"] == pytest.approx(line["total_share"], rel=1e-7)
        for indicator in ("patents", "publications", "deals"):
            assert row["shares"][indicator] == pytest.approx(line[f"share_{indicator}"], rel=1e-7)
            assert row["counts"][indicator] == pytest.approx(line[f"count_{indicator}"], rel=1e-7)
        assert row["area_km2"] > 0


def test_a_missing_table_is_a_sentence_with_its_command(run_folder: RunFolder) -> None:
    summary = run_views.summary(run_folder, 0)
    assert "hubscan uncertainty RUN" in summary["missing"]["uncertainty/rank_intervals"]
    profile = profile_views.cluster_profile(run_folder, 1)
    assert profile["fields"] == []
    assert any(text.startswith("This run has no profiles/") for text in profile["missing"])
    assert profile_views.ties(run_folder)["ties"] == []


def test_intervals_and_changes_are_added_where_they_are_known(
    another_run: Callable[..., Path],
) -> None:
    path = another_run("with")
    (path / "uncertainty").mkdir()
    bounds = {"median": [1.0], "lower": [1.0], "upper": [3.0]}
    of_intensity = {f"intensity_{name}": [4 + value[0]] for name, value in bounds.items()}
    pd.DataFrame({"cluster": [1], **bounds, **of_intensity}).to_parquet(
        path / "uncertainty" / "rank_intervals.parquet"
    )
    (path / "uncertainty" / "run.json").write_text('{"plan": {"level": 0.8}}', encoding="utf-8")
    changed = {"cluster": [1], "rank_before": [4], "rank_change": [3], "growth_percent": [12.5]}
    pd.DataFrame(changed).to_parquet(path / "change.parquet")
    rows = run_views.ranking(opened_runs([path])[0])["clusters"]
    first = next(row for row in rows if row["id"] == 1)
    assert (first["interval"], first["previous_rank"], first["change"]) == ([1, 1, 3], 4, 3)
    assert first["intensity_interval"] == [5, 5, 7]
    assert first["growth"] == 0.125
    assert all("interval" not in row for row in rows if row["id"] != 1)
    assert run_views.summary(opened_runs([path])[0], 0)["interval_level"] == 0.8


def test_every_parameter_has_its_status(run_folder: RunFolder) -> None:
    edition = run_folder.edition()
    shown = {row["key"]: row for row in run_views.summary(run_folder, 0)["parameters"]}
    assert set(shown) == set(edition.keys())
    assert shown["cluster.min_share"] == {
        "key": "cluster.min_share",
        "value": 0.05,
        "status": "assumed",
    }
    assert all(row["status"] for row in shown.values())


def test_profiles_list_the_cluster_asked_for_only(another_run: Callable[..., Path]) -> None:
    path = another_run("profiled")
    (path / "profiles").mkdir()
    leaders = pd.DataFrame(
        {
            "cluster": [1, 2],
            "rank": [1, 1],
            "applicant": ["One", "Two"],
            "count": [3.0, 4.0],
            "share": [0.5, np.nan],
        }
    )
    leaders.to_parquet(path / "profiles" / "top_applicants.parquet")
    network = pd.DataFrame(
        {
            "indicator": ["patents", "publications", "patents"],
            "a": [1, 1, -1],
            "b": [2, 2, 1],
            "links": [3.0, 4.0, 99.0],
            "salton": [0.1, 0.1, 0.1],
        }
    )
    network.to_parquet(path / "profiles" / "network.parquet")
    opened = opened_runs([path])[0]
    assert profile_views.cluster_profile(opened, 2)["top_applicants"] == [
        {"name": "Two", "count": 4.0, "share": None}
    ]
    assert profile_views.ties(opened) == {"ties": [[1.0, 2.0, 7.0]], "missing": None}


def test_points_are_places_with_their_largest_source() -> None:
    a, b = place_keys([10.0, 20.0], [30.0, -40.0]).tolist()
    addresses = pd.DataFrame(
        {
            "indicator": ["patents", "deals", "deals"],
            "place": [a, a, b],
            "economy": ["XX"] * 3,
            "denominator": [2, 1, 1],
            "addresses": [2, 1, 9],
        }
    )
    assigned = pd.DataFrame({"place": [a, b], "cluster": [7, -1]})
    found = ground.points(addresses, assigned, indicators=["patents", "deals"], most=10)
    # b first: noise; at a the only patent of the world outweighs one deal in ten
    assert found.place.tolist() == [b, a]
    assert found.kind.tolist() == [1, 0]
    assert found.cluster.tolist() == [0, 7]
    assert found.size.tolist() == pytest.approx([0.9, 1.1])
    packed = found.packed()
    assert struct.unpack_from("<I", packed) == (2,)
    assert np.frombuffer(packed, "<f4", 2, 4).tolist() == [-40.0, 30.0]
    assert np.frombuffer(packed, "<f4", 2, 12).tolist() == [20.0, 10.0]
    assert np.frombuffer(packed, "<u2", 2, 20).tolist() == [0, 7]
    assert np.frombuffer(packed, "u1", 2, 24).tolist() == [1, 0]
    assert np.frombuffer(packed, "u1", 2, 26).tolist() == [round(255 * (0.9 / 1.1) ** 0.5), 255]


def test_many_places_are_gathered_and_lose_no_mass() -> None:
    chosen = np.random.default_rng(5)
    places = np.unique(place_keys(chosen.uniform(40, 41, 4000), chosen.uniform(5, 6, 4000)))
    addresses = pd.DataFrame(
        {"indicator": "patents", "place": places, "economy": "FR", "denominator": 1, "addresses": 1}
    )
    assigned = pd.DataFrame({"place": places, "cluster": 1})
    found = ground.points(addresses, assigned, indicators=["patents"], most=500)
    assert 50 < len(found.place) <= 500
    assert set(found.place) <= set(places)
    assert found.size.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("base_map", [ground.base_map, ground.small_base_map])
def test_the_base_map_has_no_line_along_the_antimeridian(
    base_map: Callable[[], dict[str, Any]],
) -> None:
    base = base_map()
    assert base["land"]["type"] == "MultiPolygon"
    for line in base["coast"]["coordinates"]:
        at = np.array(line)
        edge = np.abs(at[:, 0]) > 179.995
        both = edge[:-1] & edge[1:]
        assert not (both & (np.abs(np.diff(at[:, 1])) > 0.05)).any()
    xy = np.concatenate([np.array(ring) for part in base["land"]["coordinates"] for ring in part])
    assert np.abs(xy[:, 0]).max() <= 180.0


def test_the_small_base_map_is_the_same_world_in_a_quarter_of_the_bytes() -> None:
    whole, small = ground.base_map(), ground.small_base_map()
    assert list(small) == list(whole)
    assert len(plain.json_bytes(small)) < len(plain.json_bytes(whole)) / 4
    lands = [shapely.from_geojson(json.dumps(one["land"])) for one in (whole, small)]
    both = shapely.symmetric_difference(*(shapely.make_valid(one) for one in lands))
    assert both.area < 0.01 * lands[0].area
    corners = shapely.points(shapely.get_coordinates(lands[1]))
    assert shapely.distance(shapely.boundary(lands[0]), corners).max() < 0.01


def test_runs_are_matched_by_mass(run_folder: RunFolder, another_run: Callable[..., Path]) -> None:
    wide = opened_runs([another_run("wide", radius_km=30.0)])[0]
    tracks = rank_history([run_folder, wide], [0, 1])["tracks"]
    ranks = {track["name"]: track["ranks"] for track in tracks}
    # Beta is swallowed by Alpha; the greater part is the successor
    assert ranks["Alpha"] == [1, 1]
    assert ranks["Beta"][0] is not None
    assert ranks["Beta"][1] is None
    assert len(tracks) == 4


def test_every_answer_is_json_without_nan_and_the_same_twice(run_path: Path) -> None:
    first, second = (library(opened_runs([run_path]), live=False) for _ in range(2))
    assert set(first.resources) == set(second.resources)
    for path, resource in first.resources.items():
        content = first.content(path)
        assert content == second.content(path)
        if resource.media_type == "application/json":
            json.loads(content, parse_constant=refused)
    assert f"{PREFIX}runs/0/files/ranking.csv" in first.resources
    assert not any("membership" in path or ".." in path for path in first.resources)


def refused(name: str) -> Any:  # noqa: ANN401 - never returns
    """Refuse NaN and infinity."""
    raise AssertionError(name)


def test_links_that_lead_outside_are_not_served(
    another_run: Callable[..., Path], tmp_path: Path
) -> None:
    path = another_run("linked")
    secret = tmp_path / "secret.txt"
    secret.write_text("secret", encoding="utf-8")
    (path / "counts.csv").symlink_to(secret)
    assert "counts.csv" not in opened_runs([path])[0].files()
    assert "ranking.csv" in opened_runs([path])[0].files()


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"has no run\.json: give a folder made by"):
        opened_runs([tmp_path])
    (tmp_path / "run.json").write_text("{}", encoding="utf-8")
    with pytest.raises(InputError, match=r"has no ranking\.parquet"):
        opened_runs([tmp_path])


def test_numbers_are_short_and_never_nan() -> None:
    table = pd.DataFrame({"a": [1 / 3, np.inf], "b": pd.array([1, None], "Int64")})
    assert plain.records(table) == [{"a": 0.33333333, "b": 1}, {"a": None, "b": None}]
    with pytest.raises(ValueError, match="Out of range"):
        plain.json_bytes({"x": float("nan")})
