"""Floor 0. Pure: no disk, no network, no clock, no environment."""
