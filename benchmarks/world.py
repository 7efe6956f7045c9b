"""Time and memory of making a world: python benchmarks/world.py SCALE FOLDER."""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from time import perf_counter

from hubscan.geocode import bundled
from hubscan.world import world, write_world


def main(scale: float, folder: Path) -> None:
    """Make a world and print what it took."""
    cities = bundled().cities
    rows: dict[str, int] = {}
    begun = perf_counter()
    made = world(cities, scale=scale, seed=1)
    built = perf_counter() - begun

    def counted(path: str, number: int) -> None:
        kind = path.removesuffix(".parquet").split("-")[0]
        rows[kind] = rows.get(kind, 0) + number

    def opened(path: str):  # noqa: ANN202 - a binary file
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        return (folder / path).open("wb")

    write_world(made, opened, raw_addresses=True, progress=counted)
    size = sum(file.stat().st_size for file in folder.rglob("*.parquet"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"scale {scale}: plan {built:.1f} s, all {perf_counter() - begun:.1f} s, {peak:.0f} MB")
    print(f"{size / 1e6:.0f} MB of Parquet; rows: {rows}")


if __name__ == "__main__":
    main(float(sys.argv[1]), Path(sys.argv[2]))
