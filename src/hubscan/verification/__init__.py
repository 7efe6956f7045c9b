"""Published cluster tables held against themselves, against each other, and against a run."""

from hubscan.verification.checking import CHECKS, published_faults
from hubscan.verification.comparing import compared_faults, compared_summary
from hubscan.verification.faults import FAILING, FAULTS, KINDS
from hubscan.verification.world_totals import central_totals, feasible_totals

__all__ = [
    "CHECKS",
    "FAILING",
    "FAULTS",
    "KINDS",
    "central_totals",
    "compared_faults",
    "compared_summary",
    "feasible_totals",
    "published_faults",
]
