"""Publications of science and technology, by the subjects of their source."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.errors import InputError
from hubscan.ingest.scope import SCIENCE_AREAS, SCOPES, in_scope, subject_areas, unknown_subjects

if TYPE_CHECKING:
    from pathlib import Path

LISTS = pd.Series(
    {
        "science": "Optics",
        "both": "Computer Science; Linguistics",
        "social": "Business & Economics; Psychology",
        "arts": "Poetry",
        "none": "",
        "unknown": "Alchemy",
        "unknown and social": "Alchemy; Sociology",
    }
)


@pytest.mark.parametrize(
    ("publication_scope", "left_out"),
    [
        ("any_st", ["social", "arts"]),
        ("all_st", ["both", "social", "arts", "unknown and social"]),
        ("none", []),
    ],
)
def test_what_each_scope_leaves_out(publication_scope: str, left_out: list[str]) -> None:
    kept = in_scope(LISTS, publication_scope=publication_scope)
    assert kept.index[~kept].tolist() == left_out


def test_missing_lists_are_kept_and_repeats_are_alike() -> None:
    lists = pd.Series(["Law", None, "Law", "Law; Robotics"], index=[4, 3, 2, 1])
    assert in_scope(lists, publication_scope="any_st").to_dict() == {
        4: False,
        3: True,
        2: False,
        1: True,
    }


@pytest.mark.parametrize(
    "spelling",
    [
        "social sciences - other topics",
        "Social Sciences Other Topics",
        "SOCIAL SCIENCES \u2013 OTHER TOPICS",
        " Education and Educational Research ",
        "Women's Studies;",
        "History Of Social Sciences",
    ],
)
def test_spelling_does_not_matter(spelling: str) -> None:
    assert not in_scope(pd.Series([spelling]), publication_scope="any_st").iloc[0]
    assert unknown_subjects(pd.Series([spelling])) == []


def test_the_list_is_complete_and_agrees_with_itself() -> None:
    subjects = subject_areas()
    assert subjects["subject"].str.casefold().is_unique
    assert not subjects.isin([""]).any().any()
    areas = subjects.groupby("area")["research_area"].nunique()
    # the publisher's research areas; a broad area is listed as a subject of its own as well
    own = subjects["area"].eq(subjects["research_area"]).groupby(subjects["area"]).any()
    assert (areas - own).to_dict() == {
        "Arts & Humanities": 14,
        "Life Sciences & Biomedicine": 76,
        "Physical Sciences": 17,
        "Social Sciences": 25,
        "Technology": 21,
    }
    # every research area is a subject, in its own area
    known = subjects.set_index("subject")
    parents = subjects["research_area"].unique()
    assert (known.loc[parents, "research_area"] == parents).all()
    assert subjects.groupby("research_area")["area"].nunique().eq(1).all()


@pytest.mark.parametrize(
    ("subject", "is_science"),
    [
        ("Chemistry, Medicinal", True),
        ("Materials Science, Paper & Wood", True),
        ("Multidisciplinary Sciences", True),
        ("Public, Environmental & Occupational Health", True),
        ("Transportation", True),
        ("Psychiatry", True),
        ("Psychology, Clinical", False),
        ("Social Sciences, Mathematical Methods", False),
        ("Business, Finance", False),
        ("History & Philosophy of Science", False),
        ("Language & Linguistics", False),
    ],
)
def test_categories_take_the_area_of_their_research_area(subject: str, *, is_science: bool) -> None:
    assert in_scope(pd.Series([subject]), publication_scope="any_st").tolist() == [is_science]
    area = subject_areas().set_index("subject").loc[subject, "area"]
    assert (area in SCIENCE_AREAS) is is_science


def test_subjects_of_a_real_export_are_all_known(shared: Path) -> None:
    text = (shared / "data" / "exports-bibliographic" / "wos_tagged_2015.txt").read_text("utf-8")
    lists = pd.Series(
        [
            line[3:]
            for line in text.replace("\n   ", " ").splitlines()
            if line.startswith(("WC ", "SC "))
        ]
    )
    assert len(lists) == 120
    assert unknown_subjects(lists) == []
    assert in_scope(lists, publication_scope="all_st").all()


def test_an_unknown_scope_is_told() -> None:
    with pytest.raises(InputError, match="publication_scope = 'some'"):
        in_scope(LISTS, publication_scope="some")
    assert SCOPES == ("any_st", "all_st", "none")
