"""Parts of an affiliation as bibliographic databases write it: organisation, city, country."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from hubscan.geocode.countries import country_code
from hubscan.geocode.regions import region_code
from hubscan.readers.parts import Address

_UNITED_STATES: Final = re.compile(
    r"^(?:(?P<region>[A-Z]{2})\b)?\s*(?P<postcode>\d{5}(?:-\d{4})?)?\s*"
    r"(?P<country>USA|United States)$"
)
_POSTCODES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        # before the city: D-70569, S-405 30, NL-2333 ZA, 8001, 110 00, CEP 01234-567
        r"^(?:CEP )?(?:[A-Z]{1,3}[- ])?(?P<code>\d{4} ?[A-Z]{2})(?= |$)",
        r"^(?:CEP )?(?P<code>(?:[A-Z]{1,3}- ?)?\d{3} \d{2})(?= |$)",
        r"^(?:CEP )?(?P<code>(?:[A-Z]{1,3}- ?)?\d{3,8}(?:-\d{2,4})?)(?= |$)",
        # after the city: OX1 3QD, M5S 1A1, 100038, 113-8654
        r"(?:^| )(?P<code>[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2})$",
        r"(?:^| )(?P<code>[A-Z]\d[A-Z] ?\d[A-Z]\d)$",
        r"(?:^| )(?P<code>[A-Z]{0,2}-?\d{3,8}(?:-\d{2,4})?)$",
    )
)
_SHORT_REGION: Final = re.compile(r"^[A-Z]{2,3}$")
_UNIT: Final = re.compile(
    r"\b(?:univ|universi\w*|inst|instit\w*|dept?|depart\w*|fac|facult\w*|sch|schools?|coll|colleges?"
    r"|cent(?:er|re|ro)s?|ctr|hosp|hospitals?|clin|clinics?|clinical|labs?|laborato\w*|acad|academ\w*"
    r"|div|divisions?|res|research|ltd|inc|gmbh|co|corp|corporation|natl|national|sci|sciences?|med"
    r"|medicine|medical|technol|technolog\w*|engn|engineering|programs?|programmes?|unit|grp|groups?"
    r"|key|minist\w*|soc|societ\w*|street|st|rd|road|ave|avenue|avenida|district|prov|province|ku"
    r"|gu|ward|str|strasse|straße|via|rue|blvd|bldg|building|box)\b|\d",
    re.IGNORECASE,
)
_TOWNS: Final = frozenset(
    {
        "College Station",
        "College Park",
        "State College",
        "University Park",
        "Research Triangle Park",
    }
)
_CODED_REGIONS: Final = frozenset({"JP"})
"""Countries where the postal code follows the region, not the city."""
_WHOLE: Final = re.compile(
    r"\b(?:univ\w*|institut\w*|college|hosp\w*|acad\w*|polytech\w*|inc|ltd|gmbh|corp\w*|s\.?a\.?)\b",
    re.IGNORECASE,
)
_SUBUNIT: Final = re.compile(
    r"^(?:dep|fac|sch|div|lab|sect|chair|program|unit|group|graduate sch|instituto? de)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 16)
def affiliation(text: str) -> Address:
    """
    Return the parts of an affiliation that ends in its country.

    The country is the last part, the city the one before it, postal codes aside. A part between
    them that has no postal code where another has, or that is the name of a state or province,
    is the region. Streets and departments stay in the text, which is kept whole.

    Parameters
    ----------
    text
        As given: ``Univ Oxford, Dept Phys, Oxford OX1 3QD, England.``

    Returns
    -------
    address

    Examples
    --------
    >>> found = affiliation("Univ Penn, Philadelphia, PA 19104 USA.")
    >>> found.organisation, found.city, found.region, found.postcode, found.country
    ('Univ Penn', 'Philadelphia', 'PA', '19104', 'USA')
    >>> found = affiliation("Univ Technol Sarawak, Sibu 96000, Sarawak, Malaysia")
    >>> found.city, found.region, found.country
    ('Sibu', 'Sarawak', 'Malaysia')
    >>> affiliation("Univ Stuttgart, Inst Phys, D-70569 Stuttgart, Germany").city
    'Stuttgart'
    """
    whole, parts = _parts(text)
    told = _told(whole, parts, parts[1:-1])
    return told._replace(organisation=_organisation(parts)) if len(parts) > 1 else told


@lru_cache(maxsize=1 << 16)
def street_address(text: str) -> Address:
    """
    Return the parts of an address that ends in its country and names no organisation.

    Parameters
    ----------
    text
        As given: ``12 Main Street, Boston, MA 02139, US``.

    Returns
    -------
    address

    Examples
    --------
    >>> found = street_address("12 Main Street, Boston, MA 02139, US")
    >>> found.organisation, found.city, found.region, found.country
    (None, 'Boston', 'MA', 'US')
    >>> street_address("Kobe, JP").city
    'Kobe'
    """
    whole, parts = _parts(text)
    return _told(whole, parts, parts[:-1])


def _parts(text: str) -> tuple[str, list[str]]:
    whole = " ".join(text.split()).rstrip(" .;")
    return whole, [part for part in (part.strip() for part in whole.split(",")) if part]


def _told(whole: str, parts: list[str], inner: list[str]) -> Address:
    """Return an address by the parts between its beginning and its country."""
    if not parts:
        return Address(address=whole or None)
    last = _UNITED_STATES.match(parts[-1])
    if last and (last["region"] or last["postcode"]):
        city = inner[-1] if inner else None
        return Address(None, whole, city, last["region"], last["postcode"], last["country"])
    city, region, postcode = _town(inner, parts[0], parts[-1])
    return Address(None, whole, city, region, postcode, parts[-1])


def _organisation(parts: list[str]) -> str:
    """Return the part that names the whole organisation: the first that does, else the first."""
    for part in parts[:-1]:
        if _WHOLE.search(part) and not _SUBUNIT.match(part):
            return part
    return parts[0]


def _town(inner: list[str], first: str, country: str) -> tuple[str | None, str | None, str | None]:
    """Return city, region and postal code from the parts between organisation and country."""
    for back in range(1, min(3, len(inner)) + 1):
        name, code = without_postcode(inner[-back])
        if code is None or (back > 1 and _is_unit(name)):
            continue
        beside = inner[-back + 1] if back > 1 else None
        left = inner[-back - 1] if len(inner) > back else ""
        if left and (not name or _is_coded(name, left, first, country)):
            return left, name or beside, code
        return name or None, beside, code
    if len(inner) > 1 and _has_region(inner[-2:], first, country):
        return inner[-2], inner[-1], None
    return (inner[-1] if inner else None), None, None


def _has_region(pair: list[str], first: str, country: str) -> bool:
    """Return whether the second of two parts is the region of the first, as far as can be told."""
    city, region = pair
    if _is_unit(city):
        return False
    if _SHORT_REGION.match(region) or city in first:
        return True
    code = country_code(country)
    # Kansas City is no region, though "city" may be said of one
    same = region_code(code, city) == region_code(code, region) and not city.endswith(" City")
    return bool(region_code(code, region)) and not same


def _is_coded(region: str, city: str, first: str, country: str) -> bool:
    """Return whether a part with a postal code is the region of the part before it."""
    if _is_unit(city):
        return False
    code = country_code(country)
    known = code in _CODED_REGIONS and region_code(code, region)
    return bool(_SHORT_REGION.match(region) or city in first or known)


def _is_unit(text: str) -> bool:
    """Return whether a part names a department, a street or the like, and so no town."""
    return text not in _TOWNS and bool(_UNIT.search(text))


def without_postcode(text: str) -> tuple[str, str | None]:
    """
    Return a part of an address without its postal code, and the code.

    Examples
    --------
    >>> without_postcode("Beijing 100038"), without_postcode("S-405 30 Gothenburg")
    (('Beijing', '100038'), ('Gothenburg', 'S-405 30'))
    >>> without_postcode("NL-2333 ZA Leiden"), without_postcode("Lyon")
    (('Leiden', '2333 ZA'), ('Lyon', None))
    """
    for pattern in _POSTCODES:
        found = pattern.search(text)
        if found:
            rest = (text[: found.start()] + text[found.end() :]).strip(" -")
            return rest, found["code"]
    return text, None
