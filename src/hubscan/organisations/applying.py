"""Names of organisations and applicants, replaced by what they mean before anything is counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from hubscan.organisations.harmonise import harmonised_names, rolled_up

if TYPE_CHECKING:
    from collections.abc import Mapping

APPLICANT: Final = "applicant"
_NO_REGISTRY: Final = pd.DataFrame(
    columns=["registry_id", "name", "aliases", "country"], dtype="str"
)


def organisation_names(
    spellings: pd.DataFrame,
    listed_labels: pd.DataFrame,
    *,
    thesaurus: Mapping[str, str],
    parents: Mapping[str, str],
) -> pd.DataFrame:
    """
    Return what each name of an organisation or applicant means.

    All names of one bare form are one organisation, called as the thesaurus says, else as the
    shortest of them is written, of equals the first of the alphabet.

    Parameters
    ----------
    spellings
        ``organisation`` (text) and others; an empty text stands for none.
    listed_labels
        ``kind``, ``text``: those of kind ``applicant`` are read.
    thesaurus
        From :func:`hubscan.organisations.checked_thesaurus`; may be empty.
    parents
        From :func:`hubscan.organisations.checked_parents`; if it has any, organisations are
        counted as the topmost of theirs.

    Returns
    -------
    organisation_names
        ``text``, ``name`` (what it means), ``counted_as`` (that, or its parent), ``how``; one row
        each distinct text, in their order.

    Examples
    --------
    >>> spellings = pd.DataFrame({"organisation": ["", "Siemens AG", "SIEMENS A.G."]})
    >>> none = pd.DataFrame({"kind": [], "text": []}, dtype="str")
    >>> organisation_names(spellings, none, thesaurus={}, parents={"siemens": "Siemens Group"})[
    ...     ["text", "name", "counted_as"]
    ... ].values.tolist()
    [['SIEMENS A.G.', 'Siemens AG', 'Siemens Group'], ['Siemens AG', 'Siemens AG', 'Siemens Group']]
    """
    applicants = listed_labels.loc[listed_labels["kind"] == APPLICANT, "text"]
    texts = pd.concat([spellings["organisation"], applicants], ignore_index=True)
    texts = texts[texts != ""].drop_duplicates().astype("str")
    names = pd.DataFrame({"text": texts, "country": "", "documents": 1})
    mapping = harmonised_names(names, thesaurus=thesaurus, registry=_NO_REGISTRY)
    mapping = rolled_up(mapping, parents).rename(columns={"parent": "counted_as"})
    return mapping[["text", "name", "counted_as", "how"]]


def with_counted_organisations(
    spellings: pd.DataFrame, organisation_names: pd.DataFrame
) -> pd.DataFrame:
    """
    Return spellings of organisations, those that are counted as one under one number.

    Parameters
    ----------
    spellings
        ``organisation`` (text), ``number`` (0 for none), and others.
    organisation_names
        From :func:`organisation_names`.

    Returns
    -------
    spellings
        The same rows; ``organisation`` is the name counted, ``number`` the least of those it had.

    Examples
    --------
    >>> spellings = pd.DataFrame({"organisation": ["", "A Inc", "A"], "number": [0, 1, 2]})
    >>> names = pd.DataFrame({"text": ["A", "A Inc"], "counted_as": ["A", "A"]})
    >>> with_counted_organisations(spellings, names).values.tolist()
    [['', 0], ['A', 1], ['A', 1]]
    """
    named = _counted(spellings["organisation"], organisation_names)
    number = spellings["number"].groupby(named).transform("min")
    return spellings.assign(organisation=named, number=number.astype(spellings["number"].dtype))


def with_counted_applicants(
    listed_labels: pd.DataFrame, organisation_names: pd.DataFrame
) -> pd.DataFrame:
    """
    Return the labels of lists, applicants that are counted as one once in each list.

    Parameters
    ----------
    listed_labels
        ``kind``, ``label_list``, ``position``, ``text``.
    organisation_names
        From :func:`organisation_names`.

    Returns
    -------
    listed_labels
        The same with the names counted; of a list's labels that are one now, the first is left.

    Examples
    --------
    >>> listed = {"kind": ["applicant"] * 2, "label_list": [0, 0], "position": [1, 2]}
    >>> names = pd.DataFrame({"text": ["A", "A Inc"], "counted_as": ["A", "A"]})
    >>> with_counted_applicants(pd.DataFrame(listed | {"text": ["A Inc", "A"]}), names)[
    ...     ["position", "text"]
    ... ].values.tolist()
    [[1, 'A']]
    """
    mine = listed_labels["kind"] == APPLICANT
    named = _counted(listed_labels.loc[mine, "text"], organisation_names)
    table = listed_labels.assign(text=listed_labels["text"].mask(mine, named))
    return table.drop_duplicates(["kind", "label_list", "text"], ignore_index=True)


def _counted(texts: pd.Series[str], organisation_names: pd.DataFrame) -> pd.Series[str]:
    """Return the names that texts are counted as; those without one as they are."""
    known = organisation_names.set_index("text")["counted_as"]
    found = texts.map(known)
    return found.where(found.notna(), texts).astype("str")
