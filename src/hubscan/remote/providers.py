"""Geocoding services, through geopy: a query in, candidates out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from hubscan.errors import InputError
from hubscan.geocode.countries import country_code

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Candidate:
    """
    One place that a provider offers.

    Attributes
    ----------
    latitude, longitude
        Degrees.
    country
        ISO alpha-2; empty if the provider does not say.
    precision
        ``point``, ``street``, ``city``, ``region``, ``country`` or ``none``.
    label
        The provider's own name of it.
    """

    latitude: float
    longitude: float
    country: str
    precision: str
    label: str


_KINDS: Final = {
    "point": "house building address venue pointaddress subaddress poi rooftop amenity office"
    " university college hospital place_of_worship company",
    "street": "street road residential streetname streetaddress streetint primary secondary",
    "city": "city town village hamlet municipality locality localadmin borough neighbourhood suburb"
    " district administrative_city postal postcode ppl pplc ppla pplx quarter city_district",
    "region": "state region county province macroregion macrocounty adm1 adm2 administrative",
    "country": "country pcli adm0",
}
_PRECISION: Final = {word: name for name, words in _KINDS.items() for word in words.split()}


def _of(raw: Mapping[str, Any], *keys: str) -> str:
    """Return the first text that is there under some keys."""
    found = (raw.get(key) for key in keys)
    return next((str(value) for value in found if value), "")


def _nominatim(raw: Mapping[str, Any]) -> tuple[str, str]:
    kind = _of(raw, "addresstype", "type", "class")
    return _of(raw.get("address", {}), "country_code"), kind


def _photon(raw: Mapping[str, Any]) -> tuple[str, str]:
    told = raw.get("properties", {})
    return _of(told, "countrycode"), _of(told, "type", "osm_value")


def _pelias(raw: Mapping[str, Any]) -> tuple[str, str]:
    told = raw.get("properties", {})
    return _of(told, "country_code", "country_a"), _of(told, "layer")


def _arcgis(raw: Mapping[str, Any]) -> tuple[str, str]:
    told = raw.get("attributes", {})
    return _of(told, "Country", "CntryCode"), _of(told, "Type") or _of(told, "Addr_type")


def _geonames(raw: Mapping[str, Any]) -> tuple[str, str]:
    return _of(raw, "countryCode"), _of(raw, "fcode")


@dataclass(frozen=True)
class _Service:
    """How one service of geopy is opened, asked and read."""

    kind: str
    told: Callable[[Mapping[str, Any]], tuple[str, str]]
    ask: Mapping[str, Any]
    country_key: str = ""


PROVIDERS: Final[Mapping[str, _Service]] = {
    "arcgis": _Service("ArcGIS", _arcgis, {"out_fields": "*"}),
    "geonames": _Service("GeoNames", _geonames, {}, "country"),
    "nominatim": _Service("Nominatim", _nominatim, {"addressdetails": True}, "country_codes"),
    "pelias": _Service("Pelias", _pelias, {}, "countries"),
    "photon": _Service("Photon", _photon, {}),
}
"""Services by name; another one is one line."""


def opened_provider(
    name: str, *, timeout: float, **settings: str
) -> Callable[[str, str], list[Candidate]]:
    """
    Return a provider, ready to be asked; opening it calls nothing.

    Parameters
    ----------
    name
        One of ``PROVIDERS``.
    timeout
        Seconds without an answer that count as a failure.
    **settings
        As geopy's class of that name takes them: ``domain``, ``scheme``, ``user_agent``,
        ``api_key``, ``username``.

    Returns
    -------
    provider
        Takes a query and a country (ISO alpha-2, or empty), returns candidates, the best first.

    Raises
    ------
    InputError
        If there is no such provider, geopy is not installed, or a setting is unknown or missing.
    """
    if name not in PROVIDERS:
        msg = f"provider {name!r}: must be one of {', '.join(PROVIDERS)}"
        raise InputError(msg)
    try:
        from geopy import geocoders  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "providers need geopy: install hubscan with the extra 'geocoding'"
        raise InputError(msg) from error
    service = PROVIDERS[name]
    try:
        geocoder = getattr(geocoders, service.kind)(timeout=timeout, **settings)
    except (TypeError, ValueError, geocoders.base.ConfigurationError) as error:
        msg = f"provider {name}: {error}"
        raise InputError(msg) from error

    def ask(query: str, country: str) -> list[Candidate]:
        limits = {service.country_key: country} if service.country_key and country else {}
        found = geocoder.geocode(query, exactly_one=False, **service.ask, **limits)
        return [_candidate(place, service) for place in found or []]

    return ask


def _candidate(place: Any, service: _Service) -> Candidate:  # noqa: ANN401 - geopy's location
    """Return what a provider offers, in our words."""
    country, kind = service.told(place.raw or {})
    return Candidate(
        latitude=float(place.latitude),
        longitude=float(place.longitude),
        country=country_code(country),
        precision=_PRECISION.get(kind.lower().replace(" ", ""), "none"),
        label=str(place.address),
    )
