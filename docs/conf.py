"""Sphinx settings."""

import sys
from pathlib import Path

from hubscan import __version__

project = "hubscan"
author = "The hubscan developers"
copyright = "2026, The hubscan developers"  # noqa: A001 - the name Sphinx reads
release = __version__
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.mathjax", "numpydoc"]
myst_enable_extensions = ["dollarmath", "deflist"]
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"description": "Innovation clusters, bottom up", "fixed_sidebar": True}
numpydoc_show_class_members = False
autodoc_typehints = "none"
suppress_warnings = ["myst.xref_missing"]

sys.path.insert(0, str(Path(__file__).parent))


def setup(_: object) -> None:
    """Write the pages that are made from the code before any page is read."""
    from reference_pages import write_pages  # noqa: PLC0415 - stands beside this file

    write_pages(Path(__file__).parent / "reference" / "generated")
