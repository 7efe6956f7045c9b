"""The mapping of a table of one's own: which of its columns mean what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, Self

from pydantic import Field, model_validator

from hubscan.errors import InputError
from hubscan.readers.parts import ADDRESSES, DOCUMENTS
from hubscan.validation import Section, toml_content, validated

if TYPE_CHECKING:
    from pathlib import Path

KNOWN: Final = tuple(dict.fromkeys((*DOCUMENTS.names, *ADDRESSES.names)))
"""Names of ours that a mapping may give."""


class Described(Section):
    """What the table is."""

    indicator: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(default="A table of one's own")
    attribution: str = ""
    grain: Literal["address", "document"] = Field(
        default="address", description="A row is one address of a document, or a document."
    )
    unit: Literal["row", "distinct"] = Field(
        default="row", description="Each row is an address, or each distinct one of a document."
    )
    delimiter: str = Field(default=",", min_length=1, max_length=1)
    decimal: Literal[".", ","] = "."


class UserMapping(Section):
    """Our columns and theirs, what splits lists in cells, and what texts of theirs mean."""

    source: Described
    columns: dict[str, str] = Field(description="Ours = theirs.")
    split: dict[str, str] = Field(default={}, description="Ours = what splits the cell.")
    values: dict[str, dict[str, str]] = Field(
        default={}, description="Ours = their text = our text."
    )

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        named = {*self.columns, *self.split, *self.values}
        unknown = sorted(named - set(KNOWN))
        if unknown:
            msg = f"{unknown[0]} is not known: known are {', '.join(KNOWN)}"
            raise ValueError(msg)
        if "document_id" not in self.columns:
            msg = "columns.document_id is missing: every row needs one"
            raise ValueError(msg)
        if not {"year", "date"} & set(self.columns):
            msg = "columns name no year or date: every document needs one"
            raise ValueError(msg)
        located = {"latitude", "longitude"} <= named
        if not (located or {"address", "city"} & named):
            msg = "columns name no place: address, city, or latitude and longitude, must be given"
            raise ValueError(msg)
        return self


def read_mapping(path: Path) -> UserMapping:
    """
    Return the mapping of a TOML file.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    mapping

    Raises
    ------
    InputError
        If it can't be read or contradicts itself.
    """
    try:
        content = toml_content(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        msg = f"{path.name}: can't be read as a mapping: {error}"
        raise InputError(msg) from error
    return validated(content, UserMapping, where=path.name, error=InputError)
