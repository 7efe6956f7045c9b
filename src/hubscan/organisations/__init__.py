"""Stage: which organisation a name means, in a mapping that can be seen and corrected."""

from hubscan.organisations.applying import (
    organisation_names,
    with_counted_applicants,
    with_counted_organisations,
)
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
    "organisation_names",
    "rolled_up",
    "with_counted_applicants",
    "with_counted_organisations",
]
