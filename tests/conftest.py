"""Shared fixtures: an engine, a store, and where the published inputs lie if they are there."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from hubscan import engine, store

if TYPE_CHECKING:
    from collections.abc import Iterator

hypothesis.settings.register_profile(
    "hubscan", derandomize=True, deadline=None, print_blob=True, max_examples=50
)
hypothesis.settings.load_profile("hubscan")

SHARED = Path(__file__).resolve().parents[1].parent / "shared"


class Silent:
    """A watcher that keeps what it is told."""

    def __init__(self) -> None:
        self.records: list[store.StageRecord] = []

    def begin(self, stage: str) -> None:
        """Take note of nothing."""

    def end(self, record: store.StageRecord) -> None:
        """Keep the record."""
        self.records.append(record)


@pytest.fixture
def watcher() -> Silent:
    """Return a watcher that keeps records and prints nothing."""
    return Silent()


@pytest.fixture
def query_engine(tmp_path: Path) -> Iterator[engine.DuckDB]:
    """Open a query engine on two threads."""
    with engine.opened(spill=tmp_path / "spill", threads=2, memory_gb=1.0) as opened:
        yield opened


@pytest.fixture
def stages(tmp_path: Path, query_engine: engine.DuckDB, watcher: Silent) -> store.Store:
    """Return a store in a fresh folder."""
    return store.Store(tmp_path / "work", query_engine, watcher)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real inputs; tests that need it are left out where it is absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder of real inputs is not beside this checkout")
    return SHARED
