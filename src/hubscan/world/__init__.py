"""Stage: world."""
