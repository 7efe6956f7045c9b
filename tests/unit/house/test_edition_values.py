"""Editions are frozen, complete, and name every fault in one sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pydantic
import pytest

from hubscan.edition import edition_names, load_edition
from hubscan.errors import EditionError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("name", edition_names())
def test_every_parameter_is_marked_once(name: str) -> None:
    edition = load_edition(name)
    assert {edition.status_of(key) for key in edition.keys()} == {  # noqa: SIM118 - not a mapping
        "documented",
        "inferred",
        "assumed",
    }


def test_documented_windows_and_indicators() -> None:
    assert load_edition("gii-2025").window.years == {
        "patents": (2020, 2024),
        "publications": (2019, 2023),
        "deals": (2019, 2023),
    }
    assert load_edition("gii-2024").window.years["patents"] == (2019, 2023)
    assert load_edition("gii-2023").indicators == ("patents", "publications")


def test_replace_gives_a_new_value_marked_as_assumed() -> None:
    edition = load_edition("gii-2025")
    wider = edition.replace("cluster.radius_km", 20.0)
    assert (edition.cluster.radius_km, wider.cluster.radius_km) == (15.0, 20.0)
    assert (edition.status_of("cluster.radius_km"), wider.status_of("cluster.radius_km")) == (
        "documented",
        "assumed",
    )
    assert edition.replace("cluster.radius_km", 15.0) is edition
    with pytest.raises(pydantic.ValidationError):
        edition.cluster.radius_km = 3.0  # type: ignore[misc] - the point: it can't be done


@pytest.mark.parametrize(
    ("key", "value", "sentence"),
    [
        ("cluster.radius", 1.0, "did you mean cluster.radius_km?"),
        ("cluster.radius_km", 0.0, "[cluster] radius_km = 0.0: input should be greater than 0"),
        ("cluster.radius_km", "15", "[cluster] radius_km = '15': input should be a valid number"),
        (
            "count.method",
            "whole",
            "[count] method = 'whole': input should be 'fractional' or 'full'",
        ),
        ("rank.weights", {"patents": 1.0}, "rank.weights names ['patents']"),
        ("cluster.economies.label_min_share", 2.0, "[cluster.economies] label_min_share = 2.0"),
    ],
)
def test_each_fault_is_one_sentence(key: str, value: object, sentence: str) -> None:
    with pytest.raises(EditionError) as caught:
        load_edition("gii-2025").replace(key, value)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


def test_unknown_keys_of_a_file_are_refused_with_a_suggestion(tmp_path: Path) -> None:
    edition = tmp_path / "mine.toml"
    edition.write_text('name = "mine"\n[cluster]\nradius = 3\n', encoding="utf-8")
    with pytest.raises(EditionError, match="mine: \\[cluster\\] radius is not known: did you mean"):
        load_edition(edition)
    edition.write_text("name = \n", encoding="utf-8")
    with pytest.raises(EditionError, match=r"mine\.toml: not valid TOML"):
        load_edition(edition)
    with pytest.raises(EditionError, match="neither a readable file nor one of africa-2024"):
        load_edition("gii-1999")


def test_editions_differ_only_where_they_should() -> None:
    changed = {key for key, _, _ in load_edition("gii-2024").diff(load_edition("gii-2025"))}
    assert changed == {
        "indicators",
        "window.years",
        "count.overlaid",
        "rank.weights",
        "report.noise_min",
        "cluster.names.state_suffix",
    }
    of_region = {key for key, _, _ in load_edition("gii-2024").diff(load_edition("africa-2024"))}
    assert of_region == {
        "regional.economies",
        "regional.density",
        "rank.top",
        "rank.intensity.universe",
        "rank.change.na_beyond",
        "report.rank_bands",
    }
