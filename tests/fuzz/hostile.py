"""What an enemy or an accident makes of a file: strategies of damage, shared by all fuzz tests."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CASES: Final = int(os.environ.get("HUBSCAN_FUZZ_CASES", "0"))
"""Cases for each target; 0 for the few of the default run."""

CORPUS: Final = Path(__file__).parent / "corpus"
"""Inputs that once went wrong, a folder for each target; each is tried again in every run."""

TOKENS: Final = (
    b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b'"', b"'", b"\n", b"\r\n", b"\r", b"\t", b",",
    b";", b"|", b"{", b"}", b"[", b"]", b"#", b"=", b"null", b"NaN", b"-1", b"1e999", b"nan",
    b"inf", b"99999999999999999999", b"=cmd|'/c calc'!A1", b"</script><img src=x onerror=alert(1)>",
    b"../../../etc/passwd", b"\xed\xa0\x80", "\u202e\u00b2\u0663".encode(), b"\\", b"\\u0000",
    b"\\ud800", b"A" * 5000, "ä".encode() * 400, b"0000-00-00", b"9999-99-99", b"true", b'""',
    b"ER\n", b"EF\n", b"PT J\n", "é".encode("latin-1"), "İıß".encode(), b"1_000", b"[" * 3000,
    b'{"a":' * 3000, b"-", b"+1", b"@SUM(1)", b"\x1f\x8b", b"PK\x03\x04",
)  # fmt: skip
"""Pieces that have broken readers of files before: ours, and other people's."""

VALUES: Final = (
    None, True, 0, -1, 10**30, 1e300, float("inf"), "", "=1+1", "</script>", "²", "\x00", "ä" * 300,
    [], [None], [[]], {}, {"": None}, {"id": {}}, ["x", 1, None],
)  # fmt: skip
"""Values of other types than the one that stood there."""

_CELL: Final = re.compile(rb"[^,;\t\r\n\"|:{}\[\]=<> ]+")
_PLAIN: Final = tuple(t for t in TOKENS if not re.search(rb'[",;\t\r\n|\x00\xed\xff]', t) and t)


def cases(few: int) -> Callable[[Any], Any]:
    """Return the settings of a target: few fixed cases by default, many new ones at length."""
    return settings(
        max_examples=CASES or few,
        derandomize=not CASES,
        database=None,
        deadline=None,
        suppress_health_check=[
            HealthCheck.function_scoped_fixture,
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
        ],
    )


Step = tuple[str, float, int, bytes]
_STEP: Final = st.tuples(
    st.sampled_from(("insert", "replace", "delete", "repeat", "byte", "swap", "cell", "cut")),
    st.floats(0.0, 1.0, width=16),
    st.sampled_from((1, 2, 5, 20, 100, 1000)),
    st.sampled_from(TOKENS),
)
DAMAGE: Final = st.lists(_STEP, min_size=1, max_size=5)
"""Steps of damage to bytes, to be done by :func:`damaged`."""

CELLS: Final = st.lists(
    st.tuples(st.floats(0.0, 1.0, width=16), st.sampled_from(_PLAIN)), min_size=1, max_size=4
)
"""Cells of a table, by where they stand, and hostile texts that need no quotes."""


def damaged(content: bytes, steps: list[Step]) -> bytes:
    """Return a file's content after some steps of damage."""
    for kind, where, length, token in steps:
        content = _STEPS[kind](content, int(where * len(content)), length, token)
    return content


def with_cells(content: bytes, cells: list[tuple[float, bytes]]) -> bytes:
    """Return a delimited table, some cells below its header replaced; its rows stay as many."""
    first, _, rest = content.partition(b"\n")
    for where, token in cells:
        found = list(_CELL.finditer(rest))
        one = found[min(int(where * len(found)), len(found) - 1)]
        rest = rest[: one.start()] + token + rest[one.end() :]
    return first + b"\n" + rest


def with_value(content: Any, where: float, value: Any) -> Any:  # noqa: ANN401 - JSON is what it is
    """Return a JSON document, the value at one of its places replaced."""
    places = list(_places(content, ()))
    path = places[min(int(where * len(places)), len(places) - 1)]
    if not path:
        return value
    inner = content
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return content


def kept(target: str) -> list[Path]:
    """Return the inputs of a target that once went wrong."""
    return sorted(path for path in (CORPUS / target).glob("*") if path.is_file())


def _places(content: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:  # noqa: ANN401 - as above
    yield path
    if isinstance(content, dict):
        for key, value in content.items():
            yield from _places(value, (*path, key))
    elif isinstance(content, list):
        for key, value in enumerate(content):
            yield from _places(value, (*path, key))


def _swapped(content: bytes, at: int, length: int, _: bytes) -> bytes:
    """Return text with one of its lines and another exchanged."""
    lines = content.split(b"\n")
    one = content[:at].count(b"\n")
    other = (one + length) % len(lines)
    lines[one], lines[other] = lines[other], lines[one]
    return b"\n".join(lines)


def _celled(content: bytes, at: int, _: int, token: bytes) -> bytes:
    """Return text with one of its words replaced."""
    found = _CELL.search(content, at) or _CELL.search(content)
    return content[: found.start()] + token + content[found.end() :] if found else token


_STEPS: Final[dict[str, Callable[[bytes, int, int, bytes], bytes]]] = {
    "insert": lambda c, at, n, t: c[:at] + t + c[at:],  # noqa: ARG005 - all steps are called alike
    "replace": lambda c, at, n, t: c[:at] + t + c[at + n :],
    "delete": lambda c, at, n, t: c[:at] + c[at + n :],  # noqa: ARG005 - as above
    "repeat": lambda c, at, n, t: c[:at] + c[at : at + n] * 2 + c[at + n :],  # noqa: ARG005 - as above
    "byte": lambda c, at, n, t: c[:at] + bytes([n % 256]) + c[at + 1 :],  # noqa: ARG005 - as above
    "cut": lambda c, at, n, t: c[:at],  # noqa: ARG005 - as above
    "swap": _swapped,
    "cell": _celled,
}
