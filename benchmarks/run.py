"""All benchmarks in their quick form, one after the other, each in a fresh process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent

for script in ("kernel.py", "pipeline.py", "index_uncertainty.py"):
    print(f"\n== {script}", flush=True)
    subprocess.run([sys.executable, str(HERE / script)], check=True)  # noqa: S603 - our own scripts
