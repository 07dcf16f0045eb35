"""Floor 1. The networks: one file each, found through the `bot.networks` entry points."""
