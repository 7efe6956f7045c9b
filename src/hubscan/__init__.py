"""Find, rank and profile the world's innovation clusters."""

__version__ = "0.1.0"
