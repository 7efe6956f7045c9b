"""Briefs: two pages on one cluster, as a PDF that a screen reader can read."""

from hubscan.briefs.material import Material, material_of
from hubscan.briefs.naming import file_names
from hubscan.briefs.typesetting import Press, write_briefs

__all__ = ["Material", "Press", "file_names", "material_of", "write_briefs"]
