"""threadbot publishes a drafted thread on several networks: as previewed, exactly once, in order."""

__version__ = "0.1.0"
