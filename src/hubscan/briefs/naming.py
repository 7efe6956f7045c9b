"""File names of briefs, as the source reports write them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

from hubscan.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

_STATE: Final = re.compile(r",\s*[A-Z]{2}\b")
_BETWEEN: Final = re.compile(r"[^a-z0-9]+")
_LONGEST: Final = 80
_NEEDED: Final = ("cluster", "rank", "name", "economies")
# letters that no decomposition turns into ASCII
_LETTERS: Final = str.maketrans(
    {"ß": "ss", "ø": "o", "Ø": "o", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ł": "l", "Ł": "l"}
    | {"đ": "d", "Đ": "d", "ð": "d", "þ": "th", "Þ": "th", "ı": "i", "'": "", "’": ""}  # noqa: RUF001 - an apostrophe in names
)


def slug(text: str) -> str:
    """
    Return a text as lower-case ASCII words joined by hyphens; empty if nothing of it is Latin.

    Parameters
    ----------
    text
        Any text.

    Examples
    --------
    >>> slug("Göteborg"), slug("São Paulo"), slug("Xi'an"), slug("東京")
    ('goteborg', 'sao-paulo', 'xian', '')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    bare = "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()
    return _BETWEEN.sub("-", bare).strip("-")[:_LONGEST].strip("-")


def file_names(ranking: pd.DataFrame) -> dict[int, str]:
    """
    Return the file name of each cluster's brief, without a suffix.

    The codes of its economies in their order, then its name in ASCII without the state, as in
    ``cn-hk-shenzhen-hong-kong-guangzhou``. Where two clusters would have one name, all but the
    first by rank have their number behind it; a name without Latin letters is the number alone.

    Parameters
    ----------
    ranking
        ``cluster``, ``rank``, ``name``, ``economies``.

    Returns
    -------
    names
        By cluster; no two are equal.

    Raises
    ------
    InputError
        If a column is missing.

    Examples
    --------
    >>> import pandas as pd
    >>> table = {"cluster": [1, 7, 9], "rank": [1, 2, 3], "economies": ["KR", "CN / HK", "US"]}
    >>> table["name"] = ["Seoul", "Shenzhen–Hong Kong", "Boston–Cambridge, MA"]
    >>> list(file_names(pd.DataFrame(table)).values())
    ['kr-seoul', 'cn-hk-shenzhen-hong-kong', 'us-boston-cambridge']
    """
    missing = [column for column in _NEEDED if column not in ranking]
    if missing:
        msg = f"ranking: has no column {', '.join(missing)}: a ranking of this version was needed"
        raise InputError(msg)
    names: dict[int, str] = {}
    taken: set[str] = set()
    order = ranking.sort_values(["rank", "cluster"])
    for cluster, name, economies in zip(
        order["cluster"].tolist(), order["name"], order["economies"], strict=True
    ):
        codes = slug(economies) if isinstance(economies, str) else ""
        told = slug(_STATE.sub("", str(name))) or f"cluster-{cluster}"
        found = "-".join(part for part in (codes, told) if part)
        if found in taken:
            found = f"{found}-{cluster}"
        taken.add(found)
        names[int(cluster)] = found
    return names
