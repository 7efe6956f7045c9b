"""
All benchmarks in their quick form, each in fresh processes, and how their ratios compare.

Exit status 1 and a sentence for every ratio that has become 1.5 times worse than the one stored in
``ratios.json``; ``--store`` stores those of this run instead.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

from ratios import alarms, measured_ratios, stored_ratios, times_worse, write_ratios

HERE = Path(__file__).parent
STORED = HERE / "ratios.json"
RESULTS = HERE.parent / ".benchmarks"


def run_scripts(folder: Path) -> None:
    """Run every script; they write their figures."""
    world = folder / "scale-0.02"
    for script, *words in (
        ("kernel.py",),
        ("beside_baseline.py", "--scales", "0.02", "--keep", str(folder)),
        ("pipeline.py", "--scale", "0.02", "--keep", str(world)),
        ("index_uncertainty.py",),
    ):
        print(f"\n== {script}", flush=True)
        subprocess.run([sys.executable, str(HERE / script), *words], check=True)  # noqa: S603 - our own scripts


def main(*, store: bool) -> int:
    """Run, print every ratio beside the stored one, and return the exit status."""
    with tempfile.TemporaryDirectory() as folder:
        run_scripts(Path(folder))
    names = ("kernel", "baseline", "index")
    ratios = measured_ratios({name: _figures(name) for name in names})
    stored = stored_ratios(STORED)
    print(f"\n{'ratio':50}{'now':>10}{'stored':>10}{'times worse':>13}")
    for name, value in ratios.items():
        was, worse = "", ""
        if name in stored:
            was, worse = f"{stored[name]:g}", f"{times_worse(name, value, stored[name]):.2f}"
        print(f"{name:50}{value:10g}{was:>10}{worse:>13}")
    if store:
        write_ratios(ratios, STORED)
        return 0
    failures = alarms(ratios, stored)
    for sentence in failures:
        print(sentence, file=sys.stderr)
    return 1 if failures else 0


def _figures(name: str) -> object:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--store", action="store_true", help="keep these ratios as those to match")
    sys.exit(main(store=parser.parse_args().store))
