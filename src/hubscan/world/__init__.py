"""A synthetic world on the published margins: modelled documents, for the demo and for tests."""

from hubscan.world.model import World, world
from hubscan.world.population import PopulationGrid, population_grid
from hubscan.world.write import description, world_tables, write_world

__all__ = [
    "PopulationGrid",
    "World",
    "description",
    "population_grid",
    "world",
    "world_tables",
    "write_world",
]
