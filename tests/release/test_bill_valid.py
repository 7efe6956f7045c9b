"""The bill of materials is what the schema of CycloneDX says, by the validator of its makers."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]
UV = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
VALIDATOR = """
import sys
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(sys.stdin.read())
sys.exit(str(fault) if fault else 0)
"""

pytestmark = pytest.mark.slow


def fault_of(bill: str) -> str:
    """Return what the validator finds wrong; empty if nothing."""
    tool = [UV, "run", "-q", "--no-project", "--with", "cyclonedx-python-lib[validation]", "python"]
    words = [*tool, "-c", VALIDATOR]
    done = subprocess.run(words, input=bill, check=False, capture_output=True, text=True)  # noqa: S603 - our own words
    assert done.returncode in {0, 1}, done.stderr
    return done.stderr.strip()


def test_the_bill_follows_the_schema() -> None:
    script = [sys.executable, str(HOUSE / "scripts" / "build_sbom.py")]
    subprocess.run(script, cwd=HOUSE, check=True, capture_output=True)  # noqa: S603 - our own words
    bill = (HOUSE / "dist" / "hubscan.cdx.json").read_text(encoding="utf-8")
    assert not fault_of(bill)
    assert "specVersion" in fault_of(bill.replace('"specVersion": "1.6"', '"specVersion": 7'))
