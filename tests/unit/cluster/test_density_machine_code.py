"""Kept machine code is that of the present sources, whatever file a step stands in."""

from __future__ import annotations

from itertools import pairwise

from hubscan.cluster import _compiled
from hubscan.cluster._weigh import weigh_stretch


def test_kept_code_is_tied_to_all_sources() -> None:
    # private names of Numba: should they change, kept code would outlive changes of other files
    assert weigh_stretch._cache._cache_file._source_stamp == _compiled.SOURCES  # type: ignore[attr-defined] # noqa: SLF001 - a kernel is not a plain function


def test_stretches_cover_everything_once_and_in_order() -> None:
    for count in (0, 1, 255, 256, 5000, 100_003):
        for threads in (1, 2, 3):
            found = _compiled.over_stretches(
                lambda begin, end: (begin, end), count, threads=threads
            )
            assert found[0][0] == 0
            assert found[-1][1] == count
            assert all(left[1] == right[0] for left, right in pairwise(found))


def test_there_is_a_processor() -> None:
    assert _compiled.usable_threads() >= 1
