"""Stage: robustness."""
