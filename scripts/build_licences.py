"""List the licences of what hubscan needs to run, as the packages themselves declare them."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import re
import sys
from importlib import metadata
from pathlib import Path
from typing import Final

HOUSE: Final = Path(__file__).resolve().parents[1]
LOCK: Final = HOUSE / "requirements" / "runtime.txt"
PAGE: Final = HOUSE / "docs" / "reference" / "licences.md"

PERMISSIVE: Final = (
    "MIT", "BSD", "Apache", "ISC", "PSF", "Python Software Foundation", "HPND", "0BSD", "Zlib",
    "Unlicense", "MIT-CMU", "CC0",
)  # fmt: skip
"""Beginnings and parts of the names of licences that ask for no more than to be named."""

EXCEPTED: Final = {
    "certifi": "MPL 2.0: a list of certificates of authorities, passed on unchanged",
}
"""Packages under another licence, and why that is no matter."""

_HEADING: Final = (
    "# Licences of dependencies\n\n"
    "What `pip install 'hubscan[all]'` brings with it (the core alone brings less), and the "
    "licence that each package declares. All are permissive but that of certifi (MPL 2.0: a list "
    "of certificates, passed on unchanged); a test says so. The bundled place names are GeoNames' "
    "(CC BY 4.0), coastlines and borders Natural Earth's (public domain).\n\n"
    "| package | version | licence |\n|---|---|---|\n"
)


def locked() -> dict[str, str]:
    """Return the version of each locked package."""
    lines = re.findall(r"^([A-Za-z0-9_.-]+)==([^ ;\\]+)", LOCK.read_text("utf-8"), re.MULTILINE)
    return dict(lines)


def licence(name: str) -> str:
    """Return the licence that an installed package declares; empty if it is not installed here."""
    try:
        about = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return ""
    expression = about.get("License-Expression")
    classified = [
        text.rpartition(" :: ")[2]
        for text in about.get_all("Classifier", [])
        if text.startswith("License :: ") and not text.endswith("OSI Approved")
    ]
    first = (about.get("License") or "").strip().partition("\n")[0]
    return expression or "; ".join(classified) or first[:60]


def is_permissive(text: str) -> bool:
    """Return whether every licence of a declaration is permissive."""
    parts = [part for part in re.split(r"\s+(?:AND|OR)\s+|; |[()]", text) if part.strip()]
    return bool(parts) and all(any(known in part for known in PERMISSIVE) for part in parts)


def not_permissive() -> list[str]:
    """Return the locked packages that ask for more than to be named."""
    told = {name: licence(name) for name in locked() if name not in EXCEPTED}
    return [name for name, text in told.items() if text and not is_permissive(text)]


def page() -> str:
    """Return the page."""
    rows = [
        f"| {name} | {version} | {licence(name) or 'only on other systems'} |\n"
        for name, version in sorted(locked().items())
    ]
    return _HEADING + "".join(rows)


def main() -> int:
    """Write the page; fail if a licence is not permissive."""
    PAGE.write_text(page(), encoding="utf-8")
    wrong = not_permissive()
    sys.stdout.write(f"not permissive: {', '.join(wrong) or 'none'}\n")
    return int(bool(wrong))


if __name__ == "__main__":
    raise SystemExit(main())
