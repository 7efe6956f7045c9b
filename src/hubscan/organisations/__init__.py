"""Stage: which organisation a name means, in a mapping that can be seen and corrected."""

from hubscan.organisations.harmonise import (
    checked_parents,
    checked_thesaurus,
    harmonised_names,
    rolled_up,
)
from hubscan.organisations.spelling import bare_name, bare_names

__all__ = [
    "bare_name",
    "bare_names",
    "checked_parents",
    "checked_thesaurus",
    "harmonised_names",
    "rolled_up",
]
