"""Names of organisations: what is the same, what stays apart, and what the user's lists decide."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubscan.errors import InputError
from hubscan.organisations import (
    bare_name,
    checked_parents,
    checked_thesaurus,
    harmonised_names,
    rolled_up,
)

DATA = Path(__file__).resolve().parents[3].parent / "shared" / "data"
NONE = pd.DataFrame(columns=["registry_id", "name", "aliases", "country"], dtype="str")


def names(*rows: tuple[str, str, int]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["text", "country", "documents"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Siemens AG", "SIEMENS AKTIENGESELLSCHAFT"),
        ("Merck KGaA", "MERCK"),
        ("Robert Bosch GmbH & Co. KG", "Robert Bosch GmbH"),
        ("Nestlé S.A.", "NESTLE SA"),
        ("Samsung Electronics Co., Ltd.", "Samsung Electronics"),
        ("Toyota Jidosha Kabushiki Kaisha", "TOYOTA JIDOSHA K.K."),
        ("トヨタ自動車株式会社", "トヨタ自動車"),
        ("華為技術有限公司", "華為技術"),
        ("The Procter & Gamble Company", "Procter and Gamble Co"),
        ("Novo Nordisk A/S", "NOVO NORDISK AS"),
        ("ASML Netherlands B.V.", "asml netherlands bv"),
        ("Telefonaktiebolaget LM Ericsson (publ)", "TELEFONAKTIEBOLAGET LM ERICSSON"),
        ("Global Unichip (Taiwan)", "Global Unichip"),
        ("Univ. of Oxford", "University of Oxford"),
        ("Inst. Natl. Cancer", "INSTITUTE NATIONAL CANCER"),
        ("L'Oréal", "L\u2019OREAL"),
        ("Rheinmetall Denel Munition Pty Ltd", "Rheinmetall Denel Munition"),
        ("Promon Engenharia S.A.", "Promon Engenharia"),
    ],
)  # fmt: skip
def test_spellings_of_one_name(one: str, other: str) -> None:
    assert bare_name(one) == bare_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Merck & Co", "Merck Sharp & Dohme"),
        ("University of York", "York University"),
        ("Siemens", "Siemens Healthineers"),
        ("Bosch", "Bose"),
        ("Limited", ""),
        ("SA", "AG"),
    ],
)
def test_different_names_stay_apart(one: str, other: str) -> None:
    assert bare_name(one) != bare_name(other)


@given(st.text(max_size=40))
def test_a_bare_name_is_bare(text: str) -> None:
    key = bare_name(text)
    assert bare_name(key) == key
    assert bare_name(f" {text}  ") == key


def test_one_name_is_written_as_most_often_whatever_the_order() -> None:
    told = names(("IBM CORP", "US", 3), ("IBM Corp.", "US", 4), ("IBM", "DE", 2), ("IBM", "US", 1))
    mapping = harmonised_names(told, thesaurus={}, registry=NONE)
    assert set(mapping["name"]) == {"IBM Corp."}
    assert mapping["how"].tolist() == ["spelling"] * 4
    shuffled = harmonised_names(told.iloc[::-1], thesaurus={}, registry=NONE)
    pd.testing.assert_frame_equal(mapping, shuffled)


def test_the_thesaurus_wins_over_the_registry_and_that_over_spelling() -> None:
    registry = pd.DataFrame(
        {
            "registry_id": ["r1", "r2", "r3"],
            "name": ["Max Planck Society", "Institute A", "Institute A"],
            "aliases": ["MPG|Max-Planck-Gesellschaft", "", ""],
            "country": ["DE", "FR", "FR"],
        }
    )
    told = names(
        ("Max Planck Gesellschaft", "DE", 1),
        ("Max Planck Gesellschaft", "AT", 1),
        ("Institute A", "FR", 1),
        ("MPG", "DE", 1),
    )
    thesaurus = checked_thesaurus(
        pd.DataFrame({"name": ["M.P.G."], "means": ["Another MPG"]}), where="t.csv"
    )
    thesaurus = {"mpg": thesaurus[bare_name("M.P.G.")]}
    mapping = harmonised_names(told, thesaurus=thesaurus, registry=registry)
    rows = mapping.set_index(["text", "country"])
    assert rows.loc[("Max Planck Gesellschaft", "DE"), "name"] == "Max Planck Society"
    assert rows.loc[("Max Planck Gesellschaft", "DE"), "registry_id"] == "r1"
    assert rows.loc[("Max Planck Gesellschaft", "AT"), "registry_id"] == ""
    assert rows.loc[("Institute A", "FR"), "how"] == "alone"
    assert rows.loc[("MPG", "DE"), ["name", "registry_id", "how"]].tolist() == [
        "Another MPG", "", "thesaurus",
    ]  # fmt: skip


def test_parents_roll_up_to_the_top_and_only_if_asked() -> None:
    told = names(("Genentech Inc", "US", 5), ("F. Hoffmann-La Roche AG", "CH", 3))
    mapping = harmonised_names(told, thesaurus={}, registry=NONE)
    assert "parent" not in mapping
    table = pd.DataFrame(
        {"name": ["Genentech", "Hoffmann La Roche"], "parent": ["Hoffmann-La Roche", "Roche"]}
    )
    parents = checked_parents(table, where="p.csv")
    assert rolled_up(mapping, parents)["parent"].tolist() == ["F. Hoffmann-La Roche AG", "Roche"]


@pytest.mark.parametrize(
    ("table", "why"),
    [
        ({"name": ["a"]}, "column 'means' is missing"),
        ({"name": ["a", ""], "means": ["b", "c"]}, "line 3: must have a name"),
        ({"name": ["A Ltd", "a"], "means": ["b", "c"]}, "line 3: 'a' is 'b' already"),
        ({"name": ["a", "b"], "means": ["b", "a"]}, "a chain must have an end"),
        ({"name": ["a", "b", "c"], "means": ["b", "c", "b"]}, "a chain must have an end"),
    ],
)
def test_wrong_lists_are_told(table: dict[str, list[str]], why: str) -> None:
    with pytest.raises(InputError, match=why):
        checked_thesaurus(pd.DataFrame(table), where="t.csv")


def test_a_list_may_say_how_a_name_is_written() -> None:
    table = pd.DataFrame({"name": ["IBM Corp", "Big Blue"], "means": ["IBM", "ibm"]})
    assert checked_thesaurus(table, where="t.csv") == {"ibm": "IBM", "big blue": "IBM"}


@pytest.mark.usefixtures("shared")
def test_real_names_are_fewer_after_than_before_and_no_country_is_crossed_by_the_registry() -> None:
    orcid = pd.read_csv(
        DATA / "addresses-orcid2015/organisations_orcid2015.csv.gz", keep_default_na=False
    ).head(20_000)
    ror = pd.read_csv(DATA / "organisations-ror/ror_sample_20000.csv.gz", keep_default_na=False)
    registry = ror.rename(columns={"ror_id": "registry_id"})
    told = orcid.rename(columns={"organisation": "text"}).assign(documents=1)
    mapping = harmonised_names(told, thesaurus={}, registry=registry)
    assert not mapping.duplicated(["text", "country"]).any()
    assert set(zip(told["text"], told["country"], strict=True)) == set(
        zip(mapping["text"], mapping["country"], strict=True)
    )
    before, after = mapping["text"].nunique(), mapping["name"].nunique()
    assert 0.8 * before < after < 0.98 * before
    named = mapping[mapping["how"] == "registry"].merge(
        registry[["registry_id", "country"]], on="registry_id", suffixes=("", "_told")
    )
    assert len(named) >= 1_000
    assert (named["country"] == named["country_told"]).all()
