"""Affiliations and addresses as databases write them, taken apart as a person would."""

from __future__ import annotations

import pytest

from hubscan.readers.postal import affiliation, street_address

# genuine forms of Web of Science, Scopus and PLOS: text, organisation, city, region, country
AFFILIATIONS = [
    ("Wuhan Univ, Sch Informat Management, Wuhan, Hubei, Peoples R China.",
     "Wuhan Univ", "Wuhan", "Hubei", "Peoples R China"),
    ("Univ Napoli Federico II, Dept Econ & Stat, Via Cintia, I-80126 Naples, Italy.",
     "Univ Napoli Federico II", "Naples", None, "Italy"),
    ("Univ Campania Luigi Vanvitelli, Dept Econ & Management, Capua, CE, Italy.",
     "Univ Campania Luigi Vanvitelli", "Capua", "CE", "Italy"),
    ("Drexel Univ, Coll Comp & Informat, Philadelphia, PA 19104 USA.",
     "Drexel Univ", "Philadelphia", "PA", "USA"),
    ("Univ Gothenburg, SOM Inst, S-405 30 Gothenburg, Sweden.",
     "Univ Gothenburg", "Gothenburg", None, "Sweden"),
    ("Leiden Univ, CWTS, NL-2333 AL Leiden, Netherlands.",
     "Leiden Univ", "Leiden", None, "Netherlands"),
    ("Univ Oxford, Dept Phys, Oxford OX1 3QD, England.",
     "Univ Oxford", "Oxford", None, "England"),
    ("Univ Toronto, Toronto, ON M5S 1A1, Canada.", "Univ Toronto", "Toronto", "ON", "Canada"),
    ("UNINOVE Univ Nove Julho, BR-05001100 Sao Paulo, Brazil.",
     "UNINOVE Univ Nove Julho", "Sao Paulo", None, "Brazil"),
    ("Univ Complutense, Fac Med, Madrid, Spain.", "Univ Complutense", "Madrid", None, "Spain"),
    ("Univ Carlos III Madrid, Lab Metr, C Madrid 126, Madrid 28903, Spain.",
     "Univ Carlos III Madrid", "Madrid", None, "Spain"),
    ("Univ Tokyo, Bunkyo Ku, Tokyo 1138654, Japan.", "Univ Tokyo", "Tokyo", None, "Japan"),
    ("School of Medicine, Qingdao University, 308 Ningxia Road, Qingdao, 266071, China",
     "Qingdao University", "Qingdao", None, "China"),
    ("Department of Epidemiology, Leiden University Medical Center, Leiden, the Netherlands",
     "Leiden University Medical Center", "Leiden", None, "the Netherlands"),
    ("Hokkaido Univ, Creat Res Inst, Kita Ku, Sapporo, Hokkaido 0010021, Japan.",
     "Hokkaido Univ", "Sapporo", "Hokkaido", "Japan"),
    ("Brigham Young University, Provo, Utah, United States of America",
     "Brigham Young University", "Provo", "Utah", "United States of America"),
    ("University of Kansas Medical Center, Kansas City, Kansas, United States of America",
     "University of Kansas Medical Center", "Kansas City", "Kansas", "United States of America"),
    ("Texas A&M University, College Station, Texas, United States of America",
     "Texas A&M University", "College Station", "Texas", "United States of America"),
    ("University Hospital of Bellvitge, IDIBELL, L'Hospitalet, Catalonia, Spain",
     "University Hospital of Bellvitge", "L'Hospitalet", "Catalonia", "Spain"),
    ("Univ Aveiro, Dept Biol, Campus Santiago, P-3810193 Aveiro, Portugal.",
     "Univ Aveiro", "Aveiro", None, "Portugal"),
    ("School of Medicine, University of Louisville, Louisville, Kentucky, United States of America",
     "University of Louisville", "Louisville", "Kentucky", "United States of America"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "organisation", "city", "region", "country"), AFFILIATIONS)
def test_affiliations(
    text: str, organisation: str, city: str, region: str | None, country: str
) -> None:
    found = affiliation(text)
    assert (found.organisation, found.city, found.region, found.country) == (
        organisation, city, region, country,
    )  # fmt: skip
    assert found.address == text.rstrip(".")


@pytest.mark.parametrize(
    ("text", "city", "region", "postcode"),
    [
        ("1 Beacon Street, Boston, MA 02108, US", "Boston", "MA", "02108"),
        ("Leopoldstr. 1, 80802 Munich, DE", "Munich", None, "80802"),
        ("2-1 Minatojima, Chuo-ku, Kobe 650-0047, JP", "Kobe", None, "650-0047"),
        ("Kobe, JP", "Kobe", None, None),
        ("JP", None, None, None),
    ],
)
def test_street_addresses(
    text: str, city: str | None, region: str | None, postcode: str | None
) -> None:
    found = street_address(text)
    assert (found.organisation, found.city, found.region, found.postcode) == (
        None, city, region, postcode,
    )  # fmt: skip


@pytest.mark.parametrize("text", ["", " ", ",", "USA", "Univ X", "., ."])
def test_texts_that_tell_little_are_no_fault(text: str) -> None:
    assert affiliation(text).city is None
