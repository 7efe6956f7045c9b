"""Find, rank and profile the world's innovation clusters."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from hubscan.edition import load_edition
    from hubscan.notebook import make_demo, make_run, open_run

__version__ = "0.1.0"
__all__ = ["__version__", "load_edition", "make_demo", "make_run", "open_run"]

_FOUND_IN: Final = {
    "load_edition": "hubscan.edition",
    "make_demo": "hubscan.notebook",
    "make_run": "hubscan.notebook",
    "open_run": "hubscan.notebook",
}


def __getattr__(name: str) -> Any:  # noqa: ANN401 - whatever the name stands for
    """Return a public name; what it needs is imported when it is first asked for."""
    if name not in _FOUND_IN:
        msg = f"module 'hubscan' has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(_FOUND_IN[name]), name)
