"""The numerical oracle of the index engine: files, framework, and the comparison."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd
import pytest

from hubscan.index.framework import Framework

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Oracle:
    """Reads the expected tables; rows by unit code, columns by indicator code."""

    folder: Path

    def csv(self, name: str, **options: object) -> pd.DataFrame:
        """Return one file as it is."""
        path = self.folder / f"{name}.csv"
        return pd.read_csv(path, keep_default_na=False, na_values=[""], **options)

    def units(self, name: str) -> pd.DataFrame:
        """Return one file indexed by its unit codes."""
        table = self.csv(name)
        return table.set_index("uCode" if "uCode" in table else "unit")

    @cached_property
    def meta(self) -> pd.DataFrame:
        """The rows of the framework file that are nodes."""
        meta = self.csv("inputs/asem_iMeta", dtype={"iCode": str})
        return meta[meta["Type"].isin(["Indicator", "Aggregate"])]

    @cached_property
    def framework(self) -> Framework:
        """The framework of the example index."""
        names = {
            "iCode": "code",
            "iName": "name",
            "Parent": "parent",
            "Weight": "weight",
            "Direction": "direction",
            "Unit": "unit",
            "Target": "target",
            "Denominator": "denominator",
        }
        return Framework(self.meta.rename(columns=names)[list(names.values())])

    def leaves(self, name: str) -> pd.DataFrame:
        """Return one stage: units by code, leaves in the order of the framework."""
        return self.units(name)[list(self.framework.leaves)].sort_index()

    @cached_property
    def attributes(self) -> pd.DataFrame:
        """Groups and denominators of the units."""
        table = self.units("inputs/asem_iData")
        return table[[c for c in table if c not in self.framework.leaves]].sort_index()


class Agrees(Protocol):
    """Asserts that a table equals the expected one."""

    def __call__(
        self, found: pd.DataFrame, expected: pd.DataFrame, tolerance: float = 1e-9
    ) -> None:
        """Compare by label."""


@pytest.fixture(scope="session")
def oracle(shared: Path) -> Oracle:
    """Return the oracle."""
    return Oracle(shared / "oracle" / "composite")


@pytest.fixture(scope="session")
def assert_agrees() -> Agrees:
    """Return the comparison: by label, equal missing cells, 1e-9 relative to max(1, |value|)."""

    def agrees(found: pd.DataFrame, expected: pd.DataFrame, tolerance: float = 1e-9) -> None:
        assert set(found.index) == set(expected.index)
        wanted = expected.loc[found.index]
        here, there = found.to_numpy(float), wanted[list(found.columns)].to_numpy(float)
        assert np.array_equal(np.isnan(here), np.isnan(there))
        gap = np.abs(here - there) / np.maximum(1.0, np.abs(there))
        assert np.nanmax(gap, initial=0.0) <= tolerance

    return agrees
