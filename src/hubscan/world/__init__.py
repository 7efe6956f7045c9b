"""A synthetic world on the published margins: modelled documents, for the demo and for tests."""

from hubscan.world.model import World, world
from hubscan.world.write import description, world_tables, write_world

__all__ = ["World", "description", "world", "world_tables", "write_world"]
