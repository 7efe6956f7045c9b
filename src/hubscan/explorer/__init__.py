"""Stage: explorer."""
