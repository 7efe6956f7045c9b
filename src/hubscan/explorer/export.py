"""The explorer without a server: a folder for any web server, or one file that opens from disk."""

from __future__ import annotations

import base64
import gzip
import hashlib
import html
import json
import re
from typing import TYPE_CHECKING, Final

from hubscan import __version__, store
from hubscan.errors import StoreError
from hubscan.explorer.page import page_files
from hubscan.explorer.resources import JSON, PREFIX, library
from hubscan.read_back import about_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from hubscan.explorer.resources import Library
    from hubscan.run_folder import RunFolder

_SCRIPT: Final = re.compile(r'<script type="module"[^>]*src="\./(?P<path>[^"]+)"[^>]*></script>')
_STYLE: Final = re.compile(r'<link rel="stylesheet"[^>]*href="\./(?P<path>[^"]+)"[^>]*>')
_URL: Final = re.compile(r"url\((?P<path>[^)]+\.woff2)\)")
_LEVEL: Final = 9


def write_site(folders: Sequence[RunFolder], target: Path, *, briefs: bool = False) -> int:
    """
    Write the explorer as a folder of static files; it changes in one step.

    Parameters
    ----------
    folders
        Run folders and index folders.
    target
        The folder to make, or one made by this function before.
    briefs
        Whether to make a brief of every cluster.

    Returns
    -------
    size
        Bytes written.

    Raises
    ------
    StoreError
        If the folder holds something else, or can't be written to.
    """
    answers = library(folders, live=False, briefs=briefs)
    about = {
        "kind": "site",
        "hubscan": __version__,
        "folders": [f.path.name for f in folders],
        "about": [about_of(f.record) for f in folders],
    }
    files = page_files() | {"run.json": store.json_text(about).encode()}
    written = 0
    with store.published(target) as fresh:
        for path, content in files.items():
            written += _write(fresh / path, content)
        for path in answers.resources:
            written += _write(fresh / path, answers.content(path))
    return written


def write_page(folders: Sequence[RunFolder], target: Path) -> int:
    """
    Write the explorer as one HTML file that opens from disk, without a network or a server.

    Parameters
    ----------
    folders
        Run folders and index folders.
    target
        The file to make or replace.

    Returns
    -------
    size
        Bytes written.

    Raises
    ------
    StoreError
        If the page was not built, or the file can't be written.
    """
    content = page_text(page_files(), library(folders, live=False)).encode()
    with store.written_whole(target) as partial:
        partial.write_bytes(content)
    return len(content)


def page_text(page: Mapping[str, bytes], answers: Library) -> str:
    """
    Return the page with its script, worker, style, fonts and data inside.

    Parameters
    ----------
    page
        Files of the built page.
    answers
        The API's answers; files for download are left out.

    Returns
    -------
    text
        HTML. Its policy allows no source but itself; its script is named by its hash.

    Raises
    ------
    StoreError
        If the page was built otherwise than this function needs.
    """
    text = page["index.html"].decode()
    script, style = _SCRIPT.search(text), _STYLE.search(text)
    workers = [path for path in page if "worker" in path]
    if script is None or style is None or len(workers) != 1:
        msg = "explorer: the built page has no single script, style and worker: run make web"
        raise StoreError(msg)
    code = page[script["path"]].decode().replace("</script", "<\\/script").replace("<!--", "<\\!--")
    parts = {
        "bundle": json.dumps(_texts(answers), ensure_ascii=False).encode(),
        "worker": page[workers[0]],
        **{path: answers.content(path) for path in answers.resources if path.endswith(".bin")},
    }
    policy = _policy(code)
    text = text.replace(style[0], f"<style>{_with_fonts(page, style['path'])}</style>")
    text = text.replace(script[0], "")
    head = f'<meta http-equiv="Content-Security-Policy" content="{html.escape(policy)}">'
    tags = "".join(_tag(name, content) for name, content in parts.items())
    begin, _, rest = text.partition("<head>")
    body, _, end = rest.rpartition("</body>")
    return f'{begin}<head>{head}{body}{tags}<script type="module">{code}</script></body>{end}'


def _texts(answers: Library) -> dict[str, str]:
    """Return the JSON and GeoJSON answers by path."""
    return {
        path.removeprefix(PREFIX): answers.content(path).decode()
        for path, resource in answers.resources.items()
        if not resource.is_file and (resource.media_type == JSON or path.endswith(".geojson"))
    }


def _with_fonts(page: Mapping[str, bytes], path: str) -> str:
    """Return the style sheet with its fonts inside."""
    folder = path.rpartition("/")[0]

    def inlined(found: re.Match[str]) -> str:
        name = found["path"].strip("'\"").removeprefix("./")
        packed = base64.b64encode(page[f"{folder}/{name}"]).decode()
        return f"url(data:font/woff2;base64,{packed})"

    return _URL.sub(inlined, page[path].decode())


def _policy(code: str) -> str:
    mark = base64.b64encode(hashlib.sha256(code.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'sha256-{mark}' blob: data:; worker-src blob: data:; "
        "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src blob: data:; "
        "base-uri 'none'; form-action 'none'"
    )


def _tag(name: str, content: bytes) -> str:
    packed = base64.b64encode(gzip.compress(content, _LEVEL, mtime=0)).decode()
    return f'<script type="text/plain" id="inline:{name}">{packed}</script>\n'


def _write(path: Path, content: bytes) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return len(content)
