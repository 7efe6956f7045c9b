"""One clear sentence for each fault of a TOML document held against its model."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Mapping
from textwrap import shorten
from typing import TYPE_CHECKING, Any, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pydantic_core import ErrorDetails

    from hubscan.errors import HubscanError

Model = TypeVar("Model", bound=BaseModel)


class Section(BaseModel):
    """A table of a TOML document: no unknown keys, no mutation, exact types."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    @property
    def parameters(self) -> dict[str, Any]:
        """The section's own values by name, without its subsections, ready to be passed on."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {name: value for name, value in values.items() if not isinstance(value, Section)}


def toml_content(text: str) -> dict[str, Any]:
    """
    Return the content of a TOML document.

    Parameters
    ----------
    text
        The document.

    Returns
    -------
    content
        Values by key.

    Raises
    ------
    ValueError
        If it is no TOML, or nested beyond reading.

    Examples
    --------
    >>> toml_content("radius_km = 15.0")
    {'radius_km': 15.0}
    """
    try:
        return tomllib.loads(text)
    except RecursionError:
        msg = "brackets are nested too deep"
        raise ValueError(msg) from None


def suggestion(found: str, known: Sequence[str]) -> str:
    """
    Return the hint that ends a sentence about an unknown name.

    Examples
    --------
    >>> suggestion("radius", ["radius_km", "min_weight"])
    'did you mean radius_km?'
    >>> suggestion("colour", ["radius_km", "min_weight"])
    'known are radius_km, min_weight'
    """
    close = difflib.get_close_matches(found, known, n=1, cutoff=0.5)
    return f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"


def validated(
    content: Mapping[str, object], model: type[Model], *, where: str, error: type[HubscanError]
) -> Model:
    """
    Return a document as a frozen value of its model.

    Parameters
    ----------
    content
        The document, as a TOML reader gives it.
    model
        What it must be.
    where
        The name to begin each sentence with.
    error
        The error to raise.

    Returns
    -------
    value
        The validated value; arrays have become tuples.

    Raises
    ------
    HubscanError
        Of the given kind, with one sentence for each fault.
    """
    try:
        return model.model_validate(_frozen(content))
    except ValidationError as faults:
        raise error(
            "; ".join(_sentence(fault, model, where) for fault in faults.errors())
        ) from None


def _frozen(value: object) -> object:
    """Return a TOML value with its arrays as tuples."""
    if isinstance(value, list):
        return tuple(_frozen(item) for item in value)
    if isinstance(value, Mapping):
        return {key: _frozen(item) for key, item in value.items()}
    return value


def _sentences(faults: Sequence[ErrorDetails], model: type[BaseModel], where: str) -> Iterator[str]:
    """Give a sentence for each fault that is no mere consequence of one further in."""
    paths = [fault["loc"] for fault in faults]
    for fault in faults:
        depth = len(fault["loc"])
        if not any(len(path) > depth and path[:depth] == fault["loc"] for path in paths):
            yield _sentence(fault, model, where)


def _sentence(fault: ErrorDetails, model: type[BaseModel], where: str) -> str:
    path = [str(part) for part in fault["loc"]]
    section, name = ".".join(path[:-1]), path[-1] if path else ""
    place = f"{where}: [{section}]" if section else f"{where}:"
    if fault["type"] == "extra_forbidden":
        hint = suggestion(name, list(_fields(model, path[:-1])))
        return f"{place} {name} is not known: {hint}"
    if fault["type"] == "missing":
        return f"{place} {name} is missing: it must be given"
    reason = fault["msg"].removeprefix("Value error, ")
    if fault["type"] == "value_error":
        return f"{where}: [{'.'.join(path)}] {reason}" if name else f"{where}: {reason}"
    found = shorten(repr(fault["input"]), width=60, placeholder=" …")
    return f"{place} {name} = {found}: {reason[0].lower()}{reason[1:]}"


def _fields(model: type[BaseModel], path: Sequence[str]) -> dict[str, Any]:
    """Return the fields of the model that a path of keys and positions leads to."""
    for part in path:
        if not part.isdigit() and part in model.model_fields:
            model = _model_in(model.model_fields[part].annotation)
    return dict(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not BaseModel:
            return found
    return BaseModel
