"""The page is found where a checkout has it, and where a wheel has it."""

from __future__ import annotations

import tarfile
from typing import TYPE_CHECKING

import pytest

from hubscan.errors import StoreError
from hubscan.explorer.page import ARCHIVE, files_at

if TYPE_CHECKING:
    from pathlib import Path


def test_a_folder_and_an_archive_give_the_same_page(tmp_path: Path) -> None:
    checkout, wheel = tmp_path / "checkout", tmp_path / "wheel"
    assets = checkout / "assets" / "assets"
    assets.mkdir(parents=True)
    (checkout / "assets" / "index.html").write_text("<p>page</p>", encoding="utf-8")
    (assets / "index.js").write_bytes(b"let a;\x00")
    wheel.mkdir()
    with tarfile.open(wheel / ARCHIVE, "w:xz") as packed:
        for name in ("index.html", "assets/index.js"):
            packed.add(checkout / "assets" / name, name)
    assert files_at(checkout) == {"index.html": b"<p>page</p>", "assets/index.js": b"let a;\x00"}
    assert files_at(wheel) == files_at(checkout)


def test_a_page_that_was_not_built_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="run make web in a checkout, or install the wheel"):
        files_at(tmp_path)
