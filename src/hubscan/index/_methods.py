"""Methods written as text: ``geometric``, ``power(p=2)``, ``mean_min(alpha=0.5, beta=1)``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeVar

from hubscan.errors import FrameworkError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")

_FORM = re.compile(r"\s*([a-z_][a-z0-9_]*)\s*(?:\((.*)\))?\s*", re.IGNORECASE)


def parsed_method(text: str) -> tuple[str, dict[str, float | str]]:
    """
    Return the name and the parameters of a method written as text.

    Parameters
    ----------
    text
        ``name`` or ``name(key=value, ...)``; values are numbers or single words.

    Returns
    -------
    name, parameters
        Numbers as float, words as text.

    Raises
    ------
    FrameworkError
        If the text does not have that form.

    Examples
    --------
    >>> parsed_method("power(p=2)")
    ('power', {'p': 2.0})
    >>> parsed_method("geometric")
    ('geometric', {})
    """
    match = _FORM.fullmatch(text)
    if match is None:
        message = f"method {text!r}: must have the form name or name(key=value, ...)"
        raise FrameworkError(message)
    name, inside = match.groups()
    parameters: dict[str, float | str] = {}
    for part in filter(None, (inside or "").split(",")):
        key, equals, value = (piece.strip() for piece in part.partition("="))
        if not (key and equals and value):
            message = f"method {text!r}: {part.strip()!r} must have the form key=value"
            raise FrameworkError(message)
        parameters[key] = _value(value)
    return name, parameters


def _value(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def known(methods: Mapping[str, T], name: str, *, step: str) -> T:
    """Return the registered method of that name, or raise with the names there are."""
    if name not in methods:
        message = f"{step}: no method {name!r}; there are {', '.join(sorted(methods))}"
        raise FrameworkError(message)
    return methods[name]
