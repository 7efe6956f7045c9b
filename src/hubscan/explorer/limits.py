"""How much a client may ask for."""

from __future__ import annotations

from typing import Final

MOST_BYTES: Final = 4096
"""Bytes in the body of a question."""

MOST_PATH: Final = 1000
"""Letters in the path and query of a request."""

MOST_SECONDS: Final = 30.0
"""Seconds of work on one question; checked between stages."""

MOST_WAITING: Final = 4
"""Questions at a time: one is worked on, the others wait."""
