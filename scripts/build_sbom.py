"""Write a bill of materials (CycloneDX 1.6, JSON) of what is locked, for audits of what runs."""  # noqa: INP001 - a script is not part of a package

from __future__ import annotations

import json
import re
import sys
import uuid
from importlib import metadata
from typing import TYPE_CHECKING, Any, Final

from build_licences import HOUSE, LOCK, licence

from hubscan import __version__

if TYPE_CHECKING:
    from pathlib import Path

OUT: Final = HOUSE / "dist" / "hubscan.cdx.json"
_LOCKED: Final = re.compile(
    r"^(?P<name>[A-Za-z0-9_.-]+)==(?P<version>[^ ;\\]+)(?P<marker> ; [^\\]+)?"
    r"(?P<hashes>(?: \\\n +--hash=sha256:[0-9a-f]{64})+)",
    re.MULTILINE,
)
_NAME: Final = re.compile(r"^[A-Za-z0-9_.-]+")


def components() -> list[dict[str, Any]]:
    """Return each locked package: name, version, hashes of its files, licence, where it is used."""
    found = []
    for lock in _LOCKED.finditer(LOCK.read_text(encoding="utf-8")):
        name, version = lock["name"], lock["version"]
        component: dict[str, Any] = {
            "type": "library",
            "bom-ref": _reference(name, version),
            "name": name,
            "version": version,
            "purl": _reference(name, version),
            "hashes": [
                {"alg": "SHA-256", "content": digest}
                for digest in re.findall(r"sha256:([0-9a-f]{64})", lock["hashes"])
            ],
        }
        if lock["marker"]:
            marker = {"name": "hubscan:marker", "value": lock["marker"].removeprefix(" ; ").strip()}
            component["properties"] = [marker]
        if said := licence(name):
            component["licenses"] = [{"license": {"name": said}}]
        found.append(component)
    return found


def bill() -> dict[str, Any]:
    """Return the bill of materials; equal for equal locks."""
    parts = components()
    own = _reference("hubscan", __version__)
    text = json.dumps(parts, sort_keys=True)
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": "hubscan",
                "version": __version__,
                "purl": own,
                "licenses": [{"license": {"id": "MIT"}}],
            }
        },
        "components": parts,
        "dependencies": _dependencies(parts, own),
    }


def _dependencies(parts: list[dict[str, Any]], own: str) -> list[dict[str, Any]]:
    """Return what needs what, as installed packages declare it; hubscan needs all."""
    by_name: dict[str, list[str]] = {}
    for part in parts:
        by_name.setdefault(_plain(part["name"]), []).append(part["bom-ref"])
    rows = [{"ref": own, "dependsOn": [part["bom-ref"] for part in parts]}]
    for part in parts:
        needed = sorted({ref for name in _needs(part["name"]) for ref in by_name.get(name, [])})
        rows.append({"ref": part["bom-ref"], "dependsOn": needed})
    return rows


def _needs(name: str) -> list[str]:
    """Return what an installed package declares to need, its own extras left out."""
    try:
        lines = metadata.requires(name) or []
    except metadata.PackageNotFoundError:
        return []
    found = (_NAME.match(line) for line in lines if "extra ==" not in line)
    return [_plain(match[0]) for match in found if match]


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _reference(name: str, version: str) -> str:
    return f"pkg:pypi/{_plain(name)}@{version}"


def main(out: Path = OUT) -> int:
    """Write the bill."""
    out.parent.mkdir(parents=True, exist_ok=True)
    made = bill()
    out.write_text(json.dumps(made, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    shown = out.relative_to(HOUSE) if out.is_relative_to(HOUSE) else out
    sys.stdout.write(f"{shown}: {len(made['components'])} packages\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
