"""What-if questions: the stages of a run on another edition, under the run's ids."""

from __future__ import annotations

import base64
import json
import threading
import tomllib
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hubscan import footprint
from hubscan.edition import load_edition
from hubscan.errors import EditionError, InputError
from hubscan.explorer import answers, limits, what_if
from hubscan.explorer.questions import Desk, QuestionError, read_question
from hubscan.run_folder import opened_runs

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from hubscan.run_folder import RunFolder


@pytest.fixture(scope="module")
def base(run_folder: RunFolder) -> what_if.Base:
    """Return what questions about the four towns need."""
    return what_if.base_of(run_folder)


def answer(base: what_if.Base, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - from JSON
    edition = what_if.asked(base.edition, {k.replace("__", "."): v for k, v in changes.items()})
    world = what_if.worked_out(base, edition, go_on=lambda: None)
    return answers.answered(base, world, edition)


def test_asking_nothing_gives_the_run_itself(base: what_if.Base) -> None:
    found = answer(base)
    table = base.ranking.sort_values(["rank", "cluster"])
    assert [row["id"] for row in found["clusters"]] == table["cluster"].tolist()
    assert [row["name"] for row in found["clusters"]] == table["name"].tolist()
    totals = [row["total"] for row in found["clusters"]]
    assert totals == pytest.approx(table["total_share"].tolist(), rel=1e-7)
    assert found["changes"]["gone"] == []
    assert found["changes"]["new"] == []
    packed = np.frombuffer(base64.b64decode(found["points"]), "<u2")
    assert packed.tolist() == base.points.cluster.tolist()


def test_a_wider_radius_joins_two_towns_under_the_greater_ones_id(base: what_if.Base) -> None:
    ids = base.ranking.set_index("name")["cluster"]
    found = answer(base, cluster__radius_km=30)
    assert [gone["name"] for gone in found["changes"]["gone"]] == ["Beta"]
    assert found["changes"]["gone"][0]["into"] == ids["Alpha"]
    kept = {row["name"]: row["id"] for row in found["clusters"]}
    assert kept == {name: ids[name] for name in ("Alpha", "Gamma", "Delta")}
    alpha = next(row for row in found["clusters"] if row["name"] == "Alpha")
    # 60 and 30 documents; their places are all in the joined cluster
    assert alpha["counts"]["patents"] == pytest.approx(90.0)
    assert alpha["population"] is None
    gamma = next(row for row in found["clusters"] if row["name"] == "Gamma")
    assert gamma["population"] == 1e6


def test_a_cluster_that_is_too_thin_is_told_to_be_gone(base: what_if.Base) -> None:
    found = answer(base, cluster__min_share=0.33)
    gone = {one["name"]: one["into"] for one in found["changes"]["gone"]}
    assert "Delta" in gone
    assert gone["Delta"] is None


def test_weights_and_counting_follow(base: what_if.Base) -> None:
    weights = {"patents": 0.0, "publications": 0.0, "deals": 2.0}
    found = answer(base, rank__weights=weights)
    for row in found["clusters"]:
        assert row["total"] == pytest.approx(2 * row["shares"]["deals"], rel=1e-7)
    whole = answer(base, count__method="full")
    alpha = next(row for row in whole["clusters"] if row["name"] == "Alpha")
    assert alpha["counts"]["patents"] == 60.0


def test_without_evidence_merges_are_kept_and_whole_counts_refused(
    another_run: Callable[..., Path],
) -> None:
    opened = opened_runs([another_run("bare", evidence=False)])[0]
    base = what_if.base_of(opened)
    assert answer(base)["changes"]["kept"] == len(base.ranking)
    assert any("ties are not counted anew" in note for note in answer(base)["notes"])
    with pytest.raises(InputError, match=r"need evidence\.parquet, which this run does not have"):
        answer(base, count__method="full")


def test_footprints_follow_with_areas(base: what_if.Base) -> None:
    world = what_if.worked_out(base, base.edition, go_on=lambda: None)
    shapes = answers.answered_shapes(base, world, base.edition)
    assert {one["id"] for one in shapes["features"]} == set(base.ranking["cluster"])
    assert all(one["properties"]["area_km2"] > 10 for one in shapes["features"])


def test_footprints_of_clusters_that_stay_are_those_of_the_run(base: what_if.Base) -> None:
    edition = what_if.asked(base.edition, {"cluster.radius_km": 8.0})
    world = what_if.worked_out(base, edition, go_on=lambda: None)
    shapes = answers.answered_shapes(base, world, edition)
    exact = footprint.footprints(world.membership, outline="union", **edition.disc)
    assert [one["id"] for one in shapes["features"]] == exact["cluster"].tolist()
    areas = [one["properties"]["area_km2"] for one in shapes["features"]]
    assert areas == pytest.approx(exact["area_km2"].tolist(), rel=2e-3)
    known = base.shapes.set_index("cluster")["area_km2"].to_dict()
    places = {c: set(t["place"]) for c, t in base.membership.groupby("cluster")}
    same = [
        number
        for number, table in world.membership.groupby("cluster")
        if number > 0 and set(table["place"]) == places.get(number)
    ]
    found = dict(zip(exact["cluster"].tolist(), areas, strict=True))
    assert [found[c] for c in same] == pytest.approx([known[c] for c in same], rel=1e-7)


def test_opening_a_run_is_no_part_of_the_first_answer(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = what_if.base_of

    def slowly(folder: RunFolder) -> what_if.Base:
        clock.append(clock[-1] + 1e6)
        return opened(folder)

    clock = [0.0]
    monkeypatch.setattr("hubscan.explorer.questions.time.perf_counter", lambda: clock[-1])
    monkeypatch.setattr(what_if, "base_of", slowly)
    found = json.loads(Desk(run_folder).answer({}, threading.Event(), part="ranking"))
    assert clock[-1] == 1e6
    assert found["seconds"] == 0.0


def test_the_edition_is_saved_as_a_file_that_loads(base: what_if.Base, tmp_path: Path) -> None:
    text = answer(base, cluster__radius_km=21)["edition"]
    (tmp_path / "asked.toml").write_text(text, encoding="utf-8")
    edition = load_edition(tmp_path / "asked.toml")
    assert edition.diff(base.edition) == [("cluster.radius_km", 21.0, 15.0)]
    assert "cluster.radius_km" in tomllib.loads(text)["status"]["assumed"]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"cluster.radius_km": 1e9}, "cluster.radius_km = 1e+09: must be between 1 and 60"),
        ({"cluster.radius_km": True}, "must be a number between 1 and 60"),
        ({"cluster.radius_km": "15"}, "must be a number between 1 and 60"),
        ({"cluster.radius_km": None}, "must be a number between 1 and 60"),
        ({"name": "x"}, "can't be asked about; what can: cluster.radius_km"),
        ({"__class__": 1}, "can't be asked about"),
        ({"count.method": "whole"}, "can't be asked about"),
        ({"rank.weights": {"patents": 1}}, "can't be asked about"),
        (
            {"rank.weights": {"patents": -1, "publications": 1, "deals": 1}},
            "rank.weights.patents = -1: must be between 0 and 100",
        ),
    ],
)
def test_what_is_out_of_range_is_refused_in_a_sentence(
    base: what_if.Base, changes: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(EditionError) as caught:
        what_if.asked(base.edition, changes)
    assert sentence in str(caught.value)
    assert len(str(caught.value)) < 300


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"{}", "text/plain", 415),
        (b"{" + b" " * limits.MOST_BYTES + b"}", "application/json", 413),
        (b"{", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"[1]", "application/json", 400),
        (b'{"cluster.radius_km": NaN}', "application/json", 400),
        (b"[" * 4000, "application/json", 400),
    ],
)
def test_malformed_questions_have_their_status(body: bytes, kind: str, status: int) -> None:
    with pytest.raises(QuestionError) as caught:
        read_question(body, kind)
    assert caught.value.status == status


def test_a_question_taken_back_is_not_worked_on(run_folder: RunFolder) -> None:
    unwanted = threading.Event()
    unwanted.set()
    with pytest.raises(QuestionError) as caught:
        Desk(run_folder).answer({}, unwanted, part="ranking")
    assert caught.value.status == 499


def test_questions_are_limited_in_number_and_time(
    run_folder: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(run_folder)
    with monkeypatch.context() as patched:
        patched.setattr("hubscan.explorer.questions.MOST_WAITING", 0)
        with pytest.raises(QuestionError, match="too many questions"):
            desk.answer({}, threading.Event(), part="ranking")
    with monkeypatch.context() as patched:
        patched.setattr("hubscan.explorer.questions.MOST_SECONDS", 0.0)
        with pytest.raises(QuestionError, match="takes more than"):
            desk.answer({}, threading.Event(), part="ranking")
    # both left nothing behind: the next one is answered
    assert b'"clusters"' in desk.answer({}, threading.Event(), part="ranking")
