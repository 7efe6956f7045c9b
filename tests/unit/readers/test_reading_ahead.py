"""Arrow reads ahead in a thread of its own: no process ends with it still at work."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

LONG = 40 << 20
SCRIPT = """
import sys, time
from contextlib import contextmanager
from pathlib import Path
from hubscan import readers
from hubscan.errors import InputError
from hubscan.readers import streams

class Silent:
    def begin(self, stage): pass
    def end(self, record): pass

def slowly(opened):
    @contextmanager
    def slow(member):
        with opened(member) as raw:
            read = raw.read
            class Slow:
                def read(self, size):
                    time.sleep(0.02)
                    return read(min(size, 1 << 18))
            yield Slow()
    return slow

streams.Member.opened = slowly(streams.Member.opened)
folder, out = map(Path, sys.argv[1:3])
try:
    readers.convert(
        readers.source_named("affiliations"), [folder], out,
        options=readers.Options(threads=1), watcher=Silent(),
    )
except InputError as error:
    kept = error
    print(error)
"""


@pytest.fixture
def broken(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("broken")
    header = b"doi,article_type,year,licence,author_number,affiliation\n"
    (folder / "affiliations.csv").write_bytes(header + b'10.1371/1,x,2021,CC BY,1,"' + b"x" * LONG)
    return str(folder)


def test_an_error_ends_the_process_as_an_error(broken: str, tmp_path: Path) -> None:
    for number in range(6):
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-c", SCRIPT, broken, str(tmp_path / str(number))],
            check=False, capture_output=True, text=True, timeout=60,
        )  # fmt: skip
        assert (done.returncode, done.stderr) == (0, "")
        assert "affiliations.csv: after row 0: " in done.stdout
