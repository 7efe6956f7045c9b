"""Answers of providers, kept on disk so that nothing is asked twice."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import asdict
from typing import TYPE_CHECKING, Final, Self

from hubscan.errors import InputError
from hubscan.remote.providers import Candidate

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

_MADE: Final = (
    "create table if not exists answers"
    " (provider text, query text, country text, candidates text, date text,"
    " primary key (provider, query, country))"
)


class Answers:
    """
    A file of answers; each is written as soon as it comes, so that a stop loses none.

    Parameters
    ----------
    path
        An SQLite file, made if it is not there.

    Raises
    ------
    InputError
        If the file is something else.
    """

    def __init__(self, path: Path) -> None:
        self._open = sqlite3.connect(path, isolation_level=None)
        try:
            self._open.execute(_MADE)
        except sqlite3.DatabaseError as error:
            self._open.close()
            msg = f"{path}: not a file of answers ({error}): name another"
            raise InputError(msg) from error

    def __enter__(self) -> Self:
        """Return the file, to be closed at the end."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the file."""
        self._open.close()

    def get(self, provider: str, query: str, country: str) -> list[Candidate] | None:
        """Return the answer to a query, or nothing if it has not been asked."""
        told = "select candidates from answers where provider = ? and query = ? and country = ?"
        with closing(self._open.execute(told, (provider, query, country))) as rows:
            row = rows.fetchone()
        return None if row is None else [Candidate(**each) for each in json.loads(row[0])]

    def put(
        self, provider: str, query: str, country: str, answer: list[Candidate], *, date: str
    ) -> None:
        """Keep the answer to a query; an empty one is an answer too."""
        text = json.dumps([asdict(each) for each in answer], ensure_ascii=False)
        row = (provider, query, country, text, date)
        self._open.execute("insert or replace into answers values (?, ?, ?, ?, ?)", row)
