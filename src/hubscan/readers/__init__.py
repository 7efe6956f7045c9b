"""Readers of real sources: exports and dumps become the tables that a run reads."""

from hubscan.readers.conversion import Options, convert
from hubscan.readers.mapping import read_mapping
from hubscan.readers.registry import SOURCES, source_named
from hubscan.readers.writing import Ingested

__all__ = ["SOURCES", "Ingested", "Options", "convert", "read_mapping", "source_named"]
