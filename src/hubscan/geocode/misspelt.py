"""Find cities whose names are misspelt, where nothing else found them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Unpack

import numpy as np
import pandas as pd

from hubscan.errors import EditionError, InputError
from hubscan.geocode.confidence import as_texts, with_confidence
from hubscan.geocode.fold import trimmed
from hubscan.geocode.match import UNKNOWN, Rules, located_localities
from hubscan.schema import LOCALITIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hubscan.geocode.gazetteer import Gazetteer

_SHORTEST: Final = 5
_MOST: Final = 100.0


def with_misspelt(
    located: pd.DataFrame,
    localities: pd.DataFrame,
    gazetteer: Gazetteer,
    *,
    fuzzy_min_score: float,
    **parameters: Unpack[Rules],
) -> pd.DataFrame:
    """
    Return located localities, those of unknown name compared with all names of their country.

    The name that is most alike is taken if it is at least ``fuzzy_min_score`` alike and no other is
    as much; what it means is then decided as for any locality. Names of fewer than five letters,
    and localities without a country, are left as they were.

    Parameters
    ----------
    located
        Table ``located_localities``.
    localities
        Table ``localities`` they were found from, in the same order, countries as ISO alpha-2.
    gazetteer
        The places.
    fuzzy_min_score
        Least likeness (normalised insertions and deletions), of 100; 100 takes nothing new.
    **parameters
        As for :func:`hubscan.geocode.located_localities`.

    Returns
    -------
    located
        The same table; ``method`` of the places added begins with ``misspelt``.

    Raises
    ------
    EditionError
        If ``fuzzy_min_score`` is not in (0, 100].
    InputError
        If rapidfuzz is not installed.

    Examples
    --------
    >>> from hubscan.edition import load_edition
    >>> from hubscan.geocode import bundled
    >>> rules = load_edition("gii-2025").geocode.rules
    >>> told = {"locality": [1], "city": ["Eindhovn"], "region": [""], "country": ["NL"]}
    >>> table = pd.DataFrame(told)
    >>> found = located_localities(table, bundled(), **rules)
    >>> better = with_misspelt(found, table, bundled(), fuzzy_min_score=90.0, **rules)
    >>> better[["geonameid", "method"]].values.tolist()
    [[2756253, 'misspelt, unique']]
    """
    if not 0 < fuzzy_min_score <= _MOST:
        msg = f"fuzzy_min_score = {fuzzy_min_score}: must be above 0 and at most 100"
        raise EditionError(msg)
    left = localities.reset_index(drop=True)[(located["method"] == UNKNOWN).to_numpy(bool)]
    left = left[(left["country"] != "") & (left["city"] != "")]
    names = _alike(left, gazetteer, fuzzy_min_score)
    left = left.assign(city=names).query("city != ''")
    found = located_localities(left[LOCALITIES.names], gazetteer, **parameters)
    found = found.set_axis(left.index, axis=0)
    found = found[found["place"].notna()]
    found = with_confidence(found.assign(method="misspelt, " + found["method"]))
    table = as_texts(located).reset_index(drop=True)
    kept = table[~table.index.isin(found.index)]
    joined = pd.concat([kept, found[list(table)]]) if len(found) else kept
    return joined.sort_index().set_axis(located.index, axis=0)


def _alike(localities: pd.DataFrame, gazetteer: Gazetteer, min_score: float) -> pd.Series[str]:
    """Return the name of the country that is most alike each locality's, empty if none is."""
    names = pd.Series("", index=localities.index, dtype="str")
    every = gazetteer.cities["country"].astype("str").to_numpy()[gazetteer.names["city"]]
    for country, rows in localities.groupby("country"):
        known = gazetteer.names["name"][every == country].drop_duplicates().sort_values()
        known = known[known.str.len() >= _SHORTEST]
        best = [_most_alike(trimmed(text)[-1], known.tolist(), min_score) for text in rows["city"]]
        names.loc[rows.index] = pd.Series(best, index=rows.index, dtype="str")
    return names


def _most_alike(key: str, names: Sequence[str], min_score: float) -> str:
    """Return the one name that is most alike a key, empty if none or several are."""
    try:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "fuzzy names need rapidfuzz: install hubscan with the extra 'geocoding'"
        raise InputError(msg) from error
    if len(key) < _SHORTEST or not names:
        return ""
    best = process.extract(key, names, scorer=fuzz.ratio, score_cutoff=min_score, limit=2)
    alone = len(best) == 1 or (len(best) > 1 and best[0][1] > best[1][1])
    return str(best[0][0]) if best and alone and np.isfinite(best[0][1]) else ""
