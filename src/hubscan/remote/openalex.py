"""Works of OpenAlex by its API, page by page, and the files of its snapshot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from hubscan.errors import InputError
from hubscan.remote.transfer import fetch_json

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from hubscan.remote.transfer import Policy

API: Final = "https://api.openalex.org/works"
"""Where works are asked for."""

PER_PAGE: Final = 100
_FIRST: Final = "*"
_STATE: Final = "cursor.json"


def fetch_works(
    folder: Path, policy: Policy, *, query: Mapping[str, str], max_pages: int, api: str = API
) -> int:
    """
    Fetch pages of works, going on where an earlier run stopped.

    Each page is kept as it came, ``page-00001.json`` and so on, beside ``cursor.json``, which holds
    the query and the place in it.

    Parameters
    ----------
    folder
        The folder to fill.
    policy
        How patient to be.
    query
        Parameters of the API: ``filter``, and ``api_key`` or ``mailto``. Since February 2026 a free
        key is needed for more than a few pages a day. Neither key nor mail is kept.
    max_pages
        Pages to fetch at most in this run.
    api
        Where works are asked for.

    Returns
    -------
    pages
        Pages in the folder; all of them if the cursor has come to its end.

    Raises
    ------
    InputError
        If the folder holds pages of another query, or the server refuses.
    """
    folder.mkdir(parents=True, exist_ok=True)
    asked = {key: query[key] for key in sorted(query) if key not in ("api_key", "mailto")}
    state = _state(folder, asked)
    for _ in range(max_pages):
        if state["cursor"] is None:
            break
        told = {**query, "per_page": str(PER_PAGE), "cursor": state["cursor"]}
        page = fetch_json(f"{api}?{urlencode(told)}", policy)
        if "results" not in page or "meta" not in page:
            msg = f"OpenAlex: a page without results ({str(page)[:80]}): needed are works"
            raise InputError(msg)
        state = _kept(folder, state, page)
    return int(state["pages"])


def snapshot_parts(manifest: Mapping[str, Any]) -> list[tuple[str, int, int]]:
    """
    Return the files of a snapshot that a manifest lists.

    Parameters
    ----------
    manifest
        The JSON document of one entity.

    Returns
    -------
    parts
        Address (https), bytes and records (-1 where not told) of each file, in the order of
        addresses.

    Raises
    ------
    InputError
        If it lists none.

    Examples
    --------
    >>> url = "s3://openalex/data/jsonl/works/updated_date=2026-06-24/part_0000.gz"
    >>> snapshot_parts({"entries": [{"url": url, "meta": {"content_length": 5}}]})[0][1:]
    (5, -1)
    """
    entries = manifest.get("entries", [])
    if not entries:
        msg = "OpenAlex snapshot: the manifest lists no files: needed are 'entries' with 'url'"
        raise InputError(msg)
    host = "https://openalex.s3.amazonaws.com/"
    return sorted(
        (
            entry["url"].replace("s3://openalex/", host),
            int(entry.get("meta", {}).get("content_length", -1)),
            int(entry.get("meta", {}).get("record_count", -1)),
        )
        for entry in entries
    )


def _state(folder: Path, asked: dict[str, str]) -> dict[str, Any]:
    """Return how far the folder is; raise if it holds another query."""
    path = folder / _STATE
    if not path.exists():
        return {"query": asked, "cursor": _FIRST, "pages": 0}
    state: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if state["query"] != asked:
        msg = f"{folder}: holds pages of {state['query']}: another query needs another folder"
        raise InputError(msg)
    return state


def _kept(folder: Path, state: dict[str, Any], page: dict[str, Any]) -> dict[str, Any]:
    """Write a page, then the state after it: a stop between the two repeats the page."""
    number = state["pages"] + 1
    cursor = page["meta"].get("next_cursor") if page["results"] else None
    after = {"query": state["query"], "cursor": cursor, "pages": number}
    for name, content in ((f"page-{number:05}.json", page), (_STATE, after)):
        part = folder / f"{name}.part"
        part.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        part.replace(folder / name)
    return after
