"""The bill of materials names what is locked, whole and in the form that audits read."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from hubscan import __version__

if TYPE_CHECKING:
    from types import ModuleType

HOUSE = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def sbom() -> ModuleType:
    """Return the script that writes the bill."""
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(str(HOUSE / "scripts"))
        return importlib.import_module("build_sbom")


def test_every_locked_package_is_named_once_with_its_hashes(sbom: ModuleType) -> None:
    lock = (HOUSE / "requirements" / "runtime.txt").read_text(encoding="utf-8")
    parts = sbom.bill()["components"]
    assert len(parts) == sum(1 for line in lock.splitlines() if "==" in line and line[0].isalnum())
    assert len({part["bom-ref"] for part in parts}) == len(parts)
    assert sum(len(part["hashes"]) for part in parts) == lock.count("--hash=sha256:")
    named = {part["name"] for part in parts}
    assert {"duckdb", "numba", "matplotlib", "scipy", "typst"} <= named
    unlicensed = [part["name"] for part in parts if "licenses" not in part]
    assert set(unlicensed) <= {"colorama", "tzdata"}


def test_it_is_a_bill_of_hubscan_in_the_form_of_cyclonedx(sbom: ModuleType) -> None:
    bill = sbom.bill()
    assert (bill["bomFormat"], bill["specVersion"], bill["version"]) == ("CycloneDX", "1.6", 1)
    assert bill["metadata"]["component"]["version"] == __version__
    refs = {part["bom-ref"] for part in bill["components"]}
    own, *others = bill["dependencies"]
    assert set(own["dependsOn"]) == refs == {row["ref"] for row in others}
    needs = {row["ref"].partition("@")[0]: row["dependsOn"] for row in others}
    assert any(ref.startswith("pkg:pypi/llvmlite@") for ref in needs["pkg:pypi/numba"])


def test_equal_locks_give_equal_bills(sbom: ModuleType, tmp_path: Path) -> None:
    for name in ("a", "b"):
        sbom.main(tmp_path / f"{name}.json")
    assert (tmp_path / "a.json").read_bytes() == (tmp_path / "b.json").read_bytes()
    assert json.loads((tmp_path / "a.json").read_text(encoding="utf-8"))["serialNumber"]
