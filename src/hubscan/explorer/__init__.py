"""The explorer: a run folder as pages, maps and an API, served or exported; asks no network."""
